package org.kernelentry.kernel.arch;

/**
 * Saved registers of one kernel entry ({@code struct pt_regs}): what the entry stub stored, not what the CPU holds now.
 *
 * <p>Slots follow the port's own {@code struct pt_regs} in the kernel's order; the port's {@code *PtRegs} class names them.
 */
public final class PtRegs {
    public final long[] slot;
    /** Whether the entry came from user mode ({@code user_mode(regs)}). */
    public boolean user = true;
    /** Whether the interrupted context had interrupts enabled ({@code !regs_irqs_disabled(regs)}). */
    public boolean irqsOn = true;

    public PtRegs(final int slots) {
        this.slot = new long[slots];
    }

    public void copyFrom(final PtRegs other) {
        System.arraycopy(other.slot, 0, slot, 0, slot.length);
        user = other.user;
        irqsOn = other.irqsOn;
    }
}
