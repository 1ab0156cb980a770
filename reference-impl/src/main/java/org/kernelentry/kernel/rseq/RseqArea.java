package org.kernelentry.kernel.rseq;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;

/** A task's {@code struct rseq} in its own memory. Source: linux v7.3 include/uapi/linux/rseq.h, include/linux/rseq_entry.h. */
final class RseqArea {
    static final int CPU_ID_START = 0;
    static final int CPU_ID = 4;
    static final int RSEQ_CS = 8;
    static final int FLAGS = 16;
    static final int NODE_ID = 20;
    static final int MM_CID = 24;
    static final int SLICE_CTRL = 28;
    /** {@code offsetof(struct rseq, end)} of 7.3: one byte past 32, so that the feature size tells it from the original. */
    static final int FEATURE_SIZE = 33;

    /** The only node of this machine. */
    private static final int NODE = 0;

    private final Kernel k;

    RseqArea(final Kernel kernel) {
        this.k = kernel;
    }

    boolean get(final Task task, final int member, final int size) {
        return k.user.get(task, task.rseq.area + member, size);
    }

    boolean put(final Task task, final int member, final int size, final long value) {
        return k.user.put(task, task.rseq.area + member, size, value);
    }

    /** {@code task_mm_cid()}: unique among the running threads of the memory, and as small as the number of CPUs allows. */
    int mmCid(final Task task) {
        final Mm mm = task.requireMm();
        int sharers = 0;
        long taken = 0;
        for (final Task other : k.processes.all()) {
            if (other.mm == mm && !other.exiting) {
                sharers++;
                final int cid = other == task ? RseqState.UNINITIALIZED : other.rseq.mmCid;
                taken |= cid >= 0 && cid < Long.SIZE ? 1L << cid : 0;
            }
        }
        // With more threads than CPUs the ids belong to the CPUs.
        if (sharers > k.cpus.length) {
            return k.cpu.id;
        }
        final int own = task.rseq.mmCid;
        final boolean free = own >= 0 && own < Long.SIZE && (taken & 1L << own) == 0;
        return free ? own : Long.numberOfTrailingZeros(~taken);
    }

    /**
     * {@code rseq_set_ids_get_csaddr()}: makes the ids in user memory current (RSQ-01).
     *
     * @param validate the values there must be those written last (RSQ-11)
     */
    boolean setIds(final Task task, final boolean validate) {
        final RseqState rseq = task.rseq;
        if (validate && !unchanged(task)) {
            return false;
        }
        final int cpu = k.cpu.id;
        final int cid = mmCid(task);
        final boolean extended = k.config.version() >= Rseq.SINCE_NODE_ID;
        if (!put(task, CPU_ID_START, 4, cpu)
                || !put(task, CPU_ID, 4, cpu)
                || extended && !put(task, NODE_ID, 4, NODE)
                || extended && !put(task, MM_CID, 4, cid)
                || rseq.version > 1 && !put(task, SLICE_CTRL, 4, 0)) {
            return false;
        }
        rseq.sliceGranted = false;
        rseq.cpuId = cpu;
        rseq.mmCid = cid;
        if (k.trace.enabled(Rseq.RSEQ_UPDATE)) {
            k.trace.event(k.cpu, Rseq.RSEQ_UPDATE, "cpu_id=" + cpu + " node_id=" + NODE + " mm_cid=" + cid);
        }
        return true;
    }

    /** {@code rseq_debug_validate_ids()}. Before the first update there is nothing to compare with. */
    private boolean unchanged(final Task task) {
        final RseqState rseq = task.rseq;
        if (rseq.cpuId == RseqState.UNINITIALIZED) {
            return true;
        }
        return holds(task, CPU_ID_START, rseq.cpuId)
                && holds(task, CPU_ID, rseq.cpuId)
                && holds(task, NODE_ID, NODE)
                && holds(task, MM_CID, rseq.mmCid);
    }

    private boolean holds(final Task task, final int member, final int value) {
        return get(task, member, 4) && (int) k.user.value == value;
    }
}
