package org.kernelentry.kernel.task;

import java.util.ArrayList;
import java.util.List;

/** {@code wait_queue_head_t}: tasks that asked to be woken, first in first out. */
public final class WaitQueue {
    public final List<Task> waiters = new ArrayList<>();
}
