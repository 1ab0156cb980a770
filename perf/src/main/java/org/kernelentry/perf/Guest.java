package org.kernelentry.perf;

import static org.kernelentry.notation.GuestProgram.Layout.CODE;
import static org.kernelentry.notation.GuestProgram.Layout.DATA;
import static org.kernelentry.notation.GuestProgram.Layout.DATA_SIZE;
import static org.kernelentry.notation.GuestProgram.Layout.STACK;
import static org.kernelentry.notation.GuestProgram.Layout.STACK_TOP;

import java.util.ServiceLoader;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.Port;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.Cpu;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.notation.GuestProgram;
import org.kernelentry.notation.GuestTarget;
import org.kernelentry.notation.Notation;

/**
 * A guest that runs in batches. Where one batch ends and the next begins, threads are handed over twice.
 *
 * <p>A traced guest runs to its breakpoint {@code B}; the tracer continues it by PTRACE_CONT, which leaves no work bit behind. A guest that gets
 * signals must not be traced: it stops itself by SIGSTOP, and its parent continues it.
 */
final class Guest implements AutoCloseable {
    private static final int PTRACE_CONT = 7;
    private static final int PTRACE_SYSCALL = 24;
    private static final int PTRACE_SEIZE = 0x4206;
    private static final int WALL = 0x4000_0000;
    private static final int WUNTRACED = 2;
    private static final int TRAPPED = 0x057f;
    private static final int STOPPED = Signals.SIGSTOP << 8 | 0x7f;
    private static final int RW = AddressSpace.PROT_READ | AddressSpace.PROT_WRITE;
    private static final int RX = AddressSpace.PROT_READ | AddressSpace.PROT_EXEC;

    /** Part of its time by which each batch is made longer: what the gate has to find when it is tested. */
    private static final double SLOWDOWN = Double.parseDouble(System.getProperty("perf.slowdown", "0"));

    final Kernel kernel;
    final Task task;
    final PagedSpace space;
    private final Task parent;
    private final boolean traced;
    private final long behindBreak;
    private final int[] status = new int[1];

    /**
     * Boots a kernel and lets the guest run to the end of its first batch.
     *
     * @param guest mode and flavour, {@code x64-generic}; {@code x64-partial} is generic with PARTIAL_PT_REGS
     * @param source the program in the suite's notation
     * @param traced how its batches end, see the class
     * @param audited whether audit is on and has a rule when the guest is made
     */
    Guest(final String guest, final String source, final boolean traced, final boolean audited) {
        final String mode = guest.substring(0, guest.indexOf('-'));
        this.traced = traced;
        kernel = new Kernel(config(guest), port(mode));
        kernel.sched.setBudget(Long.MAX_VALUE);
        if (audited) {
            kernel.audit.enable();
        }
        space = PagedSpace.create(kernel.arch.taskSize(mode));
        final Mm mm = new Mm(space, kernel.arch.taskSize(mode));
        kernel.arch.mapVdso(mm, mode);
        final GuestProgram program = Notation.assemble(
                source,
                new GuestTarget(mode, kernel.arch.abi(mode), origin -> kernel.arch.assembler(mode, origin, mm)));
        space.map(CODE, AddressSpace.PAGE_SIZE, RX);
        space.poke(CODE, program.code(), 0, program.code().length);
        space.map(DATA, DATA_SIZE, RW);
        space.poke(DATA, program.data(), 0, program.data().length);
        space.map(STACK, STACK_TOP - STACK, RW);
        behindBreak = traced ? program.symbol("B.next") : 0;
        parent = kernel.processes.createHarness("benchmark");
        task = kernel.processes.create(parent, "guest", mode, mm, CODE, STACK_TOP - 64);
        require(
                !traced || kernel.ptrace.ptrace(parent, PTRACE_SEIZE, task.pid, 0, 0) == 0,
                "the guest cannot be traced");
        kernel.processes.startFirst(task);
        awaitStop();
    }

    private static KernelConfig config(final String guest) {
        if (guest.endsWith("-partial")) {
            return KernelConfig.of(Flavour.GENERIC).with(Option.PARTIAL_PT_REGS);
        }
        return KernelConfig.of(guest.endsWith("-native") ? Flavour.NATIVE : Flavour.GENERIC);
    }

    private static Port port(final String mode) {
        for (final Port port : ServiceLoader.load(Port.class)) {
            if (port.modes().contains(mode)) {
                return port;
            }
        }
        throw new IllegalArgumentException("no port runs mode " + mode);
    }

    /** Runs one batch. */
    void batch() {
        if (SLOWDOWN > 0) {
            final long began = System.nanoTime();
            runBatch();
            final long ends = System.nanoTime() + (long) ((System.nanoTime() - began) * SLOWDOWN);
            while (System.nanoTime() < ends) {
                Thread.onSpinWait();
            }
        } else {
            runBatch();
        }
    }

    private void runBatch() {
        if (traced) {
            proceed(PTRACE_CONT);
        } else {
            kernel.signals.send(task, SigInfo.kernel(Signals.SIGCONT), true);
        }
        awaitStop();
    }

    /** Runs one batch with a stop at the beginning and the end of every call, {@code stops} of them. */
    void batchOfStops(final int stops) {
        proceed(PTRACE_SYSCALL);
        for (int i = 0; i < stops; i++) {
            awaitStop();
            resume(PTRACE_SYSCALL);
        }
        awaitStop();
    }

    /** Runs one batch on the machine alone. It is as if the guest had not run, but for its memory. */
    void batchAlone(final MachineBenchmark.Answer answer) {
        kernel.arch.setInstructionPointer(task.regs, behindBreak);
        kernel.arch.restoreUserRegisters(kernel.cpu, task);
        final Cpu machine = kernel.cpu.machine;
        machine.switchTo(space);
        int exit = machine.run(Long.MAX_VALUE);
        while (exit == CpuExit.SYSCALL) {
            answer.to(machine.state());
            exit = machine.run(Long.MAX_VALUE);
        }
        // On arm a breakpoint is an instruction that is undefined.
        require(
                exit == CpuExit.BREAKPOINT || exit == CpuExit.UNDEFINED,
                "the guest did not stop where it should: " + CpuExit.name(exit));
    }

    private void proceed(final int request) {
        // Where a breakpoint leaves the pc at the instruction, the tracer steps over it.
        kernel.arch.setInstructionPointer(task.regs, behindBreak);
        resume(request);
    }

    private void resume(final int request) {
        require(kernel.ptrace.ptrace(parent, request, task.pid, 0, 0) == 0, "the guest cannot be continued");
    }

    private void awaitStop() {
        final long pid = kernel.processes.wait4(parent, task.pid, WALL | WUNTRACED, status);
        final int expected = traced ? TRAPPED : STOPPED;
        require(
                pid == task.pid && (status[0] & 0xff7f) == expected,
                "the guest did not stop where it should: status " + Integer.toHexString(status[0]));
    }

    /** The kernel complained about nothing. */
    void requireSilence() {
        require(kernel.log.warnings().isEmpty(), "the kernel warns: " + kernel.log.warnings());
    }

    /** Ends the kernel's threads. */
    @Override
    public void close() {
        kernel.close();
    }

    static void require(final boolean condition, final String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }
}
