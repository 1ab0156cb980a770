package org.kernelentry.kernel.rseq;

import static org.kernelentry.kernel.syscall.Errno.*;
import static org.kernelentry.kernel.task.ThreadFlags.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.Task;

/**
 * Restartable sequences: ids kept current in user memory, and critical sections aborted when the task lost the CPU or gets a signal.
 *
 * <p>Three ways lead to the update: on ports with generic entry a fast path at the very end of the exit-to-user loop; where that fails, and
 * on other ports, resume work; and signal delivery.
 *
 * <p>Source: linux v7.3 kernel/rseq.c, include/linux/rseq.h, include/linux/rseq_entry.h.
 */
public final class Rseq {
    public static final Step RSEQ_EXIT_USER_UPDATE =
            Step.of("rseq_exit_user_update", "include/linux/rseq_entry.h rseq_exit_user_update()");
    public static final Step RSEQ_SLOWPATH_UPDATE_USR =
            Step.of("rseq_slowpath_update_usr", "kernel/rseq.c rseq_slowpath_update_usr()");
    public static final Step RSEQ_SIGNAL_DELIVER =
            Step.of("rseq_signal_deliver", "kernel/rseq.c __rseq_signal_deliver()");

    /** Trace events. */
    public static final String RSEQ_UPDATE = "rseq:rseq_update";

    public static final String RSEQ_IP_FIXUP = "rseq:rseq_ip_fixup";

    /** {@code struct ptrace_rseq_configuration}. */
    public static final int PTRACE_RSEQ_CONFIGURATION_SIZE = 24;

    static final int RSEQ_FLAG_UNREGISTER = 1;
    /** First version that writes node and concurrency id, and takes areas of other sizes. */
    static final int SINCE_NODE_ID = 603;

    /** First version with the event words, and without most checks of descriptors. */
    static final int SINCE_EVENTS = 619;
    /** First version with slice extensions and with it the one-byte-larger area. */
    static final int SINCE_SLICE = 700;

    private final Kernel k;
    private final RseqArea area;
    private final RseqSection section;
    private final RseqSlice slice;
    private final RseqRegistration registration;
    /** Static key {@code rseq_debug_enabled}; before 6.19 CONFIG_DEBUG_RSEQ. */
    private boolean debug;

    public Rseq(final Kernel kernel) {
        this.k = kernel;
        this.area = new RseqArea(kernel);
        this.section = new RseqSection(kernel, area);
        this.slice = new RseqSlice(kernel, area);
        this.registration = new RseqRegistration(kernel, area, slice);
    }

    /** {@code rseq_debug=}: all checks on. */
    public void setDebug(final boolean on) {
        debug = on;
    }

    private boolean legacy() {
        return k.config.version() < SINCE_EVENTS;
    }

    /** {@code rseq_v2()}. */
    private boolean v2(final Task task) {
        return task.rseq.version > 1 && k.arch.selectsGenericIrqEntry();
    }

    // ---- registration

    /** rseq(2): 0 or a negative error (RSQ-17). All arguments but the address are 32 bits wide. */
    public long sysRseq(final Task task, final long address, final long length, final long flags, final long sig) {
        if (!k.config.has(Option.RSEQ)) {
            return -ENOSYS;
        }
        final int words = (int) flags;
        if ((words & RSEQ_FLAG_UNREGISTER) != 0) {
            final long failed = registration.unregister(task, address, (int) length, words, (int) sig);
            if (failed == 0) {
                slice.cancel(task);
                task.rseq.reset();
            }
            return failed;
        }
        final long failed = registration.register(task, address, (int) length, words, (int) sig);
        if (failed == 0) {
            forceUpdate(task);
        }
        return failed;
    }

    /** PTRACE_GET_RSEQ_CONFIGURATION (RSQ-18): fills a {@code struct ptrace_rseq_configuration}. */
    public void getConfiguration(final Task tracee, final byte[] into) {
        ByteBuffer.wrap(into)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(tracee.rseq.area)
                .putInt(tracee.rseq.length)
                .putInt(tracee.rseq.signature)
                .putInt(0)
                .putInt(0);
    }

    /** {@code rseq_fork()}: inherited with a copy of the memory, not with the memory itself (RSQ-16). */
    public void fork(final Task parent, final Task child, final boolean cloneVm) {
        if (cloneVm) {
            child.rseq.reset();
        } else {
            child.rseq.copyFrom(parent.rseq);
        }
    }

