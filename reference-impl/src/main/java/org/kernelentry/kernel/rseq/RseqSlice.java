package org.kernelentry.kernel.rseq;

import static org.kernelentry.kernel.rseq.RseqRegistration.RSEQ_CS_FLAG_SLICE_EXT_AVAILABLE;
import static org.kernelentry.kernel.rseq.RseqRegistration.RSEQ_CS_FLAG_SLICE_EXT_ENABLED;
import static org.kernelentry.kernel.syscall.Errno.*;
import static org.kernelentry.kernel.task.ThreadFlags.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;

/**
 * Time slice extension: a task interrupted in a short section that asked for it may finish it before it is rescheduled.
 *
 * <p>Only where the port has the generic TIF bits and generic entry (RSQ-19).
 *
 * <p>Source: linux v7.3 include/linux/rseq_entry.h rseq_grant_slice_extension(), kernel/rseq.c rseq_syscall_enter_work() and after.
 */
final class RseqSlice {
    static final Step RSEQ_GRANT_SLICE_EXTENSION =
            Step.of("rseq_grant_slice_extension", "include/linux/rseq_entry.h rseq_grant_slice_extension()");

    static final int PR_RSEQ_SLICE_EXTENSION_GET = 1;
    static final int PR_RSEQ_SLICE_EXTENSION_SET = 2;
    static final int PR_RSEQ_SLICE_EXT_ENABLE = 1;

    /** {@code struct rseq_slice_ctrl}: request is its first byte, granted its second. */
    private static final int REQUEST = 0xff;

    private static final int GRANTED = 0xff00;
    private static final int GRANTED_ONE = 0x0100;
    /** {@code rseq_slice_ext_nsecs}: default length of a grant. */
    private static final long SLICE_EXT_NSECS = 5_000;

    private static final int RESCHED = TIF_NEED_RESCHED | TIF_NEED_RESCHED_LAZY;

    private final Kernel k;
    private final RseqArea area;

    RseqSlice(final Kernel kernel, final RseqArea area) {
        this.k = kernel;
        this.area = area;
    }

    boolean available() {
        return k.config.version() >= Rseq.SINCE_SLICE
                && k.config.has(Option.RSEQ)
                && k.config.has(Option.RSEQ_SLICE_EXTENSION)
                && k.config.generic()
                && k.arch.hasGenericTifBits();
    }

    private void segfault(final Task task) {
        k.signals.force(task, SigInfo.kernel(Signals.SIGSEGV));
    }

    /** RSQ-20 to RSQ-22. Called in the exit-to-user loop with a reschedule pending. */
    boolean grant(final Task task, final int work) {
        final RseqState rseq = task.rseq;
        final boolean mayAsk = rseq.sliceEnabled && rseq.userIrq;
        if (!mayAsk && !rseq.sliceGranted || !available()) {
            return false;
        }
        // Any other work would take time of its own; and one grant is enough.
        if ((work & EXIT_TO_USER_MODE_WORK & ~RESCHED) != 0 || rseq.sliceGranted) {
            if (!area.put(task, RseqArea.SLICE_CTRL, 4, 0)) {
                segfault(task);
            }
            rseq.sliceGranted = false;
            return false;
        }
        if (!area.get(task, RseqArea.SLICE_CTRL, 4)) {
            segfault(task);
            return false;
        }
        final int control = (int) k.user.value;
        if ((control & REQUEST) == 0) {
            return false;
        }
        if (!area.put(task, RseqArea.SLICE_CTRL, 4, control & ~(REQUEST | GRANTED) | GRANTED_ONE)) {
            segfault(task);
            return false;
        }
        rseq.sliceGranted = true;
        rseq.sliceExpires = k.timers.now() + SLICE_EXT_NSECS;
        task.clearTif(RESCHED);
        k.steps.at(k.cpu, RSEQ_GRANT_SLICE_EXTENSION);
        return true;
    }

    /** {@code rseq_arm_slice_extension_timer()}: on the way out with a grant; true when it has run out already. */
    boolean armTimer(final Task task) {
        final RseqState rseq = task.rseq;
        if (!rseq.sliceGranted || !available()) {
            return false;
        }
        if (rseq.sliceExpires < k.timers.now()) {
            task.setTif(TIF_NEED_RESCHED);
            return true;
        }
        if (rseq.sliceTimer == null) {
            rseq.sliceTimer = k.timers.at(rseq.sliceExpires, () -> expired(task));
        }
        task.setSyscallWork(SYSCALL_WORK_SYSCALL_RSEQ_SLICE);
        return false;
    }

