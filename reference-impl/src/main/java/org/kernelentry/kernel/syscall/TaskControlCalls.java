package org.kernelentry.kernel.syscall;

import static java.util.Map.entry;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.dispatch.SyscallUserDispatch;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.Task;

/** What tasks switch on and off: prctl, seccomp, ptrace, affinity, sigreturn. Source: linux v7.3 kernel/sys.c, kernel/sched/syscalls.c. */
final class TaskControlCalls {
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_GET_PDEATHSIG = 2;
    private static final int PR_GET_DUMPABLE = 3;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int PR_SET_NAME = 15;
    private static final int PR_GET_NAME = 16;
    private static final int PR_GET_SECCOMP = 21;
    private static final int PR_SET_SECCOMP = 22;
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int PR_GET_CHILD_SUBREAPER = 37;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_GET_NO_NEW_PRIVS = 39;
    private static final int PR_GET_TID_ADDRESS = 40;
    private static final int PR_RSEQ_SLICE_EXTENSION = 79;
    private static final int TASK_COMM_LEN = 16;
    private static final int GRND_MASK = 7;
    private static final int GRND_RANDOM = 2;
    private static final int GRND_INSECURE = 4;
    private static final int CHUNK = 4096;

    private final Kernel k;

    TaskControlCalls(final Kernel kernel) {
        this.k = kernel;
    }

    Map<String, SyscallBody> bodies() {
        return Map.ofEntries(
                entry("prctl", this::sysPrctl),
                entry("seccomp", task -> k.seccomp.sysSeccomp(task, task.args[0], task.args[1], task.args[2])),
                entry("ptrace", task -> k.ptrace.sysPtrace(task)),
                entry("rseq", task -> k.rseq.sysRseq(task, task.args[0], task.args[1], task.args[2], task.args[3])),
                entry("rseq_slice_yield", task -> k.rseq.sysRseqSliceYield(task)),
                entry("rt_sigreturn", task -> k.arch.sigreturn(task, true)),
                entry("sigreturn", task -> k.arch.sigreturn(task, false)),
                entry("sched_yield", this::sysSchedYield),
                entry("sched_setaffinity", this::sysSchedSetaffinity),
                entry("sched_getaffinity", this::sysSchedGetaffinity),
                entry("getcpu", this::sysGetcpu),
                entry("personality", TaskControlCalls::sysPersonality),
                entry("getrandom", this::sysGetrandom));
    }

    /** {@code personality(2)}: the old one; all ones only asks. Source: linux v7.3 kernel/exec_domain.c. */
    private static long sysPersonality(final Task current) {
        final int old = current.personality;
        final int wanted = (int) current.args[0];
        if (wanted != -1) {
            current.personality = wanted;
        }
        return old & 0xffff_ffffL;
    }

    // ---- prctl

    private long sysPrctl(final Task current) {
        final int option = (int) current.args[0];
        final long a = current.args[1];
        final long b = current.args[2];
        final long c = current.args[3];
        final long d = current.args[4];
        return switch (option) {
            case PR_SET_PDEATHSIG -> {
                if (!Signals.valid(a)) {
                    yield -Errno.EINVAL;
                }
                current.pdeathSignal = (int) a;
                yield 0;
            }
            case PR_GET_PDEATHSIG -> putInt(current, a, current.pdeathSignal);
            case PR_GET_DUMPABLE -> current.requireMm().dumpable ? 1 : 0;
            case PR_SET_DUMPABLE -> {
                if (a != 0 && a != 1) {
                    yield -Errno.EINVAL;
                }
                current.requireMm().dumpable = a == 1;
                yield 0;
            }
            case PR_SET_NAME -> setName(current, a);
            case PR_GET_NAME -> {
                final byte[] name = new byte[TASK_COMM_LEN];
                final byte[] text = current.comm.getBytes(StandardCharsets.ISO_8859_1);
                System.arraycopy(text, 0, name, 0, Math.min(text.length, TASK_COMM_LEN - 1));
                yield k.user.copyTo(current, a, name, 0, name.length) ? 0 : -Errno.EFAULT;
            }
            case PR_GET_SECCOMP -> k.seccomp.prctlGetSeccomp(current);
            case PR_SET_SECCOMP -> k.seccomp.prctlSetSeccomp(current, a, b);
            case PR_SET_CHILD_SUBREAPER -> {
                current.groupLeader.childSubreaper = a != 0;
                yield 0;
            }
            case PR_GET_CHILD_SUBREAPER -> putInt(current, a, current.groupLeader.childSubreaper ? 1 : 0);
            case PR_SET_NO_NEW_PRIVS -> {
                if (a != 1 || b != 0 || c != 0 || d != 0) {
                    yield -Errno.EINVAL;
                }
                current.seccomp.noNewPrivs = true;
                yield 0;
            }
            case PR_GET_NO_NEW_PRIVS -> {
                if (a != 0 || b != 0 || c != 0 || d != 0) {
                    yield -Errno.EINVAL;
                }
                yield current.seccomp.noNewPrivs ? 1 : 0;
            }
            case PR_GET_TID_ADDRESS -> k.user.putWord(current, a, current.clearChildTid) ? 0 : -Errno.EFAULT;
            case SyscallUserDispatch.PR_SET_SYSCALL_USER_DISPATCH -> k.dispatch.set(current, a, b, c, d);
            case PR_RSEQ_SLICE_EXTENSION ->
                c != 0 || d != 0 ? -Errno.EINVAL : k.rseq.prctlSliceExtension(current, a, b);
            default -> -Errno.EINVAL;
        };
    }

