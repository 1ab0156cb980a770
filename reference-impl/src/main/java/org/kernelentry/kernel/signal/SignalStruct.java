package org.kernelentry.kernel.signal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.WaitQueue;

/** {@code struct signal_struct}: what the threads of a process share. */
public final class SignalStruct {
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
}
