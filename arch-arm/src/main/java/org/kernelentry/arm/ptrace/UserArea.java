package org.kernelentry.arm.ptrace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.kernelentry.arm.ArmPtRegs;
import org.kernelentry.arm.ArmThread;
import org.kernelentry.arm.abi.ArmAbi;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/** Register access of ptrace(2). Source: linux v7.3 arch/arm/kernel/ptrace.c; arch/arm/include/uapi/asm/ptrace.h. */
public final class UserArea {
    private static final int PTRACE_GETREGS = 12;
    private static final int PTRACE_SETREGS = 13;
    private static final int PTRACE_GET_THREAD_AREA = 22;
    private static final int PTRACE_SET_SYSCALL = 23;
    private static final int PTRACE_GETFDPIC = 31;

    private static final int PTRACE_GETVFPREGS = 27;
    private static final int PTRACE_SETVFPREGS = 28;

    private static final int NT_PRSTATUS = 1;
    private static final int NT_ARM_VFP = 0x400;

    /** 32 double registers and FPSCR. */
    private static final int ARM_VFPREGS_SIZE = 32 * 8 + 4;

    /** {@code sizeof(struct user)}. */
    private static final int USER_SIZE = 296;

    private static final int PT_TEXT_ADDR = 0x1_0000;
    private static final int PT_TEXT_END_ADDR = 0x1_0008;

    private UserArea() {}

    /** {@code ptrace_read_user()}: registers; 0 in the rest of {@code struct user} and for the three program addresses. */
    public static long peek(final Task task, final long offset, final long[] result) {
        final boolean program = offset >= PT_TEXT_ADDR && offset <= PT_TEXT_END_ADDR;
        if ((offset & 3) != 0 || !program && !inUser(offset)) {
            return -Errno.EIO;
        }
        result[0] = offset >= 0 && offset < ArmPtRegs.SIZE ? task.regs.slot[(int) offset / 4] : 0;
        return 0;
    }

    /** {@code ptrace_write_user()}: a status that is not one of user mode is refused. */
    public static long poke(final Task task, final long offset, final long value) {
        if ((offset & 3) != 0 || !inUser(offset)) {
            return -Errno.EIO;
        }
        if (offset >= ArmPtRegs.SIZE) {
            return 0;
        }
        final PtRegs changed = copy(task.regs);
        changed.slot[(int) offset / 4] = ArmPtRegs.u32(value);
        if (!ArmPtRegs.validUserRegs(changed)) {
            return -Errno.EINVAL;
        }
        task.regs.slot[(int) offset / 4] = ArmPtRegs.u32(value);
        return 0;
    }

    private static boolean inUser(final long offset) {
        return offset >= 0 && offset < USER_SIZE;
    }

    private static PtRegs copy(final PtRegs regs) {
        final PtRegs copy = new PtRegs(ArmPtRegs.SLOTS);
        copy.copyFrom(regs);
        return copy;
    }

