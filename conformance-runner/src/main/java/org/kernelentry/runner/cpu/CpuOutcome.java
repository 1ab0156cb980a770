package org.kernelentry.runner.cpu;

/** What became of a case. */
public final class CpuOutcome {
    private final End end;
    private final long address;
    private final long[] after;
    private final byte[] memory;
    private final boolean changedCode;

    /**
     * @param end how it ended
     * @param address the faulting address of {@link End#PAGE_FAULT} and {@link End#ALIGNMENT}, else 0
     * @param after the state when it ended
     * @param memory the page of data when it ended
     */
    public CpuOutcome(End end, long address, long[] after, byte[] memory) {
        this(end, address, after, memory, false);
    }

    CpuOutcome(End end, long address, long[] after, byte[] memory, boolean changedCode) {
        this.end = end;
        this.address = address;
        this.after = after;
        this.memory = memory;
        this.changedCode = changedCode;
    }

    /** Whether it stored into its own code, as far as that is known: not by other CPUs. */
    boolean changedCode() {
        return changedCode;
    }

    /** How it ended. */
    public End end() {
        return end;
    }

    /** The address of a fault, else 0. */
    public long address() {
        return address;
    }

    /** The state when it ended; not a copy, masks change it. */
    public long[] after() {
        return after;
    }

    /** The page of data when it ended; not a copy, masks change it. */
    public byte[] memory() {
        return memory;
    }

    /** How a run ends. */
    public enum End {
        /** No such instruction: also the ordinary end, behind the code. */
        UNDEFINED,
        PAGE_FAULT,
        ALIGNMENT,
        BREAKPOINT,
        DIVIDE_ERROR,
        PROTECTION,
        TRAP,
        SYSTEM_CALL,
        /** It did not end; nothing else is known. */
        NEVER,
        /** The judge broke down over this case; nothing else is known. */
        LOST
    }
}
