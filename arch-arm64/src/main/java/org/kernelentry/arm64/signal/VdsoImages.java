package org.kernelentry.arm64.signal;

import org.kernelentry.arm64.asm.A64Assembler;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.machine.memory.AddressSpace;

/**
 * What the kernel maps into every process: the vDSO with the signal trampoline, or the signal page of compat tasks.
 *
 * <p>Source: linux v7.3 arch/arm64/kernel/vdso/sigreturn.S, arch/arm64/kernel/vdso.c, arch/arm64/kernel/sigreturn32.S.
 */
public final class VdsoImages {
    /** Offset of {@code __kernel_rt_sigreturn}: behind one instruction, for unwinders that look before the return address. */
    static final int SIGTRAMP = 4;

    private static final int COMPAT_SIGRETURN = 119;
    private static final int COMPAT_RT_SIGRETURN = 173;

    private VdsoImages() {}

    /** Maps the page of a process at {@code address} and notes it. */
    public static void map(final Mm mm, final boolean compat, final long address) {
        final byte[] image = compat ? compatImage() : nativeImage(address);
        mm.space.map(address, AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
        mm.space.poke(address, image, 0, image.length);
        mm.vdso = address;
    }

    private static byte[] nativeImage(final long address) {
        final A64Assembler a = new A64Assembler(address);
        a.nop();
        a.restorer(true);
        return a.finish();
    }

    /** Offset of a compat trampoline, bit 0 set for Thumb. */
    static int compatTrampoline(final boolean thumb, final boolean rt) {
        return 4 * ((thumb ? 2 : 0) + (rt ? 3 : 0)) + (thumb ? 1 : 0);
    }

    /** Three words for sigreturn, three for rt_sigreturn: {@code mov r7, #nr; svc #nr} in ARM, then in Thumb. */
    private static byte[] compatImage() {
        final byte[] image = new byte[24];
        trampolines(image, 0, COMPAT_SIGRETURN);
        trampolines(image, 12, COMPAT_RT_SIGRETURN);
        return image;
    }

    private static void trampolines(final byte[] image, final int at, final int number) {
        put32(image, at, 0xe3a07000 | number);
        put32(image, at + 4, 0xef000000 | number);
        put32(image, at + 8, 0x2700 | number | (0xdf00 | number) << 16);
    }

    private static void put32(final byte[] image, final int at, final int word) {
        for (int i = 0; i < 4; i++) {
            image[at + i] = (byte) (word >>> 8 * i);
        }
    }
}
