package org.kernelentry.isa.aarch32;

import org.kernelentry.machine.ir.Helper;

/** Helpers of AArch32 in the order of their numbers. */
final class Helpers {
    /** mode = slot a: the rare exit that must leave another IT state behind. */
    static final int SET_MODE = 0;

    private Helpers() {}

    static Helper[] all() {
        return new Helper[] {(s, d, a, b) -> s.mode = (int) s.r[a]};
    }
}
