package org.kernelentry.kernel.audit;

import static org.kernelentry.kernel.syscall.Errno.*;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;

/**
 * System call audit: contexts of tasks, the rules for calls, and the log.
 *
 * <p>No daemon listens: messages go to the kernel log, as they do then, and are kept as {@link #records}.
 *
 * <p>Source: linux v7.3 kernel/auditsc.c, include/linux/audit.h audit_syscall_exit().
 */
public final class Audit {
    /** {@code ENOIOCTLCMD}: lies among the restart codes and is none. */
    private static final int ENOIOCTLCMD = 515;
    /** Records kept; older ones are dropped, as the log's own buffer does. */
    private static final int MAX_RECORDS = 1 << 14;

    private final Kernel k;
    private final List<AuditRule> rules = new ArrayList<>();
    private final List<AuditRecord> records = new ArrayList<>();
    private boolean enabled;
    /** {@code audit_ever_enabled}: from the first time on, new tasks get contexts, even after audit was disabled again (TRC-09). */
    private boolean everEnabled;

    private long serial;

    public Audit(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code auditctl -e}: whether calls are audited. False when the kernel has no system call audit. */
    public boolean setEnabled(final boolean on) {
        if (!k.config.has(Option.AUDITSYSCALL)) {
            return false;
        }
        enabled = on;
        everEnabled |= on;
        return true;
    }

    /** Auditing on with one rule, for all calls of all tasks made from now on. */
    public void enable() {
        setEnabled(true);
        addRule(AuditRule.always());
    }

    /** Appends a rule; of each list the first that matches decides. */
    public void addRule(final AuditRule rule) {
        rules.add(rule);
    }

    public void deleteRules() {
        rules.clear();
    }

    /** Messages so far, oldest first. */
    public List<AuditRecord> records() {
        return Collections.unmodifiableList(records);
    }

    /** The messages in short, without what no two systems agree on: {@code arch=c000003e syscall=39 success=yes exit=1 a0=0 ...}. */
    public List<String> recordLines() {
        return records.stream().map(AuditRecord::line).toList();
    }

    public void clearRecords() {
        records.clear();
    }

    /** {@code audit_alloc()}: gives a new task a context once audit was ever enabled. */
    public void alloc(final Task parent, final Task child) {
        child.audit = null;
        if (!everEnabled) {
            return;
        }
        final AuditContext.State state = filterTask(child);
        if (state == AuditContext.State.DISABLED) {
            child.clearSyscallWork(ThreadFlags.SYSCALL_WORK_SYSCALL_AUDIT);
            return;
        }
        child.audit = new AuditContext(state);
        child.setSyscallWork(ThreadFlags.SYSCALL_WORK_SYSCALL_AUDIT);
    }

    private AuditContext.State filterTask(final Task task) {
        for (final AuditRule rule : rules) {
            if (rule.matchesTask(task.tgid)) {
                return rule.action() == AuditRule.Action.ALWAYS
                        ? AuditContext.State.RECORD
                        : AuditContext.State.DISABLED;
            }
        }
        return AuditContext.State.BUILD;
    }

    /** {@code audit_free()}: a dying task records the call it dies in, without a result. */
    public void free(final Task task) {
        final AuditContext context = task.audit;
        if (context == null) {
            return;
        }
        if (!context.dummy && context.inSyscall) {
            context.returnValid = false;
            context.returnCode = 0;
            logIfRulesSay(task, context);
        }
        task.audit = null;
    }

    /** {@code syscall_enter_audit()}: number and arguments as the saved registers have them now (ENT-15). */
    public void syscallEntry(final Task task, final PtRegs regs) {
        if (task.audit != null && enabled) {
            syscallEntry(
                    task,
                    k.arch.syscallGetNr(task, regs),
                    k.arch.syscallGetArgument(task, regs, 0),
                    k.arch.syscallGetArgument(task, regs, 1),
                    k.arch.syscallGetArgument(task, regs, 2),
                    k.arch.syscallGetArgument(task, regs, 3));
        }
    }

    /** {@code __audit_syscall_entry()}, for ports that have their own idea of the arguments (ARM-34). */
    public void syscallEntry(
            final Task task, final long major, final long a0, final long a1, final long a2, final long a3) {
        final AuditContext context = task.audit;
        if (!enabled || context == null) {
            return;
        }
        if (context.inSyscall) {
            k.log.warn("kernel/auditsc.c __audit_syscall_entry", "context in use");
            return;
        }
        context.dummy = rules.isEmpty();
        context.arch = k.arch.syscallGetArch(task);
        context.major = (int) major;
        context.argv[0] = a0;
        context.argv[1] = a1;
        context.argv[2] = a2;
        context.argv[3] = a3;
        context.inSyscall = true;
    }

