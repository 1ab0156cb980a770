package org.kernelentry.kernel.rseq;

import java.util.Locale;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.task.Task;

/**
 * The critical section a task is in, if it is: its abort, and the checks of its descriptor.
 *
 * <p>Source: linux v7.3 include/linux/rseq_entry.h rseq_update_user_cs(), rseq_debug_update_user_cs(); before 6.19 kernel/rseq.c
 * rseq_get_rseq_cs(), rseq_ip_fixup().
 */
final class RseqSection {
    /** Members of {@code struct rseq_cs}. */
    private static final int HEAD = 0;

    private static final int START_IP = 8;
    private static final int POST_COMMIT_OFFSET = 16;
    private static final int ABORT_IP = 24;
    private static final int SIGNATURE_SIZE = 4;

    private final Kernel k;
    private final RseqArea area;

    private long start;
    private long length;
    private long abort;

    RseqSection(final Kernel kernel, final RseqArea area) {
        this.k = kernel;
        this.area = area;
    }

    private boolean read(final Task task, final long descriptor) {
        if (!k.user.get(task, descriptor + START_IP, 8)) {
            return false;
        }
        start = k.user.value;
        if (!k.user.get(task, descriptor + POST_COMMIT_OFFSET, 8)) {
            return false;
        }
        length = k.user.value;
        if (!k.user.get(task, descriptor + ABORT_IP, 8)) {
            return false;
        }
        abort = k.user.value;
        return true;
    }

    private static boolean below(final long value, final long limit) {
        return Long.compareUnsigned(value, limit) < 0;
    }

    private boolean signed(final Task task) {
        return k.user.get(task, abort - SIGNATURE_SIZE, 4) && (int) k.user.value == task.rseq.signature;
    }

    private boolean clear(final Task task) {
        return area.put(task, RseqArea.RSEQ_CS, 8, 0);
    }

    private boolean abort(final Task task, final PtRegs regs, final long ip) {
        if (!clear(task)) {
            return false;
        }
        k.arch.setInstructionPointer(regs, abort);
        if (k.trace.enabled(Rseq.RSEQ_IP_FIXUP)) {
            k.trace.event(
                    k.cpu,
                    Rseq.RSEQ_IP_FIXUP,
                    String.format(
                            Locale.ROOT,
                            "regs_ip=0x%x start_ip=0x%x post_commit_offset=%s abort_ip=0x%x",
                            ip,
                            start,
                            Long.toUnsignedString(length),
                            abort));
        }
        return true;
    }

    /**
     * {@code rseq_update_user_cs()}: aborts the section if the pc is inside it, else forgets it (RSQ-02, RSQ-03).
     *
     * @param descriptor address of the descriptor, not 0
     * @return false when the task has to die: bad memory, or a section whose abort address is not to be trusted (RSQ-04)
     */
    boolean update(final Task task, final PtRegs regs, final long descriptor) {
        final long taskSize = task.requireMm().taskSize;
        if (!below(descriptor, taskSize) || !read(task, descriptor)) {
            return false;
        }
        final long ip = k.arch.instructionPointer(regs);
        if (!below(ip - start, length)) {
            return clear(task);
        }
        // Nothing else is checked: a crooked descriptor is the program's own problem.
        if (!below(abort, taskSize) || below(abort, SIGNATURE_SIZE) || !signed(task)) {
            return false;
        }
        return abort(task, regs, ip);
    }

    /**
     * {@code rseq_debug_update_user_cs()}: with all checks, and death for a section that was left by a system call (RSQ-06).
     *
     * @param fromInterrupt the kernel was entered by an interrupt from user mode, or the port cannot tell (RSQ-07)
     */
    boolean updateDebug(final Task task, final PtRegs regs, final long descriptor, final boolean fromInterrupt) {
        final long taskSize = task.requireMm().taskSize;
        if (!below(descriptor, taskSize) || !read(task, descriptor) || !below(start, taskSize)) {
            return false;
        }
        final long ip = k.arch.instructionPointer(regs);
        if (below(ip, start)) {
            return clear(task);
        }
        final long end = start + length;
        if (!below(end, taskSize) || below(end, start)) {
            return false;
        }
        if (!below(ip, end)) {
            return clear(task);
        }
        if (!below(abort, taskSize) || below(abort, SIGNATURE_SIZE) || below(abort - start, length)) {
            return false;
        }
        // Version and flags, as one word: none is defined.
        if (!k.user.get(task, descriptor + HEAD, 8) || k.user.value != 0 || !signed(task)) {
            return false;
        }
        return fromInterrupt && abort(task, regs, ip);
    }

    /** Before 6.19: what a descriptor address must point at, whether the pc is inside or not. */
    private boolean validLegacy(final Task task, final long descriptor) {
        final long taskSize = task.requireMm().taskSize;
        if (!below(descriptor, taskSize) || !read(task, descriptor)) {
            return false;
        }
        final long end = start + length;
        if (!k.user.get(task, descriptor + HEAD, 4) || k.user.value != 0) {
            return false;
        }
        return below(start, taskSize)
                && below(end, taskSize)
                && below(abort, taskSize)
                && !below(end, start)
                && !below(abort - start, length)
                && signed(task);
    }

    /**
     * Before 6.19 {@code rseq_ip_fixup()}.
     *
     * @param happened a preemption, migration or signal since the last return; without one a section goes on
     */
    boolean updateLegacy(final Task task, final PtRegs regs, final boolean happened) {
        if (!area.get(task, RseqArea.RSEQ_CS, 8)) {
            return false;
        }
        final long descriptor = k.user.value;
        if (descriptor == 0) {
            return clear(task);
        }
        if (!validLegacy(task, descriptor)) {
            return false;
        }
        final long ip = k.arch.instructionPointer(regs);
        if (!below(ip - start, length)) {
            return clear(task);
        }
        // The flags once meant to spare a section its abort. Any set flag is an error since.
        if (!k.user.get(task, descriptor + 4, 4) || k.user.value != 0) {
            return false;
        }
        if (!area.get(task, RseqArea.FLAGS, 4) || k.user.value != 0) {
            return false;
        }
        return !happened || abort(task, regs, ip);
    }

    /** Before 6.19 {@code rseq_syscall()}: whether a call from here is tolerated. */
    boolean callAllowedLegacy(final Task task, final PtRegs regs) {
        if (!area.get(task, RseqArea.RSEQ_CS, 8)) {
            return false;
        }
        final long descriptor = k.user.value;
        return descriptor == 0
                || validLegacy(task, descriptor) && !below(k.arch.instructionPointer(regs) - start, length);
    }
}
