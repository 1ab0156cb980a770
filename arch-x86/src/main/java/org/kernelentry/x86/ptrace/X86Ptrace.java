package org.kernelentry.x86.ptrace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.x86.FxArea;
import org.kernelentry.x86.X86PtRegs;
import org.kernelentry.x86.X86Thread;

/**
 * The user area, the general register set and this port's own requests.
 *
 * <p>The layout of the user area follows the tracer's ABI, that of a register set the mode of the tracee (PTR-49). Debug registers other than DR6
 * read 0 and cannot be set: the modelled processor has no hardware breakpoints. Source: linux v7.3 arch/x86/kernel/ptrace.c.
 */
public final class X86Ptrace {
    private static final int NT_PRSTATUS = 1;
    private static final int NT_PRFPREG = 2;
    private static final int NT_X86_XSTATE = 0x202;
    private static final int NT_PRXFPREG = 0x46e6_2b7f;
    private static final int PTRACE_GETREGS = 12;
    private static final int PTRACE_SETREGS = 13;
    private static final int PTRACE_GETFPREGS = 14;
    private static final int PTRACE_SETFPREGS = 15;
    private static final int PTRACE_GETFPXREGS = 18;
    private static final int PTRACE_SETFPXREGS = 19;
    private static final int PTRACE_ARCH_PRCTL = 30;

    // struct user and struct user32: offset of u_debugreg, whole size
    private static final int USER_DEBUGREG = 848;
    private static final int USER_SIZE = 928;
    private static final int USER32_DEBUGREG = 252;
    private static final int USER32_SIZE = 284;
    private static final int DR6 = 6;

    private final Kernel k;
    private final UserRegs regs;
    private final X86Calls calls;

    public X86Ptrace(final Kernel k) {
        this.k = k;
        this.regs = new UserRegs(k);
        this.calls = new X86Calls(k, regs.segments());
    }

    public X86Calls calls() {
        return calls;
    }

    /** The tracer asks through the 32-bit ABI. The runner's own task is a 64-bit tracer. */
    private boolean compatTracer() {
        final Task tracer = k.cpu.current;
        return !tracer.harness && ((X86Thread) tracer.thread).compat;
    }

    private static List<String> names(final boolean compat) {
        return compat ? UserRegs.NAMES_32 : UserRegs.NAMES_64;
    }

    // ---- the user area

    private static boolean inUserArea(final long offset, final boolean compat) {
        return (offset & (compat ? 3 : 7)) == 0 && offset >= 0 && offset < (compat ? USER32_SIZE : USER_SIZE);
    }

    public long peekUser(final Task task, final long offset, final long[] result) {
        final boolean compat = compatTracer();
        if (!inUserArea(offset, compat)) {
            return -Errno.EIO;
        }
        final int index = (int) offset / (compat ? 4 : 8);
        if (index < names(compat).size()) {
            result[0] = compat ? regs.get32(task, index) : regs.get(task, index);
        } else {
            result[0] = debugRegister(offset, compat) == DR6 ? ((X86Thread) task.thread).virtualDr6 : 0;
        }
        return 0;
    }

    public long pokeUser(final Task task, final long offset, final long value) {
        final boolean compat = compatTracer();
        if (!inUserArea(offset, compat)) {
            return -Errno.EIO;
        }
        final int index = (int) offset / (compat ? 4 : 8);
        if (index < names(compat).size()) {
            return compat ? regs.set32(task, index, value) : regs.set(task, index, value);
        }
        final int debug = debugRegister(offset, compat);
        if (debug == DR6) {
            ((X86Thread) task.thread).virtualDr6 = value;
            return 0;
        }
        // Members of the 32-bit area that are no registers take any value and keep none.
        return compat && debug < 0 ? 0 : -Errno.EIO;
    }

    private static int debugRegister(final long offset, final boolean compat) {
        final int word = compat ? 4 : 8;
        final long first = compat ? USER32_DEBUGREG : USER_DEBUGREG;
        return offset >= first && offset < first + 8L * word ? (int) (offset - first) / word : -1;
    }

    // ---- register sets

    /** {@code task_user_regset_view()}: by the code segment the tracee stopped in. */
    private static boolean view32(final Task task) {
        return !X86PtRegs.user64BitMode(task.regs);
    }

