package org.kernelentry.runner.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.runner.exec.ExecException;
import org.kernelentry.runner.exec.Program;
import org.kernelentry.runner.exec.ProgramRun;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.SpecException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a program file under the reference kernel. */
@Command(
        name = "exec",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        header = "Runs a static Linux program under the reference kernel.",
        description = {
            "Runs a static Linux program for x86-64, i386, arm64 or arm under the reference kernel, on an emulated CPU.",
            "Standard input, output and error are the program's, and so is the exit status; one that a signal kills",
            "ends with 128 and the signal's number. Of the host's files it sees only itself: it has /tmp, /dev and",
            "/proc/self in memory. Its time is counted in instructions, one nanosecond each, and sleeping takes none."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  conform exec ./hello",
            "  conform exec --trace ./hello world          every system call as a line on the error output",
            "  conform exec --arch arm64 --flavour native --stats ./crc32",
            "  conform exec --env LANG=C --budget 1000000000 ./prog --its-own-option < input",
            "",
            "Exit codes: the program's own, 128 + N when signal N killed it, 2 when it could not be run or used up its",
            "budget."
        })
final class ExecCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            description = "x86, arm64 or arm; by default what the file says. A 32-bit arm program runs on arm64, too.")
    private @Nullable String architecture;

    @Option(
            names = "--flavour",
            paramLabel = "FLAVOUR",
            description = "generic (entry by the generic code, the default) or native (what arm64 and arm do today).")
    private Flavour flavour = Flavour.GENERIC;

    @Option(names = "--cpus", paramLabel = "N", description = "CPUs of the machine, 1 by default.")
    private int cpus = 1;

    @Option(
            names = "--env",
            paramLabel = "NAME=VALUE",
            description = "A variable of its environment, which is empty otherwise. May be given more than once.")
    private List<String> environment = List.of();

    @Option(
            names = "--budget",
            paramLabel = "N",
            description = "End it after this many instructions; by default there is no limit.")
    private long budget = Long.MAX_VALUE;

    @Option(names = "--trace", description = "Print each system call with its result on the error output.")
    private boolean trace;

    @Option(names = "--stats", description = "Print instructions, time and rate on the error output at the end.")
    private boolean stats;

    @Parameters(index = "0", paramLabel = "FILE", description = "The program.")
    private @Nullable String file;

    @Parameters(index = "1..*", paramLabel = "ARG", description = "Its arguments.")
    private List<String> arguments = List.of();

    @Override
    public Integer call() {
        check();
        final PrintWriter err = command.commandLine().getErr();
        final ProgramRun.Options options = new ProgramRun.Options();
        options.flavour = flavour;
        options.cpus = cpus;
        options.budget = budget;
        options.environment = environment;
        options.in = new FileInputStream(FileDescriptor.in);
        options.out = new FileOutputStream(FileDescriptor.out);
        options.err = new FileOutputStream(FileDescriptor.err);
        if (trace) {
            options.trace = line -> {
                err.println(line);
                err.flush();
            };
        }
        try {
            final Program program = Program.read(path());
            final Architecture on =
                    program.architecture(architecture == null ? null : Architecture.parse(architecture));
            final ProgramRun.Result result = new ProgramRun(program, options).run(on, arguments);
            if (stats) {
                err.println(stats(result.instructions()));
            }
            if (result.signal() != 0) {
                err.printf("conform: %s was killed by %s at 0x%x.%n", program.name(), result.signalName(), result.pc());
            }
            err.flush();
            return result.exitCode();
        } catch (final ExecException e) {
            throw new SpecException(String.valueOf(e.getMessage()));
        }
    }

    private Path path() throws ExecException {
        try {
            return Path.of(file == null ? "" : file);
        } catch (final InvalidPathException e) {
            throw new SpecException("\"" + file + "\" is no name of a file.");
        }
    }

    private void check() {
        if (budget < 1) {
            throw new SpecException("--budget " + budget + " leaves the program no instruction.");
        }
        if (cpus < 1 || cpus > 64) {
            throw new SpecException("--cpus " + cpus + " is not between 1 and 64.");
        }
        for (final String variable : environment) {
            if (variable.indexOf('=') < 1) {
                throw new SpecException("--env " + variable + " is not of the form NAME=VALUE.");
            }
        }
    }

    private static String stats(final long instructions) {
        final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanoseconds = 0;
        for (final long id : threads.getAllThreadIds()) {
            final ThreadInfo info = threads.getThreadInfo(id);
            // Guests run on the threads that are kernel stacks, and those linger for a while.
            if (info != null && info.getThreadName().startsWith("kernel-stack-")) {
                nanoseconds += Math.max(0, threads.getThreadCpuTime(id));
            }
        }
        final double seconds = nanoseconds / 1e9;
        return String.format(
                Locale.ROOT,
                "%d instructions in %.3f s of CPU time: %.1f million a second",
                instructions,
                seconds,
                instructions / Math.max(seconds, 1e-9) / 1e6);
    }
}
