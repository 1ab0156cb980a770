package org.kernelentry.kernel.syscall;

import static java.util.Map.entry;
import static org.kernelentry.kernel.task.CloneArgs.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.exec.ElfLoader;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.CloneArgs;
import org.kernelentry.kernel.task.Task;

/** Making and ending tasks. Source: linux v7.3 kernel/fork.c, kernel/exit.c. */
final class ProcessCalls {
    private static final int CLONE_ARGS_SIZE_VER0 = 64;
    private static final int CLONE_ARGS_SIZE_VER2 = 88;
    private static final int PAGE_SIZE = 4096;
    private static final int PATH_MAX = 4096;
    private static final int MAX_ARG_STRLEN = 32 * PAGE_SIZE;
    private static final int MAX_PID = 32767;

    private final Kernel k;

    ProcessCalls(final Kernel kernel) {
        this.k = kernel;
    }

    Map<String, SyscallBody> bodies() {
        return Map.ofEntries(
                entry("fork", task -> clone(task, 0, 0, 0, 0, 0, Signals.SIGCHLD)),
                entry("vfork", task -> clone(task, CLONE_VFORK | CLONE_VM, 0, 0, 0, 0, Signals.SIGCHLD)),
                entry("clone", this::sysClone),
                entry("clone3", this::sysClone3),
                entry("execve", this::sysExecve),
                entry("exit", this::sysExit),
                entry("exit_group", this::sysExitGroup),
                entry("set_tid_address", ProcessCalls::sysSetTidAddress));
    }

    private long clone(
            final Task current,
            final long flags,
            final long sp,
            final long parentTid,
            final long childTid,
            final long tls,
            final int exitSignal) {
        return k.processes.kernelClone(current, flags, sp, parentTid, childTid, tls, exitSignal);
    }

    /** The order of the last two arguments is the ABI's: only x86-64 has the thread pointer last (CLONE_BACKWARDS elsewhere). */
    private long sysClone(final Task current) {
        final long[] args = current.args;
        final boolean backwards = !"x64".equals(k.arch.abi(current).name());
        final long flags = args[0] & CLONE_LEGACY_FLAGS;
        if ((flags & CLONE_PIDFD) != 0 && (flags & CLONE_PARENT_SETTID) != 0) {
            return -Errno.EINVAL;
        }
        return clone(
                current,
                flags & ~CSIGNAL,
                args[1],
                args[2],
                backwards ? args[4] : args[3],
                backwards ? args[3] : args[4],
                (int) (flags & CSIGNAL));
    }

    private long sysClone3(final Task current) {
        final long address = current.args[0];
        final long size = current.args[1];
        if (Long.compareUnsigned(size, PAGE_SIZE) > 0) {
            return -Errno.E2BIG;
        }
        if (size < CLONE_ARGS_SIZE_VER0) {
            return -Errno.EINVAL;
        }
        final byte[] bytes = new byte[Math.max((int) size, CLONE_ARGS_SIZE_VER2)];
        if (!k.user.copyFrom(current, address, bytes, 0, (int) size)) {
            return -Errno.EFAULT;
        }
        // What a newer program passes beyond this kernel's structure must be nothing.
        for (int i = CLONE_ARGS_SIZE_VER2; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                return -Errno.E2BIG;
            }
        }
        final long[] words = new long[CLONE_ARGS_SIZE_VER2 / 8];
        ByteBuffer.wrap(Arrays.copyOf(bytes, CLONE_ARGS_SIZE_VER2))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .get(words);
        return clone3(current, words);
    }

    /** Words: flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup. */
    private long clone3(final Task current, final long[] words) {
        final long flags = words[0];
        final long exitSignal = words[4];
        final long stack = words[5];
        final long stackSize = words[6];
        final boolean legal = (flags & ~(CLONE_LEGACY_FLAGS | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP)) == 0
                && (flags & (CLONE_DETACHED | CSIGNAL & ~CLONE_NEWTIME)) == 0
                && (flags & (CLONE_SIGHAND | CLONE_CLEAR_SIGHAND)) != (CLONE_SIGHAND | CLONE_CLEAR_SIGHAND)
                && ((flags & (CLONE_THREAD | CLONE_PARENT)) == 0 || exitSignal == 0)
                && Long.compareUnsigned(exitSignal, Signals.NSIG) <= 0
                && (stack == 0) == (stackSize == 0)
                && (words[8] == 0) == (words[9] == 0)
                // One level of pid namespaces: one number.
                && Long.compareUnsigned(words[9], 1) <= 0;
        if (!legal || stack != 0 && !current.requireMm().accessOk(stack, stackSize)) {
            return -Errno.EINVAL;
        }
        int setTid = 0;
        if (words[9] != 0) {
            if (!k.user.getInt(current, words[8])) {
                return -Errno.EFAULT;
            }
            setTid = (int) k.user.value;
            if (setTid < 1 || setTid > MAX_PID) {
                return -Errno.EINVAL;
            }
        }
        return k.processes.kernelClone(
                current,
                new CloneArgs(flags, stack + stackSize, words[3], words[2], words[7], (int) exitSignal, setTid));
    }

    private long sysExecve(final Task current) {
        final long[] error = new long[1];
        final String path = GuestString.read(k, current, current.args[0], PATH_MAX, error);
        if (path == null) {
            return error[0];
        }
        final List<String> argv = strings(current, current.args[1], error);
        final List<String> envp = argv == null ? null : strings(current, current.args[2], error);
        return argv == null || envp == null ? error[0] : k.processes.exec.execve(current, path, argv, envp);
    }

    /** A null-terminated array of strings, empty where there is none; null with an error. */
    private @Nullable List<String> strings(final Task current, final long address, final long[] error) {
        final List<String> strings = new ArrayList<>();
        if (address == 0) {
            return strings;
        }
        final int word = k.user.wordSize(current);
        long bytes = 0;
        for (long at = address; ; at += word) {
            if (!k.user.getWord(current, at)) {
                error[0] = -Errno.EFAULT;
                return null;
            }
            if (k.user.value == 0) {
                return strings;
            }
            final String text = GuestString.read(k, current, k.user.value, MAX_ARG_STRLEN, error);
            if (text == null) {
                error[0] = error[0] == -Errno.ENAMETOOLONG ? -Errno.E2BIG : error[0];
                return null;
            }
            strings.add(text);
            bytes += text.length() + 1L + word;
            if (bytes > ElfLoader.STACK_SIZE / 4) {
                error[0] = -Errno.E2BIG;
                return null;
            }
        }
    }

    private long sysExit(final Task current) {
        throw k.processes.doExit(current, waitStatus(current.args[0]));
    }

    private long sysExitGroup(final Task current) {
        throw k.processes.doGroupExit(current, waitStatus(current.args[0]));
    }

    private static int waitStatus(final long code) {
        return ((int) code & 0xff) << 8;
    }

    private static long sysSetTidAddress(final Task current) {
        current.clearChildTid = current.args[0];
        return current.pid;
    }
}
