package org.kernelentry.isa.aarch32;

import java.util.ArrayList;
import java.util.List;
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

    /** All of them, for one CPU: they share its floating-point environment. */
    static synchronized Helper[] all(final A32Regs regs) {
        final VfpState v = new VfpState(regs);
        final Helper[] all = new Helper[VFP.size() + 1];
        all[SET_MODE] = (s, d, a, b) -> s.mode = (int) s.r[a];
        for (int i = 0; i < VFP.size(); i++) {
            final VfpHelper helper = VFP.get(i);
            all[i + 1] = (s, low, a, high) -> helper.run(v, s, low | high << 16, a);
        }
        return all;
    }
}
