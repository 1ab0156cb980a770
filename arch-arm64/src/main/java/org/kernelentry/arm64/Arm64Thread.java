package org.kernelentry.arm64;

import java.util.Arrays;
import org.kernelentry.machine.CpuState;

/** {@code struct thread_struct}: what of a task lives in the CPU only while it runs, and the last fault. Source: linux v7.3 arch/arm64/include/asm/processor.h. */
public final class Arm64Thread {
    /** TPIDR_EL0 of a native task; the read-only thread pointer of a compat one ({@code uw.tp_value}). */
    public long tpValue;
    /** The writable thread register of a compat task ({@code uw.tp2_value}). */
    public long tp2Value;
    /** {@code uw.fpsimd_state.vregs}: V0 to V31, two words each, the low one first. */
    public final long[] vregs = new long[A64Regs.V_SLOTS];
    /** {@code uw.fpsimd_state.fpsr} and {@code fpcr}. */
    public long fpsr;

    public long fpcr;
    /** Of the last fault that became a signal: the address, and the syndrome for user eyes (ESR_EL1). */
    public long faultAddress;

    public long faultCode;

    /** Takes what the task left in the CPU. */
    public void save(final CpuState s, final boolean compat) {
        if (compat) {
            tp2Value = s.r[A64Regs.AARCH32.tpidrurw];
        } else {
            tpValue = s.r[A64Regs.TPIDR_EL0];
        }
        System.arraycopy(s.r, A64Regs.V, vregs, 0, vregs.length);
        fpsr = s.r[A64Regs.FPSR];
        fpcr = s.r[A64Regs.FPCR];
    }

    /** Puts the task's state into the CPU. */
    public void load(final CpuState s, final boolean compat) {
        if (compat) {
            s.r[A64Regs.AARCH32.tpidruro] = tpValue;
            s.r[A64Regs.AARCH32.tpidrurw] = tp2Value;
        } else {
            s.r[A64Regs.TPIDR_EL0] = tpValue;
            // The way in from user mode needs it as scratch when kernel page tables are isolated; user mode reads 0.
            s.r[A64Regs.TPIDRRO_EL0] = 0;
        }
        loadFpsimd(s);
    }

    /** {@code fpsimd_update_current_state()}: the floating-point state, changed here, goes to the CPU that runs the task. */
    public void loadFpsimd(final CpuState s) {
        System.arraycopy(vregs, 0, s.r, A64Regs.V, vregs.length);
        s.r[A64Regs.FPSR] = fpsr;
        s.r[A64Regs.FPCR] = fpcr;
    }

    /** {@code copy_thread()}: everything but the fault. */
    public void copyFrom(final Arm64Thread other) {
        tpValue = other.tpValue;
        tp2Value = other.tp2Value;
        System.arraycopy(other.vregs, 0, vregs, 0, vregs.length);
        fpsr = other.fpsr;
        fpcr = other.fpcr;
    }

    /** {@code flush_thread()}: exec. */
    public void flush() {
        tpValue = 0;
        tp2Value = 0;
        Arrays.fill(vregs, 0);
        fpsr = 0;
        fpcr = 0;
        faultAddress = 0;
        faultCode = 0;
    }
}
