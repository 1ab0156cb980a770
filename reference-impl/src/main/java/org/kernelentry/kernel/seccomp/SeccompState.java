package org.kernelentry.kernel.seccomp;

import org.jspecify.annotations.Nullable;

/** {@code struct seccomp} and the two credentials that decide who may install a filter. */
public final class SeccompState {
    public static final int SECCOMP_MODE_DISABLED = 0;
    public static final int SECCOMP_MODE_STRICT = 1;
    public static final int SECCOMP_MODE_FILTER = 2;
    /** Not an ABI value: a verdict has killed the task, no system call of it may run any more. */
    public static final int SECCOMP_MODE_DEAD = 3;

    public int mode;
    /** {@code PR_SET_NO_NEW_PRIVS}; never cleared. */
    public boolean noNewPrivs;
    /** Effective CAP_SYS_ADMIN in its user namespace. Programs start as root. */
    public boolean capSysAdmin = true;

    /** The newest filter, null without. */
    @Nullable
    SeccompFilter filter;

    int filterCount;

    public @Nullable SeccompFilter filter() {
        return filter;
    }

    /** {@code Seccomp_filters} of /proc/PID/status. */
    public int filterCount() {
        return filterCount;
    }
}
