package org.kernelentry.kernel.syscall;

import static java.util.Map.entry;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.fs.DirectoryFile;
import org.kernelentry.kernel.fs.FileTable;
import org.kernelentry.kernel.fs.Inode;
import org.kernelentry.kernel.fs.OpenFile;
import org.kernelentry.kernel.fs.Pipe;
import org.kernelentry.kernel.task.Task;

/** Calls on descriptors. Source: linux v7.3 fs/read_write.c, fs/pipe.c, fs/file.c, fs/fcntl.c, fs/ioctl.c. */
final class FileCalls {
    /** Most that one read or write transfers ({@code MAX_RW_COUNT}). */
    private static final long MAX_RW_COUNT = 0x7fff_f000L;

    private static final int IOV_MAX = 1024;
    private static final int F_DUPFD = 0;
    private static final int F_GETFD = 1;
    private static final int F_SETFD = 2;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int FD_CLOEXEC = 1;

    private final Kernel k;

    FileCalls(final Kernel kernel) {
        this.k = kernel;
    }

    Map<String, SyscallBody> bodies() {
        return Map.ofEntries(
                entry("read", task -> transfer(task, false)),
                entry("write", task -> transfer(task, true)),
                entry("readv", task -> vectored(task, false)),
                entry("writev", task -> vectored(task, true)),
                entry("close", this::sysClose),
                entry("pread64", task -> positioned(task, false)),
                entry("pwrite64", task -> positioned(task, true)),
                entry("lseek", this::sysLseek),
                entry("_llseek", this::sysLlseek),
                entry("ftruncate", task -> truncate(task, task.args[1])),
                entry("ftruncate64", task -> truncate(task, LongArgument.get(k, task, 1))),
                entry("getdents64", this::sysGetdents64),
                entry("fchmod", this::sysFchmod),
                entry("fsync", task -> file(task) == null ? -Errno.EBADF : 0),
                entry("fdatasync", task -> file(task) == null ? -Errno.EBADF : 0),
                entry("sync", task -> 0),
                entry("fadvise64", task -> file(task) == null ? -Errno.EBADF : 0),
                entry("fadvise64_64", task -> file(task) == null ? -Errno.EBADF : 0),
                entry("arm_fadvise64_64", task -> file(task) == null ? -Errno.EBADF : 0),
                entry("ioctl", this::sysIoctl),
                entry("pipe", task -> pipe(task, 0)),
                entry("pipe2", task -> pipe(task, (int) task.args[1])),
                entry("dup", this::sysDup),
                entry("dup2", this::sysDup2),
                entry("dup3", this::sysDup3),
                entry("fcntl", this::sysFcntl),
                entry("fcntl64", this::sysFcntl));
    }

    static FileTable table(final Task task) {
        final FileTable files = task.files;
        if (files == null) {
            throw new IllegalStateException(task + " has no descriptors");
        }
        return files;
    }

    /** The file named by argument 0; descriptors are 32 bits wide. */
    private static @Nullable OpenFile file(final Task task) {
        return table(task).get((int) task.args[0]);
    }

    private long transfer(final Task current, final boolean write) {
        final OpenFile file = file(current);
        if (file == null) {
            return -Errno.EBADF;
        }
        final long address = current.args[1];
        final long count = current.args[2];
        if (k.user.wordSize(current) == 8 ? count < 0 : (int) count < 0) {
            return -Errno.EINVAL;
        }
        if (!current.requireMm().accessOk(address, count)) {
            return -Errno.EFAULT;
        }
        final long most = Math.min(count, MAX_RW_COUNT);
        return write ? file.write(current, address, most) : file.read(current, address, most);
    }

    /** Vectors are taken one after the other; a short one, or an error after something was transferred, ends the call. */
    private long vectored(final Task current, final boolean write) {
        final OpenFile file = file(current);
        if (file == null) {
            return -Errno.EBADF;
        }
        final long vector = current.args[1];
        final long pieces = current.args[2];
        if (Long.compareUnsigned(pieces, IOV_MAX) > 0) {
            return -Errno.EINVAL;
        }
        final int word = k.user.wordSize(current);
        long done = 0;
        for (int i = 0; i < pieces; i++) {
            final long at = vector + 2L * word * i;
            if (!k.user.getWord(current, at)) {
                return done > 0 ? done : -Errno.EFAULT;
            }
            final long address = k.user.value;
            if (!k.user.getWord(current, at + word)) {
                return done > 0 ? done : -Errno.EFAULT;
            }
            final long length = k.user.value;
            if (length < 0) {
                return done > 0 ? done : -Errno.EINVAL;
            }
            if (length == 0) {
                continue;
            }
            final long moved = write ? file.write(current, address, length) : file.read(current, address, length);
            if (moved < 0) {
                return done > 0 ? done : moved;
            }
            done += moved;
            if (moved < length) {
                break;
            }
        }
        return done;
    }

    /** {@code ksys_pread64()}, {@code ksys_pwrite64()}. */
    private long positioned(final Task current, final boolean write) {
        final long at = LongArgument.get(k, current, 3);
        final OpenFile file = file(current);
        if (at < 0) {
            return -Errno.EINVAL;
        }
        if (file == null) {
            return -Errno.EBADF;
        }
        final long address = current.args[1];
        final long count =
                Math.min(current.args[2] & (k.user.wordSize(current) == 8 ? -1L : 0xffff_ffffL), MAX_RW_COUNT);
        if (count < 0) {
            return -Errno.EINVAL;
        }
        if (!current.requireMm().accessOk(address, count)) {
            return -Errno.EFAULT;
        }
        return write ? file.pwrite(current, address, count, at) : file.pread(current, address, count, at);
    }

