package org.kernelentry.arm64.signal;

import static org.kernelentry.arm64.Arm64PtRegs.PC;
import static org.kernelentry.arm64.Arm64PtRegs.PSTATE;
import static org.kernelentry.arm64.Arm64PtRegs.SP;

import org.kernelentry.arm64.A64Regs;
import org.kernelentry.arm64.Arm64PtRegs;
import org.kernelentry.arm64.Arm64Thread;
import org.kernelentry.arm64.Psr;
import org.kernelentry.arm64.abi.GuestBytes;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.KSignal;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfoCodec;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.task.Task;

/**
 * The signal frame of AArch64: {@code struct rt_sigframe} with tagged records, and a frame record above it (FRM-10, FRM-11).
 *
 * <p>Source: linux v7.3 arch/arm64/kernel/signal.c setup_rt_frame(), restore_sigframe(), parse_user_sigframe();
 * arch/arm64/include/uapi/asm/sigcontext.h.
 */
final class NativeFrame {
    /** Offsets in {@code struct rt_sigframe}. */
    private static final int UC = 128;

    private static final int UC_FLAGS = UC;
    private static final int UC_STACK = UC + 16;
    private static final int UC_SIGMASK = UC + 40;
    private static final int UC_SIGMASK_END = UC + 48;
    private static final int FAULT_ADDRESS = UC + 176;
    private static final int REGS = UC + 184;
    private static final int SC_SP = UC + 432;
    private static final int SC_PC = UC + 440;
    private static final int SC_PSTATE = UC + 448;
    private static final int SC_PSTATE_END = UC + 456;
    private static final int RESERVED = UC + 464;
    private static final int RESERVED_SIZE = 4096;
    private static final int FRAME_SIZE = RESERVED + RESERVED_SIZE;

    private static final int FPSIMD_MAGIC = 0x46508001;
    private static final int FPSIMD_SIZE = 528;
    private static final int FPSIMD_VREGS = 16;
    private static final int ESR_MAGIC = 0x45535201;
    private static final int ESR_SIZE = 16;
    private static final int EXTRA_MAGIC = 0x45585401;
    private static final int EXTRA_SIZE = 16;
    private static final int HEAD_SIZE = 8;
    private static final int TERMINATOR_SIZE = 16;
    /** {@code SIGFRAME_MAXSZ}. */
    private static final int SIGFRAME_MAXSZ = 0x10000;

    private static final int FRAME_RECORD_SIZE = 16;
    private static final int REGISTERS = 31;

    private final Kernel k;

    NativeFrame(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code setup_rt_frame()}. */
    boolean setup(final Task task, final PtRegs regs, final KSignal signal, final SigSet mask) {
        final SigAction action = signal.action();
        final long record = (k.signals.signalStack(task, regs.slot[SP], action) - FRAME_RECORD_SIZE) & -16L;
        final long frame = record - FRAME_SIZE;
        final Arm64Thread thread = (Arm64Thread) task.thread;
        thread.save(k.cpu.live, false);

        final GuestBytes f = new GuestBytes(FRAME_SIZE);
        f.put(UC_STACK, k.signals.saveAltstack(task, Long.BYTES)).put64(UC_SIGMASK, mask.bits());
        f.put64(FAULT_ADDRESS, thread.faultAddress);
        for (int i = 0; i < REGISTERS; i++) {
            f.put64(REGS + 8 * i, regs.slot[i]);
        }
        f.put64(SC_SP, regs.slot[SP]).put64(SC_PC, regs.slot[PC]).put64(SC_PSTATE, regs.slot[PSTATE]);
        int end = RESERVED;
        f.put32(end, FPSIMD_MAGIC)
                .put32(end + 4, FPSIMD_SIZE)
                .put32(end + 8, thread.fpsr)
                .put32(end + 12, thread.fpcr)
                .put64(end + FPSIMD_VREGS, thread.vregs, thread.vregs.length);
        end += FPSIMD_SIZE;
        if (thread.faultCode != 0) {
            f.put32(end, ESR_MAGIC).put32(end + 4, ESR_SIZE).put64(end + 8, thread.faultCode);
            end += ESR_SIZE;
        }
        end += HEAD_SIZE; // the terminator: zeros

        final boolean info = action.has(SigAction.SA_SIGINFO);
        if (info) {
            f.put(0, SigInfoCodec.encode(signal.info(), Long.BYTES));
        }
        final GuestBytes link = new GuestBytes(FRAME_RECORD_SIZE);
        link.put64(0, regs.slot[A64Regs.FP]).put64(8, regs.slot[A64Regs.LR]);
        if (!f.copyOut(k, task, frame, UC_FLAGS, UC_SIGMASK_END)
                || !link.copyOut(k, task, record, 0, FRAME_RECORD_SIZE)
                || !f.copyOut(k, task, frame, FAULT_ADDRESS, SC_PSTATE_END)
                || !f.copyOut(k, task, frame, RESERVED, end)) {
            return false;
        }
        setupReturn(task, regs, signal, frame, record);
        if (info) {
            regs.slot[1] = frame;
            regs.slot[2] = frame + UC;
            return f.copyOut(k, task, frame, 0, UC);
        }
        return true;
    }

