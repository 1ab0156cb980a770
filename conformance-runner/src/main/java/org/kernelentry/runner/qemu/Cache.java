package org.kernelentry.runner.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.kernelentry.runner.report.Reports;
import org.kernelentry.runner.spec.SpecException;

/**
 * What is kept from one run to the next: fetched kernels. Below {@code $XDG_CACHE_HOME}, or {@code ~/.cache} (XDG Base Directory
 * Specification).
 *
 * @param root the folder of this program's own
 */
record Cache(Path root) {
    /** How programs say so: ENOSPC and EDQUOT (strerror(3)), and apt before it tries. */
    private static final Pattern FULL =
            Pattern.compile("No space left on device|Disk quota exceeded|don't have enough free space");

    private static final String NAME = "kernel-entry-conformance";

    /** Where the environment says it is. */
    static Cache of(final Map<String, String> environment) {
        final Path base = Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
                .filter(p -> p.startsWith("/")) // A relative one is to be ignored.
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
        return new Cache(base.resolve(NAME));
    }

    /** A folder in it, made if need be. */
    Path folder(final String... names) {
        Path folder = root;
        for (final String name : names) {
            folder = folder.resolve(name);
        }
        try {
            return Files.createDirectories(folder);
        } catch (final IOException e) {
            throw unwritable(e);
        }
    }

    /** Fills a file so that it is there whole or not at all, whatever happens meanwhile. */
    void fill(final Path file, final Content content) {
        Path beside = null;
        try {
            beside = Files.createTempFile(file.getParent(), file.getFileName() + ".", ".part");
            content.writeTo(beside);
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (final IOException e) {
            throw unwritable(e);
        } finally {
            delete(beside);
        }
    }

    private static void delete(final @org.jspecify.annotations.Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (final IOException e) {
            // What is left of it is no more than a file nobody reads.
        }
    }

    /**
     * Checks whether what a program printed when it failed was that there is no room.
     *
     * @throws SpecException if so; says what to do
     */
    void checkSpace(final String output) {
        if (FULL.matcher(output).find()) {
            throw unwritable(new IOException("No space left on device"));
        }
    }

    /** The sentence for a cache that is full or may not be written. */
    SpecException unwritable(final IOException e) {
        return new SpecException(
                "Cannot keep kernels in " + root + ": " + Reports.reason(e)
                        + "; make room there or set XDG_CACHE_HOME to another folder.",
                e);
    }

    /** Writes a file. */
    interface Content {
        void writeTo(Path file) throws IOException;
    }
}
