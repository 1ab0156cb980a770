package org.kernelentry.x86.ptrace;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.X86Thread;

/**
 * System calls about segments: arch_prctl(2), set_thread_area(2), get_thread_area(2).
 *
 * <p>Source: linux v7.3 arch/x86/kernel/process_64.c do_arch_prctl_64(); arch/x86/kernel/tls.c.
 */
public final class X86Calls {
    private static final int ARCH_SET_GS = 0x1001;
    private static final int ARCH_SET_FS = 0x1002;
    private static final int ARCH_GET_FS = 0x1003;
    private static final int ARCH_GET_GS = 0x1004;

    /** GDT index of the first thread-local descriptor on a 64-bit kernel. */
    private static final int GDT_ENTRY_TLS_MIN = X86Regs.TLS_SELECTOR >> 3;
    // struct user_desc: entry_number, base_addr, limit, flags
    private static final int USER_DESC_SIZE = 16;
    /** seg_32bit, limit_in_pages, useable. */
    private static final int DESC_FLAGS = 0b101_0001;
    /** What an empty descriptor reads as: read_exec_only, seg_not_present. */
    private static final int DESC_EMPTY = 0b010_1000;

    private static final int DESC_SEG_32BIT = 1;
    private static final int DESC_NOT_PRESENT = 1 << 5;

    private final Kernel k;
    private final X86Segments segments;

    X86Calls(final Kernel k, final X86Segments segments) {
        this.k = k;
        this.segments = segments;
    }

    /** arch_prctl(2) of the current task. */
    public long sysArchPrctl(final Task task) {
        return archPrctl(task, task, task.args[0], task.args[1]);
    }

    /** @param memory the task whose memory results go to */
    long archPrctl(final Task task, final Task memory, final long option, final long argument) {
        switch ((int) option) {
            case ARCH_SET_FS, ARCH_SET_GS -> {
                final boolean fs = option == ARCH_SET_FS;
                if (Long.compareUnsigned(argument, X86Regs.TASK_SIZE_MAX) >= 0) {
                    return -Errno.EPERM;
                }
                segments.set(task, fs ? X86Regs.FS : X86Regs.GS, 0);
                segments.set(task, fs ? X86Regs.FS_BASE : X86Regs.GS_BASE, argument);
                return 0;
            }
            case ARCH_GET_FS, ARCH_GET_GS -> {
                final int base = option == ARCH_GET_FS ? X86Regs.FS_BASE : X86Regs.GS_BASE;
                return k.user.put(memory, argument, 8, segments.get(task, base)) ? 0 : -Errno.EFAULT;
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
    }

    /** set_thread_area(2). */
    public long sysSetThreadArea(final Task task) {
        return setThreadArea(task, task.args[0], true);
    }

    /**
     * {@code do_set_thread_area()} of the descriptor at {@code address} in the current task's memory.
     *
     * @param allocate an entry number of -1 takes a free one and is written back
     */
    public long setThreadArea(final Task task, final long address, final boolean allocate) {
        final byte[] bytes = new byte[USER_DESC_SIZE];
        if (!k.user.copyFrom(k.cpu.current, address, bytes, 0, bytes.length)) {
            return -Errno.EFAULT;
        }
        int entry = word(bytes, 0);
        final long base = word(bytes, 4) & 0xffff_ffffL;
        final int flags = word(bytes, 12);
        final boolean empty = base == 0 && word(bytes, 8) == 0 && (flags == DESC_EMPTY || flags == 0);
        if (!empty && ((flags & DESC_SEG_32BIT) == 0 || (flags & DESC_NOT_PRESENT) != 0)) {
            return -Errno.EINVAL;
        }
        if (entry == -1 && allocate) {
            entry = free(task);
            if (entry < 0) {
                return -Errno.ESRCH;
            }
            if (!k.user.put(k.cpu.current, address, 4, entry)) {
                return -Errno.EFAULT;
            }
        }
        final int n = entry - GDT_ENTRY_TLS_MIN;
        if (n < 0 || n >= X86Regs.TLS_ENTRIES) {
            return -Errno.EINVAL;
        }
        segments.setTls(task, n, empty ? 0 : base | X86Regs.TLS_PRESENT);
        refresh(task, entry * 8L + 3, empty ? 0 : base);
        return 0;
    }

    /** A selector that is loaded gets the new base. */
    private void refresh(final Task task, final long selector, final long base) {
        if (segments.get(task, X86Regs.FS) == selector) {
            segments.set(task, X86Regs.FS_BASE, base);
        }
        if (segments.get(task, X86Regs.GS) == selector) {
            segments.set(task, X86Regs.GS_BASE, base);
        }
    }

    private static int free(final Task task) {
        final long[] tls = ((X86Thread) task.thread).tls;
        for (int n = 0; n < tls.length; n++) {
            if (tls[n] == 0) {
                return GDT_ENTRY_TLS_MIN + n;
            }
        }
        return -1;
    }

    /** get_thread_area(2). */
    public long sysGetThreadArea(final Task task) {
        final long address = task.args[0];
        if (!k.user.get(task, address, 4)) {
            return -Errno.EFAULT;
        }
        final int n = (int) k.user.value - GDT_ENTRY_TLS_MIN;
        if (n < 0 || n >= X86Regs.TLS_ENTRIES) {
            return -Errno.EINVAL;
        }
        final long descriptor = ((X86Thread) task.thread).tls[n];
        final boolean present = descriptor != 0;
        final boolean done = k.user.put(task, address + 4, 4, descriptor & 0xffff_ffffL)
                && k.user.put(task, address + 8, 4, present ? 0xfffff : 0)
                && k.user.put(task, address + 12, 4, present ? DESC_FLAGS : DESC_EMPTY);
        return done ? 0 : -Errno.EFAULT;
    }

    private static int word(final byte[] bytes, final int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | bytes[at + 3] << 24;
    }
}
