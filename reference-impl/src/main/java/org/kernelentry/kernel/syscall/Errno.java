package org.kernelentry.kernel.syscall;

/** Error numbers and the kernel-internal restart codes ({@code include/linux/errno.h}), all positive. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int E2BIG = 7;
    public static final int EBADF = 9;
    public static final int ECHILD = 10;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int EMFILE = 24;
    public static final int ENOTTY = 25;
    public static final int ESPIPE = 29;
    public static final int EPIPE = 32;
    public static final int ERANGE = 34;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ELOOP = 40;
    public static final int EOPNOTSUPP = 95;
    public static final int ETIMEDOUT = 110;
    public static final int EINPROGRESS = 115;
    /** Restart if SA_RESTART or no handler. */
    public static final int ERESTARTSYS = 512;
    /** Restart always. */
    public static final int ERESTARTNOINTR = 513;
    /** Restart if no handler. */
    public static final int ERESTARTNOHAND = 514;
    /** Restart by restart_syscall if no handler. */
    public static final int ERESTART_RESTARTBLOCK = 516;
    /** Not for user space, yet some calls let it out. */
    public static final int ENOTSUPP = 524;
    /** Highest error number that a return register can carry. */
    public static final int MAX_ERRNO = 4095;

    private Errno() {}

    /** {@code IS_ERR_VALUE()}. */
    public static boolean isError(final long value) {
        return value < 0 && value >= -MAX_ERRNO;
    }

    /** {@code -EINTR} for -4, {@code -ERESTARTSYS} for -512, otherwise the number. */
    public static String show(final long value) {
        return switch ((int) -value) {
            case EPERM -> "-EPERM";
            case ENOENT -> "-ENOENT";
            case ESRCH -> "-ESRCH";
            case EINTR -> "-EINTR";
            case EIO -> "-EIO";
            case EBADF -> "-EBADF";
            case ECHILD -> "-ECHILD";
            case EAGAIN -> "-EAGAIN";
            case ENOMEM -> "-ENOMEM";
            case EACCES -> "-EACCES";
            case EFAULT -> "-EFAULT";
            case EBUSY -> "-EBUSY";
            case EINVAL -> "-EINVAL";
            case ERANGE -> "-ERANGE";
            case ENOSYS -> "-ENOSYS";
            case ETIMEDOUT -> "-ETIMEDOUT";
            case ERESTARTSYS -> "-ERESTARTSYS";
            case ERESTARTNOINTR -> "-ERESTARTNOINTR";
            case ERESTARTNOHAND -> "-ERESTARTNOHAND";
            case ERESTART_RESTARTBLOCK -> "-ERESTART_RESTARTBLOCK";
            default -> Long.toString(value);
        };
    }
}
