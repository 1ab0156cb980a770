package org.kernelentry.arm.signal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.machine.memory.AddressSpace;

/**
 * The page with the code that handlers return to, and the words of it that frames repeat.
 *
 * <p>Four stubs: sigreturn in ARM and Thumb code, rt_sigreturn in ARM and Thumb code. The ARM ones name the call for both ABIs: in r7 and in
 * the SWI's immediate. Four more call an FDPIC program's own restorer. Source: linux v7.3 arch/arm/kernel/sigreturn_codes.S, signal.c get_signal_page().
 */
public final class SignalPage {
    /** Where the stubs begin; the kernel chooses it at random once a boot, from 0x200 up to 0x9fc. */
    private static final int OFFSET = 0x200;

    private static final int POISON = 0xe7fddef1;

    /**
     * Words of {@code sigreturn_codes}: two a stub, three and two for those that call a restorer through its descriptor, whose address is in
     * the frame's fourth word of code (756 bytes above sp, 884 in an rt frame); a word of padding, since three are always copied.
     */
    private static final int[] CODES = {
        0xe3a07077,
        0xef900077, // mov r7, #119; swi 0x900077
        0xdf002777, // movs r7, #119; svc 0
        0xe3a070ad,
        0xef9000ad, // mov r7, #173; swi 0x9000ad
        0xdf0027ad, // movs r7, #173; svc 0
        0xe59d32f4,
        0xe8930208,
        0xe12fff13, // ldr r3, [sp, #756]; ldm r3, {r3, r9}; bx r3
        0xcb0c9bbd,
        0x47104699, // ldr r3, [sp, #756]; ldm r3, {r2, r3}; mov r9, r3; bx r2
        0xe59d3374,
        0xe8930208,
        0xe12fff13, // ldr r3, [sp, #884]; ldm r3, {r3, r9}; bx r3
        0xcb0c9bdd,
        0x47104699, // ldr r3, [sp, #884]; ldm r3, {r2, r3}; mov r9, r3; bx r2
        0
    };

    private SignalPage() {}

    /** Index of the first word of a stub. */
    static int index(final boolean rt, final boolean thumb) {
        return (thumb ? 2 : 0) + (rt ? 3 : 0);
    }

    static int word(final int index) {
        return CODES[index];
    }

    /** The same of the stub that goes through a restorer's descriptor. */
    static int fdpicIndex(final boolean rt, final boolean thumb) {
        return 6 + (thumb ? 3 : 0) + (rt ? 5 : 0);
    }

    /** Address of a stub as a return address. */
    static long returnAddress(final Mm mm, final int index, final boolean thumb) {
        return mm.vdso + OFFSET + 4L * index + (thumb ? 1 : 0);
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
