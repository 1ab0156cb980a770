package org.kernelentry.kernel.syscall;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;

/** Error numbers and the kernel-internal restart codes ({@code include/linux/errno.h}), all positive. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int E2BIG = 7;
    public static final int ENOEXEC = 8;
    public static final int EBADF = 9;
    public static final int ECHILD = 10;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int EMFILE = 24;
    public static final int ENOTTY = 25;
    public static final int ETXTBSY = 26;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int ESPIPE = 29;
    public static final int EROFS = 30;
    public static final int EPIPE = 32;
    public static final int ERANGE = 34;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ENOTEMPTY = 39;
    public static final int ELOOP = 40;
    public static final int EOVERFLOW = 75;
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
        final String name = NAMES.get((int) -value);
        return name == null ? Long.toString(value) : "-" + name;
    }

    /** {@code EINTR} for 4, otherwise the number. */
    public static String name(final int errno) {
        return NAMES.getOrDefault(errno, Integer.toString(errno));
    }

    private static final Map<Integer, String> NAMES = names();

    /** The constants of this class are the table. */
    private static Map<Integer, String> names() {
        final Map<Integer, String> names = new HashMap<>();
        for (final Field field : Errno.class.getFields()) {
            try {
                if (!field.getName().startsWith("MAX")) {
                    names.put(field.getInt(null), field.getName());
                }
            } catch (final IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
        return names;
    }
}
