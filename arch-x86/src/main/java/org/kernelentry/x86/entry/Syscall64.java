package org.kernelentry.x86.entry;

import static org.kernelentry.x86.X86PtRegs.*;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.SyscallEntry;
import org.kernelentry.kernel.entry.SyscallExit;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.syscall.SyscallBody;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuState;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.X86Thread;

/**
 * SYSCALL of 64-bit code.
 *
 * <p>Source: linux v7.3 arch/x86/entry/entry_64.S entry_SYSCALL_64; arch/x86/entry/syscall_64.c do_syscall_64().
 */
final class Syscall64 {
    static final Step ENTRY_SYSCALL_64 = Step.frame("entry_SYSCALL_64", "arch/x86/entry/entry_64.S entry_SYSCALL_64");
    static final Step SAVE_USER_SP = Step.of("save user stack pointer", "arch/x86/entry/entry_64.S entry_SYSCALL_64");
    static final Step PUSH_SYSCALL_FRAME =
            Step.of("construct pt_regs", "arch/x86/entry/entry_64.S entry_SYSCALL_64_after_hwframe");
    /** Detail: the number. */
    static final Step DO_SYSCALL_64 = Step.of("do_syscall_64", "arch/x86/entry/syscall_64.c do_syscall_64()");

    private final ReturnToUser returns;
    private final SyscallTables tables;
    private final PartialFrame partial;

    Syscall64(final Kernel k, final ReturnToUser returns, final SyscallTables tables) {
        this.returns = returns;
        this.tables = tables;
        this.partial = new PartialFrame(k);
    }

    /** The CPU is read from where the exit reads it again: compiled code then knows that it is the same if nothing was called meanwhile. */
    void enter(final Kernel k, final Task task) {
        final CpuLocal cpu = k.cpu;
        final CpuState live = cpu.live;
        final EntryCpu e = EntryCpu.of(cpu);
        k.steps.enter(cpu, ENTRY_SYSCALL_64, live.r[X86Regs.RAX]);
        e.enterFromUser(live.r[X86Regs.R11], EntryCpu.SYSCALL_MASK);
        Stub.swapgs(k, cpu, e);
        e.scratchSp = live.r[X86Regs.RSP];
        k.steps.at(cpu, SAVE_USER_SP);
        k.steps.at(cpu, Stub.SWITCH_TO_KERNEL_CR3);
        Stub.switchStack(k, cpu, e);
        constructPtRegs(k, cpu, task, e);
        ((X86Thread) task.thread).longCall = true;
        task.regs.user = true;
        task.regs.irqsOn = true;
        final boolean sysret = doSyscall64(k, task, (int) task.regs.slot[ORIG_AX]);
        if (sysret) {
            returns.sysret64(k.cpu, task);
        } else {
            returns.iret(k.cpu, task);
        }
        k.steps.leave(k.cpu, ENTRY_SYSCALL_64);
    }

    private void constructPtRegs(final Kernel k, final CpuLocal cpu, final Task task, final EntryCpu e) {
        final CpuState live = cpu.live;
        final long[] frame = task.regs.slot;
        // SYSCALL left the return address in rcx and the flags in r11.
        frame[SS] = X86Regs.USER_DS;
        frame[SP] = e.scratchSp;
        frame[FLAGS] = live.r[X86Regs.R11];
        frame[CS] = X86Regs.USER_CS;
        frame[IP] = live.r[X86Regs.RCX];
        frame[ORIG_AX] = live.r[X86Regs.RAX];
        k.steps.at(cpu, PUSH_SYSCALL_FRAME);
        if (partial.suffices(task)) {
            PartialFrame.pushAndClearRegs(k, cpu, task);
        } else {
            Stub.pushAndClearRegs(k, cpu, frame);
        }
        frame[AX] = -Errno.ENOSYS;
    }

    /** Returns whether SYSRET can do the return. */
    private boolean doSyscall64(final Kernel k, final Task task, final int number) {
        final CpuLocal cpu = k.cpu;
        final PtRegs regs = task.regs;
        k.steps.enter(cpu, DO_SYSCALL_64, number);
        task.syscallNr = number;
        boolean permitted = SyscallEntry.syscallEnterFromUserMode(cpu, task, regs);
        while (true) {
            if (permitted) {
                call(k, task, (int) task.syscallNr);
            }
            if (!SyscallExit.syscallExitToUserMode(k, task, regs)) {
                break;
            }
            // Only with the proposed restart inside the loop: the call again, as if user code had repeated it.
            permitted = Restart.again(k, task);
        }
        final boolean sysret = canSysret(task);
        k.steps.leave(k.cpu, DO_SYSCALL_64);
        return sysret;
    }

    /** A number out of the table, x32's included since that table is off, runs nothing. */
    private void call(final Kernel k, final Task task, final int number) {
        final long[] frame = task.regs.slot;
        final @Nullable SyscallBody body = tables.x64().find(number);
        if (body == null) {
            tables.outside(frame, number);
            return;
        }
        if (((X86Thread) task.thread).partialRegs) {
            partial.stub(k, task, number);
        }
        final long[] args = task.args;
        args[0] = frame[DI];
        args[1] = frame[SI];
        args[2] = frame[DX];
        args[3] = frame[R10];
        args[4] = frame[R8];
        args[5] = frame[R9];
        frame[AX] = body.invoke(task);
    }

    /** X86-03: SYSRET loads rcx and r11 as pc and flags, the standard segments, and can restore neither RF nor TF. */
    private static boolean canSysret(final Task task) {
        final long[] frame = task.regs.slot;
        return frame[CX] == frame[IP]
                && frame[R11] == frame[FLAGS]
                && frame[CS] == X86Regs.USER_CS
                && frame[SS] == X86Regs.USER_DS
                && Long.compareUnsigned(frame[IP], X86Regs.TASK_SIZE_MAX) < 0
                && (frame[FLAGS] & (X86Regs.RF | X86Regs.TF)) == 0;
    }
}
