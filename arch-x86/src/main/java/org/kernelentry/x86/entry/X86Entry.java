package org.kernelentry.x86.entry;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.entry.SyscallExit;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.x86.X86Exit;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.X86Thread;

/** All ways into the kernel and back. */
public final class X86Entry {
    static final Step RET_FROM_FORK = Step.of("ret_from_fork_asm", "arch/x86/entry/entry_64.S ret_from_fork_asm");

    private final Kernel k;
    private final Syscall64 syscall64;
    private final Int80 int80;
    private final Sysenter sysenter;
    private final Exceptions exceptions;
    private final Interrupts interrupts;
    private final ReturnToUser returns;

    public X86Entry(final Kernel k) {
        this.k = k;
        final ExceptionFrame frames = new ExceptionFrame(k);
        final SyscallTables tables = new SyscallTables(k);
        final Syscall32 calls = new Syscall32(k, tables);
        this.exceptions = new Exceptions(k, frames);
        this.returns = exceptions.returns();
        this.syscall64 = new Syscall64(k, returns, tables);
        this.int80 = new Int80(k, frames, calls, returns);
        this.sysenter = new Sysenter(k, calls, returns);
        this.interrupts = new Interrupts(k, frames, returns);
    }

    /** What all these ways share for a CPU. */
    public static Object newEntryState() {
        return new EntryCpu();
    }

    /** An exit of the machine from user mode that is no interrupt. */
    public void enterFromUser(final CpuLocal cpu, final Task task, final int exit) {
        if (exit != CpuExit.SYSCALL) {
            exceptions.enter(cpu, task, exit);
            return;
        }
        switch ((int) cpu.machine.exitDetail()) {
            case X86Exit.SYSCALL -> syscall64.enter(k, task);
            case X86Exit.SYSENTER -> sysenter.enter(cpu, task);
            default -> int80.enter(cpu, task);
        }
    }

    public void interruptFromUser(final CpuLocal cpu, final Task task, final Irq irq) {
        interrupts.interruptFromUser(cpu, task, irq);
    }

    public void interruptFromKernel(final CpuLocal cpu, final Irq irq) {
        interrupts.interruptFromKernel(cpu, irq);
    }

    public void nmiFromUser(final CpuLocal cpu, final Task task, final Irq nmi) {
        interrupts.nmiFromUser(cpu, task, nmi);
    }

    public void nmiFromKernel(final CpuLocal cpu, final Irq nmi) {
        interrupts.nmiFromKernel(cpu, nmi);
    }

    /** {@code ret_from_fork()}: a whole system call exit, then IRET (X86-58). */
    public void returnFromFork(final CpuLocal cpu, final Task task) {
        kernelMode(cpu);
        k.steps.enter(cpu, RET_FROM_FORK, 0);
        SyscallExit.syscallExitToUserMode(k, task, task.regs);
        returns.iret(k.cpu, task);
        k.steps.leave(k.cpu, RET_FROM_FORK);
    }

    /** The IRET alone. */
    public void restoreUserRegisters(final CpuLocal cpu, final Task task) {
        kernelMode(cpu);
        returns.iret(cpu, task);
    }

    private void kernelMode(final CpuLocal cpu) {
        final EntryCpu e = EntryCpu.of(cpu);
        e.kernelGs = true;
        e.onTaskStack = true;
        e.flags = X86Regs.FIXED;
    }

    /** {@code __switch_to()} runs on the new task's stack from here on. */
    public void switchedTo(final CpuLocal cpu, final X86Thread previous, final X86Thread next) {
        PartialFrame.switchTo(cpu.live, previous, next);
        kernelMode(cpu);
    }

    /** The saved registers of the running task are about to be looked at: all must be there. */
    public void completePtRegs(final Task task) {
        PartialFrame.complete(k, task);
    }

    /** {@code arch_enter_from_user_mode()}: the checks of CONFIG_DEBUG_ENTRY (X86-08). */
    public void enterFromUserMode(final CpuLocal cpu) {
        final EntryCpu e = EntryCpu.of(cpu);
        if ((e.flags & (X86Regs.DF | X86Regs.NT | X86Regs.AC)) != 0) {
            k.log.warnOnce("arch_enter_from_user_mode", "flags DF, NT or AC are set");
        }
        if (!e.onTaskStack) {
            k.log.warnOnce("arch_enter_from_user_mode", "pt_regs are not at the top of the task stack");
        }
        if (!e.kernelGs) {
            k.log.warnOnce("arch_enter_from_user_mode", "GS base is the user's");
        }
    }
}
