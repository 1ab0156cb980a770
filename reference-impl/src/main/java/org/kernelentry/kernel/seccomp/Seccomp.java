package org.kernelentry.kernel.seccomp;

import static org.kernelentry.kernel.seccomp.SeccompState.*;
import static org.kernelentry.kernel.syscall.Errno.ENOSYS;
import static org.kernelentry.kernel.syscall.Errno.MAX_ERRNO;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.ptrace.PtraceState;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;

/** Seccomp modes and filters: the judgement of a system call. Source: linux v7.3 kernel/seccomp.c. */
public final class Seccomp {
    /** Detail: the value the filters returned. */
    public static final Step SECCOMP_RUN_FILTERS =
            Step.of("seccomp_run_filters", "kernel/seccomp.c seccomp_run_filters()");

    private static final int PTRACE_EVENT_SECCOMP = 7;
    /** {@code PT_EVENT_FLAG(PTRACE_EVENT_SECCOMP)}. */
    private static final int PT_TRACE_SECCOMP = 1 << PtraceState.PT_OPT_FLAG_SHIFT + PTRACE_EVENT_SECCOMP;
    /** {@code PT_SUSPEND_SECCOMP}: PTRACE_O_SUSPEND_SECCOMP is bit 21 of the options. */
    private static final int PT_SUSPEND_SECCOMP = 1 << PtraceState.PT_OPT_FLAG_SHIFT + 21;
    /** First version whose strict mode lets x86-64's uprobe calls pass (SEC-33); 6.12 has it from its stable branch. */
    private static final int SINCE_STRICT_UPROBE = 612;

    private static final int AUDIT_ARCH_I386 = 0x4000_0003;

    private final Kernel k;
    private final SeccompInstall install;
    private final BpfInterpreter interpreter = new BpfInterpreter();
    /** Valid from a {@code populate} until the task may sleep: other tasks use it too. */
    private final SeccompData data = new SeccompData();
    /** The filter that decided the last run; null when the verdict is a plain allow. */
    private @Nullable SeccompFilter match;
    /** sysctl {@code kernel.seccomp.actions_logged}. */
    private final EnumSet<SeccompAction> actionsLogged = EnumSet.complementOf(EnumSet.of(SeccompAction.ALLOW));

    public Seccomp(final Kernel kernel) {
        this.k = kernel;
        this.install = new SeccompInstall(kernel);
    }

    /**
     * {@code __secure_computing()}: whether the call is permitted; a refusal has already stored its return value, signal or death.
     *
     * <p>Does not return when the verdict is the death of this thread alone.
     */
    public boolean secureComputing(final Task task, final PtRegs regs) {
        if ((task.ptrace.flags & PT_SUSPEND_SECCOMP) != 0) {
            return true;
        }
        switch (task.seccomp.mode) {
            case SECCOMP_MODE_STRICT:
                strict(task, regs);
                return true;
            case SECCOMP_MODE_FILTER:
                return filter(task, regs, false);
            case SECCOMP_MODE_DEAD:
                k.log.warnOnce("kernel/seccomp.c __secure_computing", "system call of a task that seccomp has killed");
                throw k.processes.doExit(task, Signals.SIGKILL);
            default:
                // The work bit without a mode: a bug of whoever set the bit.
                throw new IllegalStateException("seccomp work for a task without a mode");
        }
    }

    /** {@code __secure_computing_strict()}: read, write, _exit and sigreturn by the numbers of the call's own ABI, else death (SEC-33). */
    private void strict(final Task task, final PtRegs regs) {
        final int nr = (int) k.arch.syscallGetNr(task, regs);
        final Abi abi = k.arch.abi(task);
        // asm/seccomp.h: only i386 means the old sigreturn; arm, arm64 and compat arm64 mean rt_sigreturn.
        final String sigreturn = abi.auditArch() == AUDIT_ARCH_I386 ? "sigreturn" : "rt_sigreturn";
        if (nr >= 0
                && (nr == abi.number("read")
                        || nr == abi.number("write")
                        || nr == abi.number("exit")
                        || nr == abi.number(sigreturn)
                        || strictUprobe(abi, nr))) {
            return;
        }
        task.seccomp.mode = SECCOMP_MODE_DEAD;
        log(task, nr, Signals.SIGKILL, SeccompAction.KILL_THREAD.value(), true);
        throw k.processes.doExit(task, Signals.SIGKILL);
    }

