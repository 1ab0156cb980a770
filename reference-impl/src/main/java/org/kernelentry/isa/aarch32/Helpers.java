package org.kernelentry.isa.aarch32;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.kernelentry.isa.LazyHelpers;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Helper;

/** Helpers of AArch32 in the order of their numbers: rows of the floating-point tables add theirs when the tables are made. */
final class Helpers {
    /** A {@link Helper} over the floating-point registers; {@code insn} is an encoding or whatever the decoder packed. */
    @FunctionalInterface
    interface VfpHelper {
        void run(VfpState v, CpuState s, int insn, int a);
    }

    /** mode = slot a: the rare exit that must leave another IT state behind. */
    static final int SET_MODE = 0;

    private static final List<VfpHelper> VFP = new ArrayList<>();

    private Helpers() {}

    /** Adds a helper and returns its number. */
    static synchronized int add(final VfpHelper helper) {
        VFP.add(helper);
        return VFP.size();
    }

    /** How many there are. */
    static synchronized int count() {
        return VFP.size() + 1;
    }

    /** Those of one CPU by number: they share its floating-point environment. */
    static IntFunction<Helper> ofOneCpu(final A32Regs regs) {
        final VfpState v = new VfpState(regs);
        return new LazyHelpers(number -> {
            if (number == SET_MODE) {
                return (s, d, a, b) -> s.mode = (int) s.r[a];
            }
            final VfpHelper helper = get(number);
            return (s, low, a, high) -> helper.run(v, s, low | high << 16, a);
        });
    }

    private static synchronized VfpHelper get(final int number) {
        return VFP.get(number - 1);
    }
}
