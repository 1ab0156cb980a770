package org.kernelentry.x86.signal;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.x86.FxArea;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.X86Thread;

/**
 * The floating-point part of a signal frame: the FXSAVE area, and before it, in 32-bit frames, the FSAVE one.
 *
 * <p>Source: linux v7.3 arch/x86/kernel/fpu/signal.c copy_fpstate_to_sigframe(), fpu__alloc_mathframe(), fpu__restore_sig().
 */
final class FpFrame {
    private static final int FSAVE_SIZE = 112;
    private static final int FSAVE_ST = 28;
    private static final int FSAVE_ST_SIZE = 10;
    private static final int ALIGNMENT = 64;
    private static final int FXSAVE_ST = 32;

    private FpFrame() {}

    /** Address of the area below {@code sp}. */
    static long allocate(final long sp, final boolean ia32) {
        final long fxsave = sp - FxArea.SIZE & -ALIGNMENT;
        return ia32 ? fxsave - FSAVE_SIZE : fxsave;
    }

    private static X86Thread synced(final Kernel k, final Task task) {
        final X86Thread thread = (X86Thread) task.thread;
        if (k.cpu.current == task) {
            thread.saveFpu(k.cpu.machine.state());
        }
        return thread;
    }

    /** Writes the area; false is a fault. */
    static boolean save(final Kernel k, final Task task, final long address, final boolean ia32) {
        final byte[] fx = new byte[FxArea.SIZE];
        FxArea.write(synced(k, task).fpu, 0, fx, X86Regs.XMM_REGISTERS);
        final int before = ia32 ? FSAVE_SIZE : 0;
        final FrameBytes area = new FrameBytes(before + FxArea.SIZE);
        area.put(before, fx);
        if (ia32) {
            legacy(area, fx);
        }
        return k.user.copyTo(task, address, area.bytes, 0, area.bytes.length);
    }

    /** {@code convert_from_fxsr()}: what FSAVE would have written; each word's upper half is ones. */
    private static void legacy(final FrameBytes area, final byte[] fx) {
        area.put32(0, 0xffff_0000L | word(fx, 0));
        area.put32(4, 0xffff_0000L | word(fx, 2));
        area.put32(8, 0xffff_0000L | FxArea.fullTags(fx));
        area.put32(24, 0xffff_0000L);
        for (int n = 0; n < X86Regs.ST_REGISTERS; n++) {
            for (int b = 0; b < FSAVE_ST_SIZE; b++) {
                area.bytes[FSAVE_ST + FSAVE_ST_SIZE * n + b] = fx[FXSAVE_ST + 16 * n + b];
            }
        }
    }

    private static long word(final byte[] fx, final int at) {
        return fx[at] & 0xffL | (fx[at + 1] & 0xffL) << 8;
    }

    /** Restores the area; false when it cannot be: not readable, not aligned for FXRSTOR, a reserved bit in MXCSR. */
    static boolean restore(final Kernel k, final Task task, final long address, final boolean ia32) {
        final X86Thread thread = (X86Thread) task.thread;
        if (address == 0) {
            // fpu__clear_user_states(): no state in the frame is the initial one.
            thread.resetFpu();
            return loaded(k, task, thread);
        }
        final long fxsave = ia32 ? address + FSAVE_SIZE : address;
        final byte[] fx = new byte[FxArea.SIZE];
        if (!k.user.copyFrom(task, fxsave, fx, 0, FxArea.SIZE)
                || !ia32 && (fxsave & 15) != 0
                || (FxArea.mxcsr(fx) & ~X86Regs.MXCSR_VALID) != 0) {
            return false;
        }
        FxArea.read(thread.fpu, 0, fx, X86Regs.XMM_REGISTERS);
        return loaded(k, task, thread);
    }

    private static boolean loaded(final Kernel k, final Task task, final X86Thread thread) {
        if (k.cpu.current == task) {
            thread.loadFpu(k.cpu.machine.state());
        }
        return true;
    }
}