    /** {@code rseq_slice_expired()}: the task may have left the CPU without anybody stopping the timer (RSQ-23). */
    private void expired(final Task task) {
        task.rseq.sliceTimer = null;
        final CpuLocal cpu = k.cpus[task.cpu];
        if (cpu.current == task && task.rseq.sliceGranted) {
            k.sched.reschedCurr(cpu);
        }
    }

    void cancel(final Task task) {
        final Object timer = task.rseq.sliceTimer;
        if (timer != null) {
            k.timers.cancel(timer);
            task.rseq.sliceTimer = null;
        }
    }

    /** RSQ-24: any call ends the grant and gives the CPU away at once. */
    void syscallEnterWork(final Task task, final long nr, final boolean debug) {
        final RseqState rseq = task.rseq;
        task.clearSyscallWork(SYSCALL_WORK_SYSCALL_RSEQ_SLICE);
        if (debug) {
            final int expected = rseq.sliceGranted ? GRANTED_ONE : 0;
            if (!area.get(task, RseqArea.SLICE_CTRL, 4) || (int) k.user.value != expected) {
                segfault(task);
            }
        }
        // Revoked meanwhile, with the work bit left behind.
        if (!rseq.sliceGranted) {
            return;
        }
        cancel(task);
        if (!rseq.schedSwitch) {
            task.setTif(TIF_NEED_RESCHED);
            rseq.sliceYielded = nr >= 0 && nr == k.arch.abi(task).number("rseq_slice_yield");
        }
        if (task.testTif(TIF_NEED_RESCHED)) {
            k.sched.schedule();
        }
        rseq.sliceGranted = false;
        if (!area.put(task, RseqArea.SLICE_CTRL, 4, 0)) {
            segfault(task);
        }
    }

    long yielded(final Task task) {
        if (!available()) {
            return -ENOSYS;
        }
        final boolean yielded = task.rseq.sliceYielded;
        task.rseq.sliceYielded = false;
        return yielded ? 1 : 0;
    }

    long prctl(final Task task, final long operation, final long argument) {
        final RseqState rseq = task.rseq;
        if (k.config.version() < Rseq.SINCE_SLICE) {
            return -EINVAL;
        }
        if (!available()) {
            return -ENOTSUPP;
        }
        if (operation == PR_RSEQ_SLICE_EXTENSION_GET) {
            return argument != 0 ? -EINVAL : rseq.sliceEnabled ? PR_RSEQ_SLICE_EXT_ENABLE : 0;
        }
        if (operation != PR_RSEQ_SLICE_EXTENSION_SET || (argument & ~PR_RSEQ_SLICE_EXT_ENABLE) != 0) {
            return -EINVAL;
        }
        if (rseq.area == 0) {
            return -ENXIO;
        }
        if (rseq.version < 2) {
            return -ENOTSUPP;
        }
        final boolean enable = argument != 0;
        return enable == rseq.sliceEnabled ? 0 : setEnabled(task, enable);
    }

    /** The flags in user memory say what is on; a program that changed them does not get on. */
    private long setEnabled(final Task task, final boolean enable) {
        final RseqState rseq = task.rseq;
        final int valid = RSEQ_CS_FLAG_SLICE_EXT_AVAILABLE | (rseq.sliceEnabled ? RSEQ_CS_FLAG_SLICE_EXT_ENABLED : 0);
        if (area.get(task, RseqArea.FLAGS, 4)) {
            final int flags = (int) k.user.value;
            final int wanted = flags & ~RSEQ_CS_FLAG_SLICE_EXT_ENABLED
                    | RSEQ_CS_FLAG_SLICE_EXT_AVAILABLE
                    | (enable ? RSEQ_CS_FLAG_SLICE_EXT_ENABLED : 0);
            if ((flags & valid) == valid && area.put(task, RseqArea.FLAGS, 4, wanted)) {
                rseq.sliceEnabled = enable;
                return 0;
            }
        }
        segfault(task);
        return -EFAULT;
    }
}