    private long sysLseek(final Task current) {
        final OpenFile file = file(current);
        if (file == null) {
            return -Errno.EBADF;
        }
        final long offset = k.user.wordSize(current) == 8 ? current.args[1] : (int) current.args[1];
        return file.lseek(offset, (int) current.args[2]);
    }

    private long sysLlseek(final Task current) {
        final OpenFile file = file(current);
        if (file == null) {
            return -Errno.EBADF;
        }
        final long offset = current.args[1] << 32 | current.args[2] & 0xffff_ffffL;
        final long position = file.lseek(offset, (int) current.args[4]);
        if (position < 0) {
            return position;
        }
        return k.user.put(current, current.args[3], 8, position) ? 0 : -Errno.EFAULT;
    }

    private long truncate(final Task current, final long size) {
        final OpenFile file = file(current);
        return file == null ? -Errno.EBADF : file.truncate(size);
    }

    private long sysGetdents64(final Task current) {
        final OpenFile file = file(current);
        if (file == null) {
            return -Errno.EBADF;
        }
        return file instanceof DirectoryFile directory
                ? directory.getdents64(current, current.args[1], current.args[2] & 0xffff_ffffL)
                : -Errno.ENOTDIR;
    }

    private long sysFchmod(final Task current) {
        final OpenFile file = file(current);
        final Inode inode = file == null ? null : file.inode();
        if (inode != null) {
            inode.chmod((int) current.args[1]);
        }
        return file == null ? -Errno.EBADF : 0;
    }

    private long sysClose(final Task current) {
        return table(current).close((int) current.args[0]);
    }

    private long sysIoctl(final Task current) {
        final OpenFile file = file(current);
        return file == null ? -Errno.EBADF : file.ioctl(current, current.args[1], current.args[2]);
    }

    private long pipe(final Task current, final int flags) {
        if ((flags & ~(OpenFile.O_CLOEXEC | OpenFile.O_NONBLOCK)) != 0) {
            return -Errno.EINVAL;
        }
        final boolean closeOnExec = (flags & OpenFile.O_CLOEXEC) != 0;
        final Pipe pipe = new Pipe(k);
        pipe.reader.nonBlocking = (flags & OpenFile.O_NONBLOCK) != 0;
        pipe.writer.nonBlocking = pipe.reader.nonBlocking;
        final FileTable files = table(current);
        final int in = files.install(pipe.reader, closeOnExec);
        if (in < 0) {
            return in;
        }
        final int out = files.install(pipe.writer, closeOnExec);
        final boolean written = out >= 0
                && k.user.put(current, current.args[0], 4, in)
                && k.user.put(current, current.args[0] + 4, 4, out);
        if (written) {
            return 0;
        }
        files.close(in);
        if (out < 0) {
            return out;
        }
        files.close(out);
        return -Errno.EFAULT;
    }

    private long sysDup(final Task current) {
        final OpenFile file = file(current);
        return file == null ? -Errno.EBADF : table(current).install(file, false);
    }

    private long sysDup2(final Task current) {
        final OpenFile file = file(current);
        final int to = (int) current.args[1];
        if (file == null) {
            return -Errno.EBADF;
        }
        return (int) current.args[0] == to ? to : table(current).replace(to, file, false);
    }

    private long sysDup3(final Task current) {
        final OpenFile file = file(current);
        final int to = (int) current.args[1];
        final int flags = (int) current.args[2];
        if ((flags & ~OpenFile.O_CLOEXEC) != 0 || (int) current.args[0] == to) {
            return -Errno.EINVAL;
        }
        return file == null ? -Errno.EBADF : table(current).replace(to, file, flags != 0);
    }

    private long sysFcntl(final Task current) {
        final OpenFile file = file(current);
        if (file == null) {
            return -Errno.EBADF;
        }
        final int fd = (int) current.args[0];
        final int argument = (int) current.args[2];
        final FileTable files = table(current);
        switch ((int) current.args[1]) {
            case F_DUPFD, F_DUPFD_CLOEXEC -> {
                if (argument < 0 || argument >= FileTable.LIMIT) {
                    return -Errno.EINVAL;
                }
                return files.install(file, current.args[1] == F_DUPFD_CLOEXEC, argument);
            }
            case F_GETFD -> {
                return files.closesOnExec(fd) ? FD_CLOEXEC : 0;
            }
            case F_SETFD -> {
                files.setCloseOnExec(fd, (argument & FD_CLOEXEC) != 0);
                return 0;
            }
            case F_GETFL -> {
                return file.accessMode()
                        | (file.nonBlocking ? OpenFile.O_NONBLOCK : 0)
                        | (file.append ? OpenFile.O_APPEND : 0);
            }
            case F_SETFL -> {
                file.nonBlocking = (argument & OpenFile.O_NONBLOCK) != 0;
                file.append = (argument & OpenFile.O_APPEND) != 0;
                return 0;
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
    }
}
