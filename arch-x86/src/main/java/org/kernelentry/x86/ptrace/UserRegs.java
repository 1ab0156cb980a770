package org.kernelentry.x86.ptrace;

import java.util.List;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.x86.X86PtRegs;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.X86Thread;

/**
 * {@code struct user_regs_struct}, 64-bit and 32-bit: reading and writing one register by its place in it.
 *
 * <p>Source: linux v7.3 arch/x86/kernel/ptrace.c getreg(), putreg(), getreg32(), putreg32().
 */
final class UserRegs {
    /** Names in the order of the 64-bit structure, eight bytes each. */
    static final List<String> NAMES_64 = List.of(
            "r15",
            "r14",
            "r13",
            "r12",
            "rbp",
            "rbx",
            "r11",
            "r10",
            "r9",
            "r8",
            "rax",
            "rcx",
            "rdx",
            "rsi",
            "rdi",
            "orig_rax",
            "rip",
            "cs",
            "eflags",
            "rsp",
            "ss",
            "fs_base",
            "gs_base",
            "ds",
            "es",
            "fs",
            "gs");
    /** Names in the order of the 32-bit structure, four bytes each. */
    static final List<String> NAMES_32 = List.of(
            "ebx",
            "ecx",
            "edx",
            "esi",
            "edi",
            "ebp",
            "eax",
            "ds",
            "es",
            "fs",
            "gs",
            "orig_eax",
            "eip",
            "cs",
            "eflags",
            "esp",
            "ss");

    private static final int FS_BASE = 21;
    private static final int GS_BASE = 22;
    private static final int DS = 23;
    private static final int ES = 24;
    private static final int FS = 25;
    private static final int GS = 26;

    /** Place in the 64-bit structure of each member of the 32-bit one. */
    private static final int[] FROM_32 = {
        X86PtRegs.BX,
        X86PtRegs.CX,
        X86PtRegs.DX,
        X86PtRegs.SI,
        X86PtRegs.DI,
        X86PtRegs.BP,
        X86PtRegs.AX,
        DS,
        ES,
        FS,
        GS,
        X86PtRegs.ORIG_AX,
        X86PtRegs.IP,
        X86PtRegs.CS,
        X86PtRegs.FLAGS,
        X86PtRegs.SP,
        X86PtRegs.SS
    };

    /** {@code FLAG_MASK}: what a tracer may change. */
    private static final long FLAG_MASK = Flags.ALL | X86Regs.TF | X86Regs.DF | X86Regs.RF | X86Regs.AC | X86Regs.NT;

    private final X86Segments segments;

    UserRegs(final Kernel k) {
        this.segments = new X86Segments(k);
    }

    X86Segments segments() {
        return segments;
    }

    long get(final Task task, final int index) {
        final long[] r = task.regs.slot;
        return switch (index) {
            case X86PtRegs.FLAGS -> {
                // A tracer's own TF is hidden from it (STP-10).
                final boolean forced = ((X86Thread) task.thread).forcedTf;
                yield forced ? r[X86PtRegs.FLAGS] & ~X86Regs.TF : r[X86PtRegs.FLAGS];
            }
            case FS_BASE, GS_BASE, DS, ES, FS, GS -> segments.get(task, slot(index));
            case X86PtRegs.CS, X86PtRegs.SS -> r[index] & 0xffff;
            default -> r[index];
        };
    }

    /** 0 or -EIO. */
    long set(final Task task, final int index, final long value) {
        final long[] r = task.regs.slot;
        switch (index) {
            case X86PtRegs.CS, X86PtRegs.SS, DS, ES, FS, GS -> {
                return setSegment(task, index, (int) value & 0xffff);
            }
            case X86PtRegs.FLAGS -> setFlags(task, value);
            case FS_BASE, GS_BASE -> {
                if (Long.compareUnsigned(value, X86Regs.TASK_SIZE_MAX) >= 0) {
                    return -Errno.EIO;
                }
                segments.set(task, slot(index), value);
            }
            default -> r[index] = value;
        }
        return 0;
    }

    long get32(final Task task, final int index) {
        return get(task, FROM_32[index]) & 0xffff_ffffL;
    }

    /** As {@link #set} through the 32-bit area: selectors take their bases along, the number is marked as poked (PTR-24). */
    long set32(final Task task, final int index, final long value32) {
        final long value = value32 & 0xffff_ffffL;
        final int place = FROM_32[index];
        final long result = set(task, place, value);
        if (result != 0) {
            return result;
        }
        final X86Thread thread = (X86Thread) task.thread;
        if (place == FS) {
            segments.set(task, X86Regs.FS_BASE, thread.baseOf(value & 0xffff));
        } else if (place == GS) {
            segments.set(task, X86Regs.GS_BASE, thread.baseOf(value & 0xffff));
        } else if (place == X86PtRegs.ORIG_AX && (int) value != -1) {
            thread.i386RegsPoked = true;
        }
        return 0;
    }

    /** PTR-25: a selector of another privilege level is refused, and a null one for code and stack. */
    private long setSegment(final Task task, final int index, final int selector) {
        if (selector != 0 && (selector & 3) != 3) {
            return -Errno.EIO;
        }
        if (index == X86PtRegs.CS || index == X86PtRegs.SS) {
            if (selector == 0) {
                return -Errno.EIO;
            }
            task.regs.slot[index] = selector;
        } else {
            segments.set(task, slot(index), selector);
        }
        return 0;
    }

    private static void setFlags(final Task task, final long value) {
        final X86Thread thread = (X86Thread) task.thread;
        long flags = value;
        if ((value & X86Regs.TF) != 0) {
            thread.forcedTf = false;
        } else if (thread.forcedTf) {
            flags |= X86Regs.TF;
        }
        final long[] r = task.regs.slot;
        r[X86PtRegs.FLAGS] = r[X86PtRegs.FLAGS] & ~FLAG_MASK | flags & FLAG_MASK;
    }

    private static int slot(final int index) {
        return switch (index) {
            case FS_BASE -> X86Regs.FS_BASE;
            case GS_BASE -> X86Regs.GS_BASE;
            case DS -> X86Regs.DS;
            case ES -> X86Regs.ES;
            case FS -> X86Regs.FS;
            default -> X86Regs.GS;
        };
    }
}
