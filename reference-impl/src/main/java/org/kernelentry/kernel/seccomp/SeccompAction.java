package org.kernelentry.kernel.seccomp;

/**
 * What a filter can say, most severe first, with the name that {@code /proc/sys/kernel/seccomp/actions_avail} shows.
 *
 * <p>Source: linux v7.3 include/uapi/linux/seccomp.h SECCOMP_RET_*, kernel/seccomp.c seccomp_log_names.
 */
public enum SeccompAction {
    KILL_PROCESS(0x8000_0000, "kill_process"),
    KILL_THREAD(0x0000_0000, "kill_thread"),
    TRAP(0x0003_0000, "trap"),
    ERRNO(0x0005_0000, "errno"),
    USER_NOTIF(0x7fc0_0000, "user_notif"),
    TRACE(0x7ff0_0000, "trace"),
    LOG(0x7ffc_0000, "log"),
    ALLOW(0x7fff_0000, "allow");

    /** {@code SECCOMP_RET_ACTION_FULL}. */
    public static final int ACTION_FULL = 0xffff_0000;
    /** {@code SECCOMP_RET_DATA}. */
    public static final int DATA = 0x0000_ffff;

    private static final SeccompAction[] ALL = values();

    private final int value;
    private final String text;

    SeccompAction(final int value, final String text) {
        this.value = value;
        this.text = text;
    }

    /** {@code SECCOMP_RET_*}. */
    public int value() {
        return value;
    }

    /** The kernel's word for it, {@code kill_process}. */
    public String text() {
        return text;
    }

    /** The return value of a filter that says this with 16 bits of data. */
    public int with(final int data) {
        return value | data & DATA;
    }

    /** Action of a filter's return value; one that no header names acts as {@link #KILL_PROCESS} (SEC-03). */
    public static SeccompAction of(final int returnValue) {
        final int action = returnValue & ACTION_FULL;
        for (final SeccompAction each : ALL) {
            if (each.value == action) {
                return each;
            }
        }
        return KILL_PROCESS;
    }

    /** Whether SECCOMP_GET_ACTION_AVAIL knows the value. */
    static boolean available(final int value) {
        for (final SeccompAction each : ALL) {
            if (each.value == value) {
                return true;
            }
        }
        return false;
    }
}
