package org.kernelentry.kernel.seccomp;

import static org.kernelentry.kernel.seccomp.SeccompState.*;
import static org.kernelentry.kernel.syscall.Errno.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.fs.FileTable;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;

/** How a task gets a mode or one more filter. Source: linux v7.3 kernel/seccomp.c do_seccomp() and what it calls. */
final class SeccompInstall {
    static final int SECCOMP_SET_MODE_STRICT = 0;
    static final int SECCOMP_SET_MODE_FILTER = 1;
    static final int SECCOMP_GET_ACTION_AVAIL = 2;
    static final int SECCOMP_GET_NOTIF_SIZES = 3;

    static final int SECCOMP_FILTER_FLAG_TSYNC = 1;
    static final int SECCOMP_FILTER_FLAG_LOG = 1 << 1;
    /** No mitigation of speculation for this task; nothing a program can see in the model. */
    static final int SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1 << 2;

    static final int SECCOMP_FILTER_FLAG_NEW_LISTENER = 1 << 3;
    static final int SECCOMP_FILTER_FLAG_TSYNC_ESRCH = 1 << 4;
    static final int SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 1 << 5;
    private static final int FLAG_MASK = (1 << 6) - 1;

    private final Kernel k;
    private final byte[] word = new byte[16];

    SeccompInstall(final Kernel kernel) {
        this.k = kernel;
    }

    long doSeccomp(final Task task, final int op, final int flags, final long args) {
        return switch (op) {
            case SECCOMP_SET_MODE_STRICT -> flags != 0 || args != 0 ? -EINVAL : setModeStrict(task);
            case SECCOMP_SET_MODE_FILTER -> setModeFilter(task, flags, args);
            case SECCOMP_GET_ACTION_AVAIL -> flags != 0 ? -EINVAL : getActionAvail(task, args);
            case SECCOMP_GET_NOTIF_SIZES -> flags != 0 ? -EINVAL : getNotifSizes(task, args);
            default -> -EINVAL;
        };
    }

    long prctlSetSeccomp(final Task task, final long mode, final long filter) {
        if (mode == SECCOMP_MODE_STRICT) {
            // The prctl has always ignored the third argument here.
            return doSeccomp(task, SECCOMP_SET_MODE_STRICT, 0, 0);
        }
        return mode == SECCOMP_MODE_FILTER ? doSeccomp(task, SECCOMP_SET_MODE_FILTER, 0, filter) : -EINVAL;
    }

    private static boolean mayAssignMode(final Task task, final int mode) {
        return task.seccomp.mode == SECCOMP_MODE_DISABLED || task.seccomp.mode == mode;
    }

    private static void assignMode(final Task task, final int mode) {
        task.seccomp.mode = mode;
        task.setSyscallWork(ThreadFlags.SYSCALL_WORK_SECCOMP);
    }

    private static long setModeStrict(final Task task) {
        if (!mayAssignMode(task, SECCOMP_MODE_STRICT)) {
            return -EINVAL;
        }
        assignMode(task, SECCOMP_MODE_STRICT);
        return 0;
    }

    /** Whether this kernel has filters; arm has them only without the old ABI (SEC-37). */
    private boolean filtersSupported() {
        final boolean oabi = k.config.has(Option.OABI_COMPAT) && k.arch.modes().contains("oabi");
        return k.config.has(Option.SECCOMP_FILTER) && !oabi;
    }

    private long setModeFilter(final Task task, final int flags, final long args) {
        if (!filtersSupported() || (flags & ~FLAG_MASK) != 0) {
            return -EINVAL;
        }
        final boolean tsync = (flags & SECCOMP_FILTER_FLAG_TSYNC) != 0;
        final boolean newListener = (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0;
        // One success returns a descriptor, one failure a thread: together they could not be told apart.
        if (tsync && newListener && (flags & SECCOMP_FILTER_FLAG_TSYNC_ESRCH) == 0) {
            return -EINVAL;
        }
        if ((flags & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) != 0 && !newListener) {
            return -EINVAL;
        }
        final long[] program = new long[Bpf.BPF_MAXINSNS];
        final long length = readProgram(task, args, program);
        if (length < 0) {
            return length;
        }
        final SeccompFilter filter = new SeccompFilter(java.util.Arrays.copyOf(program, (int) length));
        if (!newListener) {
            return attach(task, flags, filter);
        }
        final FileTable files = task.files;
        if (files == null) {
            return -EMFILE;
        }
        // The descriptor is taken first: that there is none left is the first thing to fail.
        final SeccompListener listener = new SeccompListener(k, filter);
        final int fd = files.install(listener, true);
        if (fd < 0) {
            return fd;
        }
        final long failed =
                hasListener(task) && mayAssignMode(task, SECCOMP_MODE_FILTER) ? -EBUSY : attach(task, flags, filter);
        if (failed != 0) {
            files.close(fd);
            return failed;
        }
        filter.listener = listener;
        return fd;
    }

    /** Reads {@code struct sock_fprog} of the call's ABI and its program; the number of instructions, or a negative error. */
    private long readProgram(final Task task, final long address, final long[] into) {
        final int wordSize = k.arch.abi(task).wordSize();
        if (!k.user.copyFrom(task, address, word, 0, 2 * wordSize)) {
            return -EFAULT;
        }
        final ByteBuffer fprog = ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN);
        final int length = fprog.getShort(0) & 0xffff;
        final long pointer = wordSize == 8 ? fprog.getLong(8) : Integer.toUnsignedLong(fprog.getInt(4));
        if (length == 0 || length > Bpf.BPF_MAXINSNS) {
            return -EINVAL;
        }
        // A child that may gain privileges by exec must not be tricked by a filter.
        if (!task.seccomp.noNewPrivs && !task.seccomp.capSysAdmin) {
            return -EACCES;
        }
        if (pointer == 0) {
            return -EINVAL;
        }
        final byte[] bytes = new byte[length * Bpf.INSN_SIZE];
        if (!k.user.copyFrom(task, pointer, bytes, 0, bytes.length)) {
            return -EFAULT;
        }
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(into, 0, length);
        return BpfVerifier.refusal(java.util.Arrays.copyOf(into, length)) == null ? length : -EINVAL;
    }

