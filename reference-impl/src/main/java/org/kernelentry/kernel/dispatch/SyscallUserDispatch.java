package org.kernelentry.kernel.dispatch;

import static org.kernelentry.kernel.syscall.Errno.*;
import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SYSCALL_USER_DISPATCH;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.Task;

/**
 * Syscall user dispatch: system calls from outside an exempt range become SIGSYS while a byte in user memory says so.
 *
 * <p>Source: linux v7.3 kernel/entry/syscall_user_dispatch.c; Documentation/admin-guide/syscall-user-dispatch.rst.
 */
public final class SyscallUserDispatch {
    /** prctl(2) option. */
    public static final int PR_SET_SYSCALL_USER_DISPATCH = 59;

    public static final long PR_SYS_DISPATCH_OFF = 0;
    /** Calls from the range run, others are candidates. Called {@code PR_SYS_DISPATCH_ON} before 7.3. */
    public static final long PR_SYS_DISPATCH_EXCLUSIVE_ON = 1;
    /** Calls from the range are candidates, others run. Newer than 6.12. */
    public static final long PR_SYS_DISPATCH_INCLUSIVE_ON = 2;

    public static final int SYSCALL_DISPATCH_FILTER_ALLOW = 0;
    public static final int SYSCALL_DISPATCH_FILTER_BLOCK = 1;

    /** ptrace(2) requests. */
    public static final int PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG = 0x4210;

    public static final int PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG = 0x4211;
    /** {@code sizeof(struct ptrace_sud_config)}: mode, selector, offset, len, each 64 bits. */
    public static final int PTRACE_SUD_CONFIG_SIZE = 32;

    /** First version with the ptrace requests. */
    private static final int SINCE_PTRACE_CONFIG = 604;
    /** First version with {@link #PR_SYS_DISPATCH_INCLUSIVE_ON}. */
    private static final int SINCE_INCLUSIVE = 617;

    private final Kernel k;
    /** sysctl {@code kernel.syscall_user_dispatch}, new in 7.3: false refuses arming, and nothing else (SUD-08). */
    private boolean allowed = true;
    /** Bits of {@code unsigned long}; 0 until first needed, as the port does not exist before. */
    private long wordMask;

    public SyscallUserDispatch(final Kernel kernel) {
        this.k = kernel;
    }

    /** Whether this kernel has it: else the prctl and the ptrace requests know no valid mode (SUD-01). */
    public boolean supported() {
        return k.config.has(Option.SYSCALL_USER_DISPATCH) && k.arch.supportsSyscallUserDispatch();
    }

    /** Whether the ptrace requests for the configuration exist (SUD-29). */
    public boolean hasPtraceConfig() {
        return k.config.version() >= SINCE_PTRACE_CONFIG;
    }

    /** Value of sysctl {@code kernel.syscall_user_dispatch}. */
    public boolean allowed() {
        return allowed;
    }

    /**
     * Writes sysctl {@code kernel.syscall_user_dispatch}; tasks that are armed stay armed.
     *
     * @return false when this version has no such file
     */
    public boolean setAllowed(final boolean value) {
        if (k.config.version() < KernelConfig.V7_3) {
            return false;
        }
        allowed = value;
        return true;
    }

    /** {@code syscall_user_dispatch()}: true when the call was taken (dispatched or the task killed) and its body must not run. */
    public boolean syscallUserDispatch(final Task task, final PtRegs regs) {
        final SyscallDispatchConfig sd = task.syscallDispatch;
        // The pc is after the instruction already, which shifts both ends of the range by its length (SUD-09).
        if (inRange(k.arch.instructionPointer(regs), sd)) {
            return false;
        }
        if (k.arch.syscallIsVdsoSigreturn(task, regs)) {
            return false;
        }
        if (sd.selector != 0) {
            if (!k.user.get(task, sd.selector, 1)) {
                k.signals.forceExit(task, SigInfo.kernel(Signals.SIGSEGV));
                return true;
            }
            final long state = k.user.value;
            if (state == SYSCALL_DISPATCH_FILTER_ALLOW) {
                return false;
            }
            if (state != SYSCALL_DISPATCH_FILTER_BLOCK) {
                k.signals.forceExit(task, SigInfo.kernel(Signals.SIGSYS));
                return true;
            }
        }
        sd.onDispatch = true;
        k.arch.syscallRollback(task, regs);
        // Number and pc are read after the rollback: it may have put them back.
        k.signals.force(
                task,
                new SigInfo(
                        Signals.SIGSYS,
                        0,
                        SigInfo.SYS_USER_DISPATCH,
                        0,
                        0,
                        k.arch.instructionPointer(regs),
                        (int) k.arch.syscallGetNr(task, regs),
                        k.arch.syscallGetArch(task)));
        return true;
    }

    /** One unsigned compare in the kernel's own word size, which also serves a range that wraps (SUD-10). */
    private boolean inRange(final long ip, final SyscallDispatchConfig sd) {
        return Long.compareUnsigned(word(ip - sd.offset), sd.len) < 0;
    }

