package org.kernelentry.arm64.abi;

import static org.kernelentry.arm64.Arm64PtRegs.ORIG_X0;
import static org.kernelentry.arm64.Arm64PtRegs.PC;
import static org.kernelentry.arm64.Arm64PtRegs.PSTATE;
import static org.kernelentry.arm64.Arm64PtRegs.SYSCALLNO;
import static org.kernelentry.arm64.Arm64PtRegs.USER_SLOTS;

import org.jspecify.annotations.Nullable;
import org.kernelentry.arm64.Arm64PtRegs;
import org.kernelentry.arm64.Arm64Thread;
import org.kernelentry.arm64.Psr;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuState;

/**
 * Register sets a tracer sees, and what a write to them does besides.
 *
 * <p>Source: linux v7.3 arch/arm64/kernel/ptrace.c gpr_set(), fpr_set(), system_call_set(), tls_set(), compat_vfp_get(), compat_gpr_get(), compat_gpr_set(),
 * compat_arch_ptrace().
 */
public final class RegisterSets {
    public static final int NT_PRSTATUS = 1;
    public static final int NT_PRFPREG = 2;
    public static final int NT_ARM_VFP = 0x400;
    public static final int NT_ARM_TLS = 0x401;
    public static final int NT_ARM_SYSTEM_CALL = 0x404;

    /** {@code struct user_fpsimd_state}: 32 vector registers, fpsr, fpcr, padding. */
    private static final int FPSIMD_SIZE = 528;

    private static final int FPSR_OFFSET = 512;
    /** {@code VFP_STATE_SIZE}: D0 to D31, which are V0 to V15, and FPSCR. */
    private static final int VFP_SIZE = 260;

    private static final int VFP_WORDS = 32;
    private static final int VFP_FPSCR = 256;
    /** {@code VFP_FPSCR_STAT_MASK}, {@code VFP_FPSCR_CTRL_MASK}. */
    public static final long FPSCR_STAT = 0xf800009fL;

    public static final long FPSCR_CTRL = 0x07f79f00L;
    /** {@code compat_elf_gregset_t}: r0 to r15, cpsr, orig_r0. */
    private static final int COMPAT_REGISTERS = 18;

    private static final int COMPAT_PC = 15;
    private static final int COMPAT_CPSR = 16;
    private static final int COMPAT_ORIG_R0 = 17;
    /** {@code COMPAT_USER_SZ} and the pseudo offsets of PTRACE_PEEKUSR. */
    private static final int COMPAT_USER_SZ = 296;

    private static final int COMPAT_PT_TEXT_ADDR = 0x10000;
    private static final int COMPAT_PT_DATA_ADDR = 0x10004;
    private static final int COMPAT_PT_TEXT_END_ADDR = 0x10008;
    private static final int PTRACE_EVENTMSG_SYSCALL_EXIT = 2;
    private static final long LOW = 0xffff_ffffL;

    private final Kernel k;

    public RegisterSets(final Kernel kernel) {
        this.k = kernel;
    }

    private static Arm64Thread thread(final Task task) {
        return (Arm64Thread) task.thread;
    }

    /** The thread registers of a running task are in its CPU. */
    private void preserve(final Task task) {
        if (task == k.current()) {
            thread(task).save(k.cpu.live, task.is32Bit());
        }
    }

    private void reload(final Task task) {
        if (task == k.current()) {
            final CpuState live = k.cpu.live;
            thread(task).load(live, task.is32Bit());
        }
    }

    // ---- register sets

    /** As {@code Arch.getRegset}. */
    public byte @Nullable [] get(final Task task, final int noteType) {
        preserve(task);
        final Arm64Thread thread = thread(task);
        return switch (noteType) {
            case NT_PRSTATUS -> task.is32Bit() ? compatRegisters(task) : registers(task);
            case NT_PRFPREG -> task.is32Bit() ? null : fpRegisters(thread);
            case NT_ARM_VFP -> task.is32Bit() ? vfpRegisters(thread) : null;
            case NT_ARM_TLS ->
                task.is32Bit()
                        ? new GuestBytes(4).put32(0, thread.tpValue).bytes()
                        : new GuestBytes(16).put64(0, thread.tpValue).bytes();
            case NT_ARM_SYSTEM_CALL ->
                new GuestBytes(4).put32(0, Arm64PtRegs.syscallno(task.regs)).bytes();
            default -> null;
        };
    }

