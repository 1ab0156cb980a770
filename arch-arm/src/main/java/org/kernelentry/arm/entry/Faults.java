package org.kernelentry.arm.entry;

import org.kernelentry.arm.ArmPtRegs;
import org.kernelentry.arm.ArmThread;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.Cpu;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.memory.AddressSpace;

/**
 * The C handlers of aborts and undefined instructions from user mode: which signal with which siginfo.
 *
 * <p>Source: linux v7.3 arch/arm/mm/fault.c do_DataAbort(), do_PrefetchAbort(), do_page_fault(); arch/arm/kernel/traps.c
 * do_undefinstr(); arch/arm/kernel/ptrace.c (breakpoint encodings).
 */
final class Faults {
    static final Step DO_DATA_ABORT = Step.of("do_DataAbort", "arch/arm/mm/fault.c do_DataAbort()");
    static final Step DO_PREFETCH_ABORT = Step.of("do_PrefetchAbort", "arch/arm/mm/fault.c do_PrefetchAbort()");
    static final Step DO_UNDEFINSTR = Step.of("do_undefinstr", "arch/arm/kernel/traps.c do_undefinstr()");

    private static final int FSR_ALIGNMENT = 0x1;
    private static final int FSR_DEBUG = 0x2;
    private static final int FSR_SECTION_TRANSLATION = 0x5;
    private static final int FSR_PAGE_TRANSLATION = 0x7;
    private static final int FSR_PAGE_PERMISSION = 0xf;
    private static final int FSR_WRITE = 1 << 11;
    /** {@code FSR_LNX_PF}: the kernel's own mark of a prefetch abort. */
    private static final int FSR_LNX_PF = 1 << 31;

    private static final int TRAP_PAGE_FAULT = 14;
    private static final int TRAP_UNDEFINED = 6;

    /** Bytes that one second-level page table of Linux covers. */
    private static final long TABLE_SPAN = 2 << 20;

    private static final int ARM_BREAKPOINT_MASK = 0x0fff_ffff;
    private static final int ARM_BREAKPOINT = 0x07f0_01f0;
    private static final int THUMB_BREAKPOINT = 0xde01;
    private static final int THUMB2_BREAKPOINT = 0xf7f0_a000;
    private static final int SWP_MASK = 0x0fb0_0ff0;
    private static final int SWP = 0x0100_0090;
    private static final int FIRST_WIDE = 0xe800;

    private final Kernel k;
    // What the hardware reported; copied before anything may schedule.
    private long address;
    private int access;
    private boolean present;

    Faults(final Kernel k) {
        this.k = k;
    }

    /** Whether {@code exit} enters through the prefetch abort vector. */
    static boolean isPrefetch(final Cpu machine, final int exit) {
        return exit == CpuExit.BREAKPOINT
                || exit == CpuExit.PAGE_FAULT && machine.faultAccess() == AddressSpace.PROT_EXEC
                || exit == CpuExit.ALIGNMENT && machine.faultAddress() == machine.state().pc;
    }

    /** Reads the fault registers. */
    void latch(final CpuLocal cpu) {
        address = ArmPtRegs.u32(cpu.machine.faultAddress());
        access = cpu.machine.faultAccess();
        present = cpu.machine.faultOnPresentPage();
    }

    /** A data abort: page fault or alignment. */
    void dataAbort(final Task task, final int exit) {
        k.steps.at(k.cpu, DO_DATA_ABORT);
        if (isSwap(task)) {
            swapFault(task);
            return;
        }
        final int write = access == AddressSpace.PROT_WRITE ? FSR_WRITE : 0;
        if (exit == CpuExit.ALIGNMENT) {
            notifyDie(task, SigInfo.fault(Signals.SIGBUS, SigInfo.BUS_ADRALN, address), FSR_ALIGNMENT | write, 0);
        } else {
            userFault(task, translation(task) | write);
        }
    }

    private boolean isSwap(final Task task) {
        final PtRegs regs = task.regs;
        return !ArmPtRegs.thumbMode(regs)
                && k.user.get(task, regs.slot[ArmPtRegs.PC], 4)
                && ((int) k.user.value & SWP_MASK) == SWP;
    }

