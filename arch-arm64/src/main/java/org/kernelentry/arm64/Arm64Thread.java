package org.kernelentry.arm64;

import org.kernelentry.machine.CpuState;

/** {@code struct thread_struct}: what of a task lives in the CPU only while it runs, and the last fault. Source: linux v7.3 arch/arm64/include/asm/processor.h. */
public final class Arm64Thread {
    /** TPIDR_EL0 of a native task; the read-only thread pointer of a compat one ({@code uw.tp_value}). */
    public long tpValue;
    /** The writable thread register of a compat task ({@code uw.tp2_value}). */
    public long tp2Value;
    /** {@code uw.fpsimd_state.fpsr} and {@code fpcr}; the vector registers are not modelled. */
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
        s.r[A64Regs.FPSR] = fpsr;
        s.r[A64Regs.FPCR] = fpcr;
    }

    /** New floating-point status and control of the task that runs on the CPU of {@code s}. */
    public void setFp(final CpuState s, final long newFpsr, final long newFpcr) {
        fpsr = newFpsr;
        fpcr = newFpcr;
        s.r[A64Regs.FPSR] = newFpsr;
        s.r[A64Regs.FPCR] = newFpcr;
    }

    /** {@code copy_thread()}: everything but the fault. */
    public void copyFrom(final Arm64Thread other) {
        tpValue = other.tpValue;
        tp2Value = other.tp2Value;
        fpsr = other.fpsr;
        fpcr = other.fpcr;
    }

    /** {@code flush_thread()}: exec. */
    public void flush() {
        tpValue = 0;
        tp2Value = 0;
        fpsr = 0;
        fpcr = 0;
        faultAddress = 0;
        faultCode = 0;
    }
}
