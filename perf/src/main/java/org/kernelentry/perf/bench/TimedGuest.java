package org.kernelentry.perf.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.arch.Port;
import org.kernelentry.kernel.exec.ElfFile;
import org.kernelentry.kernel.exec.ElfFormatException;
import org.kernelentry.kernel.exec.ElfLoader;
import org.kernelentry.kernel.fs.FileTable;
import org.kernelentry.kernel.fs.OpenFile;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Exec;
import org.kernelentry.kernel.task.Task;

/**
 * A process of its own that runs one timed program under the reference: nothing else has left its mark on what the JVM compiled. The times are those
 * of the guest's thread; compilers and collectors have others.
 *
 * <p>Once warm it prints what the program's first rounds printed; then, for each line that it reads, it goes on for a slice and prints its
 * instructions, nanoseconds and rounds. It ends where its input does.
 */
final class TimedGuest extends OpenFile {
    /** How many rounds' results are told, to be compared. */
    static final int TOLD = 4;

    private static final long SLICE = 300_000_000L;
    private static final int RESULT = 17;

    private final Kernel kernel;
    private final long warmUp;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    private final PrintStream out = System.out;
    private final List<String> results = new ArrayList<>();
    private boolean warm;
    private long rounds;
    private long beganAt;
    private long instructionsBefore;

    private TimedGuest(final Kernel kernel, final long warmUp) {
        this.kernel = kernel;
        this.warmUp = warmUp;
    }

    /**
     * The process.
     *
     * @param args mode, file, nanoseconds to warm up
     */
    public static void main(final String... args) throws IOException, ElfFormatException {
        final Port port = ServiceLoader.load(Port.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.modes().contains(args[0]))
                .findFirst()
                .orElseThrow();
        final Kernel kernel = new Kernel(KernelConfig.of(Flavour.GENERIC), port);
        kernel.sched.setBudget(Long.MAX_VALUE);
        final Task harness = kernel.processes.createHarness("init");
        final String name = "/" + Path.of(args[1]).getFileName();
        final List<String> argv = List.of(name, String.valueOf(Integer.MAX_VALUE));
        final Exec.Image image = kernel.processes.exec.loader.load(
                ElfFile.parse(Files.readAllBytes(Path.of(args[1]))), new ElfLoader.Arguments(name, argv, List.of()));
        final Task guest =
                kernel.processes.create(harness, Exec.commOf(name), image.mode(), image.mm(), image.pc(), image.sp());
        guest.files = new FileTable();
        final TimedGuest file = new TimedGuest(kernel, Long.parseLong(args[2]));
        guest.files.install(file, false);
        guest.files.install(file, false);
        kernel.processes.startFirst(guest);
        kernel.processes.wait4(harness, guest.pid, 0, new int[1]);
        System.exit(1);
    }

    @Override
    public int accessMode() {
        return O_RDWR;
    }

    @Override
    public long write(final Task current, final long address, final long count) {
        final byte[] line = new byte[(int) count];
        if (!kernel.user.copyFrom(current, address, line, 0, line.length)) {
            return -Errno.EFAULT;
        }
        if (results.size() < TOLD) {
            results.add(new String(line, RESULT, line.length - RESULT, StandardCharsets.US_ASCII).strip());
        }
        rounds++;
        if (threads.getCurrentThreadCpuTime() - beganAt >= (warm ? SLICE : warmUp) && results.size() == TOLD) {
            report();
        }
        return count;
    }

    /** In the thread of the guest: whatever is waited for here does not count. */
    private void report() {
        final long nanoseconds = threads.getCurrentThreadCpuTime() - beganAt;
        final long instructions = kernel.cpus[0].machine.retired() - instructionsBefore;
        out.println(warm ? instructions + " " + nanoseconds + " " + rounds : String.join(" ", results));
        out.flush();
        try {
            if (in.readLine() == null) {
                Runtime.getRuntime().halt(0);
            }
        } catch (IOException e) {
            Runtime.getRuntime().halt(1);
        }
        warm = true;
        rounds = 0;
        instructionsBefore = kernel.cpus[0].machine.retired();
        beganAt = threads.getCurrentThreadCpuTime();
    }
}
