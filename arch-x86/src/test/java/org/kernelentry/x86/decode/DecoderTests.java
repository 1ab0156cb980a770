package org.kernelentry.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
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
    /** A prefix of each group, or none, in the order of the manual; REX stands last. SDM vol. 2, 2.1.1 and 2.2.1. */
    private static final int[][] GROUPS = {
        {0, 0xf0}, {0, 0x2e, 0x64}, {0, 0x66}, {0, 0xf2, 0xf3}, {0, 0x67}, {0, 0x40, 0x48, 0x4f}
    };

    /** The bytes in front of an opcode that select its map: none, 0F, 0F 38, 0F 3A. */
    private static final int[][] MAPS = {{}, {0x0f}, {0x0f, 0x38}, {0x0f, 0x3a}};

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
        // Plain comparisons: this runs millions of times.
        if (window.length() < 1 || window.length() > Insn.MAX_LENGTH) {
            throw new AssertionError(
                    "length " + window.length() + " of " + HexFormat.of().formatHex(bytes));
        }
        for (int n = 0; n < out.opCount(); n++) {
            final int op = out.code()[4 * n];
            if (op >= Op.SKIP && op <= Op.SKIP_COND && (out.imms()[n] <= n || out.imms()[n] > out.opCount())) {
                throw new AssertionError(
                        "a branch that is not forward in " + HexFormat.of().formatHex(bytes));
            }
        }
        return window.length();
    }

    /** Every choice of one prefix or none from each group. */
    private static List<byte[]> prefixes() {
        List<byte[]> all = List.of(new byte[0]);
        for (final int[] group : GROUPS) {
            final List<byte[]> longer = new ArrayList<>();
            for (final byte[] prefix : all) {
                for (final int next : group) {
                    final byte[] bytes = Arrays.copyOf(prefix, prefix.length + (next == 0 ? 0 : 1));
                    if (next != 0) {
                        bytes[prefix.length] = (byte) next;
                    }
                    longer.add(bytes);
                }
            }
            all = longer;
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {X86Regs.MODE_64, X86Regs.MODE_32})
    void everyOpcodeWithEveryModRmAndPrefixDecodes(final int mode) {
        final Random random = new Random(1);
        final List<byte[]> prefixes = prefixes();
        int decoded = 0;
        int tried = 0;
        for (final int[] map : MAPS) {
            for (int opcode = 0; opcode < 256; opcode++) {
                for (final byte[] prefix : prefixes) {
                    // Without a prefix every ModRM, with one every ModRM of some opcode.
                    for (int modRm = prefix.length == 0 ? 0 : opcode % 73;
                            modRm < 256;
                            modRm += prefix.length == 0 ? 1 : 73) {
                        final byte[] bytes = new byte[24];
                        random.nextBytes(bytes);
                        System.arraycopy(prefix, 0, bytes, 0, prefix.length);
                        int at = prefix.length;
                        for (final int escape : map) {
                            bytes[at++] = (byte) escape;
                        }
                        bytes[at++] = (byte) opcode;
                        bytes[at] = (byte) modRm;
                        decoded += decode(bytes, mode) > 0 ? 1 : 0;
                        tried++;
                    }
                }
            }
        }
        assertThat(decoded).isEqualTo(tried).isGreaterThan(1_000_000);
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