    /**
     * A SWP that cannot access memory. With SWP_EMULATE, as all kernels for several ARMv7 processors have it, the kernel does SWP itself, which nobody
     * sees unless it fails: then the signal names the instruction, and an address below any mapping counts as one without permission. Source:
     * linux v7.3 arch/arm/kernel/swp_emulate.c swp_handler(), set_segfault().
     */
    private void swapFault(final Task task) {
        final int code = task.requireMm().space.nextMapped(address) < 0 ? SigInfo.SEGV_MAPERR : SigInfo.SEGV_ACCERR;
        notifyDie(task, SigInfo.fault(Signals.SIGSEGV, code, task.regs.slot[ArmPtRegs.PC]), 0, 0);
    }

    /** A prefetch abort: page fault, BKPT, or a pc that is no multiple of the instruction size. */
    void prefetchAbort(final Task task, final PtRegs regs, final int exit) {
        k.steps.at(k.cpu, DO_PREFETCH_ABORT);
        if (exit == CpuExit.BREAKPOINT) {
            final SigInfo info = SigInfo.fault(Signals.SIGTRAP, SigInfo.TRAP_HWBKPT, regs.slot[ArmPtRegs.PC]);
            notifyDie(task, info, FSR_DEBUG, 0);
        } else if (exit == CpuExit.ALIGNMENT) {
            notifyDie(task, SigInfo.fault(Signals.SIGBUS, SigInfo.BUS_ADRALN, address), FSR_ALIGNMENT, 0);
        } else {
            userFault(task, translation(task) | FSR_LNX_PF);
        }
    }

    /** Fault status: the level is 5 while no page of the same second-level table exists. */
    private int translation(final Task task) {
        if (present) {
            return FSR_PAGE_PERMISSION;
        }
        final AddressSpace space = task.requireMm().space;
        final long start = address & -TABLE_SPAN;
        for (long at = start; at < start + TABLE_SPAN; at += AddressSpace.PAGE_SIZE) {
            if (space.protection(at) >= 0) {
                return FSR_PAGE_TRANSLATION;
            }
        }
        return FSR_SECTION_TRANSLATION;
    }

    /** {@code __do_user_fault()}: addresses of the kernel are never called present. */
    private void userFault(final Task task, final int fsr) {
        final ArmThread thread = ArmThread.of(task);
        thread.address = address;
        thread.errorCode = fsr;
        thread.trapNo = TRAP_PAGE_FAULT;
        final boolean kernelAddress = address >= task.requireMm().taskSize;
        final int code = present && !kernelAddress ? SigInfo.SEGV_ACCERR : SigInfo.SEGV_MAPERR;
        Irqs.localIrqEnable(k.cpu);
        k.signals.force(task, SigInfo.fault(Signals.SIGSEGV, code, address));
    }

    /** The breakpoint encodings are SIGTRAP, everything else SIGILL, with the address of the instruction (ARM-24). */
    void undefinedInstruction(final Task task, final PtRegs regs) {
        k.steps.at(k.cpu, DO_UNDEFINSTR);
        final long pc = regs.slot[ArmPtRegs.PC];
        if (isBreakpoint(task, regs, pc)) {
            k.signals.force(task, SigInfo.fault(Signals.SIGTRAP, SigInfo.TRAP_BRKPT, pc));
        } else {
            notifyDie(task, SigInfo.fault(Signals.SIGILL, SigInfo.ILL_ILLOPC, pc), 0, TRAP_UNDEFINED);
        }
    }

    private boolean isBreakpoint(final Task task, final PtRegs regs, final long pc) {
        if (!ArmPtRegs.thumbMode(regs)) {
            return k.user.get(task, pc, 4) && ((int) k.user.value & ARM_BREAKPOINT_MASK) == ARM_BREAKPOINT;
        }
        if (!k.user.get(task, pc, 2)) {
            return false;
        }
        final int first = (int) k.user.value;
        if (first < FIRST_WIDE) {
            return first == THUMB_BREAKPOINT;
        }
        return k.user.get(task, pc + 2, 2) && (first << 16 | (int) k.user.value) == THUMB2_BREAKPOINT;
    }

    private void notifyDie(final Task task, final SigInfo info, final int error, final int trap) {
        final ArmThread thread = ArmThread.of(task);
        thread.errorCode = error;
        thread.trapNo = trap;
        k.signals.force(task, info);
    }
}
