package org.kernelentry.kernel.syscall;

import static java.util.Map.entry;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.fs.Inode;
import org.kernelentry.kernel.fs.OpenFile;
import org.kernelentry.kernel.task.Task;

/** What stat(2) and its relatives say, in the layout of each ABI. Source: linux v7.3 fs/stat.c, arch/.../include/uapi/asm/stat.h. */
final class StatCalls {
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int BLOCK_SIZE = 4096;
    private static final int DEVICE = 0x15;
    private static final long NSEC_PER_SEC = 1_000_000_000L;

    private final Kernel k;
    private final PathCalls paths;

    StatCalls(final Kernel kernel, final PathCalls paths) {
        this.k = kernel;
        this.paths = paths;
    }

    Map<String, SyscallBody> bodies() {
        return Map.ofEntries(
                entry("stat", task -> at(task, PathCalls.AT_FDCWD, 0, 0, 1)),
                entry("lstat", task -> at(task, PathCalls.AT_FDCWD, 0, AT_SYMLINK_NOFOLLOW, 1)),
                entry("fstat", task -> fstat(task)),
                entry("stat64", task -> at(task, PathCalls.AT_FDCWD, 0, 0, 1)),
                entry("lstat64", task -> at(task, PathCalls.AT_FDCWD, 0, AT_SYMLINK_NOFOLLOW, 1)),
                entry("fstat64", task -> fstat(task)),
                entry("newfstatat", task -> at(task, (int) task.args[0], 1, (int) task.args[3], 2)),
                entry("fstatat64", task -> at(task, (int) task.args[0], 1, (int) task.args[3], 2)),
                entry("statx", this::sysStatx));
    }

    private record Stat(long ino, int mode, int links, int device, long size, long modified) {
        static Stat of(final Inode inode) {
            return new Stat(
                    inode.number(), inode.mode(), inode.links(), inode.device(), inode.size(), inode.modified());
        }

        static Stat of(final OpenFile file) {
            final Inode inode = file.inode();
            return inode == null ? new Stat(1, file.anonymousMode(), 1, 0, 0, 0) : of(inode);
        }

        long blocks() {
            return (size + 511) / 512;
        }
    }

    private long fstat(final Task current) {
        final OpenFile file = FileCalls.table(current).get((int) current.args[0]);
        return file == null ? -Errno.EBADF : put(current, current.args[1], Stat.of(file));
    }

    private long at(final Task current, final int dirfd, final int path, final int flags, final int buffer) {
        final long[] error = new long[1];
        final Stat stat = find(current, dirfd, current.args[path], flags, error);
        return stat == null ? error[0] : put(current, current.args[buffer], stat);
    }

    private @Nullable Stat find(
            final Task current, final int dirfd, final long path, final int flags, final long[] error) {
        final String text = GuestString.path(k, current, path, error);
        if (text == null) {
            return null;
        }
        if (text.isEmpty() && (flags & AT_EMPTY_PATH) != 0 && dirfd != PathCalls.AT_FDCWD) {
            final OpenFile file = FileCalls.table(current).get(dirfd);
            error[0] = -Errno.EBADF;
            return file == null ? null : Stat.of(file);
        }
        final Inode inode = paths.find(current, dirfd, text, (flags & AT_SYMLINK_NOFOLLOW) == 0, error);
        return inode == null ? null : Stat.of(inode);
    }

    // ---- layouts

    private long put(final Task current, final long address, final Stat stat) {
        final Layout out;
        switch (k.arch.abi(current).name()) {
            case "x64" -> {
                out = new Layout(144);
                out.wide(DEVICE, stat.ino, stat.links).word(stat.mode, 0, 0, 0).wide(stat.device, stat.size);
                out.wide(BLOCK_SIZE, stat.blocks());
                out.times(stat.modified, 8);
            }
            case "a64" -> {
                out = new Layout(128);
                out.wide(DEVICE, stat.ino).word(stat.mode, stat.links, 0, 0).wide(stat.device, 0, stat.size);
                out.word(BLOCK_SIZE, 0).wide(stat.blocks());
                out.times(stat.modified, 8);
            }
            case "ia32" -> {
                out = new Layout(96);
                out.wide(DEVICE)
                        .word(0, (int) stat.ino, stat.mode, stat.links, 0, 0)
                        .wide(stat.device)
                        .word(0);
                out.wide(stat.size).word(BLOCK_SIZE).wide(stat.blocks());
                out.times(stat.modified, 4);
                out.wide(stat.ino);
            }
            default -> {
                out = new Layout(104);
                out.wide(DEVICE)
                        .word(0, (int) stat.ino, stat.mode, stat.links, 0, 0)
                        .wide(stat.device)
                        .word(0, 0);
                out.wide(stat.size).word(BLOCK_SIZE, 0).wide(stat.blocks());
                out.times(stat.modified, 4);
                out.wide(stat.ino);
            }
        }
        return k.user.copyTo(current, address, out.bytes, 0, out.bytes.length) ? 0 : -Errno.EFAULT;
    }

    private long sysStatx(final Task current) {
        final long[] error = new long[1];
        final Stat stat = find(current, (int) current.args[0], current.args[1], (int) current.args[2], error);
        if (stat == null) {
            return error[0];
        }
        final Layout out = new Layout(256);
        out.word(STATX_BASIC_STATS, BLOCK_SIZE).wide(0).word(stat.links, 0, 0, stat.mode);
        out.wide(stat.ino, stat.size, stat.blocks(), 0);
        for (int i = 0; i < 4; i++) {
            // Access, birth, change, modification; there is no birth time.
            final long time = i == 1 ? 0 : stat.modified;
            out.wide(time / NSEC_PER_SEC).word((int) (time % NSEC_PER_SEC), 0);
        }
        out.word(stat.device >> 8, stat.device & 0xff, 0, DEVICE);
        return k.user.copyTo(current, current.args[4], out.bytes, 0, out.bytes.length) ? 0 : -Errno.EFAULT;
    }

    /** Members one after the other; padding is written as zeros. */
    private static final class Layout {
        final byte[] bytes;
        private int at;

        Layout(final int size) {
            bytes = new byte[size];
        }

        private void put(final long value, final int size) {
            for (int i = 0; i < size; i++) {
                bytes[at++] = (byte) (value >>> 8 * i);
            }
        }

        Layout wide(final long... values) {
            for (final long value : values) {
                put(value, 8);
            }
            return this;
        }

        Layout word(final int... values) {
            for (final int value : values) {
                put(value, 4);
            }
            return this;
        }

        /** Access, modification and change time. */
        void times(final long nanoseconds, final int size) {
            for (int i = 0; i < 3; i++) {
                put(nanoseconds / NSEC_PER_SEC, size);
                put(nanoseconds % NSEC_PER_SEC, size);
            }
        }
    }
}