    /** {@code gpr_get()}: the 18 words of {@code struct pt_regs}; {@code vfp_get()}: 32 double registers and FPSCR. */
    public static byte @Nullable [] getRegset(final Task task, final int noteType) {
        if (noteType == NT_ARM_VFP) {
            return vfp(ArmThread.of(task)).array();
        }
        if (noteType != NT_PRSTATUS) {
            return null;
        }
        final ByteBuffer out = ByteBuffer.allocate(ArmPtRegs.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (final long value : task.regs.slot) {
            out.putInt((int) value);
        }
        return out.array();
    }

    private static ByteBuffer vfp(final ArmThread thread) {
        final ByteBuffer out = ByteBuffer.allocate(ARM_VFPREGS_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (final long register : thread.fpregs) {
            out.putLong(register);
        }
        return out.putInt(thread.fpscr);
    }

    /** {@code vfp_set()}: what {@code bytes} do not reach stays. */
    private static long setVfp(final ArmThread thread, final byte[] bytes) {
        if (bytes.length > ARM_VFPREGS_SIZE || bytes.length % 4 != 0) {
            return -Errno.EINVAL;
        }
        final ByteBuffer all = vfp(thread);
        all.rewind().put(bytes).rewind();
        for (int i = 0; i < thread.fpregs.length; i++) {
            thread.fpregs[i] = all.getLong();
        }
        thread.fpscr = all.getInt();
        return 0;
    }

    /** {@code gpr_set()}: all or nothing (ARM-28). */
    public static long setRegset(final Task task, final int noteType, final byte[] bytes) {
        if (noteType == NT_ARM_VFP) {
            return setVfp(ArmThread.of(task), bytes);
        }
        if (noteType != NT_PRSTATUS || bytes.length > ArmPtRegs.SIZE || bytes.length % 4 != 0) {
            return -Errno.EINVAL;
        }
        final ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        final PtRegs changed = copy(task.regs);
        for (int i = 0; i < bytes.length / 4; i++) {
            changed.slot[i] = ArmPtRegs.u32(in.getInt());
        }
        if (!ArmPtRegs.validUserRegs(changed)) {
            return -Errno.EINVAL;
        }
        task.regs.copyFrom(changed);
        return 0;
    }

    /** {@code arch_ptrace()}, and of {@code ptrace_request()} what only arm has. */
    public static long archPtrace(
            final Kernel k, final Task tracer, final Task tracee, final int request, final long data) {
        return switch (request) {
            case PTRACE_GETREGS -> {
                final byte[] regs = getRegset(tracee, NT_PRSTATUS);
                yield regs != null && k.user.copyTo(tracer, data, regs, 0, regs.length) ? 0 : -Errno.EFAULT;
            }
            case PTRACE_SETREGS -> {
                final byte[] regs = new byte[ArmPtRegs.SIZE];
                yield k.user.copyFrom(tracer, data, regs, 0, regs.length)
                        ? setRegset(tracee, NT_PRSTATUS, regs)
                        : -Errno.EFAULT;
            }
            case PTRACE_GETVFPREGS -> {
                final byte[] regs = vfp(ArmThread.of(tracee)).array();
                yield k.user.copyTo(tracer, data, regs, 0, regs.length) ? 0 : -Errno.EFAULT;
            }
            case PTRACE_SETVFPREGS -> {
                final byte[] regs = new byte[ARM_VFPREGS_SIZE];
                yield k.user.copyFrom(tracer, data, regs, 0, regs.length)
                        ? setVfp(ArmThread.of(tracee), regs)
                        : -Errno.EFAULT;
            }
            case PTRACE_GET_THREAD_AREA ->
                k.user.put(tracer, data, 4, ArmThread.of(tracee).tpValue) ? 0 : -Errno.EFAULT;
            case PTRACE_SET_SYSCALL -> {
                // Any number but -1 is cut to 20 bits; an OABI marker is lost (PTR-37).
                final int number = (int) data;
                ArmThread.of(tracee).abiSyscall =
                        number == ArmThread.NO_SYSCALL ? number : number & ArmAbi.NR_SYSCALL_MASK;
                yield 0;
            }
            // No loader made load maps, so both addresses are 0; without FDPIC the request is unknown (PTR-42).
            case PTRACE_GETFDPIC ->
                !k.config.has(Option.BINFMT_ELF_FDPIC)
                        ? -Errno.EIO
                        : k.user.put(tracer, data, 4, 0) ? 0 : -Errno.EFAULT;
            default -> -Errno.EIO;
        };
    }

    /** {@code regs_query_register_offset()}: {@code r0} to {@code r15}, the kernel's names, {@code ORIG_r0} in any case; -1 for others. */
    public static int registerOffset(final String name) {
        final int slot = switch (name.toLowerCase(Locale.ROOT)) {
            case "fp" -> 11;
            case "ip" -> ArmPtRegs.IP;
            case "sp" -> ArmPtRegs.SP;
            case "lr" -> ArmPtRegs.LR;
            case "pc" -> ArmPtRegs.PC;
            case "cpsr" -> ArmPtRegs.CPSR;
            case "orig_r0" -> ArmPtRegs.ORIG_R0;
            default -> name.matches("r([0-9]|1[0-5])") ? Integer.parseInt(name.substring(1)) : -1;
        };
        return slot < 0 ? -1 : 4 * slot;
    }
}
