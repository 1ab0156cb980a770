package org.kernelentry.x86.signal;

import java.util.Arrays;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.x86.FxArea;
import org.kernelentry.x86.X86PtRegs;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.X86Thread;

/**
 * The floating-point part of a signal frame: the FXSAVE area, and before it, in 32-bit frames, the FSAVE one.
 *
 * <p>Source: linux v7.3 arch/x86/kernel/fpu/signal.c copy_fpstate_to_sigframe(), fpu__alloc_mathframe(),
 * fpu__restore_sig(); arch/x86/kernel/fpu/regset.c.
 */
final class FpFrame {
    private static final int FSAVE_SIZE = 112;
    private static final int FSAVE_ST = 28;
    private static final int FSAVE_ST_SIZE = 10;
    private static final int ALIGNMENT = 64;
    private static final int FXSAVE_ST = 32;
    private static final int FSAVE_IP = 12;
    private static final int FSAVE_CS = 16;
    private static final int FSAVE_DP = 20;
    private static final int FXSAVE_IP = 8;
    private static final int FXSAVE_DP = 16;
    /** The upper halves of words that have none are ones. */
    private static final long UPPER = 0xffff_0000L;

    private FpFrame() {}

    /** Address of the area below {@code sp}. */
    static long allocate(final long sp, final boolean ia32) {
        final long fxsave = sp - FxArea.SIZE & -ALIGNMENT;
        return ia32 ? fxsave - FSAVE_SIZE : fxsave;
    }

    private static X86Thread synced(final Kernel k, final Task task) {
        final X86Thread thread = (X86Thread) task.thread;
        if (k.cpu.current == task) {
            thread.saveFpu(k.cpu.live);
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
            legacy(task, area, fx);
        }
        return k.user.copyTo(task, address, area.bytes, 0, area.bytes.length);
    }

    /** {@code convert_from_fxsr()}: what FSAVE would have written, with the segments of now. */
    private static void legacy(final Task task, final FrameBytes area, final byte[] fx) {
        area.put32(0, UPPER | word(fx, 0));
        area.put32(4, UPPER | word(fx, 2));
        area.put32(8, UPPER | FxArea.fullTags(fx));
        area.put32(FSAVE_IP, word(fx, FXSAVE_IP) | word(fx, FXSAVE_IP + 2) << 16);
        area.put32(FSAVE_CS, task.regs.slot[X86PtRegs.CS]);
        area.put32(FSAVE_DP, word(fx, FXSAVE_DP) | word(fx, FXSAVE_DP + 2) << 16);
        area.put32(FSAVE_DP + 4, UPPER | ((X86Thread) task.thread).ds);
        for (int n = 0; n < X86Regs.ST_REGISTERS; n++) {
            for (int b = 0; b < FSAVE_ST_SIZE; b++) {
                area.bytes[FSAVE_ST + FSAVE_ST_SIZE * n + b] = fx[FXSAVE_ST + 16 * n + b];
            }
        }
    }

    /** {@code convert_to_fxsr()}: in a 32-bit frame the FSAVE area is what counts for x87; segments are ignored. */
    private static void fromLegacy(final byte[] fsave, final byte[] fx) {
        System.arraycopy(fsave, 0, fx, 0, 2);
        System.arraycopy(fsave, 4, fx, 2, 2);
        final long tags = word(fsave, 8);
        int full = 0;
        for (int n = 0; n < X86Regs.ST_REGISTERS; n++) {
            full |= (tags >> 2 * n & 3) == 3 ? 0 : 1 << n;
        }
        fx[4] = (byte) full;
        fx[5] = 0;
        System.arraycopy(fsave, FSAVE_CS + 2, fx, 6, 2);
        put64(fx, FXSAVE_IP, fsave, FSAVE_IP);
        put64(fx, FXSAVE_DP, fsave, FSAVE_DP);
        for (int n = 0; n < X86Regs.ST_REGISTERS; n++) {
            System.arraycopy(fsave, FSAVE_ST + FSAVE_ST_SIZE * n, fx, FXSAVE_ST + 16 * n, FSAVE_ST_SIZE);
        }
    }

    private static void put64(final byte[] fx, final int to, final byte[] fsave, final int from) {
        System.arraycopy(fsave, from, fx, to, 4);
        Arrays.fill(fx, to + 4, to + 8, (byte) 0);
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
        if (ia32) {
            final byte[] fsave = new byte[FSAVE_SIZE];
            if (!k.user.copyFrom(task, address, fsave, 0, FSAVE_SIZE)) {
                return false;
            }
            fromLegacy(fsave, fx);
        }
        FxArea.read(thread.fpu, 0, fx, X86Regs.XMM_REGISTERS);
        return loaded(k, task, thread);
    }

    private static boolean loaded(final Kernel k, final Task task, final X86Thread thread) {
        if (k.cpu.current == task) {
            thread.loadFpu(k.cpu.live);
        }
        return true;
    }
}
