package org.kernelentry.kernel.audit;

/** {@code struct audit_context}: what one system call leaves for the audit log. */
public final class AuditContext {
    /** {@code enum audit_state}: how much of this task's calls is kept. */
    public enum State {
        /** No context is ever made. */
        DISABLED,
        /** Kept during the call; the rules decide at its exit whether it is recorded. */
        BUILD,
        /** Always recorded. */
        RECORD
    }

    /** What the rules for tasks said when the task was made. */
    public final State state;
    /** {@code AUDIT_CTX_SYSCALL}: entry has run for the call being executed. */
    public boolean inSyscall;
    /** There were no rules at entry: nothing of this call is kept (TRC-10). */
    public boolean dummy;

    public int arch;
    public int major;
    public final long[] argv = new long[4];
    public long returnCode;
    /** {@link #returnCode} and {@link #success} mean something; false when the task died in the call. */
    public boolean returnValid;

    public boolean success;

    public AuditContext(final State state) {
        this.state = state;
    }

    /** {@code audit_reset_context()}: a dummy's leftovers stay, nobody reads them. */
    void reset() {
        inSyscall = false;
        if (dummy) {
            return;
        }
        arch = 0;
        major = 0;
        java.util.Arrays.fill(argv, 0);
        returnCode = 0;
        returnValid = false;
        success = false;
    }
}