    /** {@code unsigned long} of this kernel. */
    private long word(final long value) {
        if (wordMask == 0) {
            wordMask = k.arch.abi(nativeMode()).wordSize() == 8 ? -1 : 0xffff_ffffL;
        }
        return value & wordMask;
    }

    private String nativeMode() {
        return k.arch.modes().get(0);
    }

    /** {@code set_syscall_user_dispatch()} for prctl(2) and ptrace(2); 0 or a negative error. Nothing changes on failure (SUD-02). */
    public long set(
            final Task task,
            final long mode,
            final long requestedOffset,
            final long requestedLen,
            final long selector) {
        if (!supported()) {
            return -EINVAL;
        }
        long offset = word(requestedOffset);
        long len = word(requestedLen);
        final long end = word(offset + len);
        if (mode == PR_SYS_DISPATCH_OFF) {
            if (offset != 0 || len != 0 || selector != 0) {
                return -EINVAL;
            }
        } else if (mode == PR_SYS_DISPATCH_EXCLUSIVE_ON) {
            // Offset 0 is not checked at all: with length 0 it means that no range is exempt (SUD-03).
            if (offset != 0 && Long.compareUnsigned(end, offset) <= 0) {
                return -EINVAL;
            }
        } else if (mode == PR_SYS_DISPATCH_INCLUSIVE_ON && k.config.version() >= SINCE_INCLUSIVE) {
            if (len == 0 || Long.compareUnsigned(end, offset) <= 0) {
                return -EINVAL;
            }
            // Kept as the complement, so that the range test stays one compare (SUD-04).
            offset = end;
            len = word(-len);
        } else {
            return -EINVAL;
        }
        if (mode != PR_SYS_DISPATCH_OFF) {
            if (!allowed) {
                return -EPERM;
            }
            if (selector != 0 && !accessOk(k.arch.untaggedAddr(selector))) {
                return -EFAULT;
            }
        }
        final SyscallDispatchConfig sd = task.syscallDispatch;
        sd.selector = selector;
        sd.offset = offset;
        sd.len = len;
        // A stale mark would hide the exit work of the next call that is let through (SUD-22, SUD-23).
        sd.onDispatch = false;
        if (mode != PR_SYS_DISPATCH_OFF) {
            task.setSyscallWork(SYSCALL_WORK_SYSCALL_USER_DISPATCH);
        } else {
            task.clearSyscallWork(SYSCALL_WORK_SYSCALL_USER_DISPATCH);
        }
        return 0;
    }

    /** {@code access_ok()} of one byte: against the kernel's limit, not the task's, and mapped or not (SUD-07). */
    private boolean accessOk(final long address) {
        return Long.compareUnsigned(address, k.arch.taskSize(nativeMode())) < 0;
    }

    /** Turns dispatch off for a fork child or after exec: the configuration words stay ({@code clear_syscall_work_syscall_user_dispatch()}). */
    public void clear(final Task task) {
        task.clearSyscallWork(SYSCALL_WORK_SYSCALL_USER_DISPATCH);
    }

    /**
     * {@code syscall_user_dispatch_get_config()}: fills {@code into} with a {@code struct ptrace_sud_config}.
     *
     * @param size what the tracer passed as address; anything but {@link #PTRACE_SUD_CONFIG_SIZE} is refused
     * @param into at least {@link #PTRACE_SUD_CONFIG_SIZE} bytes
     * @return 0, or -EINVAL
     */
    public long getConfig(final Task tracee, final long size, final byte[] into) {
        if (!supported() || size != PTRACE_SUD_CONFIG_SIZE) {
            return -EINVAL;
        }
        final boolean on = (tracee.syscallWork & SYSCALL_WORK_SYSCALL_USER_DISPATCH) != 0;
        // Never mode 2: which of the two modes made the range is not kept (SUD-30).
        ByteBuffer.wrap(into)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(on ? PR_SYS_DISPATCH_EXCLUSIVE_ON : PR_SYS_DISPATCH_OFF)
                .putLong(tracee.syscallDispatch.selector)
                .putLong(tracee.syscallDispatch.offset)
                .putLong(tracee.syscallDispatch.len);
        return 0;
    }

    /**
     * {@code syscall_user_dispatch_set_config()}: arms or disarms a tracee with the checks of the prctl (SUD-32).
     *
     * @param size what the tracer passed as address; anything but {@link #PTRACE_SUD_CONFIG_SIZE} is refused
     * @param from a {@code struct ptrace_sud_config}
     * @return 0 or a negative error
     */
    public long setConfig(final Task tracee, final long size, final byte[] from) {
        if (!supported() || size != PTRACE_SUD_CONFIG_SIZE) {
            return -EINVAL;
        }
        final ByteBuffer config = ByteBuffer.wrap(from).order(ByteOrder.LITTLE_ENDIAN);
        final long mode = config.getLong();
        final long selector = config.getLong();
        final long offset = config.getLong();
        final long len = config.getLong();
        return set(tracee, mode, offset, len, selector);
    }
}
