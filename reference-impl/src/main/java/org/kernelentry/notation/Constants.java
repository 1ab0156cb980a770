package org.kernelentry.notation;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.signal.Signals;

/** Names that stand for numbers in guest programs, in the kernel's spelling (include/uapi/linux). */
final class Constants {
    private static final Map<String, Long> VALUES = new HashMap<>();

    static {
        put("NULL", 0);
        put("PR_SET_NO_NEW_PRIVS", 38);
        put("PR_SET_SECCOMP", 22);
        put("PR_SET_SYSCALL_USER_DISPATCH", 59);
        put("PR_RSEQ_SLICE_EXTENSION", 79);
        put("PR_RSEQ_SLICE_EXTENSION_GET", 1);
        put("PR_RSEQ_SLICE_EXTENSION_SET", 2);
        put("PR_RSEQ_SLICE_EXT_ENABLE", 1);
        put("PR_SYS_DISPATCH_OFF", 0);
        put("PR_SYS_DISPATCH_ON", 1);
        put("PR_SYS_DISPATCH_EXCLUSIVE_ON", 1);
        put("PR_SYS_DISPATCH_INCLUSIVE_ON", 2);
        put("SYSCALL_DISPATCH_FILTER_ALLOW", 0);
        put("SYSCALL_DISPATCH_FILTER_BLOCK", 1);
        put("SECCOMP_SET_MODE_STRICT", 0);
        put("SECCOMP_SET_MODE_FILTER", 1);
        put("SECCOMP_FILTER_FLAG_TSYNC", 1);
        put("SECCOMP_FILTER_FLAG_LOG", 2);
        put("SIG_BLOCK", 0);
        put("SIG_UNBLOCK", 1);
        put("SIG_SETMASK", 2);
        put("FUTEX_WAIT", 0);
        put("FUTEX_WAKE", 1);
        put("CLOCK_REALTIME", 0);
        put("CLOCK_MONOTONIC", 1);
        put("TIMER_ABSTIME", 1);
        put("WNOHANG", 1);
        put("WUNTRACED", 2);
        put("WCONTINUED", 8);
        put("PROT_NONE", 0);
        put("PROT_READ", 1);
        put("PROT_WRITE", 2);
        put("PROT_EXEC", 4);
        put("MAP_PRIVATE", 2);
        put("MAP_FIXED", 0x10);
        put("MAP_ANONYMOUS", 0x20);
        put("PTRACE_TRACEME", 0);
        put("CODE", GuestProgram.Layout.CODE);
        put("DATA", GuestProgram.Layout.DATA);
        put("FDPIC_FUNCPTRS", 0x8_0000);
        put("CLONE_VM", 0x100);
        put("CLONE_FS", 0x200);
        put("CLONE_FILES", 0x400);
        put("CLONE_SIGHAND", 0x800);
        put("CLONE_VFORK", 0x4000);
        put("CLONE_THREAD", 0x1_0000);
        put("CLONE_SYSVSEM", 0x4_0000);
        for (int sig = 1; sig < Signals.SIGRTMIN; sig++) {
            put(Signals.name(sig), sig);
        }
        for (final var error : Map.of(
                        "EPERM",
                        1,
                        "EINTR",
                        4,
                        "EFAULT",
                        14,
                        "EINVAL",
                        22,
                        "ENOSYS",
                        38,
                        "ETIMEDOUT",
                        110,
                        "ECHILD",
                        10,
                        "EAGAIN",
                        11)
                .entrySet()) {
            put("-" + error.getKey(), -error.getValue());
        }
    }

    private Constants() {}

    private static void put(final String name, final long value) {
        VALUES.put(name, value);
    }

    /** Value of a name, or null. */
    static @Nullable Long value(final String name) {
        return VALUES.get(name);
    }
}
