package org.kernelentry.arm.signal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kernelentry.arm.ArmPtRegs;
import org.kernelentry.arm.ArmThread;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.KSignal;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.SigInfoCodec;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.syscall.RestartBlock;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuState;

/**
 * Signal frames in guest memory.
 *
 * <p>{@code struct sigframe}: ucontext (744 bytes), four words of code. {@code struct rt_sigframe}: siginfo (128 bytes), then a sigframe.
 * Members nobody writes keep what the stack held. Source: linux v7.3 arch/arm/kernel/signal.c setup_frame(), setup_rt_frame(),
 * sys_sigreturn(); arch/arm/include/asm/ucontext.h.
 */
public final class SignalFrames {
    public static final Step SETUP_FRAME = Step.of("setup_frame", "arch/arm/kernel/signal.c setup_frame()");
    public static final Step SETUP_RT_FRAME = Step.of("setup_rt_frame", "arch/arm/kernel/signal.c setup_rt_frame()");
    public static final Step RESTORE_SIGFRAME =
            Step.of("restore_sigframe", "arch/arm/kernel/signal.c restore_sigframe()");

    // struct sigframe; in an rt frame everything lies behind the siginfo.
    private static final int UC_FLAGS = 0;
    private static final int UC_STACK = 8;
    private static final int UC_MCONTEXT = 20;
    private static final int UC_SIGMASK = 104;
    private static final int UC_REGSPACE = 232;
    private static final int RETCODE = 744;
    private static final int SIGFRAME_SIZE = 760;
    private static final int SIGINFO_SIZE = SigInfoCodec.SIZE;

    // struct sigcontext
    private static final int OLDMASK = 8;
    private static final int ARM_R0 = 12;
    private static final int FAULT_ADDRESS = 80;
    private static final int SIGCONTEXT_SIZE = 84;
    /** r0 to pc, then cpsr: the order of pt_regs. */
    private static final int CONTEXT_REGISTERS = ArmPtRegs.CPSR + 1;

    /** In {@code uc_flags} of a frame without siginfo: a value that {@code trap_no}, once in that place, never had (FRM-17). */
    private static final int NO_EXTRA_DATA = 0x5ac3c35a;

    /** {@code personality} flag: function pointers of the program point to descriptors. */
    private static final int FDPIC_FUNCPTRS = 0x80000;

    /** Where position-independent code of FDPIC finds its data. */
    private static final int R9 = 9;

    private static final int VFP_MAGIC = 0x56465001;
    /** Magic, size, 32 double registers and FPSCR, three exception registers, padding. */
    private static final int VFP_STORAGE_SIZE = 288;

    private static final int VFP_FPREGS = 8;
    private static final int VFP_FPSCR = 264;
    private static final int VFP_FPEXC = 272;
    private static final int FPEXC_EN = 1 << 30;
    private static final int FPSCR_LENGTH_MASK = 7 << 16;
    private static final int FPSCR_STRIDE_MASK = 3 << 20;

    private final Kernel k;

    public SignalFrames(final Kernel k) {
        this.k = k;
    }

    // ---- setting up

    /** {@code setup_rt_frame()} or {@code setup_frame()}, by SA_SIGINFO. False: the frame could not be written. */
    public boolean setup(final Task task, final PtRegs regs, final KSignal signal, final SigSet mask) {
        final boolean rt = signal.action().has(SigAction.SA_SIGINFO);
        final int size = SIGFRAME_SIZE + (rt ? SIGINFO_SIZE : 0);
        final long sp = k.signals.signalStack(task, regs.slot[ArmPtRegs.SP], signal.action());
        final long frame = ArmPtRegs.u32(sp - size) & ~7L;
        if (!task.requireMm().accessOk(frame, size)) {
            return false;
        }
        final long sigframe = rt ? frame + SIGINFO_SIZE : frame;
        final boolean head =
                rt ? writeRtHead(task, frame, signal.info()) : putWord(task, frame + UC_FLAGS, NO_EXTRA_DATA);
        if (!head || !writeContext(task, regs, sigframe, mask) || !setupReturn(task, regs, signal, sigframe, rt)) {
            return false;
        }
        regs.slot[ArmPtRegs.SP] = frame;
        if (rt) {
            regs.slot[1] = frame;
            regs.slot[2] = sigframe;
        }
        k.steps.at(k.cpu, rt ? SETUP_RT_FRAME : SETUP_FRAME);
        return true;
    }

