package org.kernelentry.runner.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.spec.SpecException;

/**
 * A kernel that runs in QEMU, from the start of the machine to its end, with the line to the agent in it.
 *
 * <p>QEMU never outlives this process: a shell waits for the end of its own input, which this process holds open, and ends QEMU then. That
 * works also when this process is killed, and the files of the guest are deleted then, too.
 */
public final class QemuGuest implements AutoCloseable {
    /** Before the words of the init in the guest. */
    private static final String INIT = "kernel-entry-init: ";

    private static final String STARTED = INIT + "started, line ";

    /** Runs its arguments behind the first as a child until that ends or the input does; the first is a folder that is not needed then. */
    private static final String KEEPER = """
            folder=$1
            shift
            exec 3<&0
            "$@" </dev/null 3<&- &
            qemu=$!
            (cat <&3 >/dev/null; rm -rf "$folder"; kill -9 $qemu) 2>/dev/null >/dev/null &
            keeper=$!
            exec 3<&-
            wait $qemu
            code=$?
            kill $keeper 2>/dev/null
            exit $code
            """;

    private final Scratch folder;
    private final QemuCommand command;
    private final Process process;
    private final LongSupplier clock;
    private final SocketLine port;
    private final SocketLine serial;
    private final Thread hook = new Thread(this::kill);
    private final Console console;
    private @Nullable SocketLine line;

    private QemuGuest(
            final Scratch folder, final QemuCommand command, final Path log, final @Nullable LongSupplier clock)
            throws IOException {
        this.folder = folder;
        this.command = command;
        port = new SocketLine(command.port());
        serial = new SocketLine(command.serial());
        process = keep(folder.folder(), command.words());
        Runtime.getRuntime().addShutdownHook(hook);
        final Waiting waiting = new Waiting(process.toHandle());
        this.clock = clock == null ? () -> System.nanoTime() - waiting.total() : clock;
        console = new Console(command.kernel().toString(), process.getInputStream(), log);
    }

    /** Starts a program that ends, with a folder of files, when the input of what is returned does. */
    static Process keep(final Path folder, final List<String> command) throws IOException {
        final List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", KEEPER, "sh", folder.toString()));
        words.addAll(command);
        return new ProcessBuilder(words)
                .redirectError(folder.resolve("errors").toFile())
                .start();
    }

    /**
     * Boots a kernel and returns when the agent has its line.
     *
     * @param program the emulator, or null for the one of the kernel's architecture
     * @param kernel what to boot
     * @param files the programs for the root of the guest's file system: {@code init}, {@code agent}, ...
     * @param log where to keep what the kernel prints
     * @param patience how long the kernel may be silent before it counts as hanging
     * @throws SpecException if it does not get that far; says how far it got and what to do
     */
    static QemuGuest boot(
            final @Nullable String program,
            final KernelImage kernel,
            final List<GuestFile> files,
            final Path log,
            final Duration patience) {
        return boot(program, kernel, files, log, patience, null);
    }

    /** The same by another clock. */
    static QemuGuest boot(
            final @Nullable String program,
            final KernelImage kernel,
            final List<GuestFile> files,
            final Path log,
            final Duration patience,
            final @Nullable LongSupplier clock) {
        final Machine machine = Machine.of(kernel.architecture());
        final String emulator = program == null ? machine.program : program;
        require(emulator, machine);
        Scratch folder = null;
        QemuGuest guest = null;
        try {
            folder = Scratch.temporary();
            final Path initramfs = folder.resolve("initramfs");
            write(initramfs, files);
            final QemuCommand command = new QemuCommand(
                    emulator, machine, kernel.file(), initramfs, folder.resolve("port"), folder.resolve("serial"), 1);
            guest = new QemuGuest(folder, command, log, clock);
            guest.awaitInit(kernel, patience);
            final QemuGuest booted = guest;
            guest = null;
            folder = null;
            return booted;
        } catch (final IOException e) {
            throw new SpecException("QEMU could not be started: " + e.getMessage() + ".", e);
        } finally {
            if (guest != null) {
                guest.close();
            } else if (folder != null) {
                folder.close();
            }
        }
    }

    /**
     * Checks that an emulator is there.
     *
     * @throws SpecException if it is not; says what to install
     */
    static void require(final String emulator, final Machine machine) {
        if (!isThere(emulator)) {
            throw new SpecException("There is no " + emulator + ", which runs kernels for " + machine.architecture()
                    + "; install QEMU (Debian's package is " + machine.programPackage + ").");
        }
    }

    /**
     * A file for a guest.
     *
     * @param path without a slash before it
     * @param content what is in it
     */
    @SuppressWarnings("ArrayRecordComponent") // packed, never compared
    public record GuestFile(String path, byte[] content) {}

    private static void write(final Path initramfs, final List<GuestFile> files) throws IOException {
        try (Initramfs archive = new Initramfs(Files.newOutputStream(initramfs))) {
            for (final String directory : List.of("dev", "proc", "sys", "tmp")) {
                archive.directory(directory);
            }
            // The kernel opens it before init has mounted anything.
            archive.device("dev/console", 5, 1);
            for (final GuestFile file : files) {
                archive.file(file.path(), file.content(), true);
            }
        }
    }

    private static boolean isThere(final String program) {
        if (program.contains("/")) {
            return Files.isExecutable(Path.of(program));
        }
        final String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin");
        for (final String each : path.split(":", -1)) {
            if (!each.isEmpty() && Files.isExecutable(Path.of(each, program))) {
                return true;
            }
        }
        return false;
    }

