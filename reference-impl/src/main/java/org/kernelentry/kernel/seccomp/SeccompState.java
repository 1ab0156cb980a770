package org.kernelentry.kernel.seccomp;

/** {@code struct seccomp}: mode and filters of a task; the filter chain is the seccomp package's own. */
public final class SeccompState {
    public static final int SECCOMP_MODE_DISABLED = 0;
    public static final int SECCOMP_MODE_STRICT = 1;
    public static final int SECCOMP_MODE_FILTER = 2;
    public static final int SECCOMP_MODE_DEAD = 3;

    public int mode;
    public boolean noNewPrivs;
}
