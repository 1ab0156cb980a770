package org.kernelentry.arm.signal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.machine.memory.AddressSpace;

/**
 * The page with the code that handlers return to, and the words of it that frames repeat.
 *
 * <p>Four stubs of two words each: sigreturn in ARM and Thumb code, rt_sigreturn in ARM and Thumb code. The ARM ones name the call for both
 * ABIs: in r7 and in the SWI's immediate. Source: linux v7.3 arch/arm/kernel/sigreturn_codes.S, signal.c get_signal_page().
 */
public final class SignalPage {
    /** Where the stubs begin; the kernel chooses it at random once a boot, from 0x200 up to 0x9fc. */
    private static final int OFFSET = 0x200;

    private static final int POISON = 0xe7fddef1;

    /** Words of {@code sigreturn_codes}: mov r7, #119; swi 0x900077; movs r7, #119 and svc 0; the same with 173; padding. */
    private static final int[] CODES = {0xe3a07077, 0xef900077, 0xdf002777, 0xe3a070ad, 0xef9000ad, 0xdf0027ad, 0};

    private SignalPage() {}

    /** Index of the first word of a stub. */
    static int index(final boolean rt, final boolean thumb) {
        return (thumb ? 2 : 0) + (rt ? 3 : 0);
    }

    static int word(final int index) {
        return CODES[index];
    }

    /** Address of a stub as a return address. */
    static long returnAddress(final Mm mm, final boolean rt, final boolean thumb) {
        return mm.vdso + OFFSET + 4L * index(rt, thumb) + (thumb ? 1 : 0);
    }

    /** Whether {@code pc}, behind a SWI, is in the stubs: their only calls are the sigreturns. */
    public static boolean contains(final Mm mm, final long pc) {
        final long start = mm.vdso + OFFSET;
        return mm.vdso != 0 && pc >= start && pc < start + 4L * CODES.length;
    }

    /** Maps the page at the first free place from {@code hint} on and notes it in {@code mm}. */
    public static void map(final Mm mm, final long hint) {
        final long at = mm.space.findGap(hint, AddressSpace.PAGE_SIZE);
        if (at < 0) {
            throw new IllegalStateException("no room for the signal page from " + Long.toHexString(hint) + " on");
        }
        final ByteBuffer page = ByteBuffer.allocate(AddressSpace.PAGE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        while (page.hasRemaining()) {
            page.putInt(POISON);
        }
        for (int i = 0; i < CODES.length; i++) {
            page.putInt(OFFSET + 4 * i, CODES[i]);
        }
        mm.space.map(at, AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
        mm.space.poke(at, page.array(), 0, AddressSpace.PAGE_SIZE);
        mm.vdso = at;
    }
}
