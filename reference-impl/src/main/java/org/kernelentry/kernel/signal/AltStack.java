package org.kernelentry.kernel.signal;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/** The alternate signal stack. Source: linux v7.3 kernel/signal.c do_sigaltstack(), include/linux/sched/signal.h sas_ss_flags(), sigsp(). */
final class AltStack {
    static final int SS_ONSTACK = 1;
    static final int SS_DISABLE = 2;
    /** Disarmed while a handler runs on it. */
    static final int SS_AUTODISARM = 1 << 31;

    private final Kernel k;

    AltStack(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code sas_ss_flags()}: SS_DISABLE without a stack, SS_ONSTACK while {@code sp} is on it, else 0. */
    static int flags(final Task task, final long sp) {
        if (task.sasSize == 0) {
            return SS_DISABLE;
        }
        return onStack(task, sp) ? SS_ONSTACK : 0;
    }

    /** {@code on_sig_stack()}: never with auto-disarm, so that a wild sp near it cannot block the handler. */
    static boolean onStack(final Task task, final long sp) {
        return (task.sasFlags & SS_AUTODISARM) == 0
                && Long.compareUnsigned(sp, task.sasSp) > 0
                && Long.compareUnsigned(sp - task.sasSp, task.sasSize) <= 0;
    }

    /** {@code sigsp()}. */
    static long signalStack(final Task task, final long sp, final SigAction action) {
        return action.has(SigAction.SA_ONSTACK) && flags(task, sp) == 0 ? task.sasSp + task.sasSize : sp;
    }

    /** {@code sas_ss_reset()}. */
    static void reset(final Task task) {
        task.sasSp = 0;
        task.sasSize = 0;
        task.sasFlags = SS_DISABLE;
    }

    /** sigaltstack(2): {@code stack_t} at {@code newStack} and {@code oldStack}, 0 for none. */
    long sigaltstack(final Task current, final long newStack, final long oldStack) {
        final int word = k.arch.abi(current).wordSize();
        final byte[] given = new byte[3 * word];
        if (newStack != 0 && !k.user.copyFrom(current, newStack, given, 0, given.length)) {
            return -Errno.EFAULT;
        }
        final long sp = k.arch.userStackPointer(current.regs);
        final byte[] old =
                encode(current.sasSp, flags(current, sp) | current.sasFlags & SS_AUTODISARM, current.sasSize, word);
        if (newStack != 0) {
            final long error = set(current, given, word, sp);
            if (error != 0) {
                return error;
            }
        }
        return oldStack != 0 && !k.user.copyTo(current, oldStack, old, 0, old.length) ? -Errno.EFAULT : 0;
    }

    /** {@code restore_altstack()}: the stack a signal frame recorded; errors in its contents are nobody's business. False is -EFAULT. */
    boolean restore(final Task current, final long address) {
        final int word = k.arch.abi(current).wordSize();
        final byte[] given = new byte[3 * word];
        if (!k.user.copyFrom(current, address, given, 0, given.length)) {
            return false;
        }
        set(current, given, word, k.arch.userStackPointer(current.regs));
        return true;
    }

    /** {@code __save_altstack()}: bytes of {@code stack_t} for a frame. */
    byte[] save(final Task current, final int wordSize) {
        return encode(current.sasSp, current.sasFlags, current.sasSize, wordSize);
    }

    private long set(final Task task, final byte[] given, final int word, final long sp) {
        if (onStack(task, sp)) {
            return -Errno.EPERM;
        }
        final GuestStruct in = new GuestStruct(given);
        long newSp = in.word(0, word);
        final int newFlags = (int) in.word(word, 4);
        long newSize = in.word(2 * word, word);
        final int mode = newFlags & ~SS_AUTODISARM;
        if (mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0) {
            return -Errno.EINVAL;
        }
        if (task.sasSp == newSp && task.sasSize == newSize && task.sasFlags == newFlags) {
            return 0;
        }
        if (mode == SS_DISABLE) {
            newSize = 0;
            newSp = 0;
        } else if (Long.compareUnsigned(newSize, k.arch.minSigStackSize(task)) < 0) {
            return -Errno.ENOMEM;
        }
        task.sasSp = newSp;
        task.sasSize = newSize;
        task.sasFlags = newFlags;
        return 0;
    }

    /** {@code stack_t} is pointer, int, size_t; on 64 bit the int has padding behind it. */
    private static byte[] encode(final long sp, final int flags, final long size, final int word) {
        return new GuestStruct(3 * word).put(0, word, sp).put(word, 4, flags).put(2 * word, word, size).bytes;
    }
}