    private static boolean hasListener(final Task task) {
        for (SeccompFilter f = task.seccomp.filter; f != null; f = f.prev) {
            if (f.listener != null) {
                return true;
            }
        }
        return false;
    }

    /** {@code seccomp_attach_filter()}: 0, a negative error, or with TSYNC the thread that stands in the way. */
    private long attach(final Task task, final int flags, final SeccompFilter filter) {
        if (!mayAssignMode(task, SECCOMP_MODE_FILTER)) {
            return -EINVAL;
        }
        int total = filter.program().length;
        for (SeccompFilter f = task.seccomp.filter; f != null; f = f.prev) {
            total += f.program().length + SeccompFilter.PENALTY;
        }
        if (total > SeccompFilter.MAX_INSNS_PER_PATH) {
            return -ENOMEM;
        }
        final boolean tsync = (flags & SECCOMP_FILTER_FLAG_TSYNC) != 0;
        if (tsync) {
            final int failed = threadInTheWay(task);
            if (failed != 0) {
                return (flags & SECCOMP_FILTER_FLAG_TSYNC_ESRCH) != 0 ? -ESRCH : failed;
            }
        }
        filter.log = (flags & SECCOMP_FILTER_FLAG_LOG) != 0;
        filter.waitKillableRecv = (flags & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) != 0;
        // The task's use of the older filter becomes the new filter's.
        filter.attach(k, task.seccomp.filter);
        task.seccomp.filter = filter;
        task.seccomp.filterCount++;
        if (tsync) {
            syncThreads(task);
        }
        assignMode(task, SECCOMP_MODE_FILTER);
        return 0;
    }

    /** {@code seccomp_can_sync_threads()}: the first thread that is strict or has filters of its own, or 0. */
    private static int threadInTheWay(final Task caller) {
        final SeccompFilter ours = caller.seccomp.filter;
        for (final Task thread : caller.signal.threads) {
            if (thread == caller || thread.exiting) {
                continue;
            }
            final SeccompFilter theirs = thread.seccomp.filter;
            final boolean ancestral = thread.seccomp.mode == SECCOMP_MODE_FILTER
                    && (ours == null ? theirs == null : ours.descendsFrom(theirs));
            if (thread.seccomp.mode != SECCOMP_MODE_DISABLED && !ancestral) {
                return thread.pid;
            }
        }
        return 0;
    }

    /** {@code seccomp_sync_threads()}: every other thread takes over the caller's filters and no-new-privileges mark. */
    private void syncThreads(final Task caller) {
        for (final Task thread : caller.signal.threads) {
            if (thread == caller || thread.exiting) {
                continue;
            }
            final SeccompFilter old = thread.seccomp.filter;
            final SeccompFilter ours = caller.seccomp.filter;
            if (ours != null) {
                ours.users++;
            }
            SeccompFilter.orphan(k, old);
            thread.seccomp.filter = ours;
            thread.seccomp.filterCount = caller.seccomp.filterCount;
            thread.seccomp.noNewPrivs |= caller.seccomp.noNewPrivs;
            if (thread.seccomp.mode == SECCOMP_MODE_DISABLED) {
                assignMode(thread, SECCOMP_MODE_FILTER);
            }
        }
    }

    private long getActionAvail(final Task task, final long address) {
        if (!k.user.get(task, address, 4)) {
            return -EFAULT;
        }
        return SeccompAction.available((int) k.user.value) ? 0 : -EOPNOTSUPP;
    }

    /** {@code struct seccomp_notif_sizes}: three 16-bit sizes. */
    private long getNotifSizes(final Task task, final long address) {
        final ByteBuffer sizes = ByteBuffer.allocate(6).order(ByteOrder.LITTLE_ENDIAN);
        sizes.putShort((short) SeccompListener.NOTIF_SIZE);
        sizes.putShort((short) SeccompListener.RESP_SIZE);
        sizes.putShort((short) SeccompData.SIZE);
        return k.user.copyTo(task, address, sizes.array(), 0, 6) ? 0 : -EFAULT;
    }
}
