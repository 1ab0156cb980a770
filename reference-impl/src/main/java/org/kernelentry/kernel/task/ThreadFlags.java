package org.kernelentry.kernel.task;

/**
 * Bits of {@link Task#flags} (TIF_*) and {@link Task#syscallWork} (SYSCALL_WORK_*).
 *
 * <p>Source: linux v7.3 include/asm-generic/thread_info_tif.h, include/linux/thread_info.h, include/linux/irq-entry-common.h
 * EXIT_TO_USER_MODE_WORK, include/linux/entry-common.h SYSCALL_WORK_ENTER and SYSCALL_WORK_EXIT.
 */
public final class ThreadFlags {
    public static final int TIF_NOTIFY_RESUME = 1;
    public static final int TIF_SIGPENDING = 1 << 1;
    public static final int TIF_NOTIFY_SIGNAL = 1 << 2;
    public static final int TIF_NEED_RESCHED = 1 << 4;
    public static final int TIF_NEED_RESCHED_LAZY = 1 << 5;
    public static final int TIF_UPROBE = 1 << 7;
    public static final int TIF_PATCH_PENDING = 1 << 8;
    public static final int TIF_RESTORE_SIGMASK = 1 << 9;
    public static final int TIF_RSEQ = 1 << 11;
    /** Stepping is on for the task (arm64 decides its step report by it; x86 uses SYSCALL_WORK_SYSCALL_EXIT_TRAP). */
    public static final int TIF_SINGLESTEP = 1 << 12;
    /** Task runs with the 32-bit ABI (TIF_32BIT, TIF_ADDR32). */
    public static final int TIF_32BIT = 1 << 13;

    /** Bits that make the exit-to-user loop run. */
    public static final int EXIT_TO_USER_MODE_WORK = TIF_SIGPENDING
            | TIF_NOTIFY_RESUME
            | TIF_UPROBE
            | TIF_NEED_RESCHED
            | TIF_NEED_RESCHED_LAZY
            | TIF_PATCH_PENDING
            | TIF_NOTIFY_SIGNAL
            | TIF_RSEQ;

    public static final int SYSCALL_WORK_SECCOMP = 1;
    public static final int SYSCALL_WORK_SYSCALL_TRACEPOINT = 1 << 1;
    public static final int SYSCALL_WORK_SYSCALL_TRACE = 1 << 2;
    public static final int SYSCALL_WORK_SYSCALL_EMU = 1 << 3;
    public static final int SYSCALL_WORK_SYSCALL_AUDIT = 1 << 4;
    public static final int SYSCALL_WORK_SYSCALL_USER_DISPATCH = 1 << 5;
    public static final int SYSCALL_WORK_SYSCALL_EXIT_TRAP = 1 << 6;
    public static final int SYSCALL_WORK_SYSCALL_RSEQ_SLICE = 1 << 7;

    /** Bits that make syscall entry take the slow path. */
    public static final int SYSCALL_WORK_ENTER = SYSCALL_WORK_SECCOMP
            | SYSCALL_WORK_SYSCALL_TRACEPOINT
            | SYSCALL_WORK_SYSCALL_TRACE
            | SYSCALL_WORK_SYSCALL_EMU
            | SYSCALL_WORK_SYSCALL_AUDIT
            | SYSCALL_WORK_SYSCALL_USER_DISPATCH
            | SYSCALL_WORK_SYSCALL_RSEQ_SLICE;

    /** Bits that make syscall exit take the slow path. */
    public static final int SYSCALL_WORK_EXIT = SYSCALL_WORK_SYSCALL_TRACEPOINT
            | SYSCALL_WORK_SYSCALL_TRACE
            | SYSCALL_WORK_SYSCALL_AUDIT
            | SYSCALL_WORK_SYSCALL_USER_DISPATCH
            | SYSCALL_WORK_SYSCALL_EXIT_TRAP;

    private static final String[] TIF_NAMES = {
        "TIF_NOTIFY_RESUME",
        "TIF_SIGPENDING",
        "TIF_NOTIFY_SIGNAL",
        "",
        "TIF_NEED_RESCHED",
        "TIF_NEED_RESCHED_LAZY",
        "",
        "TIF_UPROBE",
        "TIF_PATCH_PENDING",
        "TIF_RESTORE_SIGMASK",
        "",
        "TIF_RSEQ",
        "TIF_SINGLESTEP",
        "TIF_32BIT"
    };
    private static final String[] WORK_NAMES = {
        "SECCOMP",
        "SYSCALL_TRACEPOINT",
        "SYSCALL_TRACE",
        "SYSCALL_EMU",
        "SYSCALL_AUDIT",
        "SYSCALL_USER_DISPATCH",
        "SYSCALL_EXIT_TRAP",
        "SYSCALL_RSEQ_SLICE"
    };

    private ThreadFlags() {}

    /** Names of the set TIF bits joined by {@code |}, for traces. */
    public static String tifNames(final int flags) {
        return names(flags, TIF_NAMES);
    }

    /** Names of the set SYSCALL_WORK bits joined by {@code |}, for traces. */
    public static String workNames(final int work) {
        return names(work, WORK_NAMES);
    }

    private static String names(final int bits, final String[] names) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < names.length; i++) {
            if ((bits & 1 << i) != 0) {
                text.append(text.length() == 0 ? "" : "|").append(names[i]);
            }
        }
        return text.toString();
    }
}
