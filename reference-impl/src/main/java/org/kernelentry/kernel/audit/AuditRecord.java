package org.kernelentry.kernel.audit;

/**
 * One message of the audit log.
 *
 * @param type {@link #AUDIT_SYSCALL} or {@link #AUDIT_SECCOMP}
 * @param pid process of the call
 * @param arch AUDIT_ARCH_* of the call
 * @param syscall its number
 * @param success {@code yes}, {@code no}, or empty when the task died in the call
 * @param exit return value, restart codes shown as -EINTR
 * @param a0 first argument
 * @param a1 second argument
 * @param a2 third argument
 * @param a3 fourth argument
 * @param text the whole message as the log shows it, without type and time
 */
public record AuditRecord(
        int type,
        int pid,
        int arch,
        int syscall,
        String success,
        long exit,
        long a0,
        long a1,
        long a2,
        long a3,
        String text) {
    public static final int AUDIT_SYSCALL = 1300;
    public static final int AUDIT_SECCOMP = 1326;

    /** The part of {@link #text} that follows from the call alone. */
    public String line() {
        return line(type, text);
    }

    /** The same of a record that is known by its type and text only. */
    public static String line(final int type, final String text) {
        if (type == AUDIT_SECCOMP) {
            final String code = text.substring(text.indexOf(" code=")).strip();
            return "seccomp " + text.substring(text.indexOf("sig="), text.indexOf(" compat=")) + " " + code;
        }
        // What personality(2) says of the process is none of the call's.
        return text.substring(0, text.indexOf(" items=")).replaceFirst(" per=[0-9a-f]+", "");
    }
}
