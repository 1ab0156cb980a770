package org.kernelentry.arm64.asm;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.kernelentry.arm64.decode.BitMasks;
import org.kernelentry.machine.asm.Label;

/** Instruction words under assembly, with the places that wait for a label. */
final class A64Code {
    /** Where a label's distance goes in an instruction word. */
    enum Field {
        IMM26(26),
        IMM19(19),
        ADR21(21);

        private final int bits;

        Field(final int bits) {
            this.bits = bits;
        }

        /** The word with the distance filled in. */
        int fill(final int word, final long distance, final Label label) {
            final long units = this == ADR21 ? distance : distance >> 2;
            if (units != units << 64 - bits >> 64 - bits) {
                throw new IllegalStateException("label " + label + " is too far away");
            }
            return switch (this) {
                case IMM26 -> word | (int) units & 0x3ffffff;
                case IMM19 -> word | ((int) units & 0x7ffff) << 5;
                case ADR21 -> word | A64.adr(0, distance);
            };
        }
    }

    private record Fixup(int index, Field field, Label label) {}

    private final long origin;
    private final List<Integer> words = new ArrayList<>();
    private final List<Fixup> fixups = new ArrayList<>();

    A64Code(final long origin) {
        if ((origin & 3) != 0) {
            throw new IllegalArgumentException("A64 code starts at a multiple of 4");
        }
        this.origin = origin;
    }

    long origin() {
        return origin;
    }

    long here() {
        return origin + 4L * words.size();
    }

    void emit(final int word) {
        words.add(word);
    }

    void emit(final int word, final Field field, final Label label) {
        fixups.add(new Fixup(words.size(), field, label));
        words.add(word);
    }

    /** Shortest of MOVZ, MOVN and ORR with MOVKs. */
    void constant(final int d, final long value) {
        if (BitMasks.encode(value) >= 0 && halves(value, 0) > 1 && halves(value, 0xffff) > 1) {
            emit(A64.movBitmask(d, value));
            return;
        }
        final boolean inverted = halves(value, 0xffff) < halves(value, 0);
        final int filler = inverted ? 0xffff : 0;
        final boolean all = halves(value, filler) == 0;
        boolean first = true;
        for (int hw = 0; hw < 4; hw++) {
            final int half = (int) (value >>> 16 * hw) & 0xffff;
            if (half != filler || hw == 0 && all) {
                if (!first) {
                    emit(A64.movk(d, half, hw));
                } else {
                    emit(inverted ? A64.movn(d, ~half, hw) : A64.movz(d, half, hw));
                }
                first = false;
            }
        }
    }

    /** How many of the four halfwords differ from {@code filler}. */
    private static int halves(final long value, final int filler) {
        int count = 0;
        for (int hw = 0; hw < 4; hw++) {
            count += ((int) (value >>> 16 * hw) & 0xffff) != filler ? 1 : 0;
        }
        return count;
    }

    /** Resolves the labels. */
    byte[] finish() {
        for (final Fixup f : fixups) {
            final long distance = f.label().address() - (origin + 4L * f.index());
            words.set(f.index(), f.field().fill(words.get(f.index()), distance, f.label()));
        }
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (final int word : words) {
            for (int i = 0; i < 4; i++) {
                out.write(word >>> 8 * i);
            }
        }
        return out.toByteArray();
    }
}
