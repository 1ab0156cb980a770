package org.kernelentry.x86.entry;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.machine.CpuState;
import org.kernelentry.x86.X86PtRegs;
import org.kernelentry.x86.X86Regs;

/** The assembly steps that several entry stubs have in common. Source: linux v7.3 arch/x86/entry/entry_64.S, calling.h. */
final class Stub {
    static final Step SWAPGS = Step.of("swapgs", "arch/x86/entry/entry_64.S");
    static final Step SWITCH_TO_KERNEL_CR3 =
            Step.of("switch to kernel page tables", "arch/x86/entry/calling.h SWITCH_TO_KERNEL_CR3");
    static final Step SWITCH_STACK = Step.of("switch to kernel stack", "arch/x86/entry/entry_64.S");
    static final Step PUSH_FRAME = Step.of("push hardware frame", "Intel SDM volume 3, 7.14.2 64-bit mode stack frame");
    static final Step SAVE_REGISTERS = Step.of("save registers", "arch/x86/entry/calling.h PUSH_REGS");
    static final Step CLEAR_REGISTERS = Step.of("clear registers", "arch/x86/entry/calling.h CLEAR_REGS");
    static final Step CLD = Step.of("cld", "arch/x86/entry/entry_64.S");

    private Stub() {}

    static void swapgs(final Kernel k, final CpuLocal cpu, final EntryCpu e) {
        e.kernelGs = !e.kernelGs;
        k.steps.at(cpu, SWAPGS);
    }

    static void switchStack(final Kernel k, final CpuLocal cpu, final EntryCpu e) {
        e.onTaskStack = true;
        k.steps.at(cpu, SWITCH_STACK);
    }

    /** {@code PUSH_AND_CLEAR_REGS}: all fifteen, whatever the call (X86-02); the kernel then runs with none of the user's values. */
    static void pushAndClearRegs(final Kernel k, final CpuLocal cpu, final long[] frame) {
        final CpuState live = cpu.live;
        X86PtRegs.pushGeneral(frame, live.r);
        k.steps.at(cpu, SAVE_REGISTERS);
        for (int r = X86Regs.RAX; r <= X86Regs.R15; r++) {
            live.r[r] = 0;
        }
        k.steps.at(cpu, CLEAR_REGISTERS);
    }

    /** What an exception, an interrupt and INT push: ss, sp, flags, cs, pc; and the stub's -1 in the orig slot (X86-36). */
    static void pushHardwareFrame(final Kernel k, final CpuLocal cpu, final long[] frame) {
        final CpuState live = cpu.live;
        frame[X86PtRegs.SS] = live.r[X86Regs.SS];
        frame[X86PtRegs.SP] = live.r[X86Regs.RSP];
        frame[X86PtRegs.FLAGS] = X86Regs.rflags(live);
        frame[X86PtRegs.CS] = live.r[X86Regs.CS];
        frame[X86PtRegs.IP] = live.pc;
        frame[X86PtRegs.ORIG_AX] = -1;
        k.steps.at(cpu, PUSH_FRAME);
    }
}
