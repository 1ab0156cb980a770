package org.kernelentry.kernel.syscall;

import static java.util.Map.entry;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;

/** Who a task is: ids, groups and sessions, the system's name. Every task is root. Source: linux v7.3 kernel/sys.c. */
final class IdentityCalls {
    private static final int UTS_FIELD = 65;

    private final Kernel k;

    IdentityCalls(final Kernel kernel) {
        this.k = kernel;
    }

    Map<String, SyscallBody> bodies() {
        final SyscallBody root = task -> 0;
        return Map.ofEntries(
                entry("getpid", task -> task.tgid),
                entry("gettid", task -> task.pid),
                entry("getppid", IdentityCalls::sysGetppid),
                entry("getuid", root),
                entry("geteuid", root),
                entry("getgid", root),
                entry("getegid", root),
                entry("getuid32", root),
                entry("geteuid32", root),
                entry("getgid32", root),
                entry("getegid32", root),
                entry("getpgrp", task -> task.pgid),
                entry("getpgid", this::sysGetpgid),
                entry("setpgid", this::sysSetpgid),
                entry("getsid", this::sysGetsid),
                entry("setsid", this::sysSetsid),
                entry("setuid", IdentityCalls::becomes),
                entry("setgid", IdentityCalls::becomes),
                entry("setuid32", IdentityCalls::becomes),
                entry("setgid32", IdentityCalls::becomes),
                entry("getresuid", task -> zeros(task, 3)),
                entry("getresgid", task -> zeros(task, 3)),
                entry("getresuid32", task -> zeros(task, 3)),
                entry("getresgid32", task -> zeros(task, 3)),
                entry("getgroups", root),
                entry("getgroups32", root),
                entry("uname", this::sysNewuname));
    }

    /** Every task stays root. */
    private static long becomes(final Task current) {
        return (int) current.args[0] == 0 ? 0 : -Errno.EPERM;
    }

    private long zeros(final Task current, final int pointers) {
        for (int i = 0; i < pointers; i++) {
            if (!k.user.put(current, current.args[i], 4, 0)) {
                return -Errno.EFAULT;
            }
        }
        return 0;
    }

    /** The real parent's, even while somebody else traces. */
    private static long sysGetppid(final Task current) {
        final Task parent = current.realParent;
        return parent == null ? 0 : parent.tgid;
    }

    private long sysGetpgid(final Task current) {
        final int pid = (int) current.args[0];
        final Task task = pid == 0 ? current : k.processes.find(pid);
        return task == null ? -Errno.ESRCH : task.pgid;
    }

    private long sysGetsid(final Task current) {
        final int pid = (int) current.args[0];
        final Task task = pid == 0 ? current : k.processes.find(pid);
        return task == null ? -Errno.ESRCH : task.sid;
    }

    private long sysSetpgid(final Task current) {
        final Task caller = current.groupLeader;
        final int pid = (int) current.args[0] == 0 ? caller.pid : (int) current.args[0];
        final int pgid = (int) current.args[1] == 0 ? pid : (int) current.args[1];
        if (pgid < 0) {
            return -Errno.EINVAL;
        }
        final Task task = k.processes.find(pid);
        if (task == null) {
            return -Errno.ESRCH;
        }
        if (task.groupLeader != task) {
            return -Errno.EINVAL;
        }
        final Task parent = task.realParent;
        if (parent != null && parent.signal == caller.signal) {
            if (task.sid != caller.sid) {
                return -Errno.EPERM;
            }
        } else if (task != caller) {
            return -Errno.ESRCH;
        }
        if (task.sid == task.pid) {
            return -Errno.EPERM;
        }
        if (pgid != pid && k.processes.processGroup(pgid).stream().noneMatch(member -> member.sid == caller.sid)) {
            return -Errno.EPERM;
        }
        setPgid(task, pgid);
        return 0;
    }

    private long sysSetsid(final Task current) {
        final Task leader = current.groupLeader;
        if (leader.sid == leader.pid || !k.processes.processGroup(leader.pid).isEmpty()) {
            return -Errno.EPERM;
        }
        for (final Task thread : leader.signal.threads) {
            thread.sid = leader.pid;
        }
        setPgid(leader, leader.pid);
        return leader.pid;
    }

    private static void setPgid(final Task leader, final int pgid) {
        for (final Task thread : leader.signal.threads) {
            thread.pgid = pgid;
        }
    }

    private long sysNewuname(final Task current) {
        final int version = k.config.version();
        final String[] fields = {
            "Linux", "guest", version / 100 + "." + version % 100 + ".0", "#1 SMP", machine(current), "(none)"
        };
        final byte[] bytes = new byte[UTS_FIELD * fields.length];
        for (int i = 0; i < fields.length; i++) {
            final byte[] text = fields[i].getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(text, 0, bytes, i * UTS_FIELD, text.length);
        }
        return k.user.copyTo(current, current.args[0], bytes, 0, bytes.length) ? 0 : -Errno.EFAULT;
    }

    private String machine(final Task current) {
        return switch (k.arch.name()) {
            case "x86" -> "x86_64";
            case "arm64" -> current.is32Bit() ? "armv8l" : "aarch64";
            case "arm" -> "armv7l";
            default -> k.arch.name();
        };
    }
}
