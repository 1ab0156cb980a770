package org.kernelentry.arm64.decode;

/** Extensions of the architecture that a modelled CPU may have or not: those that add state to EL0. DDI 0487 A2.2. */
public enum A64Feature {
    /** Branch target identification: PSTATE.BTYPE. No page is guarded. */
    BTI,
    /** The part of memory tagging that EL0 has without tagged memory: PSTATE.TCO. */
    MTE
}