    private boolean strictUprobe(final Abi abi, final int nr) {
        return k.config.version() >= SINCE_STRICT_UPROBE
                && (nr == abi.number("uretprobe") || nr == abi.number("uprobe"));
    }

    /**
     * {@code __seccomp_filter()}.
     *
     * @param recheckAfterTrace a tracer has seen this call at its seccomp event: TRACE now means allow (SEC-14)
     */
    private boolean filter(final Task task, final PtRegs regs, final boolean recheckAfterTrace) {
        data.populate(k, task);
        final int nr = data.nr;
        final int verdict = runFilters(task, data);
        final SeccompFilter decided = match;
        final int code = verdict & SeccompAction.ACTION_FULL;
        final int value = verdict & SeccompAction.DATA;
        k.steps.at(k.cpu, SECCOMP_RUN_FILTERS, Integer.toUnsignedLong(verdict));
        switch (SeccompAction.of(verdict)) {
            case ALLOW:
                return true;
            case LOG:
                log(task, nr, 0, code, true);
                return true;
            case ERRNO:
                k.arch.syscallSetReturnValue(task, regs, -Math.min(value, MAX_ERRNO), 0);
                break;
            case TRAP:
                // The handler sees the registers as they were at the instruction (SEC-10).
                k.arch.syscallRollback(task, regs);
                k.signals.force(task, sigsys(task, nr, value));
                break;
            case TRACE:
                if (recheckAfterTrace) {
                    return true;
                }
                if ((task.ptrace.flags & PT_TRACE_SECCOMP) == 0) {
                    k.arch.syscallSetReturnValue(task, regs, -ENOSYS, 0);
                    break;
                }
                k.ptrace.event(task, PTRACE_EVENT_SECCOMP, value);
                // A task about to die may not have stopped at all: its tracer had no chance to change the call
                // (SEC-13).
                // The sign of the number decides, in 32 bits: a tracer may have stored it zero-extended.
                if (k.signals.fatalSignalPending(task) || (int) k.arch.syscallGetNr(task, regs) < 0) {
                    break;
                }
                return filter(task, regs, true);
            case USER_NOTIF:
                if (userNotification(task, regs, decided)) {
                    return true;
                }
                break;
            case KILL_THREAD:
            case KILL_PROCESS:
                task.seccomp.mode = SECCOMP_MODE_DEAD;
                log(task, nr, Signals.SIGSYS, code, true);
                if (code == SeccompAction.KILL_THREAD.value() && liveThreads(task) > 1) {
                    throw k.processes.doExit(task, Signals.SIGSYS);
                }
                // The dump shows the registers as they were at the instruction.
                k.arch.syscallRollback(task, regs);
                k.signals.forceExit(task, sigsys(task, nr, value));
                return false;
        }
        log(task, nr, 0, code, decided != null && decided.log);
        return false;
    }

    /**
     * {@code seccomp_run_filters()}: all filters, newest first; the numerically lowest action wins, of equals the newest (SEC-01, SEC-02).
     */
    int runFilters(final Task task, final SeccompData sd) {
        match = null;
        final SeccompFilter newest = task.seccomp.filter;
        if (newest == null) {
            k.log.warn("kernel/seccomp.c seccomp_run_filters", "filter mode without a filter");
            return SeccompAction.KILL_PROCESS.value();
        }
        if (newest.cache != null && newest.cache.allows(sd)) {
            return SeccompAction.ALLOW.value();
        }
        int verdict = SeccompAction.ALLOW.value();
        for (SeccompFilter f = newest; f != null; f = f.prev) {
            final int each = interpreter.run(f.program(), sd);
            // A signed compare: it makes KILL_PROCESS the lowest.
            if ((each & SeccompAction.ACTION_FULL) < (verdict & SeccompAction.ACTION_FULL)) {
                verdict = each;
                match = f;
            }
        }
        return verdict;
    }

