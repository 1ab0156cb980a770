package org.kernelentry.perf.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/**
 * Another system that runs the loop of system calls: the program prints a mark, loops, and prints another, so that neither its start nor the boot
 * of a machine counts. The marks are sentences that a kernel does not say by itself, and the last tells how often the loop was run, by the program's
 * own count: one that ended early is not taken for a fast one.
 *
 * @param name for the table
 * @param mode of the program
 * @param calls in the loop, a multiple of {@link #BATCH}
 * @param command given the program's file, what to run
 */
record Peer(String name, String mode, int calls, Function<Path, List<String>> command) {
    /** Calls between two counts of the program. */
    static final int BATCH = 1000;

    /** What the program prints before the loop. */
    static final String BEGIN = "the calls begin";

    /** What it prints behind it if its count is right, and if not. */
    static final String END = "all calls are done";

    static final String WRONG = "calls are missing";

    private static final int MILLION = 1_000_000;
    private static final int EXECUTABLE = CpioConstants.C_ISREG | 0755;
    private static final String QEMU = "qemu-system-";
    private static final long LONGEST_SECONDS = 180;

    /** The notation's source. */
    String source() {
        return """
                batches = 0
                write 1 "%s"
                loop %d {
                  loop %d {
                    getppid
                  }
                  batches += 1
                }
                if batches == %d {
                  write 1 "%s"
                } else {
                  write 1 "%s"
                }
                """.formatted(BEGIN, calls / BATCH, BATCH, calls / BATCH, END, WRONG);
    }

    /** Peers that can run here, and for each that cannot, a sentence why. */
    static List<Peer> available(final List<String> missing) {
        final List<Peer> peers = new ArrayList<>();
        if (System.getProperty("os.arch").equals("amd64")) {
            peers.add(new Peer("host kernel", "x64", 5 * MILLION, file -> List.of(file.toString())));
        } else {
            missing.add("host kernel: this machine is no x86-64");
        }
        user(peers, missing, "qemu-x86_64", "x64");
        user(peers, missing, "qemu-aarch64", "a64");
        user(peers, missing, "qemu-arm", "arm");
        machine(peers, missing, "x86_64", "x64", "amd64", "ttyS0", List.of());
        machine(
                peers,
                missing,
                "aarch64",
                "a64",
                "arm64",
                "ttyAMA0",
                List.of("-machine", "virt", "-cpu", "cortex-a57"));
        machine(peers, missing, "arm", "arm", "armhf", "ttyAMA0", List.of("-machine", "virt", "-cpu", "cortex-a15"));
        return peers;
    }

    private static void user(
            final List<Peer> peers, final List<String> missing, final String program, final String mode) {
        if (Toolchain.isInstalled(program)) {
            peers.add(new Peer(program, mode, MILLION, file -> List.of(program, file.toString())));
        } else {
            missing.add(program + ": not installed (Debian's qemu-user)");
        }
    }

    /** A whole machine, emulated, with one of Debian's kernels from the suite's cache. */
    private static void machine(
            final List<Peer> peers,
            final List<String> missing,
            final String cpu,
            final String mode,
            final String debian,
            final String console,
            final List<String> board) {
        final Path kernel = cache().resolve("debian/6.12").resolve(debian).resolve("vmlinuz");
        final String name = QEMU + cpu + ", 6.12";
        if (!Toolchain.isInstalled(QEMU + cpu)) {
            missing.add(name + ": " + QEMU + cpu + " is not installed");
        } else if (!Files.isRegularFile(kernel)) {
            missing.add(name + ": no kernel; ./conform boot debian:6.12 fetches one");
        } else {
            peers.add(new Peer(name, mode, MILLION / 2, file -> {
                final List<String> words = new ArrayList<>(List.of(QEMU + cpu));
                words.addAll(board);
                words.addAll(List.of("-accel", "tcg", "-m", "512", "-nodefaults", "-no-user-config", "-no-reboot"));
                words.addAll(List.of("-display", "none", "-monitor", "none", "-serial", "stdio"));
                words.addAll(List.of(
                        "-kernel", kernel.toString(), "-initrd", initramfs(file).toString()));
                // quiet: the kernel's own words must not hold the marks.
                words.addAll(List.of("-append", "console=" + console + " quiet loglevel=0 panic=-1 mitigations=off"));
                return words;
            }));
        }
    }

    private static Path cache() {
        final String xdg = System.getenv("XDG_CACHE_HOME");
        final Path base =
                xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return base.resolve("kernel-entry-conformance");
    }

    /** The program as the first of a machine. /dev/console is in every kernel's own first file system. */
    private static Path initramfs(final Path program) {
        final Path file = program.resolveSibling(program.getFileName() + ".cpio.gz");
        try (OutputStream out = Files.newOutputStream(file);
                CpioArchiveOutputStream archive =
                        new CpioArchiveOutputStream(new GZIPOutputStream(out), CpioConstants.FORMAT_NEW)) {
            final byte[] content = Files.readAllBytes(program);
            final CpioArchiveEntry entry = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, "init");
            entry.setMode(EXECUTABLE);
            entry.setSize(content.length);
            archive.putArchiveEntry(entry);
            archive.write(content);
            archive.closeArchiveEntry();
            return file;
        } catch (IOException e) {
            throw new BenchException("the machine's file system cannot be written: " + e.getMessage() + ".");
        }
    }

    /**
     * Runs the program.
     *
     * @return nanoseconds per call
     * @throws BenchException if it does not print its marks, or says that calls are missing
     */
    double run(final Path program) throws IOException {
        final Process process = new ProcessBuilder(command.apply(program))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        final Thread watchdog = new Thread(
                () -> {
                    try {
                        if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                            process.destroyForcibly();
                        }
                    } catch (InterruptedException e) {
                        process.destroyForcibly();
                    }
                },
                "watches " + name);
        watchdog.setDaemon(true);
        watchdog.start();
        try (InputStream out = process.getInputStream()) {
            await(out, BEGIN);
            final long began = System.nanoTime();
            await(out, END);
            return (double) (System.nanoTime() - began) / calls;
        } finally {
            process.destroyForcibly();
        }
    }

    private void await(final InputStream out, final String mark) throws IOException {
        final StringBuilder seen = new StringBuilder();
        while (seen.indexOf(mark) < 0) {
            final int next = out.read();
            if (next < 0) {
                throw new BenchException(name + " ended before it printed \"" + mark + "\".");
            }
            seen.append((char) next);
            if (seen.indexOf(WRONG) >= 0) {
                throw new BenchException(name + " did not run all calls.");
            }
        }
    }
}
