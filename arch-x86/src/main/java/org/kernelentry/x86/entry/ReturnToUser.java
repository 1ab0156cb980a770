package org.kernelentry.x86.entry;

import static org.kernelentry.x86.X86PtRegs.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuState;
import org.kernelentry.x86.X86PtRegs;
import org.kernelentry.x86.X86Regs;

/**
 * The ways back: SYSRET, SYSRETL and IRET.
 *
 * <p>Source: linux v7.3 arch/x86/entry/entry_64.S (syscall_return_via_sysret, swapgs_restore_regs_and_return_to_usermode),
 * entry_64_compat.S (sysret32_from_system_call).
 */
final class ReturnToUser {
    static final Step RESTORE_REGISTERS = Step.of("restore registers", "arch/x86/entry/calling.h POP_REGS");
    static final Step SWITCH_TO_USER_CR3 =
            Step.of("switch to user page tables", "arch/x86/entry/calling.h SWITCH_TO_USER_CR3_STACK");
    static final Step CLEAR_CPU_BUFFERS = Step.of("clear CPU buffers", "arch/x86/include/asm/nospec-branch.h");
    static final Step SYSRETQ = Step.of("sysretq", "arch/x86/entry/entry_64.S syscall_return_via_sysret");
    static final Step SYSRETL = Step.of("sysretl", "arch/x86/entry/entry_64_compat.S sysret32_from_system_call");
    static final Step IRETQ = Step.of("iretq", "arch/x86/entry/entry_64.S native_iret");
    /** IRET itself faulted: the registers are the user's already, the exception is told as if it had happened there. Detail: error code. */
    static final Step FIXUP_BAD_IRET = Step.of("fixup_bad_iret", "arch/x86/kernel/traps.c fixup_bad_iret()");

    /** Who handles the #GP of an IRET. */
    @FunctionalInterface
    interface BadIret {
        void handle(CpuLocal cpu, Task task, long errorCode);
    }

    private final BadIret badIret;

    ReturnToUser(final BadIret badIret) {
        this.badIret = badIret;
    }

    /** Needs what {@code canSysret()} tests: rcx and r11 of the user are pc and flags. */
    void sysret64(final CpuLocal cpu, final Task task) {
        final Kernel k = cpu.kernel;
        final CpuState live = cpu.live;
        final long[] frame = task.regs.slot;
        PartialFrame.popRegs(task, live);
        k.steps.at(cpu, RESTORE_REGISTERS);
        leave(cpu);
        live.pc = live.r[X86Regs.RCX];
        live.r[X86Regs.RSP] = frame[SP];
        live.r[X86Regs.CS] = X86Regs.USER_CS;
        live.r[X86Regs.SS] = X86Regs.USER_DS;
        live.mode = X86Regs.MODE_64;
        X86Regs.setRflags(live, live.r[X86Regs.R11]);
        k.steps.at(cpu, SYSRETQ);
    }

    /**
     * The fast return of SYSENTER (X86-18): ecx and r11 carry pc and flags, r8 to r10 are cleared, and r12 to r15 are not restored either: the
     * stub cleared them on entry and C code preserves them.
     */
    void sysret32(final CpuLocal cpu, final Task task) {
        final Kernel k = cpu.kernel;
        final CpuState live = cpu.live;
        final long[] frame = task.regs.slot;
        X86PtRegs.popGeneral(frame, live.r);
        live.r[X86Regs.RCX] = frame[IP];
        for (int r = X86Regs.R8; r <= X86Regs.R15; r++) {
            live.r[r] = r == X86Regs.R11 ? frame[FLAGS] : 0;
        }
        k.steps.at(cpu, RESTORE_REGISTERS);
        leave(cpu);
        live.pc = frame[IP] & 0xffff_ffffL;
        live.r[X86Regs.RSP] = frame[SP];
        live.r[X86Regs.CS] = X86Regs.USER32_CS;
        live.r[X86Regs.SS] = X86Regs.USER_DS;
        live.mode = X86Regs.MODE_32;
        X86Regs.setRflags(live, frame[FLAGS]);
        k.steps.at(cpu, SYSRETL);
    }

    /** {@code swapgs_restore_regs_and_return_to_usermode}: every register exactly as saved. */
    void iret(final CpuLocal cpu, final Task task) {
        final Kernel k = cpu.kernel;
        final CpuState live = cpu.live;
        final PtRegs regs = task.regs;
        final long[] frame = regs.slot;
        // A fault of IRET finds the user's registers in the frame.
        PartialFrame.complete(k, task);
        X86PtRegs.popGeneral(frame, live.r);
        k.steps.at(cpu, RESTORE_REGISTERS);
        leave(cpu);
        final long errorCode = iretFault(regs);
        if (errorCode >= 0) {
            k.steps.at(cpu, FIXUP_BAD_IRET, errorCode);
            badIret.handle(cpu, task, errorCode);
            return;
        }
        live.pc = frame[IP];
        live.r[X86Regs.RSP] = frame[SP];
        live.r[X86Regs.CS] = frame[CS];
        live.r[X86Regs.SS] = frame[SS];
        live.mode = X86Regs.modeOf(frame[CS]);
        if (live.mode == X86Regs.MODE_32) {
            live.pc &= 0xffff_ffffL;
            live.r[X86Regs.RSP] &= 0xffff_ffffL;
        }
        // RF would last until the next instruction has completed; only instruction breakpoints look at it.
        X86Regs.setRflags(live, frame[FLAGS] & ~X86Regs.RF);
        k.steps.at(cpu, IRETQ);
    }

    private void leave(final CpuLocal cpu) {
        final Kernel k = cpu.kernel;
        final EntryCpu e = EntryCpu.of(cpu);
        e.onTaskStack = false;
        k.steps.at(cpu, SWITCH_TO_USER_CR3);
        k.steps.at(cpu, CLEAR_CPU_BUFFERS);
        Stub.swapgs(k, cpu, e);
    }

    /**
     * Error code of the #GP that IRET to these registers raises, or -1 when it succeeds: a code segment that is not the user's, a stack segment
     * that is not its data segment, an address that is not canonical (X86-32).
     */
    static long iretFault(final PtRegs regs) {
        final long[] frame = regs.slot;
        if (frame[CS] != X86Regs.USER_CS && frame[CS] != X86Regs.USER32_CS) {
            return frame[CS] & 0xfffc;
        }
        if (frame[SS] != X86Regs.USER_DS) {
            return frame[SS] & 0xfffc;
        }
        return frame[CS] == X86Regs.USER_CS && frame[IP] << 16 >> 16 != frame[IP] ? 0 : -1;
    }
}
