package org.kernelentry.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.CodeWindow;
import org.kernelentry.machine.memory.MemoryFault;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.x86.X86Regs;

/** The decoder takes whatever bytes there are. */
@Execution(ExecutionMode.CONCURRENT)
class DecoderTests {
    private static final long CODE = 0x1000_0000;
    private static final int[][] PREFIXES = {
        {},
        {0x66},
        {0xf2},
        {0xf3},
        {0xf0},
        {0x67},
        {0x64},
        {0x2e},
        {0x48},
        {0x4f},
        {0x66, 0xf3},
        {0x66, 0x67},
        {0xf3, 0x48}
    };

    private final X86Isa isa = new X86Isa();
    private final AddressSpace space = PagedSpace.create(1L << 47);
    private final CodeWindow window = new CodeWindow(space);
    private final BlockBuilder out = new BlockBuilder(isa.registerSlots());

    DecoderTests() {
        space.map(CODE, AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
    }

    /** Decodes and checks what every instruction must keep; the length, or -1 when the page ended first. */
    private int decode(final byte[] bytes, final int mode) {
        final long pc = CODE + AddressSpace.PAGE_SIZE - bytes.length;
        space.poke(pc, bytes, 0, bytes.length);
        out.reset();
        out.beginInstruction(pc);
        window.reset(space, pc);
        try {
            isa.decode(window, mode, out);
        } catch (final MemoryFault e) {
            assertThat(e.access).isEqualTo(AddressSpace.PROT_EXEC);
            assertThat(e.address).isEqualTo(CODE + AddressSpace.PAGE_SIZE);
            return -1;
        }
        assertThat(window.length()).isBetween(1, Insn.MAX_LENGTH);
        for (int n = 0; n < out.opCount(); n++) {
            final int op = out.code()[4 * n];
            if (op >= Op.SKIP && op <= Op.SKIP_COND) {
                assertThat(out.imms()[n]).as("forward branch").isBetween((long) n + 1, (long) out.opCount());
            }
        }
        return window.length();
    }

    @ParameterizedTest
    @ValueSource(ints = {X86Regs.MODE_64, X86Regs.MODE_32})
    void everyOpcodeWithEveryModRmAndPrefixDecodes(final int mode) {
        final Random random = new Random(1);
        int decoded = 0;
        for (int map = 0; map < 3; map++) {
            for (int opcode = 0; opcode < 256; opcode++) {
                for (final int[] prefix : PREFIXES) {
                    for (int modRm = 0; modRm < 256; modRm += prefix.length == 0 ? 1 : 5) {
                        final byte[] bytes = new byte[24];
                        random.nextBytes(bytes);
                        int at = 0;
                        for (final int p : prefix) {
                            bytes[at++] = (byte) p;
                        }
                        if (map > 0) {
                            bytes[at++] = 0x0f;
                        }
                        if (map > 1) {
                            bytes[at++] = 0x38;
                        }
                        bytes[at++] = (byte) opcode;
                        bytes[at] = (byte) modRm;
                        assertThat(decode(bytes, mode)).isPositive();
                        decoded++;
                    }
                }
            }
        }
        assertThat(decoded).isGreaterThan(600_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {X86Regs.MODE_64, X86Regs.MODE_32})
    void randomBytesDecodeOrRunIntoThePageEnd(final int mode) {
        final Random random = new Random(2);
        int ended = 0;
        for (int n = 0; n < 200_000; n++) {
            final byte[] bytes = new byte[1 + random.nextInt(16)];
            random.nextBytes(bytes);
            if (decode(bytes, mode) < 0) {
                ended++;
            }
        }
        assertThat(ended).isBetween(1_000, 100_000);
    }

    @Test
    void aPrefixBehindRexUndoesIt() {
        assertThat(decode(new byte[] {0x48, 0x66, (byte) 0xb8, 1, 2, 0, 0, 0, 0, 0, 0, 0}, X86Regs.MODE_64))
                .isEqualTo(5);
        assertThat(decode(new byte[] {0x66, 0x48, (byte) 0xb8, 1, 2, 0, 0, 0, 0, 0, 0, 0}, X86Regs.MODE_64))
                .isEqualTo(11);
    }
}
