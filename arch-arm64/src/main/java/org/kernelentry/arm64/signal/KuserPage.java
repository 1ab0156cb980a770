package org.kernelentry.arm64.signal;

import org.kernelentry.kernel.task.Mm;
import org.kernelentry.machine.memory.AddressSpace;

/**
 * The kuser helper page of compat tasks (A32-05): fixed addresses that programs of arm call. The long helpers branch to their bodies lower in the
 * page.
 *
 * <p>Source: linux Documentation/arch/arm/kernel_user_helpers.rst; v7.3 arch/arm64/kernel/vdso.c aarch32_alloc_kuser_vdso_page().
 */
public final class KuserPage {
    public static final long ADDRESS = 0xffff_0000L;
    private static final int CMPXCHG64 = 0xf60;
    private static final int MEMORY_BARRIER = 0xfa0;
    private static final int CMPXCHG = 0xfc0;
    private static final int GET_TLS = 0xfe0;
    private static final int VERSION = 0xffc;
    /** Number of 32-byte slots up to the version word, the 64-bit exchange included. */
    private static final int HELPER_VERSION = 5;

    private static final int CMPXCHG_BODY = 0xe00;
    private static final int CMPXCHG64_BODY = 0xe80;
    private static final int BX_LR = 0xe12fff1e;
    private static final int DMB_ISH = 0xf57ff05b;

    private static final int[] CMPXCHG_CODE = {
        0xe1923f9f, // 1: ldrex r3, [r2]
        0xe1530000, // cmp r3, r0
        0x1a000005, // bne 2f
        0xe182cf91, // strex ip, r1, [r2]
        0xe35c0000, // cmp ip, #0
        0x1afffff9, // bne 1b
        DMB_ISH,
        0xe05c000c, // subs r0, ip, ip: 0, carry set
        BX_LR,
        0xf57ff01f, // 2: clrex
        0xe3e00000, // mvn r0, #0
        0xe3700000, // cmn r0, #0: carry clear
        BX_LR
    };

    private static final int[] CMPXCHG64_CODE = {
        0xe92d03f0, // push {r4-r9}
        0xe1c040d0, // ldrd r4, r5, [r0]
        0xe1c160d0, // ldrd r6, r7, [r1]
        0xe1b28f9f, // 1: ldrexd r8, r9, [r2]
        0xe1580004, // cmp r8, r4
        0x01590005, // cmpeq r9, r5
        0x1a000006, // bne 2f
        0xe1a2cf96, // strexd ip, r6, r7, [r2]
        0xe35c0000, // cmp ip, #0
        0x1afffff8, // bne 1b
        DMB_ISH,
        0xe05c000c, // subs r0, ip, ip
        0xe8bd03f0, // pop {r4-r9}
        BX_LR,
        0xf57ff01f, // 2: clrex
        0xe3e00000, // mvn r0, #0
        0xe3700000, // cmn r0, #0
        0xe8bd03f0, // pop {r4-r9}
        BX_LR
    };

    private KuserPage() {}

    public static void map(final Mm mm) {
        final byte[] page = new byte[AddressSpace.PAGE_SIZE];
        put(page, CMPXCHG_BODY, CMPXCHG_CODE);
        put(page, CMPXCHG64_BODY, CMPXCHG64_CODE);
        put(page, CMPXCHG64, branch(CMPXCHG64, CMPXCHG64_BODY));
        put(page, MEMORY_BARRIER, DMB_ISH, BX_LR);
        put(page, CMPXCHG, branch(CMPXCHG, CMPXCHG_BODY));
        put(page, GET_TLS, 0xee1d0f70, BX_LR); // mrc p15, 0, r0, c13, c0, 3
        put(page, VERSION, HELPER_VERSION);
        mm.space.map(ADDRESS, page.length, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
        mm.space.poke(ADDRESS, page, 0, page.length);
    }

    /** B. */
    private static int branch(final int from, final int to) {
        return 0xea000000 | to - from - 8 >> 2 & 0xffffff;
    }

    private static void put(final byte[] page, final int at, final int... words) {
        for (int i = 0; i < 4 * words.length; i++) {
            page[at + i] = (byte) (words[i / 4] >>> 8 * (i & 3));
        }
    }
}
