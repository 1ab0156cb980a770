package org.kernelentry.x86.entry;

import static org.kernelentry.x86.X86PtRegs.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.entry.SyscallEntry;
import org.kernelentry.kernel.entry.UserTransition;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuState;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.vdso.Vdso32;

/**
 * SYSENTER. The CPU keeps neither pc nor stack pointer: the vDSO's calling convention stands in for them.
 *
 * <p>Source: linux v7.3 arch/x86/entry/entry_64_compat.S entry_SYSENTER_compat; arch/x86/entry/syscall_32.c do_SYSENTER_32(),
 * do_fast_syscall_32().
 */
final class Sysenter {
    static final Step ENTRY_SYSENTER_COMPAT =
            Step.frame("entry_SYSENTER_compat", "arch/x86/entry/entry_64_compat.S entry_SYSENTER_compat");
    static final Step PUSH_SYSENTER_FRAME =
            Step.of("construct pt_regs", "arch/x86/entry/entry_64_compat.S entry_SYSENTER_compat");
    /** SYSENTER leaves TF set, so the stub's first instruction traps in the kernel; the trap is ignored (STP-15). */
    static final Step DEBUG_IN_STUB = Step.frame("exc_debug_kernel", "arch/x86/kernel/traps.c exc_debug_kernel()");
    /** SYSENTER filters no flags: NT, AC and TF are cleared here (X86-07). */
    static final Step FIX_FLAGS = Step.of("fix flags", "arch/x86/entry/entry_64_compat.S entry_SYSENTER_compat");

    static final Step DO_SYSENTER_32 = Step.of("do_SYSENTER_32", "arch/x86/entry/syscall_32.c do_SYSENTER_32()");
    static final Step SET_LANDING_PAD = Step.of("ip = landing pad", "arch/x86/entry/syscall_32.c do_fast_syscall_32()");
    /** Detail: 0, or the error. */
    static final Step FETCH_EBP = Step.of("fetch ebp", "arch/x86/entry/syscall_32.c __do_fast_syscall_32()");

    private final Kernel k;
    private final Syscall32 calls;
    private final ReturnToUser returns;

    Sysenter(final Kernel k, final Syscall32 calls, final ReturnToUser returns) {
        this.k = k;
        this.calls = calls;
        this.returns = returns;
    }

    void enter(final CpuLocal cpu, final Task task) {
        final CpuState live = cpu.live;
        final EntryCpu e = EntryCpu.of(cpu);
        final PtRegs regs = task.regs;
        final long[] frame = regs.slot;
        final long userFlags = X86Regs.rflags(live);
        k.steps.enter(cpu, ENTRY_SYSENTER_COMPAT, live.r[X86Regs.RAX]);
        e.enterFromUser(userFlags, X86Regs.IF | X86Regs.RF);
        if ((e.flags & X86Regs.TF) != 0) {
            debugInStub(cpu);
        }
        Stub.swapgs(k, cpu, e);
        k.steps.at(cpu, Stub.SWITCH_TO_KERNEL_CR3);
        Stub.switchStack(k, cpu, e);
        frame[SS] = X86Regs.USER_DS;
        frame[SP] = 0;
        frame[FLAGS] = e.flags;
        frame[CS] = X86Regs.USER32_CS;
        frame[IP] = 0;
        frame[ORIG_AX] = live.r[X86Regs.RAX] & 0xffff_ffffL;
        k.steps.at(cpu, PUSH_SYSENTER_FRAME);
        Stub.pushAndClearRegs(k, cpu, frame);
        frame[AX] = -Errno.ENOSYS;
        regs.user = true;
        regs.irqsOn = true;
        e.flags &= ~X86Regs.DF;
        k.steps.at(cpu, Stub.CLD);
        if ((frame[FLAGS] & (X86Regs.NT | X86Regs.AC | X86Regs.TF)) != 0) {
            e.flags = X86Regs.FIXED;
            k.steps.at(cpu, FIX_FLAGS);
        }
        if (doSysenter32(cpu, task)) {
            returns.sysret32(k.cpu, task);
        } else {
            returns.iret(k.cpu, task);
        }
        k.steps.leave(k.cpu, ENTRY_SYSENTER_COMPAT);
    }

    private void debugInStub(final CpuLocal cpu) {
        k.steps.enter(cpu, DEBUG_IN_STUB, 0);
        final boolean lockdep = k.nmiEntry.irqentryNmiEnter(cpu);
        k.nmiEntry.irqentryNmiExit(cpu, lockdep);
        k.steps.leave(cpu, DEBUG_IN_STUB);
    }

    /** Returns whether SYSRETL can do the return (X86-17). */
    private boolean doSysenter32(final CpuLocal cpu, final Task task) {
        final long[] frame = task.regs.slot;
        k.steps.enter(cpu, DO_SYSENTER_32, 0);
        // The vDSO saved the stack pointer in ebp (X86-14), and interrupts were on in user mode (X86-16).
        frame[SP] = frame[BP];
        frame[FLAGS] |= X86Regs.IF;
        final long landingPad = Vdso32.landingPad(task.requireMm().vdso);
        frame[IP] = landingPad;
        k.steps.at(cpu, SET_LANDING_PAD, landingPad);
        final boolean done = fastSyscall32(cpu, task);
        final boolean sysret = done
                && frame[IP] == landingPad
                && frame[CS] == X86Regs.USER32_CS
                && frame[SS] == X86Regs.USER_DS
                && (frame[FLAGS] & (X86Regs.RF | X86Regs.TF)) == 0;
        k.steps.leave(k.cpu, DO_SYSENTER_32);
        return sysret;
    }

    /** {@code __do_fast_syscall_32()}; false when the sixth argument could not be read: then there is no call at all, only an error. */
    private boolean fastSyscall32(final CpuLocal cpu, final Task task) {
        final PtRegs regs = task.regs;
        task.syscallNr = calls.enter(task);
        k.steps.at(cpu, SyscallEntry.ADD_RANDOM_KSTACK_OFFSET);
        UserTransition.enterFromUserMode(cpu, regs);
        Irqs.localIrqEnable(cpu);
        if (!k.user.get(task, regs.slot[SP] & 0xffff_ffffL, 4)) {
            regs.slot[AX] = -Errno.EFAULT;
            k.steps.at(k.cpu, FETCH_EBP, -Errno.EFAULT);
            Irqs.localIrqDisable(k.cpu);
            k.irqEntry.irqentryExitToUserMode(task, regs);
            return false;
        }
        regs.slot[BP] = k.user.value;
        k.steps.at(k.cpu, FETCH_EBP);
        calls.run(task, SyscallEntry.syscallEnterFromUserModeWork(k.cpu, task, regs));
        return true;
    }
}
