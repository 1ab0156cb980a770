package org.kernelentry.kernel.signal;

/** {@code struct sighand_struct}: the actions of a process, shared by CLONE_SIGHAND. */
public final class SigHand {
    /** Index is the signal number; 0 unused. */
    public final SigAction[] action = new SigAction[Signals.NSIG + 1];

    public SigHand() {
        java.util.Arrays.fill(action, SigAction.DEFAULT);
    }

    /** A copy, for fork. */
    public SigHand copy() {
        final SigHand other = new SigHand();
        System.arraycopy(action, 0, other.action, 0, action.length);
        return other;
    }
}
