package org.kernelentry.kernel.signal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.WaitQueue;

/** {@code struct signal_struct}: what the threads of a process share. */
public final class SignalStruct {
    /** The group-stop is complete. */
    public static final int SIGNAL_STOP_STOPPED = 1;
    /** SIGCONT ended a group-stop; wait4(WCONTINUED) has not seen it. */
    public static final int SIGNAL_STOP_CONTINUED = 2;
    /** The group is dying. */
    public static final int SIGNAL_GROUP_EXIT = 4;
    /** The parent is to be told of a stop that SIGCONT overtook. */
    public static final int SIGNAL_CLD_STOPPED = 0x10;
    /** The parent is to be told of a continuation. */
    public static final int SIGNAL_CLD_CONTINUED = 0x20;

    public static final int SIGNAL_CLD_MASK = SIGNAL_CLD_STOPPED | SIGNAL_CLD_CONTINUED;
    /** Signals at their default do not reach it: init. */
    public static final int SIGNAL_UNKILLABLE = 0x40;

    private static final int STOP_MASK = SIGNAL_CLD_MASK | SIGNAL_STOP_STOPPED | SIGNAL_STOP_CONTINUED;

    public final PendingSignals sharedPending = new PendingSignals();
    /** Live threads, leader first. */
    public final List<Task> threads = new ArrayList<>();
    /** SIGNAL_* bits. */
    public int flags;

    public int groupExitCode;
    public @Nullable Task groupExecTask;
    public int groupStopCount;
    /** {@code wait_chldexit}: parents wait here. */
    public final WaitQueue waitChildExit = new WaitQueue();

    public @Nullable Task currTarget;
    /** alarm(2)/setitimer: virtual time of expiry, 0 when off. */
    public long realTimerExpires;

    /** {@code signal_set_stop_flags()}: replaces the stop and continue marks. */
    void setStopFlags(final int stopFlags) {
        flags = flags & ~STOP_MASK | stopFlags;
    }

    public boolean has(final int bit) {
        return (flags & bit) != 0;
    }

    /** Threads other than {@code task}; a snapshot, so that the group may change under the loop. */
    public List<Task> others(final Task task) {
        final List<Task> others = new ArrayList<>(threads);
        others.remove(task);
        return others;
    }
}
