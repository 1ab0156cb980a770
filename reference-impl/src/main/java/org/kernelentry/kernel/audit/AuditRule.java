package org.kernelentry.kernel.audit;

import java.util.Set;

/**
 * A rule as auditctl(8) sets one, the parts that decide about system calls.
 *
 * @param filter which list it is on
 * @param action whether what it matches is recorded or not
 * @param arch AUDIT_ARCH_* of the call ({@code -F arch=}), or 0 for any
 * @param syscalls numbers ({@code -S}), empty for all
 * @param pid process ({@code -F pid=}), or 0 for any
 */
public record AuditRule(Filter filter, Action action, int arch, Set<Integer> syscalls, int pid) {
    /** Where a rule is looked at. */
    public enum Filter {
        /** When a task is made. */
        TASK,
        /** When a call ends. */
        EXIT
    }

    /** What a match means. */
    public enum Action {
        ALWAYS,
        NEVER
    }

    /** Numbers that rules can name ({@code AUDIT_BITMASK_SIZE} words of 32 bits). */
    private static final int MAX_SYSCALL = 64 * 32;

    public AuditRule {
        syscalls = Set.copyOf(syscalls);
    }

    /** {@code -a always,exit -S all}. */
    public static AuditRule always() {
        return new AuditRule(Filter.EXIT, Action.ALWAYS, 0, Set.of(), 0);
    }

    boolean matchesTask(final int tgid) {
        return filter == Filter.TASK && (pid == 0 || pid == tgid);
    }

    boolean matchesExit(final AuditContext context, final int tgid) {
        return filter == Filter.EXIT
                && (pid == 0 || pid == tgid)
                && (arch == 0 || arch == context.arch)
                // Even a rule for all calls is a bitmap: a number past it matches nothing.
                && context.major >= 0
                && context.major < MAX_SYSCALL
                && (syscalls.isEmpty() || syscalls.contains(context.major));
    }
}
