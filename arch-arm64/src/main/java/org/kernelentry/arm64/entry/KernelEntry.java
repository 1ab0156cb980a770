package org.kernelentry.arm64.entry;

import static org.kernelentry.arm64.Arm64PtRegs.NO_SYSCALL;
import static org.kernelentry.arm64.Arm64PtRegs.PC;
import static org.kernelentry.arm64.Arm64PtRegs.PSTATE;
import static org.kernelentry.arm64.Arm64PtRegs.SYSCALLNO;

import org.kernelentry.arm64.A64Regs;
import org.kernelentry.arm64.Arm64PtRegs;
import org.kernelentry.arm64.Psr;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;

/**
 * The assembly between the exception vector of EL0 and C, and back: live registers to {@code pt_regs} and again.
 *
 * <p>Source: linux v7.3 arch/arm64/kernel/entry.S kernel_entry 0, kernel_exit 0; DDI 0487 D2.11 (software step states).
 */
public final class KernelEntry {
    /** Detail: the code of {@code CpuExit}. */
    public static final Step TAKE_EXCEPTION =
            Step.of("take exception to EL1", "DDI 0487 D1.3.1 AArch64.TakeException()");

    public static final Step SAVE_REGISTERS =
            Step.of("save x0-x30, sp, elr, spsr", "arch/arm64/kernel/entry.S kernel_entry");
    public static final Step DISABLE_STEP_TSK =
            Step.of("disable_step_tsk", "arch/arm64/include/asm/assembler.h disable_step_tsk");
    public static final Step NO_SYSCALL_YET =
            Step.of("syscallno = NO_SYSCALL", "arch/arm64/kernel/entry.S kernel_entry");
    public static final Step ENABLE_STEP_TSK =
            Step.of("enable_step_tsk", "arch/arm64/include/asm/assembler.h enable_step_tsk");
    public static final Step RESTORE_REGISTERS =
            Step.of("restore x0-x30, sp, elr, spsr", "arch/arm64/kernel/entry.S kernel_exit");
    public static final Step ERET = Step.of("eret", "arch/arm64/kernel/entry.S kernel_exit");

    /** Slots of {@link Arm64PtRegs} that are slots of the CPU under the same numbers: x0 to x30 and sp. */
    private static final int SAME_SLOTS = 32;

    private static final long NANOSECONDS_PER_TICK = 1_000_000_000L / A64Regs.CNTFRQ_HZ;

    /** Bits of SPSR_EL1 that this CPU takes into PSTATE.BTYPE and PSTATE.TCO. */
    private final long btype;

    private final long tco;

    public KernelEntry(final Kernel kernel) {
        this.btype = kernel.config.has(Option.ARM64_BTI) ? A64Regs.PSR_BTYPE_MASK : 0;
        this.tco = kernel.config.has(Option.ARM64_MTE) ? A64Regs.PSR_TCO : 0;
    }

    /**
     * From the exception to the saved registers.
     *
     * @param exit code of {@code CpuExit}: whether the instruction at the exception completed decides PSTATE.SS
     */
    void fromUser(final CpuLocal cpu, final Task task, final int exit) {
        final Kernel k = cpu.kernel;
        final CpuState live = cpu.live;
        k.steps.at(cpu, TAKE_EXCEPTION, exit);
        final PtRegs regs = task.regs;
        final long[] slot = regs.slot;
        System.arraycopy(live.r, 0, slot, 0, SAME_SLOTS);
        slot[PC] = live.pc;
        slot[PSTATE] = A64Regs.pstate(live) | (stillToStep(live, exit) ? A64Regs.PSR_SS : 0);
        regs.user = true;
        regs.irqsOn = true;
        k.steps.at(cpu, SAVE_REGISTERS);
        if (task.testTif(ThreadFlags.TIF_SINGLESTEP)) {
            // The kernel itself is not stepped (STP-08).
            live.singleStep = false;
            k.steps.at(cpu, DISABLE_STEP_TSK);
        }
        slot[SYSCALLNO] = NO_SYSCALL;
        k.steps.at(cpu, NO_SYSCALL_YET);
    }

    /** SPSR_EL1.SS: a step that was asked for has not happened while the instruction did not complete (A64-16). */
    private static boolean stillToStep(final CpuState live, final int exit) {
        return live.singleStep && exit != CpuExit.SYSCALL && exit != CpuExit.SINGLE_STEP;
    }

    /** From the saved registers to EL0. */
    void toUser(final CpuLocal cpu, final Task task) {
        final Kernel k = cpu.kernel;
        final CpuState live = cpu.live;
        final long[] slot = task.regs.slot;
        final boolean step = task.testTif(ThreadFlags.TIF_SINGLESTEP);
        if (step) {
            k.steps.at(cpu, ENABLE_STEP_TSK);
        }
        // Read once: for all the JVM's compiler knows, the live registers could be the same array.
        final long pstate = slot[PSTATE];
        live.singleStep = step && (pstate & A64Regs.PSR_SS) != 0;
        System.arraycopy(slot, 0, live.r, 0, SAME_SLOTS);
        live.pc = returnAddress(slot[PC], pstate);
        A64Regs.setPstate(live, pstate);
        final boolean compat = (pstate & A64Regs.PSR_MODE32) != 0;
        live.r[A64Regs.BTYPE] = compat ? 0 : pstate & btype;
        live.r[A64Regs.TCO] = compat ? 0 : pstate & tco;
        live.r[A64Regs.CNTVCT_EL0] = k.timers.now() / NANOSECONDS_PER_TICK;
        k.steps.at(cpu, RESTORE_REGISTERS);
        A64Regs.clearExclusive(live);
        k.steps.at(cpu, ERET);
    }

    /** ELR_EL1 as ERET takes it: AArch32 has no odd addresses, whatever a handler's address or a tracer left in the saved pc. */
    private static long returnAddress(final long pc, final long pstate) {
        if ((pstate & A64Regs.PSR_MODE32) == 0) {
            return pc;
        }
        return pc & ((pstate & Psr.AA32_T) != 0 ? ~1L : ~3L);
    }

    /**
     * Whether the return to user mode is met by a step exception before any instruction: stepping is on, and the step it asks for has been done
     * (the state "active-pending").
     */
    static boolean stepIsPending(final Task task) {
        return task.testTif(ThreadFlags.TIF_SINGLESTEP) && (task.regs.slot[PSTATE] & A64Regs.PSR_SS) == 0;
    }
}