    /** {@code rseq_execve()}. */
    public void execve(final Task task) {
        slice.cancel(task);
        task.rseq.reset();
    }

    // ---- events

    /** TIF_RSEQ; on ports without the bit the same as TIF_NOTIFY_RESUME. */
    private void raise(final Task task) {
        task.setTif(!legacy() && k.arch.hasGenericTifBits() ? TIF_RSEQ : TIF_NOTIFY_RESUME);
    }

    /** {@code rseq_sched_switch_event()}: {@code task} loses its CPU. */
    public void schedSwitchEvent(final Task task) {
        final RseqState rseq = task.rseq;
        if (v2(task)) {
            // Nothing to tell after a plain system call that stayed on its CPU (RSQ-10).
            if (rseq.userIrq || rseq.idsChanged) {
                rseq.schedSwitch = true;
                raise(task);
            }
        } else if (rseq.version != 0) {
            rseq.idsChanged = true;
            rseq.schedSwitch = true;
            raise(task);
        }
    }

    /** {@code rseq_sched_set_ids_changed()}: {@code task} goes to another CPU or gets another concurrency id. */
    public void setIdsChanged(final Task task) {
        task.rseq.idsChanged = true;
    }

    private void forceUpdate(final Task task) {
        if (task.rseq.version != 0) {
            task.rseq.idsChanged = true;
            task.rseq.schedSwitch = true;
            raise(task);
        }
    }

    private void segfault(final Task task) {
        k.signals.force(task, SigInfo.kernel(Signals.SIGSEGV));
    }

    // ---- updates

    /** {@code rseq_update_user_cs()} with the checks that are on. */
    private boolean updateSection(final Task task, final PtRegs regs, final long descriptor) {
        return debug
                ? section.updateDebug(task, regs, descriptor, task.rseq.userIrq || !k.arch.selectsGenericIrqEntry())
                : section.update(task, regs, descriptor);
    }

    /** {@code rseq_update_usr()}: ids, and the section where one may have been interrupted. */
    private boolean updateUser(final Task task, final PtRegs regs) {
        if (!area.setIds(task, debug || v2(task)) || !area.get(task, RseqArea.RSEQ_CS, 8)) {
            return false;
        }
        final long descriptor = k.user.value;
        // The newer rules forbid system calls in sections, so an entry by one cannot have interrupted any (RSQ-12).
        if (descriptor == 0 || !debug && v2(task) && !task.rseq.userIrq) {
            return true;
        }
        return updateSection(task, regs, descriptor);
    }

    /** {@code rseq_exit_user_update()}: the fast path. */
    private boolean exitUserUpdate(final Task task, final PtRegs regs) {
        if (task.rseq.idsChanged) {
            return updateUser(task, regs);
        }
        if (!area.get(task, RseqArea.RSEQ_CS, 8)) {
            return false;
        }
        final long descriptor = k.user.value;
        if (task.rseq.version > 1 && !area.put(task, RseqArea.SLICE_CTRL, 4, 0)) {
            return false;
        }
        task.rseq.sliceGranted = false;
        return descriptor == 0 || updateSection(task, regs, descriptor);
    }

    /**
     * {@code rseq_exit_to_user_mode_restart()}: the fast path of generic entry, with interrupts off and no other work left (RSQ-13).
     *
     * @return whether the exit-to-user loop has to go round again
     */
    public boolean exitToUserModeRestart(final Task task, final PtRegs regs, final int work) {
        if (legacy() || !k.config.generic() || task.rseq.version == 0) {
            return false;
        }
        final boolean ownBit = k.arch.hasGenericTifBits();
        if (!ownBit || (work & TIF_RSEQ) != 0) {
            if (task.rseq.schedSwitch) {
                final boolean done = exitUserUpdate(task, regs);
                k.steps.at(k.cpu, RSEQ_EXIT_USER_UPDATE, done ? 1 : 0);
                if (!done) {
                    // Memory may have to be made present first, which is not possible here.
                    task.rseq.slowpath = true;
                    task.setTif(TIF_NOTIFY_RESUME);
                    return true;
                }
            }
            task.rseq.clearEvents();
            if (ownBit) {
                task.clearTif(TIF_RSEQ);
            }
        }
        return slice.armTimer(task);
    }

