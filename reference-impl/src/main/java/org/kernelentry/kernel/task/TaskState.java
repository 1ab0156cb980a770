package org.kernelentry.kernel.task;

/** Where a task stands ({@code __state} and {@code exit_state} of {@code struct task_struct}). */
public enum TaskState {
    RUNNING,
    /** Sleeps until woken or a signal is pending. */
    INTERRUPTIBLE,
    /** Sleeps until woken. */
    UNINTERRUPTIBLE,
    /** Sleeps until woken or a fatal signal is pending. */
    KILLABLE,
    /** Group-stop. */
    STOPPED,
    /** Stopped for its tracer. */
    TRACED,
    /** Exited, not yet waited for. */
    ZOMBIE,
    /** Gone. */
    DEAD
}
