package org.kernelentry.kernel.syscall;

import static java.util.Map.entry;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.fs.Directory;
import org.kernelentry.kernel.fs.FileTable;
import org.kernelentry.kernel.fs.FileTree;
import org.kernelentry.kernel.fs.Inode;
import org.kernelentry.kernel.fs.OpenFile;
import org.kernelentry.kernel.fs.OpenFlags;
import org.kernelentry.kernel.fs.Symlink;
import org.kernelentry.kernel.task.Task;

/** Calls that name files by paths. Source: linux v7.3 fs/open.c, fs/namei.c, fs/readlink.c, fs/d_path.c. */
final class PathCalls {
    static final int AT_FDCWD = -100;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int O_CREAT = 0100;
    private static final int O_EXCL = 0200;
    private static final int O_TRUNC = 01000;
    private static final int ANY_ACCESS = 7;

    private final Kernel k;

    PathCalls(final Kernel kernel) {
        this.k = kernel;
    }

    Map<String, SyscallBody> bodies() {
        return Map.ofEntries(
                entry("open", task -> open(task, AT_FDCWD, 0, (int) task.args[1], (int) task.args[2])),
                entry("openat", task -> open(task, (int) task.args[0], 1, (int) task.args[2], (int) task.args[3])),
                entry("creat", task -> open(task, AT_FDCWD, 0, O_CREAT | O_TRUNC | 1, (int) task.args[1])),
                entry("readlink", task -> readlink(task, AT_FDCWD, 0)),
                entry("readlinkat", task -> readlink(task, (int) task.args[0], 1)),
                entry("access", task -> access(task, AT_FDCWD, 0)),
                entry("faccessat", task -> access(task, (int) task.args[0], 1)),
                entry("faccessat2", task -> access(task, (int) task.args[0], 1)),
                entry("unlink", task -> k.tree.remove(found(task, AT_FDCWD, 0), false)),
                entry("rmdir", task -> k.tree.remove(found(task, AT_FDCWD, 0), true)),
                entry(
                        "unlinkat",
                        task -> k.tree.remove(found(task, (int) task.args[0], 1), (task.args[2] & AT_REMOVEDIR) != 0)),
                entry("mkdir", task -> k.tree.mkdir(task, found(task, AT_FDCWD, 0), (int) task.args[1])),
                entry("mkdirat", task -> k.tree.mkdir(task, found(task, (int) task.args[0], 1), (int) task.args[2])),
                entry("rename", task -> rename(task, AT_FDCWD, 0, AT_FDCWD, 1)),
                entry("renameat", task -> rename(task, (int) task.args[0], 1, (int) task.args[2], 3)),
                entry(
                        "renameat2",
                        task -> task.args[4] != 0
                                ? -Errno.EINVAL
                                : rename(task, (int) task.args[0], 1, (int) task.args[2], 3)),
                entry("link", task -> k.tree.link(found(task, AT_FDCWD, 0), found(task, AT_FDCWD, 1))),
                entry(
                        "linkat",
                        task -> k.tree.link(found(task, (int) task.args[0], 1), found(task, (int) task.args[2], 3))),
                entry("symlink", task -> symlink(task, AT_FDCWD, 1)),
                entry("symlinkat", task -> symlink(task, (int) task.args[1], 2)),
                entry("chmod", task -> chmod(task, AT_FDCWD, 0, (int) task.args[1])),
                entry("fchmodat", task -> chmod(task, (int) task.args[0], 1, (int) task.args[2])),
                entry("truncate", task -> truncate(task, task.args[1])),
                entry("truncate64", task -> truncate(task, LongArgument.get(k, task, 1))),
                entry("getcwd", this::sysGetcwd),
                entry("chdir", this::sysChdir),
                entry("fchdir", this::sysFchdir),
                entry("umask", this::sysUmask));
    }

    /** Where a relative path starts, or null with the error. */
    private @Nullable Directory base(final Task current, final int dirfd, final long[] error) {
        if (dirfd == AT_FDCWD) {
            return k.tree.fs(current).cwd;
        }
        final OpenFile file = FileCalls.table(current).get(dirfd);
        if (file == null) {
            error[0] = -Errno.EBADF;
            return null;
        }
        if (file.inode() instanceof Directory directory) {
            return directory;
        }
        error[0] = -Errno.ENOTDIR;
        return null;
    }

    private FileTree.Found walk(final Task current, final int dirfd, final String path, final boolean follow) {
        final long[] error = new long[1];
        final Directory base = path.startsWith("/") ? k.tree.root() : base(current, dirfd, error);
        return base == null ? new FileTree.Found(error[0], null, "", null) : k.tree.walk(current, base, path, follow);
    }

    /** The inode a path names, or null with the error. */
    @Nullable
    Inode find(final Task current, final int dirfd, final String path, final boolean follow, final long[] error) {
        final FileTree.Found found = walk(current, dirfd, path, follow);
        error[0] = found.error();
        return found.inode();
    }

    /** What the path in argument {@code index} names, a link at its end not followed. */
    private FileTree.Found found(final Task current, final int dirfd, final int index) {
        final long[] error = new long[1];
        final String path = GuestString.path(k, current, current.args[index], error);
        return path == null ? new FileTree.Found(error[0], null, "", null) : walk(current, dirfd, path, false);
    }

