package org.kernelentry.machine.translate;

import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.GuestTrap;
import org.kernelentry.machine.memory.Window;

/** What translated code and the engine tell each other, one per CPU. */
public final class RegionRun {
    /** A fault; below {@link RegionCode#MISSED} and all windows. */
    static final int FAULT = RegionCode.MISSED - Window.COUNT;

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
     * A region was left at instruction {@code at}, which is not complete.
     *
     * @param done instructions of the blocks before
     * @param pcs the address of each instruction
     * @param before for each instruction, how many of its block come before it
     * @param code {@link #FAULT}, or {@link RegionCode#MISSED} less the window that has not shown the access, so that others have to do it
     * @param accessed where that access went
     */
    public int stopped(
            final CpuState state,
            final long done,
            final int at,
            final long[] pcs,
            final int[] before,
            final int code,
            final long accessed) {
        state.pc = pcs[at];
        completed = done + before[at];
        if (code == FAULT) {
            return CpuExit.PAGE_FAULT;
        }
        window = RegionCode.MISSED - code;
        address = accessed;
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
