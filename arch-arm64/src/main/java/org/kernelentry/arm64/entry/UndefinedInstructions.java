package org.kernelentry.arm64.entry;

import static org.kernelentry.arm64.Arm64PtRegs.PC;
import static org.kernelentry.arm64.Arm64PtRegs.PSTATE;

import org.kernelentry.arm64.A64Regs;
import org.kernelentry.arm64.Arm64PtRegs;
import org.kernelentry.arm64.Arm64Thread;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;

/**
 * What an undefined instruction of user mode can be besides undefined: a breakpoint of AArch32, or a read of an ID register.
 *
 * <p>Source: linux v7.3 arch/arm64/kernel/traps.c do_el0_undef(); arch/arm64/kernel/debug-monitors.c try_handle_aarch32_break();
 * arch/arm64/kernel/cpufeature.c try_emulate_mrs().
 */
final class UndefinedInstructions {
    static final Step EMULATE_MRS = Step.of("try_emulate_mrs", "arch/arm64/kernel/cpufeature.c try_emulate_mrs()");

    private static final int BREAK_ARM = 0x07f001f0;
    private static final int BREAK_THUMB = 0xde01;
    private static final int BREAK_THUMB2_LO = 0xf7f0;
    private static final int BREAK_THUMB2_HI = 0xa000;
    /** MRS Xt, S3_0_C0_Cm_op2. */
    private static final int MRS_ID_MASK = 0xfffff000;

    private static final int MRS_ID = 0xd5380000;

    /** MIDR_EL1 of a Neoverse N1 r4p1, whose instruction set this CPU's is nearest to. */
    private static final long MIDR = 0x414fd0c1L;

    private static final long MPIDR_SAFE = 1L << 31;
    /** ID_AA64PFR0_EL1: EL0 and EL1 in AArch64, floating point and Advanced SIMD without half-precision arithmetic. */
    private static final long PFR0 = 0x11L;
    /** ID_AA64ISAR0_EL1: AES with PMULL, SHA1, SHA2, CRC32, atomics. */
    private static final long ISAR0 = 0x00211120L;
    /** ID_AA64ISAR1_EL1: LDAPR. */
    private static final long ISAR1 = 0x00100000L;

    private final Kernel k;

    UndefinedInstructions(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code do_el0_undef()}. */
    void handle(final Task task, final PtRegs regs) {
        final long pc = regs.slot[PC];
        if (Arm64PtRegs.compat(regs) && isBreak32(task, regs, pc)) {
            k.signals.force(task, SigInfo.fault(Signals.SIGTRAP, SigInfo.TRAP_BRKPT, pc));
            return;
        }
        if (!Arm64PtRegs.compat(regs) && k.user.get(task, pc, 4) && emulateMrs(task, regs, (int) k.user.value)) {
            return;
        }
        final Arm64Thread thread = (Arm64Thread) task.thread;
        thread.faultAddress = 0;
        thread.faultCode = 0;
        k.signals.force(task, SigInfo.fault(Signals.SIGILL, SigInfo.ILL_ILLOPC, pc));
    }

    private boolean isBreak32(final Task task, final PtRegs regs, final long pc) {
        if (!Arm64PtRegs.compatThumb(regs)) {
            return k.user.get(task, pc, 4) && ((int) k.user.value & 0x0fffffff) == BREAK_ARM;
        }
        if (!k.user.get(task, pc, 2)) {
            return false;
        }
        if (k.user.value != BREAK_THUMB2_LO) {
            return k.user.value == BREAK_THUMB;
        }
        return k.user.get(task, pc + 2, 2) && k.user.value == BREAK_THUMB2_HI;
    }

    /** Reads of ID registers: a safe value, and on behind the instruction (A64-25). */
    private boolean emulateMrs(final Task task, final PtRegs regs, final int insn) {
        if ((insn & MRS_ID_MASK) != MRS_ID) {
            return false;
        }
        final int crm = insn >>> 8 & 15;
        final int op2 = insn >>> 5 & 7;
        final long value;
        if (crm == 0) {
            if (op2 != 0 && op2 != 5 && op2 != 6) {
                return false;
            }
            value = op2 == 0 ? MIDR : op2 == 5 ? MPIDR_SAFE : 0;
        } else if (crm >= 2 && crm <= 7) {
            value = crm == 4 && op2 == 0 ? PFR0 : crm == 6 && op2 == 0 ? ISAR0 : crm == 6 && op2 == 1 ? ISAR1 : 0;
        } else {
            return false;
        }
        final int register = insn & 31;
        if (register != 31) {
            regs.slot[register] = value;
        }
        regs.slot[PC] += 4;
        if (task.testTif(ThreadFlags.TIF_SINGLESTEP)) {
            // The instruction counts as executed.
            regs.slot[PSTATE] &= ~A64Regs.PSR_SS;
        }
        k.steps.at(k.cpu, EMULATE_MRS, insn);
        return true;
    }
}
