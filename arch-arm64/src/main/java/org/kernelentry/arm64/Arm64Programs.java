package org.kernelentry.arm64;

import java.util.List;
import org.kernelentry.kernel.exec.ElfAbi;

/**
 * Programs of arm64 and its compat mode: {@code asm/elf.h}.
 *
 * <p>Source: linux v7.3 arch/arm64/include/asm/elf.h, asm/processor.h, uapi/asm/hwcap.h; arch/arm64/kernel/cpufeature.c.
 */
final class Arm64Programs {
    /** FP, ASIMD, AES, PMULL, SHA1, SHA2, CRC32, ATOMICS, CPUID (reads of ID registers are emulated), LRCPC. */
    private static final long HWCAP =
            1 | 1 << 1 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 11 | 1 << 15;
    /**
     * Of {@code asm/hwcap.h} for compat: HALF, THUMB, FAST_MULT, VFP, EDSP, NEON, VFPv3, TLS, VFPv4, IDIVA, IDIVT, LPAE. VFPD32 is never among
     * them, although there are 32 registers: no capability of the kernel sets it.
     */
    private static final long COMPAT_HWCAP = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 12 | 1 << 13 | 1 << 15
            | 1 << 16 | 1 << 17 | 1 << 18 | 1 << 20;

    private static final long STACK_TOP_64 = 1L << 48;
    /** AARCH32_VECTORS_BASE. */
    private static final long STACK_TOP_32 = 0xffff_0000L;
    /** What a frame takes with floating point and Advanced SIMD, as {@code minsigstksz_setup()} finds it. */
    private static final long MIN_SIGNAL_STACK = 4720;

    static final List<ElfAbi> ELF_ABIS = List.of(
            new ElfAbi(
                    "a64",
                    ElfAbi.EM_AARCH64,
                    true,
                    STACK_TOP_64,
                    0xaaaa_aaaa_a000L,
                    HWCAP,
                    0,
                    "aarch64",
                    MIN_SIGNAL_STACK),
            new ElfAbi("a32", ElfAbi.EM_ARM, false, STACK_TOP_32, 0xaaaa_a000L, COMPAT_HWCAP, 0, "v8l", 0));

    private Arm64Programs() {}
}
