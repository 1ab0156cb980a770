package org.kernelentry.machine.translate;

import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.GuestTrap;

/** What translated code and the engine tell each other, one per CPU. */
public final class RegionRun {
    /** The budget of the current run. */
    public long budget;
    /** Instructions completed by the last run. */
    public long completed;
    /** Detail of the exit that the last run returned. */
    public long detail;
    /** The window that did not show the access which the last run was left for. */
    public int window;
    /** Where that access went. */
    public long address;

    /**
     * A fault at instruction {@code at} of the region.
     *
     * @param done instructions of the blocks before
     * @param pcs the address of each instruction
     * @param before for each instruction, how many of its block come before it
     */
    public int fault(final CpuState state, final long done, final int at, final long[] pcs, final int[] before) {
        state.pc = pcs[at];
        completed = done + before[at];
        return CpuExit.PAGE_FAULT;
    }

    /** As {@link #fault}, but the window has not shown the access, and others have to do it. */
    public int missed(
            final CpuState state,
            final long done,
            final int at,
            final long[] pcs,
            final int[] before,
            final int missedWindow,
            final long missedAddress) {
        state.pc = pcs[at];
        completed = done + before[at];
        window = missedWindow;
        address = missedAddress;
        return RegionCode.MISSED;
    }

    /** A helper's trap: the pc is the helper's. */
    public int trap(
            final CpuState state,
            final long done,
            final int at,
            final long[] pcs,
            final int[] before,
            final GuestTrap trap) {
        detail = trap.detail;
        final boolean complete = trap.exitCode == CpuExit.SYSCALL || state.pc != pcs[at];
        completed = done + before[at] + (complete ? 1 : 0);
        return trap.exitCode;
    }
}
