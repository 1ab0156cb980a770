package org.kernelentry.runner.system;

/**
 * One thing an observer was told about a task.
 *
 * @param who {@code main}, {@code child}, {@code child2}, ... in order of appearance
 * @param what {@code entry getppid}, {@code exit getppid}, {@code signal SIGUSR1}, {@code group-stop SIGSTOP}, {@code event clone},
 *     {@code stop}, {@code exited 0}, {@code killed by SIGSYS}, {@code continued}, {@code asleep}, {@code stuck}, {@code budget exceeded}
 */
public record Stop(String who, String what) {
    /** {@code what}, with the task's name before it unless it is the main one. */
    @Override
    public String toString() {
        return "main".equals(who) ? what : who + ": " + what;
    }

    /** The task is gone. */
    public boolean end() {
        return what.startsWith("exited") || what.startsWith("killed");
    }
}
