package org.kernelentry.kernel.fs;

import java.nio.charset.StandardCharsets;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.MemoryFault;

/** What the files of /proc say. Source: proc(5); linux v7.3 fs/proc/array.c, fs/proc/task_mmu.c, fs/proc/base.c. */
final class ProcText {
    private static final int STACK_PEEK = 1 << 17;

    private final Kernel k;

    ProcText(final Kernel kernel) {
        this.k = kernel;
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** One line for each run of pages with the same permissions. */
    byte[] maps(final Task task) {
        final Mm mm = task.mm;
        if (mm == null) {
            return new byte[0];
        }
        final StringBuilder text = new StringBuilder();
        long at = mm.space.nextMapped(0);
        while (at >= 0) {
            final int prot = mm.space.protection(at);
            final boolean shared = mm.isShared(at);
            long end = at + AddressSpace.PAGE_SIZE;
            while (mm.space.protection(end) == prot
                    && mm.isShared(end) == shared
                    && !name(mm, at).isEmpty() == !name(mm, end).isEmpty()) {
                end += AddressSpace.PAGE_SIZE;
            }
            final String line = String.format(
                    "%08x-%08x %s%s%s%s 00000000 00:00 0 ",
                    at,
                    end,
                    (prot & AddressSpace.PROT_READ) != 0 ? "r" : "-",
                    (prot & AddressSpace.PROT_WRITE) != 0 ? "w" : "-",
                    (prot & AddressSpace.PROT_EXEC) != 0 ? "x" : "-",
                    shared ? "s" : "p");
            final String name = name(mm, at);
            text.append(line).append(name.isEmpty() ? "" : " ".repeat(Math.max(1, 73 - line.length())) + name);
            text.append('\n');
            at = mm.space.nextMapped(end);
        }
        return bytes(text.toString());
    }

    private static String name(final Mm mm, final long address) {
        if (mm.vdso != 0 && address == (mm.vdso & -AddressSpace.PAGE_SIZE)) {
            return "[vdso]";
        }
        if (mm.brk > mm.brkStart && address >= mm.brkStart && address < mm.brk) {
            return "[heap]";
        }
        if (mm.argStart != 0 && address <= mm.argStart && address > mm.argStart - (8L << 20)) {
            return "[stack]";
        }
        return "";
    }

    byte[] stat(final Task task) {
        final Mm mm = task.mm;
        final StringBuilder text = new StringBuilder();
        text.append(task.tgid).append(" (").append(task.comm).append(") ").append(state(task));
        text.append(' ')
                .append(parent(task))
                .append(' ')
                .append(task.pgid)
                .append(' ')
                .append(task.sid);
        // tty_nr tpgid flags minflt cminflt majflt cmajflt utime stime cutime cstime priority nice
        text.append(" 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 ");
        text.append(task.signal.threads.size()).append(" 0 0 ");
        text.append(mm == null ? 0 : mm.space.mappedBytes()).append(" 0 18446744073709551615");
        // startcode endcode startstack kstkesp kstkeip signal blocked sigignore sigcatch wchan nswap cnswap
        text.append(" 1 1 ").append(mm == null ? 0 : mm.argStart).append(" 0 0 0 0 0 0 0 0 0 ");
        text.append(task.exitSignal).append(' ').append(task.cpu).append(" 0 0 0 0 0 0 0 ");
        text.append(mm == null ? 0 : mm.brkStart);
        text.append(' ').append(mm == null ? 0 : mm.argStart).append(' ').append(mm == null ? 0 : mm.argEnd);
        text.append(' ').append(mm == null ? 0 : mm.envStart).append(' ').append(mm == null ? 0 : mm.envEnd);
        return bytes(text.append(" 0\n").toString());
    }

    private static char state(final Task task) {
        return task.state == TaskState.RUNNING ? 'R' : task.state == TaskState.ZOMBIE ? 'Z' : 'S';
    }

    private static int parent(final Task task) {
        final Task parent = task.realParent;
        return parent == null ? 0 : parent.tgid;
    }

    byte[] status(final Task task) {
        final Mm mm = task.mm;
        return bytes("Name:\t" + task.comm + "\nUmask:\t0022\nState:\t" + state(task) + " (running)\nTgid:\t"
                + task.tgid
                + "\nNgid:\t0\nPid:\t" + task.pid + "\nPPid:\t" + parent(task) + "\nTracerPid:\t0"
                + "\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t64\nGroups:\t \nVmSize:\t"
                + (mm == null ? 0 : mm.space.mappedBytes() >> 10) + " kB\nThreads:\t" + task.signal.threads.size()
                + "\n");
    }

    byte[] cmdline(final Task task) {
        final Mm mm = task.mm;
        return mm == null ? new byte[0] : memory(mm, mm.argStart, mm.argEnd);
    }

    byte[] environ(final Task task) {
        final Mm mm = task.mm;
        return mm == null ? new byte[0] : memory(mm, mm.envStart, mm.envEnd);
    }

    private static byte[] memory(final Mm mm, final long from, final long to) {
        final byte[] bytes = new byte[(int) Math.max(0, Math.min(to - from, STACK_PEEK))];
        try {
            mm.space.peek(from, bytes, 0, bytes.length);
        } catch (final MemoryFault unmapped) {
            return new byte[0];
        }
        return bytes;
    }

    byte[] auxv(final Task task) {
        final Mm mm = task.mm;
        final long[] words = mm == null ? new long[0] : mm.auxv;
        final int word = k.user.wordSize(task);
        final byte[] bytes = new byte[words.length * word];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (words[i / word] >>> 8 * (i % word));
        }
        return bytes;
    }

    byte[] comm(final Task task) {
        return bytes(task.comm + "\n");
    }

    byte[] cpuinfo(final Task task) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < k.cpus.length; i++) {
            text.append("processor\t: ").append(i).append("\n\n");
        }
        return bytes(text.toString());
    }

    byte[] meminfo(final Task task) {
        return bytes("MemTotal:        1048576 kB\nMemFree:          524288 kB\nMemAvailable:     524288 kB\n");
    }
}