    /** As {@code Arch.setRegset}: a shorter write leaves the rest of the set as it was. */
    public long set(final Task task, final int noteType, final byte[] bytes) {
        final byte[] old = get(task, noteType);
        if (old == null) {
            return -Errno.EINVAL;
        }
        System.arraycopy(bytes, 0, old, 0, Math.min(bytes.length, old.length));
        final GuestBytes in = new GuestBytes(old);
        final Arm64Thread thread = thread(task);
        switch (noteType) {
            case NT_PRSTATUS:
                return task.is32Bit() ? setCompatRegisters(task, in) : setRegisters(task, in);
            case NT_PRFPREG:
                in.get64(0, thread.vregs, thread.vregs.length);
                thread.fpsr = in.get32(FPSR_OFFSET);
                thread.fpcr = in.get32(FPSR_OFFSET + 4);
                break;
            case NT_ARM_VFP:
                in.get64(0, thread.vregs, VFP_WORDS);
                thread.fpsr = in.get32(VFP_FPSCR) & FPSCR_STAT;
                thread.fpcr = in.get32(VFP_FPSCR) & FPSCR_CTRL;
                break;
            case NT_ARM_TLS:
                thread.tpValue = task.is32Bit() ? in.get32(0) : in.get64(0);
                break;
            default:
                task.regs.slot[SYSCALLNO] = (int) in.get32(0);
                // The number may have been -1, with the result in x0 (A64-10).
                updateOrigX0(task);
                break;
        }
        reload(task);
        return 0;
    }

    private static byte[] fpRegisters(final Arm64Thread thread) {
        return new GuestBytes(FPSIMD_SIZE)
                .put64(0, thread.vregs, thread.vregs.length)
                .put32(FPSR_OFFSET, thread.fpsr)
                .put32(FPSR_OFFSET + 4, thread.fpcr)
                .bytes();
    }

    private static byte[] vfpRegisters(final Arm64Thread thread) {
        return new GuestBytes(VFP_SIZE)
                .put64(0, thread.vregs, VFP_WORDS)
                .put32(VFP_FPSCR, thread.fpsr & FPSCR_STAT | thread.fpcr & FPSCR_CTRL)
                .bytes();
    }

    private static byte[] registers(final Task task) {
        final GuestBytes out = new GuestBytes(Long.BYTES * USER_SLOTS);
        for (int i = 0; i < USER_SLOTS; i++) {
            out.put64(Long.BYTES * i, task.regs.slot[i]);
        }
        return out.bytes();
    }

    private long setRegisters(final Task task, final GuestBytes in) {
        final PtRegs changed = k.arch.newPtRegs();
        changed.copyFrom(task.regs);
        for (int i = 0; i < USER_SLOTS; i++) {
            changed.slot[i] = in.get64(Long.BYTES * i);
        }
        if (!Psr.validUserRegs(task, changed)) {
            return -Errno.EINVAL;
        }
        task.regs.copyFrom(changed);
        updateOrigX0(task);
        return 0;
    }

    /**
     * {@code update_syscall_orig_x0_after_ptrace()}: outside of an exit-stop x0 is argument 0, and everybody shall see the same one (PTR-33).
     *
     * <p>Not before 7.3, and not around the generic code: there x0 is the preset result already at the entry-stop (DIF-A64-05).
     */
    private void updateOrigX0(final Task task) {
        final PtRegs regs = task.regs;
        final SigInfo info = task.ptrace.lastSigInfo;
        if (k.config.generic()
                || k.config.version() < KernelConfig.V7_3
                || !Arm64PtRegs.inSyscall(regs)
                || info == null
                || task.is32Bit()) {
            return;
        }
        if ((info.code() & ~0x80) == Signals.SIGTRAP && task.ptrace.message == PTRACE_EVENTMSG_SYSCALL_EXIT) {
            return;
        }
        regs.slot[ORIG_X0] = regs.slot[0];
    }

    // ---- compat

    private static int compatRegister(final Task task, final int index) {
        final long[] slot = task.regs.slot;
        return switch (index) {
            case COMPAT_PC -> (int) slot[PC];
            case COMPAT_CPSR -> Psr.toCompat(slot[PSTATE]);
            case COMPAT_ORIG_R0 -> (int) slot[ORIG_X0];
            default -> (int) slot[index];
        };
    }

