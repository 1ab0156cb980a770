package org.kernelentry.runner.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.kernelentry.runner.spec.SpecException;

/**
 * Debian's kernel packages, for any architecture, by version ({@code 6.12}) or suite ({@code sid}).
 *
 * <p>apt works in a root of its own in the cache, one for each suite and architecture: it needs no rights there, learns nothing of the
 * machine's own packages and changes none of its lists.
 */
public final class DebianKernels {
    /** The long-lived series that Debian has, oldest first, and the suite that gets every release. */
    public static final List<String> VERSIONS = List.of("6.1", "6.12", "sid");

    /** Suites whose newest kernel has a version people ask for. Other versions are looked for in the one that gets every release. */
    private static final Map<String, String> SUITES = Map.of("6.1", "bookworm", "6.12", "trixie");

    private static final String NEWEST = "sid";
    private static final Pattern VERSION = Pattern.compile("[1-9]\\d*\\.\\d+");
    private static final Pattern SUITE = Pattern.compile("[a-z]+(-[a-z]+)*");
    /** An image, or since 7.2 the parts that an image package consists of. */
    private static final Pattern PART = Pattern.compile("Depends: (linux-(?:image|binary|base)-\\d[^\\s:]*)");
    /** The release of a kernel as its package is called: {@code 6.12.117+deb13-amd64}. */
    private static final Pattern IMAGE = Pattern.compile("linux-image-((\\d+\\.\\d+)\\S*)");

    private static final Pattern NO_SUITE =
            Pattern.compile("E: The repository '\\S+ (\\S+) Release' does not have a Release file");
    private static final Pattern NOT_FETCHED = Pattern.compile("(?m)^E: Failed to fetch (\\S+) +(.+)$");

    private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final Cache cache;

    DebianKernels(final Cache cache) {
        this.cache = cache;
    }

    /**
     * The kernel of a version or suite, from the cache if it is there.
     *
     * @param name {@code 6.12}, {@code sid}
     * @throws SpecException if there is none, or it cannot be fetched; says what to do
     */
    KernelImage get(final String name, final Machine machine) {
        if (!VERSION.matcher(name).matches() && !SUITE.matcher(name).matches()) {
            throw new SpecException(
                    "debian:" + name + " names neither a version nor a suite; write debian:6.12 or debian:trixie.");
        }
        final Path folder = cache.folder("debian", name, machine.debian);
        final Path image = folder.resolve("vmlinuz");
        final Path config = folder.resolve("config");
        if (!Files.exists(image) || !Files.exists(config)) {
            fetch(name, machine, folder);
        }
        return KernelImage.of(image, config);
    }

    private void fetch(final String name, final Machine machine, final Path folder) {
        if (!Files.exists(KEYRING)) {
            throw new SpecException("Debian's kernels can be fetched on a Debian machine only (" + KEYRING
                    + " is missing); fetch one elsewhere and give it by --kernel FILE.");
        }
        final boolean version = VERSION.matcher(name).matches();
        final String suite = version ? SUITES.getOrDefault(name, NEWEST) : name;
        final Path root = cache.folder("apt", suite + "-" + machine.debian);
        try {
            final Map<String, String> apt = configure(root, suite, machine);
            run(root, apt, List.of("apt-get", "-q", "update"));
            final List<String> parts = parts(root, apt, machine);
            final String image = parts.get(0);
            final Matcher release = IMAGE.matcher(image);
            if (version && !(release.matches() && release.group(2).equals(name))) {
                throw new SpecException("Debian has no Linux " + name + " for " + machine.debian + ": its suite "
                        + suite + " has " + image + "; known are debian:6.1, debian:6.12 and debian:sid.");
            }
            final Path archives = cache.folder("apt", suite + "-" + machine.debian, "packages");
            try {
                final List<String> download = new ArrayList<>(List.of("apt-get", "-q", "download"));
                parts.forEach(p -> download.add(p + ":" + machine.debian));
                run(archives, apt, download);
                unpack(archives, folder);
            } finally {
                try (Stream<Path> packages = Files.list(archives)) {
                    for (final Path each : packages.toList()) {
                        Files.deleteIfExists(each);
                    }
                }
            }
        } catch (final IOException e) {
            throw cache.unwritable(e);
        } finally {
            // What apt was in the middle of: it takes up room and is fetched anew.
            Scratch.delete(root.resolve("lists/partial"));
            Scratch.delete(root.resolve("archives/partial"));
        }
        if (!Files.exists(folder.resolve("vmlinuz")) || !Files.exists(folder.resolve("config"))) {
            throw new SpecException("Debian's package for debian:" + name + " on " + machine.debian
                    + " has no kernel where it is expected; give one by --kernel FILE.");
        }
    }