    /** {@code audit_syscall_exit()}; a no-op when entry did not run for this call (ENT-36). */
    public void syscallExit(final Task task, final PtRegs regs) {
        final AuditContext context = task.audit;
        if (context == null) {
            return;
        }
        if (!context.dummy && context.inSyscall) {
            final long value = k.arch.syscallGetReturnValue(task, regs);
            context.success = !Errno.isError(value);
            context.returnCode = isRestartCode(value) ? -EINTR : value;
            context.returnValid = true;
            logIfRulesSay(task, context);
        }
        context.reset();
    }

    /** The signal code is going to turn it into something else: the log shows what the caller would see at most (TRC-11). */
    private static boolean isRestartCode(final long value) {
        return value <= -ERESTARTSYS && value >= -ERESTART_RESTARTBLOCK && value != -ENOIOCTLCMD;
    }

    private void logIfRulesSay(final Task task, final AuditContext context) {
        boolean record = context.state == AuditContext.State.RECORD;
        for (final AuditRule rule : rules) {
            if (rule.matchesExit(context, task.tgid)) {
                record = rule.action() == AuditRule.Action.ALWAYS;
                break;
            }
        }
        if (record) {
            logSyscall(task, context);
        }
    }

    /** {@code audit_log_exit()}. */
    private void logSyscall(final Task task, final AuditContext context) {
        final String success = !context.returnValid ? "" : context.success ? "yes" : "no";
        final StringBuilder text = new StringBuilder(160);
        text.append(format("arch=%x syscall=%d", context.arch, context.major));
        if (context.returnValid) {
            text.append(" success=").append(success).append(" exit=").append(context.returnCode);
        }
        final long[] a = context.argv;
        text.append(format(" a0=%x a1=%x a2=%x a3=%x items=0", a[0], a[1], a[2], a[3]));
        final Task parent = task.realParent;
        text.append(format(" ppid=%d pid=%d", parent == null ? 0 : parent.tgid, task.tgid));
        text.append(" auid=4294967295 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0");
        text.append(" tty=(none) ses=4294967295 comm=").append(untrusted(task.comm));
        text.append(" exe=(null) key=(null)");
        add(new AuditRecord(
                AuditRecord.AUDIT_SYSCALL,
                task.tgid,
                context.arch,
                context.major,
                success,
                context.returnCode,
                a[0],
                a[1],
                a[2],
                a[3],
                text.toString()));
    }

    /**
     * {@code audit_seccomp()}: written even if audit is off and if the call never reaches audit entry (TRC-13).
     *
     * @param code the filter's action without its data
     */
    public void seccomp(final Task task, final int syscall, final int sig, final int code) {
        if (!k.config.has(Option.AUDITSYSCALL)) {
            return;
        }
        final int arch = k.arch.syscallGetArch(task);
        final Abi nativeAbi = k.arch.abi(k.arch.modes().get(0));
        final boolean compat = k.arch.abi(task).wordSize() < nativeAbi.wordSize();
        final String text = "auid=4294967295 uid=0 gid=0 ses=4294967295"
                + format(" pid=%d comm=%s exe=(null)", task.tgid, untrusted(task.comm))
                + format(" sig=%d arch=%x syscall=%d compat=%d", sig, arch, syscall, compat ? 1 : 0)
                + format(" ip=0x%x code=0x%x", k.arch.instructionPointer(task.regs), code);
        add(new AuditRecord(AuditRecord.AUDIT_SECCOMP, task.tgid, arch, syscall, "", 0, 0, 0, 0, 0, text));
    }

    private void add(final AuditRecord message) {
        if (records.size() == MAX_RECORDS) {
            records.subList(0, MAX_RECORDS / 2).clear();
        }
        records.add(message);
        final long ms = k.timers.now() / 1_000_000;
        k.log.print(format(
                "audit: type=%d audit(%d.%03d:%d): %s",
                message.type(), ms / 1000, ms % 1000, ++serial, message.text()));
    }

    /** {@code audit_log_untrustedstring()}: in quotes, or in hexadecimal if it holds a quote, a space or anything unprintable. */
    private static String untrusted(final @Nullable String text) {
        final String string = text == null ? "" : text;
        if (string.chars().allMatch(c -> c != '"' && c > 0x20 && c < 0x7f)) {
            return '"' + string + '"';
        }
        final StringBuilder hex = new StringBuilder();
        string.chars().forEach(c -> hex.append(format("%02X", c & 0xff)));
        return hex.toString();
    }

    private static String format(final String pattern, final Object... args) {
        return String.format(Locale.ROOT, pattern, args);
    }
}
