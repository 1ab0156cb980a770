package org.kernelentry.runner.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.kernelentry.runner.spec.SpecException;

/** A folder for as long as something runs. It is gone afterwards, also when this program is ended meanwhile. */
final class Scratch implements AutoCloseable {
    private final Path folder;
    private final Thread hook = new Thread(this::delete);

    private Scratch(final Path folder) {
        this.folder = folder;
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (final IllegalStateException e) {
            delete();
            throw new SpecException("The run was interrupted.", e);
        }
    }

    /** One among the temporary files of this machine. */
    static Scratch temporary() throws IOException {
        return new Scratch(Files.createTempDirectory("kernel-entry-"));
    }

    /** One inside another folder. */
    static Scratch in(final Path parent) throws IOException {
        return new Scratch(Files.createTempDirectory(parent, "scratch-"));
    }

    Path folder() {
        return folder;
    }

    Path resolve(final String name) {
        return folder.resolve(name);
    }

    private void delete() {
        delete(folder);
    }

    /** Deletes the files of a folder, which has no folders in it, and the folder; what is gone already is no matter. */
    static void delete(final Path folder) {
        try {
            final List<Path> files;
            try (Stream<Path> found = Files.list(folder)) {
                files = found.toList();
            }
            for (final Path each : files) {
                Files.deleteIfExists(each);
            }
            Files.deleteIfExists(folder);
        } catch (final IOException e) {
            // What is left of it is no more than a few files nobody reads.
        }
    }

    @Override
    public void close() {
        delete();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            // The program is ending already, the hook with it.
        }
    }
}
