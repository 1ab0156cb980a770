package org.kernelentry.kernel.audit;

/** {@code struct audit_context}: what one system call leaves for the audit log. */
public final class AuditContext {
    public boolean inSyscall;
    public int arch;
    public int major;
    public final long[] argv = new long[4];
    public long returnCode;
    public boolean returnValid;
}