    /** {@code rseq_handle_slowpath()}: ids and critical section fix-up in resume work. */
    public void handleSlowpath(final Task task, final PtRegs regs) {
        final RseqState rseq = task.rseq;
        if (rseq.version == 0 || task.exiting) {
            return;
        }
        if (legacy()) {
            k.steps.at(k.cpu, RSEQ_SLOWPATH_UPDATE_USR);
            final boolean happened = rseq.schedSwitch;
            rseq.schedSwitch = false;
            if (!section.updateLegacy(task, regs, happened) || !area.setIds(task, false)) {
                segfault(task);
            }
            return;
        }
        final boolean wanted = k.config.generic() ? rseq.slowpath : rseq.schedSwitch;
        if (!wanted) {
            return;
        }
        k.steps.at(k.cpu, RSEQ_SLOWPATH_UPDATE_USR);
        final boolean event = rseq.schedSwitch;
        // Whether an interrupt brought us here must outlive this: the loop may go round again.
        rseq.schedSwitch = false;
        rseq.idsChanged = false;
        rseq.slowpath = false;
        if (event && !updateUser(task, regs)) {
            segfault(task);
        }
    }

    /** {@code rseq_signal_deliver()}: aborts a critical section before the frame is built (RSQ-05). */
    public void signalDeliver(final Task task, final PtRegs regs) {
        signalDeliver(task, regs, 0);
    }

    /**
     * As {@link #signalDeliver(Task, PtRegs)}.
     *
     * @param sig the signal: if it is SIGSEGV itself, a bad section is fatal at once
     */
    public void signalDeliver(final Task task, final PtRegs regs, final int sig) {
        final RseqState rseq = task.rseq;
        if (rseq.version == 0 || v2(task) && !rseq.userIrq) {
            return;
        }
        k.steps.at(k.cpu, RSEQ_SIGNAL_DELIVER);
        if (legacy()) {
            rseq.schedSwitch = false;
            if (!section.updateLegacy(task, regs, true) || !area.setIds(task, false)) {
                k.signals.forceSigsegv(task, sig);
            }
            return;
        }
        if (!area.get(task, RseqArea.RSEQ_CS, 8) || k.user.value != 0 && !updateSection(task, regs, k.user.value)) {
            k.signals.forceSigsegv(task, sig);
        }
        if (!v2(task)) {
            forceUpdate(task);
        }
    }

    /** {@code rseq_debug_syscall_return()}: in debug mode a call from inside a section kills (RSQ-06). */
    public void debugSyscallReturn(final Task task, final PtRegs regs) {
        if (!debug || task.rseq.version == 0) {
            return;
        }
        if (legacy()) {
            if (!section.callAllowedLegacy(task, regs)) {
                segfault(task);
            }
            return;
        }
        if (!area.get(task, RseqArea.RSEQ_CS, 8)) {
            segfault(task);
            return;
        }
        final long descriptor = k.user.value;
        if (descriptor != 0 && !updateSection(task, regs, descriptor)) {
            segfault(task);
        }
    }

    /** {@code rseq_irqentry_exit_to_user_mode()}: a clean slate for the next entry. */
    public void irqentryExitToUserMode(final Task task) {
        exitChecks(task);
        if (legacy()) {
            task.rseq.userIrq = false;
        } else {
            task.rseq.clearEvents();
        }
    }

    /** {@code rseq_syscall_exit_to_user_mode()}: nothing can be pending; with lock debugging that is checked. */
    public void syscallExitToUserMode(final Task task) {
        if (task.rseq.version != 0 && k.config.has(Option.PROVE_LOCKING) && !legacy()) {
            exitChecks(task);
            task.rseq.clearEvents();
        }
    }

    private void exitChecks(final Task task) {
        if (k.config.has(Option.PROVE_LOCKING) && task.rseq.schedSwitch && !legacy()) {
            k.log.warnOnce("include/linux/rseq_entry.h", "return to user mode with an rseq update pending");
        }
    }

    // ---- time slice extension

    /** Whether a time slice extension is granted instead of a reschedule ({@code rseq_grant_slice_extension()}). */
    public boolean grantSliceExtension(final Task task, final int work) {
        return slice.grant(task, work);
    }

    /** {@code rseq_syscall_enter_work()}: ends a granted time slice extension. */
    public void syscallEnterWork(final Task task, final long nr) {
        slice.syscallEnterWork(task, nr, debug);
    }

    /** rseq_slice_yield(2): 1 when this very call gave up a granted extension. */
    public long sysRseqSliceYield(final Task task) {
        return slice.yielded(task);
    }

    /** prctl(PR_RSEQ_SLICE_EXTENSION). */
    public long prctlSliceExtension(final Task task, final long operation, final long argument) {
        return slice.prctl(task, operation, argument);
    }
}