    public byte @Nullable [] getRegset(final Task task, final int noteType) {
        return switch (noteType) {
            case NT_PRSTATUS -> general(task, view32(task));
            case NT_PRFPREG -> view32(task) ? null : FpRegs.get(k, task);
            case NT_PRXFPREG -> view32(task) ? FpRegs.get(k, task) : null;
            // The modelled processor has FXSAVE and not XSAVE: xstateregs_get() says ENODEV.
            case NT_X86_XSTATE -> new byte[0];
            default -> null;
        };
    }

    public long setRegset(final Task task, final int noteType, final byte[] bytes) {
        return switch (noteType) {
            case NT_PRSTATUS -> setGeneral(task, view32(task), bytes);
            case NT_PRFPREG -> view32(task) ? -Errno.EINVAL : FpRegs.set(k, task, bytes);
            case NT_PRXFPREG -> view32(task) ? FpRegs.set(k, task, bytes) : -Errno.EINVAL;
            default -> -Errno.EINVAL;
        };
    }

    private byte[] general(final Task task, final boolean compat) {
        final int count = names(compat).size();
        final ByteBuffer out = ByteBuffer.allocate(count * (compat ? 4 : 8)).order(ByteOrder.LITTLE_ENDIAN);
        for (int n = 0; n < count; n++) {
            if (compat) {
                out.putInt((int) regs.get32(task, n));
            } else {
                out.putLong(regs.get(task, n));
            }
        }
        return out.array();
    }

    /** Registers in front of one that is refused stay written, as in the kernel. */
    private long setGeneral(final Task task, final boolean compat, final byte[] bytes) {
        final int word = compat ? 4 : 8;
        if (bytes.length % word != 0 || bytes.length > names(compat).size() * word) {
            return -Errno.EINVAL;
        }
        final ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int n = 0; n < bytes.length / word; n++) {
            final long result = compat ? regs.set32(task, n, in.getInt()) : regs.set(task, n, in.getLong());
            if (result != 0) {
                return result;
            }
        }
        return 0;
    }

    public int registerOffset(final Task task, final String name) {
        final int index = names(view32(task)).indexOf(name);
        return index < 0 ? -1 : index * registerSize(task);
    }

    public int registerSize(final Task task) {
        return view32(task) ? 4 : 8;
    }

    private long getFp(final Task tracer, final Task tracee, final long data) {
        final byte[] bytes = FpRegs.get(k, tracee);
        return k.user.copyTo(tracer, data, bytes, 0, bytes.length) ? 0 : -Errno.EFAULT;
    }

    private long setFp(final Task tracer, final Task tracee, final long data) {
        final byte[] bytes = new byte[FxArea.SIZE];
        return k.user.copyFrom(tracer, data, bytes, 0, bytes.length) ? FpRegs.set(k, tracee, bytes) : -Errno.EFAULT;
    }

    // ---- requests

    public long archPtrace(
            final Task tracer, final Task tracee, final int request, final long address, final long data) {
        final boolean compat = compatTracer();
        return switch (request) {
            case PTRACE_GETREGS -> {
                final byte[] bytes = general(tracee, compat);
                yield k.user.copyTo(tracer, data, bytes, 0, bytes.length) ? 0 : -Errno.EFAULT;
            }
            case PTRACE_SETREGS -> {
                final byte[] bytes = new byte[names(compat).size() * (compat ? 4 : 8)];
                yield k.user.copyFrom(tracer, data, bytes, 0, bytes.length)
                        ? setGeneral(tracee, compat, bytes)
                        : -Errno.EFAULT;
            }
            case PTRACE_GETFPREGS -> compat ? -Errno.EIO : getFp(tracer, tracee, data);
            case PTRACE_SETFPREGS -> compat ? -Errno.EIO : setFp(tracer, tracee, data);
            case PTRACE_GETFPXREGS -> compat ? getFp(tracer, tracee, data) : -Errno.EIO;
            case PTRACE_SETFPXREGS -> compat ? setFp(tracer, tracee, data) : -Errno.EIO;
            case PTRACE_ARCH_PRCTL -> compat ? -Errno.EIO : calls.archPrctl(tracee, tracer, data, address);
            default -> -Errno.EIO;
        };
    }
}
