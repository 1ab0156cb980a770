package org.kernelentry.x86.signal;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;

/**
 * The floating-point part of a signal frame: the FXSAVE area, and before it, in 32-bit frames, the FSAVE one.
 *
 * <p>The modelled processor has no floating point of its own; the area holds the initial state, as for a program that never used it, and
 * sigreturn checks it as the kernel does. Source: linux v7.3 arch/x86/kernel/fpu/signal.c fpu__alloc_mathframe(), fpu__restore_sig().
 */
final class FpFrame {
    private static final int FXSAVE_SIZE = 512;
    private static final int FSAVE_SIZE = 112;
    private static final int ALIGNMENT = 64;
    private static final int INITIAL_FCW = 0x37f;
    private static final int INITIAL_MXCSR = 0x1f80;
    private static final int MXCSR = 24;
    private static final int MXCSR_MASK = 28;
    private static final int MXCSR_VALID = 0xffff;

    private FpFrame() {}

    /** Address of the area below {@code sp}. */
    static long allocate(final long sp, final boolean ia32) {
        final long fxsave = sp - FXSAVE_SIZE & -ALIGNMENT;
        return ia32 ? fxsave - FSAVE_SIZE : fxsave;
    }

    /** Writes the area; false is a fault. */
    static boolean save(final Kernel k, final Task task, final long address, final boolean ia32) {
        final int before = ia32 ? FSAVE_SIZE : 0;
        final FrameBytes area = new FrameBytes(before + FXSAVE_SIZE);
        if (ia32) {
            area.put32(0, 0xffff_0000L | INITIAL_FCW);
            area.put32(4, 0xffff_0000L);
            area.put32(8, 0xffff_ffffL);
            area.put32(24, 0xffff_0000L);
        }
        area.put16(before, INITIAL_FCW);
        area.put32(before + MXCSR, INITIAL_MXCSR);
        area.put32(before + MXCSR_MASK, MXCSR_VALID);
        return k.user.copyTo(task, address, area.bytes, 0, area.bytes.length);
    }

    /** Whether the area can be restored: none, or readable, aligned for FXRSTOR, no reserved bit in MXCSR. */
    static boolean restore(final Kernel k, final Task task, final long address, final boolean ia32) {
        if (address == 0) {
            return true;
        }
        final long fxsave = ia32 ? address + FSAVE_SIZE : address;
        final FrameBytes area = new FrameBytes(FXSAVE_SIZE);
        return k.user.copyFrom(task, fxsave, area.bytes, 0, FXSAVE_SIZE)
                && (ia32 || (fxsave & 15) == 0)
                && (area.get32(MXCSR) & ~(long) MXCSR_VALID) == 0;
    }
}
