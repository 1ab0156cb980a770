package org.kernelentry.kernel.entry;

import static org.kernelentry.kernel.task.ThreadFlags.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.Task;

/** Work queued on a task until its next return to user mode. Source: linux v7.3 kernel/task_work.c, include/linux/resume_user_mode.h. */
public final class TaskWork {
    public static final Step TASK_WORK_RUN = Step.of("task_work_run", "kernel/task_work.c task_work_run()");

    /** How the task is told ({@code enum task_work_notify_mode}). */
    public enum Notify {
        NONE,
        RESUME,
        SIGNAL
    }

    private final Kernel k;

    public TaskWork(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code task_work_add()}. */
    public void add(final Task task, final Runnable work, final Notify how) {
        task.taskWorks.add(work);
        switch (how) {
            case NONE -> {}
            case RESUME -> task.setTif(TIF_NOTIFY_RESUME);
            case SIGNAL -> {
                task.setTif(TIF_NOTIFY_SIGNAL);
                k.signals.wakeUpNotifySignal(task);
            }
        }
    }

    /** {@code task_work_run()}: until none is left; work may queue more. */
    public void run(final Task task) {
        while (!task.taskWorks.isEmpty()) {
            k.steps.at(k.cpu, TASK_WORK_RUN);
            task.taskWorks.remove(0).run();
        }
    }

    /** {@code resume_user_mode_work()}: the bit first, so that work added meanwhile causes another pass. */
    public void resumeUserModeWork(final Task task, final PtRegs regs) {
        task.clearTif(TIF_NOTIFY_RESUME);
        run(task);
        k.rseq.handleSlowpath(task, regs);
    }
}
