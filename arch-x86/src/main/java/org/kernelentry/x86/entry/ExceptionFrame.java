package org.kernelentry.x86.entry;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuState;
import org.kernelentry.x86.X86PtRegs;
import org.kernelentry.x86.X86Regs;

/** What the CPU and {@code error_entry} do for an exception, an interrupt or INT. Source: linux v7.3 arch/x86/entry/entry_64.S error_entry. */
final class ExceptionFrame {
    /** Flags that delivery through a gate clears. Source: Intel SDM volume 3, 7.12.1.3. */
    private static final long GATE_CLEARS = X86Regs.TF | X86Regs.NT | X86Regs.RF;

    private static final int KERNEL_CS = 0x10;

    private final Kernel k;

    ExceptionFrame(final Kernel k) {
        this.k = k;
    }

    /** From user mode: the frame is on the task stack, all registers saved, the kernel's GS base in place, interrupts off. */
    void errorEntry(final CpuLocal cpu, final Task task) {
        final EntryCpu e = EntryCpu.of(cpu);
        final PtRegs regs = task.regs;
        // The entry from the IDT clears AC as well (clac), X86-46.
        e.enterFromUser(X86Regs.rflags(cpu.live), GATE_CLEARS | X86Regs.AC);
        Stub.pushHardwareFrame(k, cpu, regs.slot);
        e.flags &= ~X86Regs.DF;
        k.steps.at(cpu, Stub.CLD);
        Stub.pushAndClearRegs(k, cpu, regs.slot);
        Stub.swapgs(k, cpu, e);
        k.steps.at(cpu, Stub.SWITCH_TO_KERNEL_CR3);
        Stub.switchStack(k, cpu, e);
        regs.user = true;
        regs.irqsOn = true;
    }

    /** An NMI of user mode: as {@link #errorEntry}, but the frame is built on the task stack at once. */
    void nmiEntry(final CpuLocal cpu, final Task task) {
        final EntryCpu e = EntryCpu.of(cpu);
        final PtRegs regs = task.regs;
        e.enterFromUser(X86Regs.rflags(cpu.live), GATE_CLEARS | X86Regs.AC);
        e.flags &= ~X86Regs.DF;
        k.steps.at(cpu, Stub.CLD);
        Stub.swapgs(k, cpu, e);
        k.steps.at(cpu, Stub.SWITCH_TO_KERNEL_CR3);
        Stub.switchStack(k, cpu, e);
        Stub.pushHardwareFrame(k, cpu, regs.slot);
        Stub.pushAndClearRegs(k, cpu, regs.slot);
        regs.user = true;
        regs.irqsOn = true;
    }

    /** After a fault of IRET: the user's registers are in the frame already, only the way in is gone again (X86-29, X86-32). */
    void errorEntryBadIret(final CpuLocal cpu, final Task task) {
        final EntryCpu e = EntryCpu.of(cpu);
        e.enterFromUser(task.regs.slot[X86PtRegs.FLAGS], GATE_CLEARS | X86Regs.AC | X86Regs.DF);
        Stub.swapgs(k, cpu, e);
        k.steps.at(cpu, Stub.SWITCH_TO_KERNEL_CR3);
        Stub.switchStack(k, cpu, e);
        task.regs.slot[X86PtRegs.ORIG_AX] = -1;
        task.regs.user = true;
        task.regs.irqsOn = true;
    }

    /** From kernel mode: a frame of its own, below the interrupted code on the same stack. */
    PtRegs enterFromKernel(final CpuLocal cpu) {
        final EntryCpu e = EntryCpu.of(cpu);
        final CpuState live = cpu.live;
        final PtRegs frame = new PtRegs(X86PtRegs.SLOTS);
        frame.user = false;
        frame.irqsOn = cpu.irqsEnabled;
        frame.slot[X86PtRegs.FLAGS] = e.flags | (cpu.irqsEnabled ? X86Regs.IF : 0);
        frame.slot[X86PtRegs.CS] = KERNEL_CS;
        frame.slot[X86PtRegs.SP] = live.r[X86Regs.RSP];
        frame.slot[X86PtRegs.IP] = live.pc;
        frame.slot[X86PtRegs.ORIG_AX] = -1;
        cpu.irqsEnabled = false;
        e.flags = X86Regs.FIXED;
        k.steps.at(cpu, Stub.PUSH_FRAME);
        Stub.pushAndClearRegs(k, cpu, frame.slot);
        return frame;
    }

    /** The IRET back into kernel code, on the CPU that runs it now. */
    void returnToKernel(final CpuLocal cpu, final PtRegs frame) {
        final CpuState live = cpu.live;
        X86PtRegs.popGeneral(frame.slot, live.r);
        live.r[X86Regs.RSP] = frame.slot[X86PtRegs.SP];
        live.pc = frame.slot[X86PtRegs.IP];
        k.steps.at(cpu, ReturnToUser.RESTORE_REGISTERS);
        EntryCpu.of(cpu).flags = frame.slot[X86PtRegs.FLAGS] & ~X86Regs.IF;
        cpu.irqsEnabled = frame.irqsOn;
    }
}
