package org.kernelentry.arm64.entry;

import org.kernelentry.machine.Cpu;
import org.kernelentry.machine.memory.AddressSpace;

/**
 * Exception syndromes as a signal frame shows them.
 *
 * <p>Source: DDI 0487 D19.2.37 ESR_EL1; linux v7.3 arch/arm64/mm/fault.c set_thread_esr().
 */
public final class Esr {
    private static final int EC_SHIFT = 26;
    /** A 32-bit instruction. */
    private static final long IL = 1L << 25;

    /** Write, not read. */
    public static final long WNR = 1L << 6;

    static final long PC_ALIGN = 0x22L << EC_SHIFT | IL;
    static final long SP_ALIGN = 0x26L << EC_SHIFT | IL;
    static final long BKPT32 = 0x38L << EC_SHIFT | IL;

    private static final long EC_IABT_LOW = 0x20L << EC_SHIFT;
    private static final long EC_DABT_LOW = 0x24L << EC_SHIFT;
    private static final long FSC_TRANSLATION_LEVEL0 = 0x04;
    private static final long FSC_TRANSLATION_LEVEL3 = 0x07;
    private static final long FSC_PERMISSION_LEVEL3 = 0x0f;
    private static final long FSC_ALIGNMENT = 0x21;

    private Esr() {}

    /** The syndrome of the access that {@code machine} was refused last. */
    static long abort(final Cpu machine, final boolean instruction, final boolean alignment) {
        long esr = instruction ? EC_IABT_LOW | IL : EC_DABT_LOW | IL;
        if (machine.faultAccess() == AddressSpace.PROT_WRITE) {
            esr |= WNR;
        }
        if ((machine.faultAddress() & 1L << 55) != 0) {
            // Nothing about the kernel's half may be learnt: always a translation fault at level 0.
            return esr | FSC_TRANSLATION_LEVEL0;
        }
        if (alignment) {
            return esr | FSC_ALIGNMENT;
        }
        return esr | (machine.faultOnPresentPage() ? FSC_PERMISSION_LEVEL3 : FSC_TRANSLATION_LEVEL3);
    }
}
