package org.kernelentry.arm.entry;

import org.kernelentry.arm.ArmPtRegs;
import org.kernelentry.arm.ArmThread;
import org.kernelentry.isa.aarch32.A32Regs;
import org.kernelentry.isa.aarch32.A32T32Isa;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuState;

/** Saving and restoring the user's registers: what {@code usr_entry}, {@code vector_swi} and {@code restore_user_regs} have in common. */
final class UserRegisters {
    /** {@code orig_r0} of entries that are no system calls. */
    static final long NOT_A_SYSCALL = 0xffff_ffffL;

    private static final String HEADER = "arch/arm/kernel/entry-header.S ";
    static final Step SAVE_REGISTERS =
            Step.of("save r0 to pc, cpsr, orig_r0", "arch/arm/kernel/entry-common.S vector_swi");
    static final Step WRITE_THREAD_REGISTER = Step.of("write TPIDRURO", HEADER + "restore_user_regs");
    static final Step CLEAR_EXCLUSIVE = Step.of("clrex", HEADER + "restore_user_regs");
    static final Step RESTORE_REGISTERS = Step.of("restore r0 to pc, cpsr", HEADER + "restore_user_regs");

    private static final A32Regs LIVE = A32T32Isa.REGS;

    private UserRegisters() {}

    /** Copies the live registers to the task's frame. */
    static void save(final Kernel k, final CpuLocal cpu, final PtRegs regs, final boolean syscall) {
        final CpuState live = cpu.live;
        final long[] slot = regs.slot;
        ArmPtRegs.stm(slot, live.r);
        slot[ArmPtRegs.PC] = live.pc;
        slot[ArmPtRegs.CPSR] = ArmPtRegs.u32(LIVE.cpsr(live));
        slot[ArmPtRegs.ORIG_R0] = syscall ? slot[ArmPtRegs.R0] : NOT_A_SYSCALL;
        regs.user = true;
        regs.irqsOn = true;
        k.steps.at(cpu, SAVE_REGISTERS);
    }

    /** {@code restore_user_regs}: the last thing before user instructions. */
    static void restore(final Kernel k, final CpuLocal cpu, final Task task) {
        final CpuState live = cpu.live;
        live.r[LIVE.tpidruro] = ArmThread.of(task).tpValue;
        k.steps.at(cpu, WRITE_THREAD_REGISTER);
        // An exclusive pair must not span an entry (ARM-23).
        LIVE.clearExclusive(live);
        k.steps.at(cpu, CLEAR_EXCLUSIVE);
        load(live, task.regs);
        k.steps.at(cpu, RESTORE_REGISTERS);
    }

    private static void load(final CpuState live, final PtRegs regs) {
        final long[] slot = regs.slot;
        ArmPtRegs.ldm(slot, live.r);
        LIVE.setCpsr(live, (int) slot[ArmPtRegs.CPSR]);
        // An exception return drops the bits of the address that its state cannot have.
        live.pc = slot[ArmPtRegs.PC] & (ArmPtRegs.thumbMode(regs) ? 0xffff_fffeL : 0xffff_fffcL);
    }
}
