package org.kernelentry.arm64.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.kernelentry.arm64.A64Machine;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.CodeWindow;

final class A64DecoderTests {
    private static final int SLOTS = 64;

    private final A64Machine machine = new A64Machine();
    private final BlockBuilder out = new BlockBuilder(SLOTS);
    private final CodeWindow window = new CodeWindow(machine.memory);
    private final A64Decoder decoder = new A64Decoder(0, Set.of());

    private void decode(final int word) {
        machine.code(word);
        out.reset();
        out.beginInstruction(A64Machine.CODE);
        window.reset(machine.memory, A64Machine.CODE);
        decoder.decode(window, out);
    }

    private boolean undefined() {
        return out.opCount() == 1 && out.code()[0] == Op.EXITI && out.code()[1] == CpuExit.UNDEFINED;
    }

    private static String rowOf(final int word) {
        return A64Decoder.table().rows().stream()
                .filter(row -> row.fits(word))
                .map(DecodeTable.Row::name)
                .findFirst()
                .orElse("-");
    }

    @ParameterizedTest(name = "{2}")
    @CsvFileSource(resources = "encodings.txt", delimiter = '|')
    void an_instruction_finds_its_row_of_the_table(final String hex, final String row, final String text) {
        final int word = Integer.parseUnsignedInt(hex, 16);
        decode(word);
        if (row.equals("-")) {
            assertThat(undefined()).as("%s is undefined", text).isTrue();
        } else {
            assertThat(rowOf(word)).isEqualTo(row);
            assertThat(undefined()).as("%s is undefined", text).isFalse();
        }
        assertThat(window.length()).isEqualTo(4);
    }

    @Test
    void no_word_fits_two_rows() {
        final List<DecodeTable.Row<A64Emitter>> rows = A64Decoder.table().rows();
        for (int i = 0; i < rows.size(); i++) {
            for (int j = i + 1; j < rows.size(); j++) {
                final var a = rows.get(i);
                final var b = rows.get(j);
                final boolean overlap = ((a.value() ^ b.value()) & a.mask() & b.mask()) == 0;
                // LDPSW and CASP share no bit pattern with the rows around them either: the table needs no order.
                assertThat(overlap).as("%s and %s overlap", a.name(), b.name()).isFalse();
            }
        }
    }

    @Test
    void every_row_decodes_with_all_its_fields_zero_or_one_and_at_random() {
        final Random random = new Random(1);
        for (final var row : A64Decoder.table().rows()) {
            decode(row.value());
            decode(row.value() | ~row.mask());
            for (int i = 0; i < 200; i++) {
                decode(row.value() | random.nextInt() & ~row.mask());
                assertThat(out.opCount()).isLessThan(64);
            }
        }
    }

    @Test
    void any_word_decodes_without_an_exception() {
        final Set<Integer> classes = new HashSet<>();
        final Random random = new Random(2);
        for (int group = 0; group < 1 << 11; group++) {
            for (int i = 0; i < 64; i++) {
                final int word = group << 21 | random.nextInt() & 0x1fffff;
                decode(word);
                if (!undefined()) {
                    classes.add(word >>> 25 & 15);
                }
            }
        }
        for (int i = 0; i < 200_000; i++) {
            decode(random.nextInt());
        }
        // op0 of C4.1: 100x immediate, 101x branches and system, x1x0 loads and stores, x101 register, x111 floating
        // point
        // and Advanced SIMD; 00xx means nothing here.
        assertThat(classes).containsExactlyInAnyOrder(0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf);
    }
}