    private static void setCompatRegister(final PtRegs regs, final int index, final int value) {
        switch (index) {
            case COMPAT_PC -> regs.slot[PC] = value & LOW;
            case COMPAT_CPSR -> regs.slot[PSTATE] = Psr.fromCompat(value);
            case COMPAT_ORIG_R0 -> regs.slot[ORIG_X0] = value & LOW;
            default -> regs.slot[index] = value & LOW;
        }
    }

    private static byte[] compatRegisters(final Task task) {
        final GuestBytes out = new GuestBytes(Integer.BYTES * COMPAT_REGISTERS);
        for (int i = 0; i < COMPAT_REGISTERS; i++) {
            out.put32(Integer.BYTES * i, compatRegister(task, i));
        }
        return out.bytes();
    }

    private long setCompatRegisters(final Task task, final GuestBytes in) {
        final PtRegs changed = k.arch.newPtRegs();
        changed.copyFrom(task.regs);
        for (int i = 0; i < COMPAT_REGISTERS; i++) {
            setCompatRegister(changed, i, (int) in.get32(Integer.BYTES * i));
        }
        return commit(task, changed);
    }

    private static long commit(final Task task, final PtRegs changed) {
        if (!Psr.validUserRegs(task, changed)) {
            return -Errno.EINVAL;
        }
        task.regs.copyFrom(changed);
        return 0;
    }

    /** PTRACE_PEEKUSR, which only arm has: of a compat task (A32-07). */
    public long peekUser(final Task task, final long offset, final long[] result) {
        if (!task.is32Bit() || (offset & 3) != 0) {
            return -Errno.EIO;
        }
        if (offset == COMPAT_PT_TEXT_ADDR || offset == COMPAT_PT_DATA_ADDR || offset == COMPAT_PT_TEXT_END_ADDR) {
            // Where the loader put the program is not kept.
            result[0] = 0;
        } else if (offset >= 0 && offset < COMPAT_REGISTERS * Integer.BYTES) {
            result[0] = compatRegister(task, (int) offset / Integer.BYTES) & LOW;
        } else if (offset < 0 || offset >= COMPAT_USER_SZ) {
            return -Errno.EIO;
        } else {
            result[0] = 0;
        }
        return 0;
    }

    public long pokeUser(final Task task, final long offset, final long value) {
        if (!task.is32Bit() || (offset & 3) != 0 || offset < 0 || offset >= COMPAT_USER_SZ) {
            return -Errno.EIO;
        }
        if (offset >= COMPAT_REGISTERS * Integer.BYTES) {
            return 0;
        }
        final PtRegs changed = k.arch.newPtRegs();
        changed.copyFrom(task.regs);
        setCompatRegister(changed, (int) offset / Integer.BYTES, (int) value);
        return commit(task, changed);
    }

    // ---- names

    /** Byte offset in NT_PRSTATUS, or -1. */
    public static int offset(final boolean compat, final String name) {
        final int index = compat ? compatIndex(name) : nativeIndex(name);
        return index < 0 ? -1 : index * (compat ? Integer.BYTES : Long.BYTES);
    }

    private static int nativeIndex(final String name) {
        return switch (name) {
            case "fp" -> 29;
            case "lr" -> 30;
            case "sp" -> Arm64PtRegs.SP;
            case "pc" -> PC;
            case "pstate" -> PSTATE;
            default -> numbered(name, 'x', 30);
        };
    }

    private static int compatIndex(final String name) {
        return switch (name) {
            case "fp" -> 11;
            case "ip" -> 12;
            case "sp" -> Arm64PtRegs.COMPAT_SP;
            case "lr" -> Arm64PtRegs.COMPAT_LR;
            case "pc" -> COMPAT_PC;
            case "cpsr" -> COMPAT_CPSR;
            case "orig_r0" -> COMPAT_ORIG_R0;
            default -> numbered(name, 'r', 15);
        };
    }

    private static int numbered(final String name, final char letter, final int last) {
        for (int i = 0; i <= last; i++) {
            if (name.equals(letter + Integer.toString(i))) {
                return i;
            }
        }
        return -1;
    }
}
