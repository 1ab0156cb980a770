package org.kernelentry.perf.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kernelentry.notation.GuestProgram;

/**
 * A guest program as a static executable that Linux starts: an ELF header and two segments, code and data, at the addresses that the program was
 * assembled for. Sources: System V ABI, chapter 4 (gabi), and the processor supplements for the machine numbers; elf(5).
 */
final class ElfImage {
    private static final int ET_EXEC = 2;
    private static final int PT_LOAD = 1;
    private static final int PF_X = 1;
    private static final int PF_W = 2;
    private static final int PF_R = 4;
    private static final int EM_386 = 3;
    private static final int EM_ARM = 40;
    private static final int EM_X86_64 = 62;
    private static final int EM_AARCH64 = 183;
    private static final int EF_ARM_EABI_VER5 = 0x0500_0000;
    private static final int PAGE = 0x1000;

    private ElfImage() {}

    /** The file. */
    static byte[] of(final GuestProgram program) {
        final int machine = machine(program.mode());
        final boolean wide = machine == EM_X86_64 || machine == EM_AARCH64;
        final int dataAt = PAGE + (program.code().length + PAGE - 1) / PAGE * PAGE;
        final ByteBuffer file =
                ByteBuffer.allocate(dataAt + program.data().length).order(ByteOrder.LITTLE_ENDIAN);
        header(file, machine, wide);
        segment(file, wide, PF_R | PF_X, PAGE, GuestProgram.Layout.CODE, program.code().length, program.code().length);
        segment(
                file,
                wide,
                PF_R | PF_W,
                dataAt,
                GuestProgram.Layout.DATA,
                program.data().length,
                GuestProgram.Layout.DATA_SIZE);
        file.put(PAGE, program.code());
        file.put(dataAt, program.data());
        return file.array();
    }

    private static int machine(final String mode) {
        return switch (mode) {
            case "x64" -> EM_X86_64;
            case "ia32" -> EM_386;
            case "a64" -> EM_AARCH64;
            case "arm", "a32" -> EM_ARM;
            default -> throw new IllegalArgumentException("no executable is made for mode " + mode);
        };
    }

    private static void header(final ByteBuffer file, final int machine, final boolean wide) {
        final int headerSize = wide ? 64 : 52;
        // e_ident: the magic, class, little endian, version 1.
        file.put(new byte[] {0x7f, 'E', 'L', 'F', (byte) (wide ? 2 : 1), 1, 1}).position(16);
        file.putShort((short) ET_EXEC).putShort((short) machine).putInt(1);
        word(file, wide, GuestProgram.Layout.CODE);
        word(file, wide, headerSize);
        word(file, wide, 0);
        file.putInt(machine == EM_ARM ? EF_ARM_EABI_VER5 : 0);
        file.putShort((short) headerSize).putShort((short) (wide ? 56 : 32)).putShort((short) 2);
        // No sections: their entry size, number and the index of their names.
        file.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    }

    private static void segment(
            final ByteBuffer file,
            final boolean wide,
            final int flags,
            final long offset,
            final long address,
            final long fileSize,
            final long memorySize) {
        file.putInt(PT_LOAD);
        if (wide) {
            file.putInt(flags);
        }
        word(file, wide, offset);
        word(file, wide, address);
        word(file, wide, address);
        word(file, wide, fileSize);
        word(file, wide, memorySize);
        if (!wide) {
            file.putInt(flags);
        }
        word(file, wide, PAGE);
    }

    private static void word(final ByteBuffer file, final boolean wide, final long value) {
        if (wide) {
            file.putLong(value);
        } else {
            file.putInt((int) value);
        }
    }
}
