package org.kernelentry.kernel.ptrace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/**
 * PTRACE_GET_SYSCALL_INFO and PTRACE_SET_SYSCALL_INFO: a system call described alike on all ports.
 *
 * <p>Source: linux v7.3 kernel/ptrace.c ptrace_get_syscall_info(), ptrace_set_syscall_info(); include/uapi/linux/ptrace.h struct
 * ptrace_syscall_info.
 */
public final class SyscallInfo {
    public static final int PTRACE_SYSCALL_INFO_NONE = 0;
    public static final int PTRACE_SYSCALL_INFO_ENTRY = 1;
    public static final int PTRACE_SYSCALL_INFO_EXIT = 2;
    public static final int PTRACE_SYSCALL_INFO_SECCOMP = 3;

    /** {@code sizeof(struct ptrace_syscall_info)}. */
    public static final int SIZE = 88;

    // Offsets of the members; op is at 0.
    static final int FLAGS = 2;
    public static final int ARCH = 4;
    public static final int INSTRUCTION_POINTER = 8;
    public static final int STACK_POINTER = 16;
    public static final int NR = 24;
    public static final int ARGS = 32;
    public static final int RET_DATA = 80;
    public static final int RVAL = 24;
    public static final int IS_ERROR = 32;

    private static final int ARG_COUNT = 6;

    private final Kernel k;

    SyscallInfo(final Kernel kernel) {
        this.k = kernel;
    }

    /** Fills {@code into} ({@link #SIZE} bytes) and returns how many of them this stop has: more than a tracer's buffer is no error (INF-04). */
    int get(final Task child, final byte[] into) {
        final ByteBuffer out = ByteBuffer.wrap(into).order(ByteOrder.LITTLE_ENDIAN);
        final PtRegs regs = child.regs;
        final int op = op(child);
        out.put(0, (byte) op);
        out.putInt(ARCH, k.arch.syscallGetArch(child));
        out.putLong(INSTRUCTION_POINTER, k.arch.instructionPointer(regs));
        out.putLong(STACK_POINTER, k.arch.userStackPointer(regs));
        switch (op) {
            case PTRACE_SYSCALL_INFO_ENTRY -> {
                entry(child, regs, out);
                return RET_DATA;
            }
            case PTRACE_SYSCALL_INFO_SECCOMP -> {
                entry(child, regs, out);
                out.putInt(RET_DATA, (int) child.ptrace.message);
                return RET_DATA + 4;
            }
            case PTRACE_SYSCALL_INFO_EXIT -> {
                final long error = k.arch.syscallGetError(child, regs);
                out.putLong(RVAL, error != 0 ? error : k.arch.syscallGetReturnValue(child, regs));
                out.put(IS_ERROR, (byte) (error != 0 ? 1 : 0));
                return IS_ERROR + 1;
            }
            default -> {
                return NR;
            }
        }
    }

    private void entry(final Task child, final PtRegs regs, final ByteBuffer out) {
        out.putLong(NR, k.arch.syscallGetNr(child, regs));
        for (int i = 0; i < ARG_COUNT; i++) {
            out.putLong(ARGS + 8 * i, k.arch.syscallGetArgument(child, regs, i));
        }
    }

    /** What kind of stop it is: a syscall-stop shows only by its 0x80, so without TRACESYSGOOD there is none (INF-01). */
    private static int op(final Task child) {
        final SigInfo info = child.ptrace.lastSigInfo;
        final int code = info == null ? 0 : info.code();
        if (code == (Signals.SIGTRAP | 0x80)) {
            if (child.ptrace.message == Ptrace.PTRACE_EVENTMSG_SYSCALL_ENTRY) {
                return PTRACE_SYSCALL_INFO_ENTRY;
            }
            if (child.ptrace.message == Ptrace.PTRACE_EVENTMSG_SYSCALL_EXIT) {
                return PTRACE_SYSCALL_INFO_EXIT;
            }
        }
        return code == (Signals.SIGTRAP | Ptrace.PTRACE_EVENT_SECCOMP << 8)
                ? PTRACE_SYSCALL_INFO_SECCOMP
                : PTRACE_SYSCALL_INFO_NONE;
    }

    /** Stores what {@code from} ({@link #SIZE} bytes) says; 0 or a negative error with nothing changed. */
    long set(final Task child, final byte[] from) {
        final ByteBuffer in = ByteBuffer.wrap(from).order(ByteOrder.LITTLE_ENDIAN);
        if (in.get(1) != 0 || in.getShort(FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        final int op = op(child);
        if (op != (in.get(0) & 0xff)) {
            return -Errno.EINVAL;
        }
        return switch (op) {
            case PTRACE_SYSCALL_INFO_ENTRY, PTRACE_SYSCALL_INFO_SECCOMP -> setEntry(child, in);
            case PTRACE_SYSCALL_INFO_EXIT -> setExit(child, in);
            default -> -Errno.EINVAL;
        };
    }

    private long setEntry(final Task child, final ByteBuffer in) {
        final long nr = in.getLong(NR);
        if (nr != (int) nr) {
            return -Errno.ERANGE;
        }
        for (int i = 0; i < ARG_COUNT; i++) {
            if (!fitsArgument(in.getLong(ARGS + 8 * i))) {
                return -Errno.ERANGE;
            }
        }
        k.arch.syscallSetNr(child, child.regs, nr);
        // A skipped call has no arguments, and on some ports argument 0 is the return register (INF-12).
        if (nr != -1) {
            for (int i = 0; i < ARG_COUNT; i++) {
                k.arch.syscallSetArgument(child, child.regs, i, in.getLong(ARGS + 8 * i));
            }
        }
        return 0;
    }

    private long setExit(final Task child, final ByteBuffer in) {
        final long rval = in.getLong(RVAL);
        if (kernelWord() == 4 && rval != (int) rval) {
            return -Errno.ERANGE;
        }
        if (in.get(IS_ERROR) != 0) {
            k.arch.syscallSetReturnValue(child, child.regs, (int) rval, 0);
        } else {
            k.arch.syscallSetReturnValue(child, child.regs, 0, rval);
        }
        return 0;
    }

    /** Whether it is a value of the kernel's {@code long}, signed or unsigned (INF-11). */
    private boolean fitsArgument(final long value) {
        return kernelWord() == 8 || value == (int) value || value == (value & 0xffff_ffffL);
    }

    /** Bytes of the kernel's own {@code long}. */
    private int kernelWord() {
        return k.arch.abi(k.arch.modes().get(0)).wordSize();
    }
}