    /** siginfo, {@code uc_flags} and {@code uc_link} 0, {@code uc_stack}. */
    private boolean writeRtHead(final Task task, final long frame, final SigInfo info) {
        final byte[] bytes = SigInfoCodec.encode(info, 4);
        final byte[] stack = k.signals.saveAltstack(task, 4);
        return copyTo(task, frame, bytes)
                && copyTo(task, frame + SIGINFO_SIZE + UC_FLAGS, new byte[UC_STACK])
                && copyTo(task, frame + SIGINFO_SIZE + UC_STACK, stack);
    }

    /** {@code setup_sigframe()}. */
    private boolean writeContext(final Task task, final PtRegs regs, final long sigframe, final SigSet mask) {
        final ArmThread thread = ArmThread.of(task);
        final byte[] contextBytes = new byte[SIGCONTEXT_SIZE];
        final ByteBuffer context = words(contextBytes);
        context.putInt(0, thread.trapNo);
        context.putInt(4, thread.errorCode);
        context.putInt(OLDMASK, (int) mask.bits());
        for (int i = 0; i < CONTEXT_REGISTERS; i++) {
            context.putInt(ARM_R0 + 4 * i, (int) regs.slot[i]);
        }
        context.putInt(FAULT_ADDRESS, (int) thread.address);
        final byte[] set = new byte[8];
        words(set).putLong(0, mask.bits());
        return copyTo(task, sigframe + UC_MCONTEXT, contextBytes)
                && copyTo(task, sigframe + UC_SIGMASK, set)
                && copyTo(task, sigframe + UC_REGSPACE, vfpRecord(thread));
    }

    /** {@code preserve_vfp_context()}: short vectors are off in the handler. A 0 behind it ends the records. */
    private byte[] vfpRecord(final ArmThread thread) {
        final CpuState live = k.cpu.live;
        thread.saveVfp(live);
        final byte[] aux = new byte[VFP_STORAGE_SIZE + 4];
        final ByteBuffer record = words(aux);
        record.putInt(0, VFP_MAGIC).putInt(4, VFP_STORAGE_SIZE);
        for (int i = 0; i < ArmThread.VFP_REGISTERS; i++) {
            record.putLong(VFP_FPREGS + 8 * i, thread.fpregs[i]);
        }
        record.putInt(VFP_FPSCR, thread.fpscr).putInt(VFP_FPEXC, FPEXC_EN);
        thread.fpscr &= ~(FPSCR_LENGTH_MASK | FPSCR_STRIDE_MASK);
        thread.loadVfp(live);
        return aux;
    }

    /** {@code restore_vfp_context()}. */
    private void restoreVfp(final ArmThread thread, final ByteBuffer record) {
        for (int i = 0; i < ArmThread.VFP_REGISTERS; i++) {
            thread.fpregs[i] = record.getLong(VFP_FPREGS + 8 * i);
        }
        thread.fpscr = record.getInt(VFP_FPSCR);
        thread.loadVfp(k.cpu.live);
    }