    /** Whether the supervisor let the call run; else the return register is set. */
    private boolean userNotification(final Task task, final PtRegs regs, final @Nullable SeccompFilter decided) {
        final SeccompListener listener = decided == null ? null : decided.listener;
        if (listener == null) {
            k.arch.syscallSetReturnValue(task, regs, -ENOSYS, 0);
            return false;
        }
        final SeccompListener.Reply reply = listener.ask(task, data);
        if (reply.proceed()) {
            return true;
        }
        k.arch.syscallSetReturnValue(task, regs, reply.error(), reply.value());
        return false;
    }

    /** {@code force_sig_seccomp()}: si_errno is the filter's data (SEC-09). */
    private SigInfo sigsys(final Task task, final int nr, final int value) {
        return new SigInfo(
                Signals.SIGSYS,
                value,
                SigInfo.SYS_SECCOMP,
                0,
                0,
                k.arch.instructionPointer(task.regs),
                nr,
                k.arch.syscallGetArch(task));
    }

    private static int liveThreads(final Task task) {
        int live = 0;
        for (final Task thread : task.signal.threads) {
            live += thread.exiting ? 0 : 1;
        }
        return live;
    }

    /** {@code seccomp_log()}. */
    private void log(final Task task, final int nr, final int sig, final int code, final boolean requested) {
        final SeccompAction action = SeccompAction.of(code);
        final boolean always = switch (action) {
            case LOG, KILL_THREAD, KILL_PROCESS -> true;
            case ALLOW, TRAP, ERRNO, TRACE, USER_NOTIF -> false;
        };
        if ((always || requested) && actionsLogged.contains(action)) {
            k.audit.seccomp(task, nr, sig, code);
        }
    }

    /** Value of sysctl {@code kernel.seccomp.actions_logged}. */
    public Set<SeccompAction> actionsLogged() {
        return Collections.unmodifiableSet(actionsLogged);
    }

    /**
     * Writes sysctl {@code kernel.seccomp.actions_logged}.
     *
     * @return false, with nothing changed, when {@code allow} is among them: that is never logged
     */
    public boolean setActionsLogged(final Set<SeccompAction> actions) {
        if (actions.contains(SeccompAction.ALLOW)) {
            return false;
        }
        actionsLogged.clear();
        actionsLogged.addAll(actions);
        return true;
    }

    /** seccomp(2). Operation and flags are 32 bits wide. */
    public long sysSeccomp(final Task task, final long op, final long flags, final long args) {
        return install.doSeccomp(task, (int) op, (int) flags, args);
    }

    /** prctl(PR_SET_SECCOMP). */
    public long prctlSetSeccomp(final Task task, final long mode, final long filter) {
        return install.prctlSetSeccomp(task, mode, filter);
    }

    /** prctl(PR_GET_SECCOMP): the mode. A task in strict mode never gets here. */
    public long prctlGetSeccomp(final Task task) {
        return task.seccomp.mode;
    }

    /** {@code copy_seccomp()}: the child shares the parent's filters. */
    public void copy(final Task parent, final Task child) {
        child.seccomp.mode = parent.seccomp.mode;
        child.seccomp.filter = parent.seccomp.filter;
        child.seccomp.filterCount = parent.seccomp.filterCount;
        child.seccomp.noNewPrivs = parent.seccomp.noNewPrivs;
        child.seccomp.capSysAdmin = parent.seccomp.capSysAdmin;
        if (child.seccomp.filter != null) {
            child.seccomp.filter.users++;
        }
        if (child.seccomp.mode != SECCOMP_MODE_DISABLED) {
            child.setSyscallWork(ThreadFlags.SYSCALL_WORK_SECCOMP);
        }
    }

    /** {@code seccomp_filter_release()}: a dying task lets go of its filters; a supervisor of the last one hears of it. */
    public void release(final Task task) {
        final SeccompFilter filter = task.seccomp.filter;
        task.seccomp.filter = null;
        SeccompFilter.orphan(k, filter);
    }
}
