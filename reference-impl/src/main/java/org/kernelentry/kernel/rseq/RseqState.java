package org.kernelentry.kernel.rseq;

import org.jspecify.annotations.Nullable;

/** {@code struct rseq_data}: the registration of a task and what happened since its last return to user mode. */
public final class RseqState {
    /** {@code RSEQ_CPU_ID_UNINITIALIZED}, and "nothing written yet" of the cached ids. */
    static final int UNINITIALIZED = -1;

    /** Registered area, 0 for none. */
    public long area;

    public int length;
    public int signature;
    /** {@code rseq_event::has_rseq}: 0 without, 1 the original rules, 2 those of areas larger than 32 bytes (RSQ-09). */
    public int version;

    // ---- rseq_event
    /** The kernel was last entered by an interrupt or exception from user mode. */
    public boolean userIrq;
    /** The task lost its CPU, or an update was asked for. */
    public boolean schedSwitch;
    /** CPU or concurrency id may differ from what user memory says. */
    public boolean idsChanged;
    /** The fast path failed: resume work has to try and to judge. */
    boolean slowpath;

    // ---- rseq_ids: what was written last
    int cpuId = UNINITIALIZED;
    int mmCid = UNINITIALIZED;

    // ---- rseq_slice
    boolean sliceEnabled;
    boolean sliceGranted;
    boolean sliceYielded;
    /** Virtual time at which a grant ends. */
    long sliceExpires;

    @Nullable
    Object sliceTimer;

    /** {@code rseq_event::events = 0}. */
    void clearEvents() {
        userIrq = false;
        schedSwitch = false;
        idsChanged = false;
    }

    /** {@code rseq_reset()}: not registered. */
    void reset() {
        area = 0;
        length = 0;
        signature = 0;
        version = 0;
        clearEvents();
        slowpath = false;
        cpuId = UNINITIALIZED;
        mmCid = UNINITIALIZED;
        sliceEnabled = false;
        sliceGranted = false;
        sliceYielded = false;
        sliceExpires = 0;
        sliceTimer = null;
    }

    /** The registration of a forked parent, with the ids that its copied memory holds. */
    void copyFrom(final RseqState parent) {
        area = parent.area;
        length = parent.length;
        signature = parent.signature;
        version = parent.version;
        userIrq = parent.userIrq;
        schedSwitch = parent.schedSwitch;
        idsChanged = parent.idsChanged;
        slowpath = parent.slowpath;
        cpuId = parent.cpuId;
        mmCid = parent.mmCid;
        sliceEnabled = parent.sliceEnabled;
        sliceGranted = parent.sliceGranted;
        sliceYielded = parent.sliceYielded;
        sliceExpires = parent.sliceExpires;
    }
}
