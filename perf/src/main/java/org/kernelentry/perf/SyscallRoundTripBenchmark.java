package org.kernelentry.perf;

import static org.kernelentry.notation.GuestProgram.Layout.CODE;
import static org.kernelentry.notation.GuestProgram.Layout.DATA;
import static org.kernelentry.notation.GuestProgram.Layout.DATA_SIZE;
import static org.kernelentry.notation.GuestProgram.Layout.STACK;
import static org.kernelentry.notation.GuestProgram.Layout.STACK_TOP;

import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.arch.Port;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.notation.GuestProgram;
import org.kernelentry.notation.GuestTarget;
import org.kernelentry.notation.Notation;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One getppid of a guest: its loop in user mode, the system call instruction, the whole entry and exit path of the reference with saved and live
 * registers apart, no observer, no work bit set.
 *
 * <p>The guest runs in batches of {@link #CALLS}; between two batches its tracer continues it by PTRACE_CONT, which leaves no work bit behind. That
 * costs two hand-offs between threads a batch, less than a thousandth of it.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH calls boot() before anything else
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SyscallRoundTripBenchmark {
    /** Calls in one batch. */
    public static final int CALLS = 100_000;

    private static final int PTRACE_CONT = 7;
    private static final int PTRACE_SEIZE = 0x4206;
    private static final int WALL = 0x4000_0000;
    private static final int RW = AddressSpace.PROT_READ | AddressSpace.PROT_WRITE;
    private static final int RX = AddressSpace.PROT_READ | AddressSpace.PROT_EXEC;
    private static final String PROGRAM = """
            forever {
              loop %d {
                getppid
              }
              B: break
            }
            """.formatted(CALLS);

    /** Mode and flavour: x86 has the generic flavour only. */
    @Param({
        "x64-generic",
        "ia32-generic",
        "a64-generic",
        "a64-native",
        "a32-native",
        "arm-generic",
        "arm-native",
        "thumb-native"
    })
    public String guest = "x64-generic";

    private Kernel kernel;
    private Task tracer;
    private Task tracee;
    private long behindBreak;
    private final int[] status = new int[1];

    /** Boots a kernel and lets the guest run to the end of its first batch. */
    @Setup
    public void boot() {
        final String mode = guest.substring(0, guest.indexOf('-'));
        final Flavour flavour = guest.endsWith("-native") ? Flavour.NATIVE : Flavour.GENERIC;
        kernel = new Kernel(KernelConfig.of(flavour), port(mode));
        kernel.sched.setBudget(Long.MAX_VALUE);
        final Mm mm = new Mm(PagedSpace.create(kernel.arch.taskSize(mode)), kernel.arch.taskSize(mode));
        kernel.arch.mapVdso(mm, mode);
        final GuestProgram program = Notation.assemble(
                PROGRAM,
                new GuestTarget(mode, kernel.arch.abi(mode), origin -> kernel.arch.assembler(mode, origin, mm)));
        mm.space.map(CODE, AddressSpace.PAGE_SIZE, RX);
        mm.space.poke(CODE, program.code(), 0, program.code().length);
        mm.space.map(DATA, DATA_SIZE, RW);
        mm.space.poke(DATA, program.data(), 0, program.data().length);
        mm.space.map(STACK, STACK_TOP - STACK, RW);
        behindBreak = program.symbol("B.next");
        tracer = kernel.processes.createHarness("benchmark");
        tracee = kernel.processes.create(tracer, "guest", mode, mm, CODE, STACK_TOP - 64);
        require(kernel.ptrace.ptrace(tracer, PTRACE_SEIZE, tracee.pid, 0, 0) == 0, "the guest cannot be traced");
        kernel.processes.startFirst(tracee);
        awaitBatch();
    }

    private static Port port(final String mode) {
        for (final Port port : ServiceLoader.load(Port.class)) {
            if (port.modes().contains(mode)) {
                return port;
            }
        }
        throw new IllegalArgumentException("no port runs mode " + mode);
    }

    /** Runs {@link #CALLS} round trips. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void getppid() {
        // Where a breakpoint leaves the pc at the instruction, the tracer steps over it.
        kernel.arch.setInstructionPointer(tracee.regs, behindBreak);
        require(kernel.ptrace.ptrace(tracer, PTRACE_CONT, tracee.pid, 0, 0) == 0, "the guest cannot be continued");
        awaitBatch();
    }

    private void awaitBatch() {
        final long pid = kernel.processes.wait4(tracer, tracee.pid, WALL, status);
        require(pid == tracee.pid && (status[0] & 0xffff) == 0x057f, "the guest did not stop at its breakpoint");
    }

    /** Ends the kernel's threads. */
    @TearDown
    public void end() {
        kernel.close();
    }

    private static void require(final boolean condition, final String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }
}
