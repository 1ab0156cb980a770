package org.kernelentry.runner.qemu;

import java.nio.ByteBuffer;
import org.kernelentry.runner.spec.Architecture;

/** How many bytes an image has at least, by its header. */
final class ImageSize {
    private static final int SECTOR = 512;
    private static final int PARAGRAPH = 16;
    /** Of a section's header, and where in it size and place in the file are (Microsoft PE format). */
    private static final int SECTION = 40;

    private static final int RAW_SIZE = 16;

    private ImageSize() {}

    /**
     * That number; 0 where the header does not tell.
     *
     * @param head the first bytes of the image, little-endian
     */
    static long of(final Architecture architecture, final ByteBuffer head) {
        return switch (architecture) {
            case X86 -> ofBzImage(head);
            case ARM64 -> ofImage(head);
            // linux v7.3 arch/arm/boot/compressed/head.S: start and end of the zImage.
            case ARM -> unsigned(head, 0x2c) - unsigned(head, 0x28);
        };
    }

    /** linux v7.3 Documentation/arch/x86/boot.rst setup_sects and syssize, which is rounded up. */
    private static long ofBzImage(final ByteBuffer head) {
        final long size = unsigned(head, 0x1f4) * PARAGRAPH;
        final int sectors = head.get(0x1f1) == 0 ? 4 : head.get(0x1f1) & 0xff;
        return size == 0 ? 0 : (sectors + 1L) * SECTOR + size - PARAGRAPH;
    }

    /** Its own header tells what it takes in memory; the one that it has for EFI, if any, what is in the file. */
    private static long ofImage(final ByteBuffer head) {
        final long at = unsigned(head, 0x3c);
        if (at == 0 || at + 24 > head.limit() || head.getInt((int) at) != 0x4550 /* PE */) {
            return 0;
        }
        final int pe = (int) at;
        final int count = head.getShort(pe + 6);
        long end = 0;
        for (int i = 0, section = pe + 24 + head.getShort(pe + 20);
                i < count && section >= 0 && section + SECTION <= head.limit();
                i++, section += SECTION) {
            end = Math.max(end, unsigned(head, section + RAW_SIZE) + unsigned(head, section + RAW_SIZE + 4));
        }
        return end;
    }

    private static long unsigned(final ByteBuffer head, final int at) {
        return head.getInt(at) & 0xffff_ffffL;
    }
}