    private OpenFlags flags(final int bits, final int mode) {
        final boolean generic = k.arch.hasGenericOpenFlags();
        final int directory = generic ? 0200000 : 040000;
        final int noFollow = generic ? 0400000 : 0100000;
        return new OpenFlags(
                bits & (OpenFile.O_ACCMODE | OpenFile.O_APPEND | OpenFile.O_NONBLOCK),
                (bits & O_CREAT) != 0,
                (bits & O_EXCL) != 0 && (bits & O_CREAT) != 0,
                (bits & O_TRUNC) != 0,
                (bits & directory) != 0,
                (bits & noFollow) != 0,
                mode);
    }

    private long open(final Task current, final int dirfd, final int index, final int bits, final int mode) {
        final long[] error = new long[1];
        final String path = GuestString.path(k, current, current.args[index], error);
        if (path == null) {
            return error[0];
        }
        final Directory base = path.startsWith("/") ? k.tree.root() : base(current, dirfd, error);
        final OpenFile file = base == null ? null : k.tree.open(current, base, path, flags(bits, mode), error);
        return file == null ? error[0] : FileCalls.table(current).install(file, (bits & OpenFile.O_CLOEXEC) != 0);
    }

    private long readlink(final Task current, final int dirfd, final int index) {
        final FileTree.Found found = found(current, dirfd, index);
        final int size = (int) current.args[index + 2];
        if (size <= 0) {
            return -Errno.EINVAL;
        }
        final Inode inode = found.inode();
        if (inode == null) {
            return found.error();
        }
        if (!(inode instanceof Symlink link)) {
            return -Errno.EINVAL;
        }
        final byte[] target = link.target(current).getBytes(StandardCharsets.ISO_8859_1);
        if (target.length == 0) {
            return -Errno.ENOENT;
        }
        final int length = Math.min(size, target.length);
        return k.user.copyTo(current, current.args[index + 1], target, 0, length) ? length : -Errno.EFAULT;
    }

    /** Root may do anything but execute what nobody may. */
    private long access(final Task current, final int dirfd, final int index) {
        final long wanted = current.args[index + 1];
        if ((wanted & ~ANY_ACCESS) != 0) {
            return -Errno.EINVAL;
        }
        final long[] error = new long[1];
        final String path = GuestString.path(k, current, current.args[index], error);
        final Inode inode = path == null ? null : find(current, dirfd, path, true, error);
        if (inode == null) {
            return error[0];
        }
        final boolean refused = (wanted & 1) != 0 && (inode.mode() & 0111) == 0 && !(inode instanceof Directory);
        return refused ? -Errno.EACCES : 0;
    }

    private long rename(final Task current, final int from, final int fromPath, final int to, final int toPath) {
        return k.tree.rename(found(current, from, fromPath), found(current, to, toPath));
    }

    private long symlink(final Task current, final int dirfd, final int index) {
        final long[] error = new long[1];
        final String target = GuestString.path(k, current, current.args[0], error);
        return target == null ? error[0] : k.tree.symlink(target, found(current, dirfd, index));
    }

    private long chmod(final Task current, final int dirfd, final int index, final int mode) {
        final long[] error = new long[1];
        final String path = GuestString.path(k, current, current.args[index], error);
        final Inode inode = path == null ? null : find(current, dirfd, path, true, error);
        if (inode == null) {
            return error[0];
        }
        inode.chmod(mode);
        return 0;
    }

    private long truncate(final Task current, final long size) {
        final long[] error = new long[1];
        final String path = GuestString.path(k, current, current.args[0], error);
        final Inode inode = path == null ? null : find(current, AT_FDCWD, path, true, error);
        return inode == null ? error[0] : inode instanceof Directory ? -Errno.EISDIR : inode.truncate(size);
    }

    private long sysGetcwd(final Task current) {
        final byte[] path = k.tree.pathOf(k.tree.fs(current).cwd).getBytes(StandardCharsets.ISO_8859_1);
        final int length = path.length + 1;
        if (Long.compareUnsigned(current.args[1], length) < 0) {
            return -Errno.ERANGE;
        }
        return k.user.copyTo(current, current.args[0], java.util.Arrays.copyOf(path, length), 0, length)
                ? length
                : -Errno.EFAULT;
    }

    private long sysChdir(final Task current) {
        final long[] error = new long[1];
        final String path = GuestString.path(k, current, current.args[0], error);
        final Inode inode = path == null ? null : find(current, AT_FDCWD, path, true, error);
        if (inode == null) {
            return error[0];
        }
        return changeTo(current, inode);
    }

    private long sysFchdir(final Task current) {
        final FileTable files = FileCalls.table(current);
        final OpenFile file = files.get((int) current.args[0]);
        return file == null ? -Errno.EBADF : changeTo(current, file.inode());
    }

    private long changeTo(final Task current, final @Nullable Inode inode) {
        if (!(inode instanceof Directory directory)) {
            return -Errno.ENOTDIR;
        }
        k.tree.fs(current).cwd = directory;
        return 0;
    }

    private long sysUmask(final Task current) {
        final int old = k.tree.fs(current).umask;
        k.tree.fs(current).umask = (int) current.args[0] & 0777;
        return old;
    }
}
