package org.kernelentry.x86;

import java.util.Arrays;
import org.kernelentry.machine.CpuState;

/**
 * What x86 keeps per task: {@code struct thread_struct} and the port's part of {@code thread_info}.
 *
 * <p>Source: linux v7.3 arch/x86/include/asm/processor.h, thread_info.h.
 */
public final class X86Thread {
    /** {@code TS_COMPAT}: a call through the 32-bit ABI is being executed. */
    public boolean compat;
    /** A call by SYSCALL is being executed: the 64-bit ABI, also where a 32-bit program has switched to 64-bit code for it. */
    public boolean longCall;
    /** {@code TS_I386_REGS_POKED}: a 32-bit tracer wrote the number (PTR-24). */
    public boolean i386RegsPoked;
    /** {@code restart_block.arch_data}: the block was armed by a call of the 32-bit ABI (X86-54). */
    public boolean restartCompat;
    /** {@code TIF_FORCED_TF}: TF in the saved flags was set by a tracer, not by the program. */
    public boolean forcedTf;

    /** {@code pt_regs} of the call lacks what C code preserves: the CPU has it. Only with PARTIAL_PT_REGS. */
    public boolean partialRegs;
    /** {@code struct inactive_task_frame}: what C code preserves while a task with partial registers does not run; slots of {@link X86PtRegs}. */
    public final long[] inactiveFrame = new long[X86PtRegs.BX + 1];

    // What a signal frame tells about the last exception.
    public long trapNr;
    public long errorCode;
    public long cr2;
    /** {@code virtual_dr6}: what a tracer reads as DR6. */
    public long virtualDr6;

    // Segments while the task does not run; the CPU's own while it does.
    public long ds;
    public long es;
    public long fsIndex;
    public long gsIndex;
    public long fsBase;
    public long gsBase;
    /** Descriptors of {@code set_thread_area}, as {@link X86Regs#TLS} holds them. */
    public final long[] tls = new long[X86Regs.TLS_ENTRIES];

    /** {@code struct fpu}: the slots of {@link X86Regs#FPU}. */
    public final long[] fpu = initialFpu();

    private static long[] initialFpu() {
        final long[] state = new long[X86Regs.FPU_SLOTS];
        resetFpu(state);
        return state;
    }

    /** {@code fpu_clear_user_states()}: back to the initial state. */
    public void resetFpu() {
        resetFpu(fpu);
    }

    private static void resetFpu(final long[] state) {
        Arrays.fill(state, 0);
        state[X86Regs.MXCSR - X86Regs.FPU] = X86Regs.MXCSR_DEFAULT;
        state[X86Regs.FCW - X86Regs.FPU] = X86Regs.FCW_DEFAULT;
    }

    /** {@code fpu_sync_fpstate()}: takes the floating-point state from the CPU that runs the task. */
    public void saveFpu(final CpuState live) {
        System.arraycopy(live.r, X86Regs.FPU, fpu, 0, fpu.length);
    }

    /** {@code restore_fpregs_from_fpstate()}: loads the floating-point state into the CPU that runs the task. */
    public void loadFpu(final CpuState live) {
        System.arraycopy(fpu, 0, live.r, X86Regs.FPU, fpu.length);
    }

    /** Takes the segment state from the CPU ({@code save_fsgs()} and the selectors of {@code __switch_to()}). */
    public void saveSegments(final CpuState live) {
        ds = live.r[X86Regs.DS];
        es = live.r[X86Regs.ES];
        fsIndex = live.r[X86Regs.FS];
        gsIndex = live.r[X86Regs.GS];
        fsBase = live.r[X86Regs.FS_BASE];
        gsBase = live.r[X86Regs.GS_BASE];
    }

    /** Loads the segment state into the CPU, thread-local descriptors included. */
    public void loadSegments(final CpuState live) {
        live.r[X86Regs.DS] = ds;
        live.r[X86Regs.ES] = es;
        live.r[X86Regs.FS] = fsIndex;
        live.r[X86Regs.GS] = gsIndex;
        live.r[X86Regs.FS_BASE] = fsBase;
        live.r[X86Regs.GS_BASE] = gsBase;
        System.arraycopy(tls, 0, live.r, X86Regs.TLS, tls.length);
    }

    /** {@code start_thread_common()}: what the old program left is gone; the data segments are {@code data}. */
    public void startProgram(final long data) {
        compat = false;
        longCall = false;
        i386RegsPoked = false;
        forcedTf = false;
        partialRegs = false;
        trapNr = 0;
        errorCode = 0;
        cr2 = 0;
        virtualDr6 = 0;
        ds = data;
        es = data;
        fsIndex = 0;
        gsIndex = 0;
        fsBase = 0;
        gsBase = 0;
        Arrays.fill(tls, 0);
        resetFpu(fpu);
    }

    /** As {@code copy_thread()} leaves a child's: nothing of a call in progress, no exception, stepping as it was. */
    public void copyFrom(final X86Thread parent) {
        forcedTf = parent.forcedTf;
        ds = parent.ds;
        es = parent.es;
        fsIndex = parent.fsIndex;
        gsIndex = parent.gsIndex;
        fsBase = parent.fsBase;
        gsBase = parent.gsBase;
        System.arraycopy(parent.tls, 0, tls, 0, tls.length);
        System.arraycopy(parent.fpu, 0, fpu, 0, fpu.length);
    }

    /** Whether {@code selector} names a present thread-local descriptor. */
    public boolean hasTls(final long selector) {
        final long n = selector - X86Regs.TLS_SELECTOR >> 3;
        return selector >= X86Regs.TLS_SELECTOR
                && n < tls.length
                && (selector & 7) == 3
                && (tls[(int) n] & X86Regs.TLS_PRESENT) != 0;
    }

    /** {@code x86_fsgsbase_read_task()}: the base a selector stands for, 0 for the null and the flat segments. */
    public long baseOf(final long selector) {
        return hasTls(selector) ? tls[(int) (selector - X86Regs.TLS_SELECTOR >> 3)] & 0xffff_ffffL : 0;
    }
}
