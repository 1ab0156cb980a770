package org.kernelentry.kernel.signal;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/** Installing handlers. Source: linux v7.3 kernel/signal.c do_sigaction(), sys_rt_sigaction(), sys_sigaction(). */
final class ActionCalls {
    private final Kernel k;

    ActionCalls(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code struct sigaction}: handler, flags, restorer as words, then the 8-byte mask. */
    long sysRtSigaction(final Task current) {
        if (current.args[3] != 8) {
            return -Errno.EINVAL;
        }
        final int word = k.arch.abi(current).wordSize();
        final byte[] bytes = new byte[3 * word + 8];
        SigAction action = null;
        if (current.args[1] != 0) {
            if (!k.user.copyFrom(current, current.args[1], bytes, 0, bytes.length)) {
                return -Errno.EFAULT;
            }
            final GuestStruct in = new GuestStruct(bytes);
            action = new SigAction(
                    in.word(0, word), in.word(word, word), in.word(2 * word, word), new SigSet(in.word(3 * word, 8)));
        }
        final SigAction[] old = new SigAction[1];
        final long error = sigaction(current, (int) current.args[0], action, old);
        if (error != 0 || current.args[2] == 0) {
            return error;
        }
        final byte[] out = new GuestStruct(bytes.length)
                .put(0, word, old[0].handler())
                .put(word, word, old[0].flags())
                .put(2 * word, word, old[0].restorer())
                .put(3 * word, 8, old[0].mask().bits())
                .bytes;
        return k.user.copyTo(current, current.args[2], out, 0, out.length) ? 0 : -Errno.EFAULT;
    }

    /** {@code struct old_sigaction} of the 32-bit ABIs: handler, one word of mask, flags, restorer. */
    long sysSigaction(final Task current) {
        final int word = k.arch.abi(current).wordSize();
        final byte[] bytes = new byte[4 * word];
        SigAction action = null;
        if (current.args[1] != 0) {
            if (!k.user.copyFrom(current, current.args[1], bytes, 0, bytes.length)) {
                return -Errno.EFAULT;
            }
            final GuestStruct in = new GuestStruct(bytes);
            action = new SigAction(
                    in.word(0, word),
                    in.word(2 * word, word),
                    in.word(3 * word, word),
                    new SigSet(in.word(word, word)));
        }
        final SigAction[] old = new SigAction[1];
        final long error = sigaction(current, (int) current.args[0], action, old);
        if (error != 0 || current.args[2] == 0) {
            return error;
        }
        final byte[] out = new GuestStruct(bytes.length)
                .put(0, word, old[0].handler())
                .put(word, word, old[0].mask().bits())
                .put(2 * word, word, old[0].flags())
                .put(3 * word, word, old[0].restorer())
                .bytes;
        return k.user.copyTo(current, current.args[2], out, 0, out.length) ? 0 : -Errno.EFAULT;
    }

    /** signal(2) of ia32: one-shot, not blocked while it runs; returns the old handler. */
    long sysSignal(final Task current) {
        final SigAction[] old = new SigAction[1];
        final SigAction action =
                new SigAction(current.args[1], SigAction.SA_RESETHAND | SigAction.SA_NODEFER, 0, SigSet.EMPTY);
        final long error = sigaction(current, (int) current.args[0], action, old);
        return error != 0 ? error : old[0].handler();
    }

    /** {@code do_sigaction()}: unknown flags are dropped; what becomes ignored is no longer pending, blocked or not. */
    private long sigaction(final Task current, final int sig, final @Nullable SigAction action, final SigAction[] old) {
        if (!Signals.valid(sig) || sig < 1 || action != null && Signals.kernelOnly(sig)) {
            return -Errno.EINVAL;
        }
        final SigAction before = current.sighand.action[sig];
        // A forced exit is on its way: nobody may catch it any more (FRM-24).
        if (before.has(SigAction.SA_IMMUTABLE)) {
            return -Errno.EINVAL;
        }
        final long known = SigAction.UAPI_SA_FLAGS | k.arch.uapiSigactionFlags();
        old[0] = before.withFlags(before.flags() & known);
        if (action == null) {
            return 0;
        }
        current.sighand.action[sig] = new SigAction(
                action.handler(),
                action.flags() & known | k.arch.sigactionAbiFlags(current),
                action.restorer(),
                action.mask().minus(SigSet.UNBLOCKABLE));
        if (current.sighand.action[sig].ignores(sig)) {
            final SigSet flushed = SigSet.of(sig);
            current.signal.sharedPending.flush(flushed);
            for (final Task thread : current.signal.threads) {
                thread.pending.flush(flushed);
            }
        }
        return 0;
    }
}