    /** {@code setup_return()}: registers of the handler's first instruction. */
    private boolean setupReturn(
            final Task task, final PtRegs regs, final KSignal signal, final long sigframe, final boolean rt) {
        long handler = signal.action().handler();
        long got = 0;
        final boolean fdpic = k.config.has(Option.BINFMT_ELF_FDPIC) && (task.personality & FDPIC_FUNCPTRS) != 0;
        if (fdpic) {
            // The handler is a function descriptor: the address, and what r9 is to hold.
            final long descriptor = handler;
            if (!k.user.get(task, descriptor, 4)) {
                return false;
            }
            handler = k.user.value;
            if (!k.user.get(task, ArmPtRegs.u32(descriptor + 4), 4)) {
                return false;
            }
            got = k.user.value;
        }
        final boolean thumb = (handler & 1) != 0;
        long cpsr = regs.slot[ArmPtRegs.CPSR] & ~(ArmPtRegs.PSR_FLAGS | ArmPtRegs.PSR_E_BIT);
        if (signal.action().has(SigAction.SA_THIRTYTWO)) {
            cpsr = cpsr & ~ArmPtRegs.PSR_MODE_MASK | ArmPtRegs.PSR_USR_MODE;
        }
        // Bit 0 of the handler selects the instruction set; no IT state reaches it (FRM-15).
        cpsr &= ~(ArmPtRegs.PSR_IT_MASK | ArmPtRegs.PSR_T_BIT);
        if (thumb) {
            cpsr |= ArmPtRegs.PSR_T_BIT;
        }
        final long returnTo;
        final boolean restorer = signal.action().has(SigAction.SA_RESTORER);
        if (restorer && !fdpic) {
            returnTo = signal.action().restorer();
        } else {
            // The code stands in the frame as well, as it always did (FRM-16); a descriptor's finds it in the fourth
            // word.
            final int index = restorer ? SignalPage.fdpicIndex(rt, thumb) : SignalPage.index(rt, thumb);
            for (int i = 0; i < (restorer ? 3 : 2); i++) {
                if (!putWord(task, sigframe + RETCODE + 4L * i, SignalPage.word(index + i))) {
                    return false;
                }
            }
            if (restorer
                    && !putWord(
                            task, sigframe + RETCODE + 12, (int) signal.action().restorer())) {
                return false;
            }
            returnTo = SignalPage.returnAddress(task.requireMm(), index, thumb);
        }
        regs.slot[ArmPtRegs.R0] = signal.sig();
        regs.slot[ArmPtRegs.LR] = ArmPtRegs.u32(returnTo);
        regs.slot[ArmPtRegs.PC] = ArmPtRegs.u32(handler);
        if (fdpic) {
            regs.slot[R9] = got;
        }
        regs.slot[ArmPtRegs.CPSR] = ArmPtRegs.u32(cpsr);
        return true;
    }

    // ---- coming back

    /** {@code sys_sigreturn()}, {@code sys_rt_sigreturn()}: value for r0; a bad frame is a SIGSEGV (FRM-14, FRM-18). */
    public long sigreturn(final Task task, final PtRegs regs, final boolean rt) {
        task.restartBlock = RestartBlock.NONE;
        final long frame = regs.slot[ArmPtRegs.SP];
        final int size = SIGFRAME_SIZE + (rt ? SIGINFO_SIZE : 0);
        final long sigframe = rt ? frame + SIGINFO_SIZE : frame;
        final boolean good = (frame & 7) == 0
                && task.requireMm().accessOk(frame, size)
                && restore(task, regs, sigframe)
                && (!rt || k.signals.restoreAltstack(task, sigframe + UC_STACK));
        if (!good) {
            k.signals.force(task, SigInfo.kernel(Signals.SIGSEGV));
            return 0;
        }
        return regs.slot[ArmPtRegs.R0];
    }

    /** {@code restore_sigframe()}: ORIG_r0 stays what it was (FRM-19). */
    private boolean restore(final Task task, final PtRegs regs, final long sigframe) {
        final byte[] set = new byte[8];
        if (!copyFrom(task, sigframe + UC_SIGMASK, set)) {
            return false;
        }
        k.signals.setCurrentBlocked(task, new SigSet(words(set).getLong(0)));
        final byte[] context = new byte[SIGCONTEXT_SIZE];
        if (!copyFrom(task, sigframe + UC_MCONTEXT, context)) {
            return false;
        }
        for (int i = 0; i < CONTEXT_REGISTERS; i++) {
            regs.slot[i] = ArmPtRegs.u32(words(context).getInt(ARM_R0 + 4 * i));
        }
        k.steps.at(k.cpu, RESTORE_SIGFRAME);
        if (!ArmPtRegs.validUserRegs(regs)) {
            return false;
        }
        final byte[] vfp = new byte[VFP_STORAGE_SIZE];
        if (!copyFrom(task, sigframe + UC_REGSPACE, vfp)
                || words(vfp).getInt(0) != VFP_MAGIC
                || words(vfp).getInt(4) != VFP_STORAGE_SIZE) {
            return false;
        }
        restoreVfp(ArmThread.of(task), words(vfp));
        return true;
    }

    // ---- guest memory

    private static ByteBuffer words(final byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private boolean putWord(final Task task, final long address, final int value) {
        return k.user.put(task, address, 4, ArmPtRegs.u32(value));
    }

    private boolean copyTo(final Task task, final long address, final byte[] bytes) {
        return k.user.copyTo(task, address, bytes, 0, bytes.length);
    }

    private boolean copyFrom(final Task task, final long address, final byte[] bytes) {
        return k.user.copyFrom(task, address, bytes, 0, bytes.length);
    }
}
