package org.kernelentry.machine.ir;

import org.kernelentry.machine.CpuState;

/**
 * An instruction too wide for the intermediate form (division with 128-bit dividends, SIMD, exclusive monitors).
 *
 * <p>Both engines call the same helper, so it is still one semantics. It reads and writes slots and memory of {@code s} only; it may
 * let a {@code MemoryFault} through, in which case it must not have changed anything; it may throw {@link GuestTrap}.
 */
@FunctionalInterface
public interface Helper {
    void run(CpuState s, int d, int a, int b);
}