    private void setupReturn(
            final Task task, final PtRegs regs, final KSignal signal, final long frame, final long record) {
        final SigAction action = signal.action();
        regs.slot[0] = signal.sig();
        regs.slot[SP] = frame;
        regs.slot[A64Regs.FP] = record;
        regs.slot[PC] = action.handler();
        // The handler is called, in effect, by a BLR (FRM-10).
        if (k.config.has(Option.ARM64_BTI)) {
            regs.slot[PSTATE] = regs.slot[PSTATE] & ~A64Regs.PSR_BTYPE_MASK | A64Regs.PSR_BTYPE_CALL;
        }
        regs.slot[PSTATE] &= ~A64Regs.PSR_TCO;
        regs.slot[A64Regs.LR] =
                action.has(SigAction.SA_RESTORER) ? action.restorer() : task.requireMm().vdso + VdsoImages.SIGTRAMP;
    }

    /** The restoring part of {@code rt_sigreturn}; false is a bad frame. */
    boolean restore(final Task task, final PtRegs regs) {
        final long frame = regs.slot[SP];
        if ((frame & 15) != 0) {
            return false;
        }
        final GuestBytes f = new GuestBytes(FRAME_SIZE);
        if (!f.copyIn(k, task, frame, UC_SIGMASK, UC_SIGMASK_END)) {
            return false;
        }
        k.signals.setCurrentBlocked(task, new SigSet(f.get64(UC_SIGMASK)));
        if (!f.copyIn(k, task, frame, REGS, SC_PSTATE_END)) {
            return false;
        }
        for (int i = 0; i < REGISTERS; i++) {
            regs.slot[i] = f.get64(REGS + 8 * i);
        }
        regs.slot[SP] = f.get64(SC_SP);
        regs.slot[PC] = f.get64(SC_PC);
        regs.slot[PSTATE] = f.get64(SC_PSTATE);
        // The restored x0 is no result (RST-22).
        Arm64PtRegs.forgetSyscall(regs);
        return Psr.validUserRegs(task, regs)
                && restoreRecords(task, frame)
                && k.signals.restoreAltstack(task, frame + UC_STACK);
    }

    /** {@code parse_user_sigframe()}: the records must be known, aligned, at most one of a kind, and end with a terminator. */
    private boolean restoreRecords(final Task task, final long frame) {
        long base = frame + RESERVED;
        long limit = RESERVED_SIZE;
        long offset = 0;
        boolean extra = false;
        long fpsimd = 0;
        while (true) {
            if (limit - offset < HEAD_SIZE || (offset & 15) != 0) {
                return false;
            }
            final long head = base + offset;
            if (!k.user.get(task, head, 8)) {
                return false;
            }
            final int magic = (int) k.user.value;
            final long size = k.user.value >>> 32;
            if (limit - offset < size) {
                return false;
            }
            if (magic == 0) {
                return size == 0 && fpsimd != 0 && restoreFpsimd(task, fpsimd);
            }
            if (magic == EXTRA_MAGIC) {
                final long behind = head + size;
                if (extra
                        || size < EXTRA_SIZE
                        || limit - offset - size < TERMINATOR_SIZE
                        || !k.user.get(task, head + 8, 8)) {
                    return false;
                }
                final long data = k.user.value;
                if (!k.user.get(task, head + 16, 4)) {
                    return false;
                }
                final long dataSize = k.user.value;
                if (!k.user.get(task, behind, 8) || k.user.value != 0) {
                    return false;
                }
                if ((data & 15) != 0
                        || (dataSize & 15) != 0
                        || data != behind + TERMINATOR_SIZE
                        || dataSize > frame + SIGFRAME_MAXSZ - data
                        || !task.requireMm().accessOk(data, dataSize)) {
                    return false;
                }
                extra = true;
                base = data;
                limit = dataSize;
                offset = 0;
                continue;
            }
            if (magic == FPSIMD_MAGIC && fpsimd == 0) {
                if (size != FPSIMD_SIZE) {
                    return false;
                }
                fpsimd = head;
            } else if (magic != ESR_MAGIC) {
                return false;
            }
            if (size < HEAD_SIZE) {
                return false;
            }
            offset += size;
        }
    }

    private boolean restoreFpsimd(final Task task, final long record) {
        final GuestBytes f = new GuestBytes(FPSIMD_SIZE);
        if (!f.copyIn(k, task, record, HEAD_SIZE, FPSIMD_SIZE)) {
            return false;
        }
        final Arm64Thread thread = (Arm64Thread) task.thread;
        thread.fpsr = f.get32(HEAD_SIZE);
        thread.fpcr = f.get32(HEAD_SIZE + 4);
        f.get64(FPSIMD_VREGS, thread.vregs, thread.vregs.length);
        thread.loadFpsimd(k.cpu.live);
        return true;
    }
}
