package org.kernelentry.machine.translate;

import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.memory.PagedSpace;

/** A translated region: several blocks in one method. Stateless; valid as long as the space's code generation stays. */
@FunctionalInterface
public interface RegionCode {
    /** Left between two instructions, the pc set: look for what comes next. */
    int INDIRECT = -3;
    /** Left before an instruction, the pc set, whose access no window shows: {@link RegionRun#window} and {@link RegionRun#address}. */
    int MISSED = -4;

    /**
     * Runs from the entry of this number, of {@link RegionPlan#entry}; see also {@link RegionPlan#indirectTargets}. What becomes of the flags is for {@link org.kernelentry.machine.ir.Flags#settle}.
     *
     * @param run takes what was completed and the detail of an exit; it and the next two are those that the region was made for
     * @param state the live registers
     * @param r {@code state.r}
     * @param memory the space the region was decoded from
     * @param budget {@link RegionRun#budget}: instructions that may be completed, less than 2^31; if that is less than
     *     {@link RegionPlan#most}, the region is left at once
     * @return a code of {@link org.kernelentry.machine.CpuExit}, {@link #INDIRECT} or {@link #MISSED}; the pc is set
     */
    int run(RegionRun run, CpuState state, long[] r, PagedSpace memory, long budget, int entry);
}
