package org.kernelentry.kernel.tracing;

import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SYSCALL_TRACEPOINT;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.task.Task;

/**
 * The raw_syscalls trace events.
 *
 * <p>They are switched on like any event, by {@link TraceEvents#enable}; the work bit of all threads follows.
 *
 * <p>Source: linux v7.3 kernel/entry/syscall-common.c, include/trace/events/syscalls.h, kernel/tracepoint.c syscall_regfunc().
 */
public final class RawSyscalls {
    public static final String SYS_ENTER = "raw_syscalls:sys_enter";
    public static final String SYS_EXIT = "raw_syscalls:sys_exit";

    private final Kernel k;
    /** {@code sys_tracepoint_refcount}: how many of the two events are on. */
    private int users;

    public RawSyscalls(final Kernel kernel) {
        this.k = kernel;
        kernel.trace.whenSwitched(SYS_ENTER, this::switched);
        kernel.trace.whenSwitched(SYS_EXIT, this::switched);
    }

    private void switched(final boolean on) {
        users += on ? 1 : -1;
        if (!k.config.has(Option.TRACEPOINTS)) {
            return;
        }
        if (on && users == 1) {
            for (final Task task : k.processes.all()) {
                task.setSyscallWork(SYSCALL_WORK_SYSCALL_TRACEPOINT);
            }
        } else if (!on && users == 0) {
            for (final Task task : k.processes.all()) {
                task.clearSyscallWork(SYSCALL_WORK_SYSCALL_TRACEPOINT);
            }
        }
    }

    /** {@code trace_sys_enter()}: number and six arguments by the port's getters, read at this moment (ENT-13, TRC-08). */
    public void sysEnter(final Task task, final PtRegs regs) {
        if (k.trace.enabled(SYS_ENTER)) {
            final StringBuilder text = new StringBuilder(96);
            text.append("NR ").append(k.arch.syscallGetNr(task, regs)).append(" (");
            for (int i = 0; i < 6; i++) {
                text.append(i == 0 ? "" : ", ").append(Long.toHexString(k.arch.syscallGetArgument(task, regs, i)));
            }
            k.trace.event(k.cpu, SYS_ENTER, text.append(')').toString());
        }
    }

    /** {@code trace_sys_exit()}: number read now, not at entry (TRC-03), and the return value. */
    public void sysExit(final Task task, final PtRegs regs) {
        if (k.trace.enabled(SYS_EXIT)) {
            k.trace.event(
                    k.cpu,
                    SYS_EXIT,
                    "NR " + k.arch.syscallGetNr(task, regs) + " = " + k.arch.syscallGetReturnValue(task, regs));
        }
    }

    /** Both events on: sets the work bit on all threads (TRC-05). */
    public void enable() {
        k.trace.enable(SYS_ENTER);
        k.trace.enable(SYS_EXIT);
    }

    /** Both events off. */
    public void disable() {
        k.trace.disable(SYS_ENTER);
        k.trace.disable(SYS_EXIT);
    }

    /** {@code syscall_tracepoint_update()}: a new thread has the bit exactly if its creator has. */
    public void copy(final Task parent, final Task child) {
        child.clearSyscallWork(SYSCALL_WORK_SYSCALL_TRACEPOINT);
        child.setSyscallWork(parent.syscallWork & SYSCALL_WORK_SYSCALL_TRACEPOINT);
    }
}
