package org.kernelentry.runner.exec;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.tracing.RawSyscalls;
import org.kernelentry.kernel.tracing.TraceEvents;
import org.kernelentry.machine.memory.MemoryFault;

/** System calls as lines like strace(1)'s, from the events of raw_syscalls. */
final class Strace {
    private static final int LONGEST = 32;
    /** How many arguments are shown, and which are strings: {@code s}, signed numbers: {@code d}, buffers of the next one's size: {@code b}. */
    private static final Map<String, String> ARGUMENTS = Map.ofEntries(
            Map.entry("read", "dxd"),
            Map.entry("write", "dbd"),
            Map.entry("open", "sxo"),
            Map.entry("openat", "dsxo"),
            Map.entry("close", "d"),
            Map.entry("readlink", "sxd"),
            Map.entry("readlinkat", "dsxd"),
            Map.entry("newfstatat", "dsxx"),
            Map.entry("fstatat64", "dsxx"),
            Map.entry("statx", "dsxxx"),
            Map.entry("fstat", "dx"),
            Map.entry("fstat64", "dx"),
            Map.entry("access", "so"),
            Map.entry("faccessat", "dso"),
            Map.entry("unlink", "s"),
            Map.entry("unlinkat", "dsx"),
            Map.entry("execve", "sxx"),
            Map.entry("exit", "d"),
            Map.entry("exit_group", "d"),
            Map.entry("brk", "x"),
            Map.entry("mmap", "xdxxdx"),
            Map.entry("mmap2", "xdxxdx"),
            Map.entry("munmap", "xd"),
            Map.entry("mprotect", "xdx"),
            Map.entry("ioctl", "dxx"),
            Map.entry("fcntl", "ddx"),
            Map.entry("fcntl64", "ddx"),
            Map.entry("getpid", ""),
            Map.entry("gettid", ""),
            Map.entry("getppid", ""),
            Map.entry("fork", ""),
            Map.entry("vfork", ""),
            Map.entry("rt_sigreturn", ""),
            Map.entry("sigreturn", ""),
            Map.entry("sched_yield", ""),
            Map.entry("pause", ""),
            Map.entry("kill", "dd"),
            Map.entry("tgkill", "ddd"),
            Map.entry("tkill", "dd"),
            Map.entry("wait4", "dxxx"),
            Map.entry("pipe2", "xx"),
            Map.entry("pipe", "x"),
            Map.entry("dup", "d"),
            Map.entry("dup2", "dd"),
            Map.entry("dup3", "ddx"),
            Map.entry("set_tid_address", "x"),
            Map.entry("set_robust_list", "xd"),
            Map.entry("rt_sigaction", "dxxd"),
            Map.entry("rt_sigprocmask", "dxxd"),
            Map.entry("futex", "xddxxd"),
            Map.entry("writev", "dxd"),
            Map.entry("readv", "dxd"),
            Map.entry("getrandom", "xdx"),
            Map.entry("uname", "x"),
            Map.entry("chdir", "s"),
            Map.entry("mkdir", "so"),
            Map.entry("lseek", "ddd"));

    private final Kernel k;
    private final Consumer<String> lines;
    private final Map<Integer, String> open = new HashMap<>();
    /** The task whose call's beginning was printed last without an end. */
    private int unfinished;

    Strace(final Kernel kernel, final Consumer<String> lines) {
        this.k = kernel;
        this.lines = lines;
    }

    void start() {
        k.trace.listen(this::event);
        k.rawSyscalls.enable();
    }

    private void event(final TraceEvents.Event event) {
        final Task task = k.current();
        if (task.harness) {
            return;
        }
        if (event.name().equals(RawSyscalls.SYS_ENTER)) {
            enter(task);
        } else if (event.name().equals(RawSyscalls.SYS_EXIT)) {
            exit(task);
        }
    }

    private void enter(final Task task) {
        final long nr = k.arch.syscallGetNr(task, task.regs);
        final String name = k.arch.abi(task).name((int) nr);
        final StringBuilder text = new StringBuilder();
        text.append(name == null ? "syscall_" + nr : name).append('(');
        final String kinds = ARGUMENTS.getOrDefault(name == null ? "" : name, "xxxxxx");
        for (int i = 0; i < kinds.length(); i++) {
            text.append(i == 0 ? "" : ", ").append(argument(task, kinds.charAt(i), i));
        }
        text.append(')');
        if (name != null && (name.startsWith("exit") || name.endsWith("sigreturn"))) {
            line(task, text + " = ?");
        } else {
            open.put(task.pid, text.toString());
            unfinished = task.pid;
        }
    }

    private void exit(final Task task) {
        final String call = open.remove(task.pid);
        if (call == null) {
            return;
        }
        final long value = k.arch.syscallGetReturnValue(task, task.regs);
        final long signed = k.user.wordSize(task) == 4 ? (int) value : value;
        final String shown;
        if (Errno.isError(signed)) {
            shown = "-1 " + Errno.name((int) -signed);
        } else {
            shown = signed < 0 || signed > 0xffff ? "0x" + Long.toHexString(value) : Long.toString(signed);
        }
        final String resumed = unfinished == task.pid ? "" : "... ";
        line(task, resumed + call + " = " + shown);
    }

    private void line(final Task task, final String text) {
        lines.accept("[" + task.pid + "] " + text);
    }

    private String argument(final Task task, final char kind, final int i) {
        final long value = k.arch.syscallGetArgument(task, task.regs, i);
        return switch (kind) {
            case 'd' -> Long.toString(k.user.wordSize(task) == 4 ? (int) value : value);
            case 'o' -> "0" + Long.toOctalString(value & 07777);
            case 's' -> quoted(task, value, LONGEST * 4, true);
            case 'b' ->
                quoted(
                        task,
                        value,
                        (int) Math.min(LONGEST, k.arch.syscallGetArgument(task, task.regs, i + 1) & 0x7fff_ffffL),
                        false);
            default -> value == 0 ? "0" : "0x" + Long.toHexString(value);
        };
    }

    private String quoted(final Task task, final long address, final int length, final boolean terminated) {
        final StringBuilder text = new StringBuilder("\"");
        final byte[] one = new byte[1];
        for (int i = 0; i < length; i++) {
            try {
                task.requireMm().space.peek(address + i, one, 0, 1);
            } catch (final MemoryFault unmapped) {
                return i == 0 ? "0x" + Long.toHexString(address) : text + "\"...";
            }
            final int c = one[0] & 0xff;
            if (terminated && c == 0) {
                return text.append('"').toString();
            }
            text.append(escaped(c));
        }
        return text.append(terminated ? "\"..." : "\"").toString();
    }

    private static String escaped(final int c) {
        return switch (c) {
            case '\n' -> "\\n";
            case '\t' -> "\\t";
            case '\r' -> "\\r";
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            default -> c >= 0x20 && c < 0x7f ? String.valueOf((char) c) : String.format(Locale.ROOT, "\\%o", c);
        };
    }
}
