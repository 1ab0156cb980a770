package org.kernelentry.arm.entry;

import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SECCOMP;
import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SYSCALL_AUDIT;
import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SYSCALL_TRACE;
import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SYSCALL_TRACEPOINT;

import org.kernelentry.arm.ArmPtRegs;
import org.kernelentry.arm.ArmThread;
import org.kernelentry.arm.abi.ArmAbi;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.syscall.SyscallBody;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;

/**
 * The system call path of arm as it is in Linux 7.3, before any conversion to generic entry.
 *
 * <p>Source: linux v7.3 arch/arm/kernel/entry-common.S vector_swi, local_restart, __sys_trace.
 */
final class NativeSyscall {
    static final Step VECTOR_SWI = Step.frame("vector_swi", "arch/arm/kernel/entry-common.S vector_swi");
    static final Step ALIGNMENT_TRAP = Step.of("alignment_trap", "arch/arm/kernel/entry-header.S alignment_trap");
    static final Step ENABLE_IRQ = Step.of("enable_irq_notrace", "arch/arm/include/asm/assembler.h enable_irq_notrace");
    static final Step UACCESS_DISABLE = Step.of("uaccess_disable", "arch/arm/include/asm/uaccess-asm.h");
    /** Detail: the syscall work bits. */
    static final Step LOCAL_RESTART = Step.of("local_restart", "arch/arm/kernel/entry-common.S local_restart")
            .carrying(Step.Detail.SYSCALL_WORK);

    static final Step SYS_TRACE = Step.of("__sys_trace", "arch/arm/kernel/entry-common.S __sys_trace");

    /** {@code _TIF_SYSCALL_WORK}. */
    static final int TIF_SYSCALL_WORK = SYSCALL_WORK_SYSCALL_TRACE
            | SYSCALL_WORK_SYSCALL_AUDIT
            | SYSCALL_WORK_SYSCALL_TRACEPOINT
            | SYSCALL_WORK_SECCOMP;

    private final Kernel k;
    private final SwiDecode decode;
    private final Dispatcher dispatcher;
    private final NativeTrace trace;
    private final NativeReturn returns;

    NativeSyscall(
            final Kernel k,
            final SwiDecode decode,
            final Dispatcher dispatcher,
            final NativeTrace trace,
            final NativeReturn returns) {
        this.k = k;
        this.decode = decode;
        this.dispatcher = dispatcher;
        this.trace = trace;
        this.returns = returns;
    }

    /** The whole call, from the vector to the restored registers. */
    void vectorSwi(final Task task) {
        // Read from where the exit reads it again: compiled code then knows that it is the same if nothing was called
        // meanwhile.
        final CpuLocal entered = k.cpu;
        k.steps.enter(entered, VECTOR_SWI, 0);
        final PtRegs regs = task.regs;
        UserRegisters.save(k, entered, regs, true);
        k.steps.at(entered, ALIGNMENT_TRAP);
        enableInterruptsThenLeaveUserContext(entered);
        final ArmThread thread = ArmThread.of(task);
        if (decode.decode(k, task, regs)) {
            k.steps.at(k.cpu, UACCESS_DISABLE);
            thread.why = true;
            thread.scno = SwiDecode.tableNumber(thread);
            int restart = run(task, regs);
            // Restart without handler: nothing of the user's registers has changed, the kernel just starts over
            // (RST-16).
            while (restart != 0) {
                if (restart < 0) {
                    thread.scno = ArmAbi.NR_RESTART_SYSCALL;
                }
                // So that tracers see the update; an OABI marker is lost here (RST-26).
                thread.abiSyscall = thread.scno;
                restart = run(task, regs);
            }
        } else {
            thread.why = false;
            returns.fast(k, task, regs, regs.slot[ArmPtRegs.R0]);
        }
        k.steps.leave(k.cpu, VECTOR_SWI);
    }

    /** Tracing is told "on", interrupts go on, and only then the user context ends (ARM-05, CTX-12). */
    private void enableInterruptsThenLeaveUserContext(final CpuLocal cpu) {
        Context.traceHardirqsOn(cpu);
        cpu.irqsEnabled = true;
        k.steps.at(cpu, ENABLE_IRQ);
        Irqs.deliverPending(cpu);
        Context.userExit(k.cpu);
    }

    /** {@code local_restart}: one execution of the call. Returns what {@link NativeReturn} says about a restart. */
    private int run(final Task task, final PtRegs regs) {
        final int work = task.syscallWork & TIF_SYSCALL_WORK;
        k.steps.at(k.cpu, LOCAL_RESTART, work);
        final ArmThread thread = ArmThread.of(task);
        final int number = thread.scno;
        task.syscallNr = number;
        if (work != 0) {
            return traced(task, regs, thread);
        }
        dispatcher.loadArguments(task, regs, regs.slot[ArmPtRegs.R0]);
        final SyscallBody body = dispatcher.find(k, thread, number);
        final long result =
                body != null ? Dispatcher.invoke(k, task, body, number) : outsideTable(task, regs, thread, number);
        return returns.fast(k, task, regs, ArmPtRegs.u32(result));
    }

    /** {@code __sys_trace}: entry work, then the body with r0 to r6 as the work left them (ENT-47). */
    private int traced(final Task task, final PtRegs regs, final ArmThread thread) {
        k.steps.enter(k.cpu, SYS_TRACE, task.syscallWork);
        final int number = trace.enter(task, regs);
        thread.scno = number;
        task.syscallNr = number;
        dispatcher.loadArguments(task, regs, regs.slot[ArmPtRegs.R0]);
        final SyscallBody body = dispatcher.find(k, thread, number);
        if (body != null) {
            regs.slot[ArmPtRegs.R0] = ArmPtRegs.u32(Dispatcher.invoke(k, task, body, number));
        } else if (number != ArmThread.NO_SYSCALL) {
            regs.slot[ArmPtRegs.R0] = ArmPtRegs.u32(outsideTable(task, regs, thread, number));
        }
        // A skipped call goes on with r0 untouched (ENT-46).
        trace.exit(task, regs);
        k.steps.leave(k.cpu, SYS_TRACE);
        return returns.slow(k, task, regs);
    }

    /** Private calls; below them "not a real system call", so that nothing restarts it (ARM-06, RST-25). */
    private long outsideTable(final Task task, final PtRegs regs, final ArmThread thread, final int number) {
        if (Dispatcher.isPrivate(number)) {
            return dispatcher.invokePrivate(task, regs, number);
        }
        thread.why = false;
        return -Errno.ENOSYS;
    }
}