    private long putInt(final Task current, final long address, final int value) {
        return k.user.put(current, address, 4, value) ? 0 : -Errno.EFAULT;
    }

    /** Up to 15 bytes; only what comes before the end of the string has to be readable. */
    private long setName(final Task current, final long address) {
        final StringBuilder name = new StringBuilder();
        for (int i = 0; i < TASK_COMM_LEN - 1; i++) {
            if (!k.user.get(current, address + i, 1)) {
                return -Errno.EFAULT;
            }
            if (k.user.value == 0) {
                break;
            }
            name.append((char) k.user.value);
        }
        current.comm = name.toString();
        return 0;
    }

    // ---- scheduling

    private long sysSchedYield(final Task current) {
        k.sched.schedule();
        return 0;
    }

    private long sysSchedSetaffinity(final Task current) {
        final int pid = (int) current.args[0];
        final Task task = pid == 0 ? current : k.processes.find(pid);
        final byte[] mask = new byte[8];
        final int length = (int) Math.min(current.args[1] & 0xffff_ffffL, mask.length);
        if (!k.user.copyFrom(current, current.args[2], mask, 0, length)) {
            return -Errno.EFAULT;
        }
        if (task == null || task.harness) {
            return -Errno.ESRCH;
        }
        int first = -1;
        int count = 0;
        for (int cpu = k.cpus.length - 1; cpu >= 0; cpu--) {
            if ((mask[cpu >> 3] >> (cpu & 7) & 1) != 0) {
                first = cpu;
                count++;
            }
        }
        if (count == 0) {
            return -Errno.EINVAL;
        }
        // One CPU or all of them is what the model tells apart.
        task.pinnedCpu = count == k.cpus.length ? -1 : first;
        k.sched.migrate(task);
        return 0;
    }

    private long sysSchedGetaffinity(final Task current) {
        final int pid = (int) current.args[0];
        final Task task = pid == 0 ? current : k.processes.find(pid);
        final int word = k.user.wordSize(current);
        final int length = (int) current.args[1];
        if (length < word || length % word != 0) {
            return -Errno.EINVAL;
        }
        if (task == null) {
            return -Errno.ESRCH;
        }
        final long all = (1L << k.cpus.length) - 1;
        final long mask = task.pinnedCpu < 0 ? all : 1L << task.pinnedCpu;
        return k.user.putWord(current, current.args[2], mask) ? word : -Errno.EFAULT;
    }

    private long sysGetcpu(final Task current) {
        final boolean written = (current.args[0] == 0 || k.user.put(current, current.args[0], 4, k.cpu.id))
                && (current.args[1] == 0 || k.user.put(current, current.args[1], 4, 0));
        return written ? 0 : -Errno.EFAULT;
    }

    // ---- randomness

    private long sysGetrandom(final Task current) {
        final int flags = (int) current.args[2];
        if ((flags & ~GRND_MASK) != 0 || (flags & (GRND_RANDOM | GRND_INSECURE)) == (GRND_RANDOM | GRND_INSECURE)) {
            return -Errno.EINVAL;
        }
        final long wanted = current.args[1] & 0x7fff_ffffL;
        final byte[] chunk = new byte[CHUNK];
        long done = 0;
        while (done < wanted) {
            final int size = (int) Math.min(CHUNK, wanted - done);
            k.random.fill(chunk, size);
            if (!k.user.copyTo(current, current.args[0] + done, chunk, 0, size)) {
                return done > 0 ? done : -Errno.EFAULT;
            }
            done += size;
        }
        return done;
    }
}
