package org.kernelentry.isa.aarch32;

/** What AArch32 has in one version of the architecture and not in another. */
public enum A32Feature {
    /**
     * SWP and SWPB: optional in ARMv7 (DDI 0406C A8.8.229), gone in Armv8 (DDI 0487 K1). Linux for arm runs them, by emulation where
     * SCTLR.SW is 0 (arch/arm/kernel/swp_emulate.c); Linux for arm64 leaves them undefined unless the administrator has them emulated
     * (arch/arm64/kernel/armv8_deprecated.c, INSN_OBSOLETE).
     */
    SWP
}