    private void awaitInit(final KernelImage kernel, final Duration patience) {
        final String what = "The kernel " + kernel.file();
        int seen = 0;
        long deadline = clock() + patience.toNanos();
        while (true) {
            final List<String> news;
            try {
                news = console.after(seen, process.isAlive() ? 100 : 1);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SpecException("The boot was interrupted.", e);
            }
            for (final String text : news) {
                final int started = text.indexOf(STARTED);
                if (started >= 0) {
                    line = text.substring(started).strip().endsWith(QemuCommand.PORT) ? port : serial;
                    return;
                }
                if (text.contains(INIT + "no line")) {
                    throw new SpecException(
                            what + " has no driver for a line to the agent: it needs CONFIG_VIRTIO_CONSOLE=y and"
                                    + " CONFIG_VIRTIO_PCI=y, or CONFIG_SERIAL_8250=y, and CONFIG_DEVTMPFS=y.");
                }
            }
            seen += news.size();
            if (!news.isEmpty()) {
                Heartbeat.beat();
                deadline = clock() + patience.toNanos();
            } else if (!process.isAlive() && isRead(seen)) {
                throw ended(what);
            } else if (clock() > deadline && console.size() == seen) {
                throw silent(what, seen, patience);
            }
        }
    }

    /** Whether no more than these lines come from an emulator that has ended; waits for the last ones. */
    private boolean isRead(final int seen) {
        console.awaitEnd();
        return console.size() == seen;
    }

    /**
     * Nanoseconds that the machine has had: the clock on the wall without what its threads waited for a processor of this machine. For
     * differences.
     */
    public long clock() {
        return clock.getAsLong();
    }

    private SpecException ended(final String what) {
        if (console().stream().noneMatch(l -> l.contains("Linux version") || l.contains("Booting Linux"))) {
            return new SpecException("QEMU did not run the kernel " + command.kernel() + ": " + errors() + ".");
        }
        final String panic = console().stream()
                .filter(KernelReports::isPanic)
                .findFirst()
                .map(l -> l.replaceFirst("^\\[[ .\\d]*\\] ", "").strip())
                .orElse("its last line is \"" + lastLine() + "\"");
        return new SpecException(what + " never reached init: " + panic + "; it needs CONFIG_BLK_DEV_INITRD=y and"
                + " CONFIG_RD_GZIP=y, and its console is kept in " + log() + ".");
    }

    private SpecException silent(final String what, final int lines, final Duration patience) {
        if (lines == 0) {
            return new SpecException(what + " printed nothing on " + command.machine().console + " within "
                    + patience.toSeconds() + " s; a serial console is needed ("
                    + (command.machine() == Machine.X86
                            ? "CONFIG_SERIAL_8250_CONSOLE=y"
                            : "CONFIG_SERIAL_AMBA_PL011_CONSOLE=y")
                    + ").");
        }
        return new SpecException(what + " never reached init: it has been silent for " + patience.toSeconds()
                + " s after \"" + lastLine() + "\"; its console is kept in " + log() + ".");
    }

    private String lastLine() {
        final List<String> lines = console();
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1).strip();
    }

    private String errors() {
        try {
            return Files.readAllLines(folder.resolve("errors")).stream()
                    .filter(l -> !l.isBlank() && !l.contains("warning:"))
                    .reduce((a, b) -> b)
                    .map(l -> l.strip().replaceFirst("\\.$", ""))
                    .orElse("it ended without a word");
        } catch (final IOException e) {
            return "it ended without a word";
        }
    }

    private SocketLine line() {
        final SocketLine chosen = line;
        if (chosen == null) {
            throw new IllegalStateException("the guest has not booted");
        }
        return chosen;
    }

    /** What the agent sends; ends when the guest does. */
    public InputStream in() {
        return line().in();
    }

    /** To the agent. */
    public OutputStream out() {
        return line().out();
    }

    /** What kernel and init have printed so far. */
    public List<String> console() {
        return console.lines();
    }

    /** The machine as one would start it by hand. */
    public String commandLine() {
        return command.line();
    }

    /** Where what the kernel prints is kept. */
    public Path log() {
        return console.log();
    }

    /** Why nothing more can come over the line, once that is so. */
    public Optional<String> whyGone() {
        if (!process.isAlive()) {
            // A panic ends the machine, so its line may still be on the way.
            console.awaitEnd();
        }
        final Optional<String> panic =
                console().stream().filter(KernelReports::isPanic).findFirst();
        if (panic.isPresent()) {
            return panic.map(l -> "the kernel panicked: " + l.replaceFirst("^.*not syncing: ", ""));
        }
        final Optional<String> init = console().stream()
                .filter(l -> l.contains(INIT) && !l.contains(STARTED))
                .reduce((a, b) -> b)
                .map(l -> l.substring(l.indexOf(INIT) + INIT.length()));
        if (init.isPresent()) {
            return init;
        }
        return process.isAlive() ? Optional.empty() : Optional.of("QEMU ended: " + errors());
    }

    /** Ends the guest: closes the line, so that it powers off; a guest that does not is ended. */
    @Override
    public void close() {
        port.close();
        serial.close();
        try {
            process.waitFor(line == null ? 0 : 3, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            // The program is ending already, the hook with it.
        }
        console.awaitEnd();
        folder.close();
    }

    /** Ends QEMU by ending the input of the shell above it. */
    private void kill() {
        try {
            process.getOutputStream().close();
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (final IOException e) {
            // It was closed before.
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
