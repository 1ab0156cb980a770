package org.kernelentry.runner.exec;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.exec.ElfFormatException;
import org.kernelentry.kernel.exec.ElfLoader;
import org.kernelentry.kernel.fs.Directory;
import org.kernelentry.kernel.fs.FileTable;
import org.kernelentry.kernel.fs.FsStruct;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Exec;
import org.kernelentry.kernel.task.GuestEvent;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.system.Systems;

/**
 * One program from its first instruction to its exit status, under a kernel of its own.
 *
 * <p>Of the host it sees the three standard streams and nothing else: its files are those of {@link org.kernelentry.kernel.fs.FileTree}, its
 * time is counted in instructions.
 */
public final class ProgramRun {
    private static final int WALL = 0x4000_0000;

    /** What there is to say to it. */
    public static final class Options {
        public Flavour flavour = Flavour.GENERIC;
        public int cpus = 1;
        /** Most instructions of all tasks together. */
        public long budget = Long.MAX_VALUE;
        /** Strings {@code NAME=VALUE}. */
        public List<String> environment = List.of();
        /** Told of every system call, one line each. */
        public @Nullable Consumer<String> trace;

        public InputStream in = InputStream.nullInputStream();
        public OutputStream out = OutputStream.nullOutputStream();
        public OutputStream err = OutputStream.nullOutputStream();
    }

    /**
     * How it ended.
     *
     * @param status as wait4(2) has it
     * @param instructions of all tasks, until the last was gone
     * @param pc where its first thread last entered the kernel
     */
    public record Result(int status, long instructions, long pc) {
        /** Number of the signal that killed it, 0 for none. */
        public int signal() {
            return status & 0x7f;
        }

        /** {@code SIGSEGV}; only for one that was killed. */
        public String signalName() {
            return Signals.name(signal());
        }

        /** As a shell shows it: the program's own, or 128 and the number of the signal. */
        public int exitCode() {
            return signal() == 0 ? status >> 8 & 0xff : 128 + signal();
        }
    }

    private final Program program;
    private final Options options;

    public ProgramRun(final Program program, final Options options) {
        this.program = program;
        this.options = options;
    }

    /**
     * Runs it, and waits for all that it started.
     *
     * @param arguments without the name of the program
     * @throws ExecException when it cannot be loaded, uses up its instructions, or waits for what cannot come
     */
    public Result run(final Architecture architecture, final List<String> arguments) throws ExecException {
        final KernelConfig config = KernelConfig.of(options.flavour).withCpus(options.cpus);
        try (Kernel k = new Kernel(config, Systems.port(architecture))) {
            k.sched.setBudget(options.budget);
            final Task harness = k.processes.createHarness("init");
            final Task main = load(k, harness, arguments);
            final Strace strace = options.trace == null ? null : new Strace(k, options.trace);
            if (strace != null) {
                strace.start();
            }
            k.processes.startFirst(main);
            final int status = await(k, harness, main.pid);
            return new Result(status, instructions(k), k.arch.instructionPointer(main.regs));
        }
    }

    private Task load(final Kernel k, final Task harness, final List<String> arguments) throws ExecException {
        final List<String> argv = new ArrayList<>();
        argv.add(Program.asBytes(program.name()));
        arguments.forEach(each -> argv.add(Program.asBytes(each)));
        final List<String> envp =
                options.environment.stream().map(Program::asBytes).toList();
        k.tree.install(program.path(), 0755, program.bytes());
        final Exec.Image image;
        try {
            image = k.processes.exec.loader.load(program.elf(), new ElfLoader.Arguments(argv.get(0), argv, envp));
        } catch (final ElfFormatException e) {
            throw new ExecException(program.name() + " " + e.getMessage() + ".");
        }
        image.mm().exePath = program.path();
        final Task main =
                k.processes.create(harness, Exec.commOf(argv.get(0)), image.mode(), image.mm(), image.pc(), image.sp());
        main.files = streams(k);
        // Relative names of the program work as on the host: its directory is there, with the program alone in it.
        final Directory here = k.tree.makeDirectories(
                Program.asBytes(java.nio.file.Path.of("").toAbsolutePath().toString()));
        main.fs = new FsStruct(here == null ? k.tree.root() : here);
        return main;
    }

    private FileTable streams(final Kernel k) {
        final FileTable files = new FileTable();
        files.install(new HostInput(k, options.in), false);
        files.install(new HostOutput(k, options.out), false);
        files.install(new HostOutput(k, options.err), false);
        return files;
    }

    private int await(final Kernel k, final Task harness, final int main) throws ExecException {
        final int[] status = new int[1];
        int result = -1;
        while (true) {
            final long pid;
            try {
                pid = k.processes.wait4(harness, -1, WALL, status);
            } catch (final GuestEvent.BudgetExceeded e) {
                throw new ExecException(program.name() + " used up the " + options.budget
                        + " instructions it was given; --budget gives it more.");
            } catch (final GuestEvent.GuestStuck e) {
                if (result >= 0) {
                    return result;
                }
                throw new ExecException(program.name() + " waits for what cannot come: " + e.getMessage() + ".");
            }
            if (pid == main) {
                result = status[0];
            }
            if (pid < 0) {
                return result;
            }
        }
    }

    private static long instructions(final Kernel k) {
        long sum = 0;
        for (final CpuLocal cpu : k.cpus) {
            sum += cpu.machine.retired();
        }
        return sum;
    }
}
