package org.kernelentry.runner.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The command line as a process of its own, for what only a process shows: its exit code, what it leaves, what it does without a program. */
final class ConformProcess implements AutoCloseable {
    /** Where the boot protocol's header has its mark (linux v7.3 Documentation/arch/x86/boot.rst). */
    private static final int MARK = 0x202;

    private static final String PATH =
            Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin");

    private final Path folder;
    private final Path programs;
    private String path;

    /**
     * What became of it.
     *
     * @param code its exit code
     * @param output what it printed, both streams
     */
    record Ended(int code, String output) {}

    ConformProcess(final Path folder) throws IOException {
        this.folder = folder;
        programs = Files.createDirectory(folder.resolve("programs"));
        path = programs + ":" + PATH;
    }

    /** Puts a script in the place of a program of the machine. */
    void replace(final String program, final String script) throws IOException {
        final Path file = Files.writeString(programs.resolve(program), script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    /** Takes all programs of the machine away whose names begin so. */
    void remove(final String prefix) throws IOException {
        final Path others = Files.createDirectory(folder.resolve("others"));
        for (final String each : PATH.split(":", -1)) {
            if (each.isEmpty() || !Files.isDirectory(Path.of(each))) {
                continue;
            }
            try (Stream<Path> found = Files.list(Path.of(each))) {
                for (final Path program : found.toList()) {
                    final Path link = others.resolve(program.getFileName().toString());
                    if (!link.getFileName().toString().startsWith(prefix)
                            && Files.notExists(link, LinkOption.NOFOLLOW_LINKS)) {
                        Files.createSymbolicLink(link, program);
                    }
                }
            }
        }
        path = programs + ":" + others;
    }

    /** A file that looks like a kernel for x86, as far as this program looks. */
    Path kernel() throws IOException {
        final byte[] image = new byte[0x400];
        System.arraycopy("HdrS".getBytes(StandardCharsets.US_ASCII), 0, image, MARK, 4);
        return Files.write(folder.resolve("bzImage"), image);
    }

    /**
     * Starts it.
     *
     * @param environment of it, besides that of this process
     * @param temporary its folder for temporary files
     */
    Process start(final Map<String, String> environment, final Path temporary, final String... arguments)
            throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                // Java leaves alone what it was told to ignore, as what runs in the background is.
                "env",
                "--default-signal=INT,TERM,HUP",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-Dconform.home=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                "org.kernelentry.runner.cli.Conform"));
        command.addAll(List.of(arguments));
        final ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().put("PATH", path);
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Runs it to its end. */
    Ended run(final Map<String, String> environment, final String... arguments)
            throws IOException, InterruptedException {
        final Path temporary = Files.createDirectories(folder.resolve("temporary"));
        final Process process = start(environment, temporary, arguments);
        try {
            if (!process.waitFor(600, TimeUnit.SECONDS)) {
                throw new AssertionError("it has not ended");
            }
            return new Ended(process.exitValue(), Files.readString(folder.resolve("output")));
        } finally {
            process.destroyForcibly();
        }
    }

    /** Deletes what stood for the programs of the machine. */
    @Override
    public void close() {
        Scratch.delete(folder.resolve("others"));
    }
}
