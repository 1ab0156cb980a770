package org.kernelentry.kernel.rseq;

/** {@code struct rseq_data}: the registration of a task and what happened since its last return to user mode. */
public final class RseqState {
    /** Registered area, 0 for none. */
    public long area;

    public int length;
    public int signature;
    public boolean userIrq;
    public boolean schedSwitch;
}
