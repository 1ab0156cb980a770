package org.kernelentry.x86.decode;

import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.x86.X86Regs;

/**
 * What user mode can learn of the descriptors of the GDT: LAR, LSL, VERR and VERW set ZF for those of privilege level 3. There is no LDT.
 *
 * <p>Source: Intel SDM volume 3, 6.10 (pointer validation); linux v7.3 arch/x86/include/asm/segment.h, arch/x86/kernel/cpu/common.c gdt_page
 * and setup_getcpu().
 */
final class Descriptors {
    /** The descriptor whose limit is the number of the processor. */
    private static final int CPUNODE = 0x78;

    private static final int NONE = 0;
    private static final int CODE32_RIGHTS = 0x00cf_fb00;
    private static final int DATA_RIGHTS = 0x00cf_f300;
    private static final int CODE64_RIGHTS = 0x00af_fb00;
    private static final int CPUNODE_RIGHTS = 0x0040_f500;
    /** As {@code set_thread_area} is asked by C libraries: 32-bit data, usable, limit in pages. */
    private static final int TLS_RIGHTS = 0x00df_f300;

    private static final int CODE = 1 << 11;
    private static final int WRITABLE = 1 << 9;
    private static final int INDEX = 0xfff8;
    private static final int TABLE_AND_INDEX = 0xfffc;

    private Descriptors() {}

    /** The second word of the descriptor as far as LAR shows it, or {@link #NONE}. */
    private static int rights(final CpuState s, final int selector) {
        final int index = selector & INDEX;
        if ((selector & TABLE_AND_INDEX) != index) {
            return NONE;
        }
        final int tls = index - (X86Regs.TLS_SELECTOR & INDEX);
        if (tls >= 0 && tls < 8 * X86Regs.TLS_ENTRIES) {
            return (s.r[X86Regs.TLS + tls / 8] & X86Regs.TLS_PRESENT) != 0 ? TLS_RIGHTS : NONE;
        }
        return switch (index) {
            case X86Regs.USER32_CS & INDEX -> CODE32_RIGHTS;
            case X86Regs.USER_DS & INDEX -> DATA_RIGHTS;
            case X86Regs.USER_CS & INDEX -> CODE64_RIGHTS;
            case CPUNODE -> CPUNODE_RIGHTS;
            default -> NONE;
        };
    }

    private static boolean zero(final CpuState s, final int flags, final boolean value) {
        s.r[flags] = value ? s.r[flags] | Flags.Z : s.r[flags] & ~(long) Flags.Z;
        return value;
    }

    static void lar(final CpuState s, final int d, final int selector, final int flags) {
        final int rights = rights(s, selector);
        if (zero(s, flags, rights != NONE)) {
            s.r[d] = rights;
        }
    }

    /** Limits are those of a flat segment, and 0 for processor 0 of node 0. */
    static void lsl(final CpuState s, final int d, final int selector, final int flags) {
        final int rights = rights(s, selector);
        if (zero(s, flags, rights != NONE)) {
            s.r[d] = rights == CPUNODE_RIGHTS ? 0 : 0xffff_ffffL;
        }
    }

    /** All code segments that are visible can be read, and none written. */
    static void verify(final CpuState s, final int selector, final int flags, final boolean write) {
        final int rights = rights(s, selector);
        zero(s, flags, rights != NONE && (!write || (rights & CODE) == 0 && (rights & WRITABLE) != 0));
    }
}
