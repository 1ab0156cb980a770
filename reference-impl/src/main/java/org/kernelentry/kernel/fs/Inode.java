package org.kernelentry.kernel.fs;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/** {@code struct inode} with its operations. All belong to root and nobody checks permissions. Source: linux v7.3 include/linux/fs.h. */
public abstract class Inode {
    public static final int S_IFMT = 0xf000;
    public static final int S_IFIFO = 0x1000;
    public static final int S_IFCHR = 0x2000;
    public static final int S_IFDIR = 0x4000;
    public static final int S_IFREG = 0x8000;
    public static final int S_IFLNK = 0xa000;

    final Kernel k;
    private final int type;
    private int permissions;
    private final long number;
    /** CLOCK_REALTIME of the last change of contents, in nanoseconds. */
    long modified;
    /** Names it has. */
    int links = 1;

    Inode(final Kernel kernel, final int type, final int permissions, final long number) {
        this.k = kernel;
        this.type = type;
        this.permissions = permissions;
        this.number = number;
        this.modified = kernel.tree.now();
    }

    /** {@code i_mode}. */
    public final int mode() {
        return type | permissions;
    }

    /** {@code i_ino}. */
    public final long number() {
        return number;
    }

    final boolean is(final int wanted) {
        return type == wanted;
    }

    public final void chmod(final int mode) {
        permissions = mode & 07777;
    }

    public final int links() {
        return links;
    }

    /** Major and minor number of a device, 0 for others. */
    public int device() {
        return 0;
    }

    /** {@code i_size}. */
    public long size() {
        return 0;
    }

    /** CLOCK_REALTIME of the last change, in nanoseconds. */
    public final long modified() {
        return modified;
    }

    /** Up to {@code count} bytes from {@code position} into {@code current}'s memory: bytes read, or a negative error. */
    long read(final Task current, final long address, final long count, final long position) {
        return -Errno.EINVAL;
    }

    /** As {@link #read}, the other way. */
    long write(final Task current, final long address, final long count, final long position) {
        return -Errno.EINVAL;
    }

    /** 0 or a negative error. */
    public long truncate(final long size) {
        return -Errno.EINVAL;
    }

    /** What a program loader or a private mapping sees; empty when there is nothing of the kind. */
    public byte[] contents() {
        return new byte[0];
    }

    /** A file on it, or null when there is a special one for opening it (none but directories). */
    OpenFile open(final int flags) {
        return new InodeFile(this, flags);
    }

    /** Copies bytes to {@code current}: {@code count} of {@code bytes} from {@code position}, up to their end. */
    final long copyOut(
            final Task current, final long address, final long count, final byte[] bytes, final long position) {
        if (position >= bytes.length) {
            return 0;
        }
        final int length = (int) Math.min(count, bytes.length - position);
        return k.user.copyTo(current, address, bytes, (int) position, length) ? length : -Errno.EFAULT;
    }
}