    /** The image package first, then what of the kernel it does not hold itself. */
    private List<String> parts(final Path root, final Map<String, String> apt, final Machine machine)
            throws IOException {
        final List<String> parts = new ArrayList<>();
        String of = machine.debianImage;
        // The package that always depends on the newest image, then that image.
        for (int i = 0; i < 2; i++) {
            final String depends = run(root, apt, List.of("apt-cache", "depends", of + ":" + machine.debian));
            final Matcher part = PART.matcher(depends);
            while (part.find()) {
                parts.add(part.group(1));
            }
            final Optional<String> image =
                    parts.stream().filter(p -> IMAGE.matcher(p).matches()).findFirst();
            of = image.orElseThrow(() -> new SpecException("Debian's suite has no " + machine.debianImage + " for "
                    + machine.debian + "; give a kernel by --kernel FILE."));
        }
        final String image = of;
        parts.remove(image);
        parts.add(0, image);
        return parts;
    }

    private Map<String, String> configure(final Path root, final String suite, final Machine machine)
            throws IOException {
        Files.createDirectories(root.resolve("lists/partial"));
        Files.createDirectories(root.resolve("archives/partial"));
        Files.writeString(root.resolve("status"), "");
        Files.writeString(
                root.resolve("sources.list"),
                "deb [signed-by=" + KEYRING + " arch=" + machine.debian + "] " + archive(root) + " " + suite
                        + " main\n");
        final Path config = root.resolve("apt.conf");
        Files.writeString(config, """
                Dir::State "%1$s";
                Dir::State::status "%1$s/status";
                Dir::Cache "%1$s";
                Dir::Etc::sourcelist "%1$s/sources.list";
                Dir::Etc::sourceparts "/dev/null";
                Dir::Etc::preferences "/dev/null";
                Dir::Etc::preferencesparts "/dev/null";
                APT::Architecture "%2$s";
                APT::Architectures { "%2$s"; };
                APT::Sandbox::User "";
                Acquire::Languages "none";
                Acquire::Retries "2";
                APT::Update::Error-Mode "any";
                """.formatted(root, machine.debian));
        return Map.of("APT_CONFIG", config.toString());
    }

    /** The archive, or a mirror of it, that this machine's own apt takes its packages from. */
    private String archive(final Path folder) throws IOException {
        final List<String> command =
                List.of("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages");
        return run(folder, Map.of(), command)
                .lines()
                .map(uri -> uri.replaceFirst("/$", ""))
                .filter(uri -> uri.endsWith("/debian"))
                .findFirst()
                .orElseThrow(
                        () -> new SpecException("The apt of this machine has no archive of Debian's among its sources;"
                                + " give a kernel by --kernel FILE."));
    }

    private String run(final Path folder, final Map<String, String> apt, final List<String> command)
            throws IOException {
        final Commands.Done done;
        try {
            done = Commands.run(folder, apt, LIMIT, command);
        } catch (final IOException e) {
            if (String.valueOf(e.getMessage()).startsWith("Cannot run program")) {
                throw new SpecException(
                        "There is no " + command.get(0) + ", so Debian's kernels cannot be fetched here;"
                                + " give a kernel by --kernel FILE.",
                        e);
            }
            throw e;
        }
        if (done.code() != 0) {
            cache.checkSpace(done.output());
            throw refusal(command, done);
        }
        return done.output();
    }

    /** What to tell of an apt that failed, other than for room. */
    static SpecException refusal(final List<String> command, final Commands.Done done) {
        final Matcher suite = NO_SUITE.matcher(done.output());
        if (suite.find()) {
            return new SpecException("Debian's archive has no suite " + suite.group(1)
                    + "; write debian:6.12 for a version, or debian:trixie, debian:sid for a suite.");
        }
        final Matcher failure = NOT_FETCHED.matcher(done.output());
        if (failure.find()) {
            return new SpecException("Debian's archive cannot be reached (" + failure.group(1) + ": "
                    + failure.group(2).strip() + "); give a kernel by --kernel FILE.");
        }
        return new SpecException(String.join(" ", command.subList(0, 3)) + " failed: "
                + done.lastLine().replaceFirst("\\.$", "")
                + "; give a kernel by --kernel FILE if Debian's archive cannot be reached.");
    }

    private void unpack(final Path archives, final Path folder) throws IOException {
        final List<Path> packages;
        try (Stream<Path> found = Files.list(archives)) {
            packages = found.filter(p -> p.toString().endsWith(".deb")).toList();
        }
        for (final Path each : packages) {
            // The program of every Debian machine knows each compression that its packages ever had.
            final Process dpkg = new ProcessBuilder("dpkg-deb", "--fsys-tarfile", each.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream out = dpkg.getInputStream();
                    TarArchiveInputStream files = new TarArchiveInputStream(out)) {
                for (TarArchiveEntry entry = files.getNextEntry(); entry != null; entry = files.getNextEntry()) {
                    final String name = Path.of(entry.getName()).getFileName().toString();
                    if (entry.isFile() && (name.equals("vmlinuz") || name.startsWith("vmlinuz-"))) {
                        cache.fill(folder.resolve("vmlinuz"), file -> copy(files, file));
                    } else if (entry.isFile() && (name.equals("config") || name.startsWith("config-"))) {
                        cache.fill(folder.resolve("config"), file -> copy(files, file));
                    }
                }
            } finally {
                dpkg.destroy();
            }
        }
    }

    private static void copy(final InputStream from, final Path file) throws IOException {
        Files.copy(from, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
}
