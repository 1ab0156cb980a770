package org.kernelentry.isa;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of instruction encodings in the shape of the manual's: a row is a pattern of bits, the instruction's name, and the method
 * that gives it meaning. The first row that fits is taken, so special cases stand before the general ones.
 *
 * <p>In a pattern 0 and 1 are fixed, blanks separate, every other character (a field's letter, or {@code -} for bits that are ignored)
 * fits both.
 *
 * @param <E> what a meaning is written with
 */
public final class DecodeTable<E> {
    /** Appends the meaning of one encoding. */
    @FunctionalInterface
    public interface Meaning<E> {
        void emit(E emitter, int insn);
    }

    /** One row. */
    public record Row<E>(int mask, int value, String name, Meaning<E> meaning) {
        public boolean fits(final int insn) {
            return (insn & mask) == value;
        }
    }

    private static final int KEY_BITS = 8;

    private final int width;
    private final int keyShift;
    private final List<Row<E>> rows = new ArrayList<>();
    private final List<List<Row<E>>> byKey = new ArrayList<>();

    /**
     * @param width bits of an encoding, 16 or 32
     * @param keyShift lowest of the eight bits by which rows are found
     */
    public DecodeTable(final int width, final int keyShift) {
        this.width = width;
        this.keyShift = keyShift;
        for (int i = 0; i < 1 << KEY_BITS; i++) {
            byKey.add(new ArrayList<>());
        }
    }

    /**
     * Appends a row.
     *
     * @throws IllegalArgumentException when the pattern has not {@code width} bits
     */
    public DecodeTable<E> row(final String pattern, final String name, final Meaning<E> meaning) {
        int mask = 0;
        int value = 0;
        int bits = 0;
        for (int i = 0; i < pattern.length(); i++) {
            final char c = pattern.charAt(i);
            if (c != ' ') {
                mask = mask << 1 | (c == '0' || c == '1' ? 1 : 0);
                value = value << 1 | (c == '1' ? 1 : 0);
                bits++;
            }
        }
        if (bits != width) {
            throw new IllegalArgumentException(name + ": pattern has " + bits + " bits: " + pattern);
        }
        final Row<E> row = new Row<>(mask, value, name, meaning);
        rows.add(row);
        final int keyMask = mask >>> keyShift & 0xff;
        final int keyValue = value >>> keyShift & 0xff;
        for (int key = 0; key < 1 << KEY_BITS; key++) {
            if ((key & keyMask) == keyValue) {
                byKey.get(key).add(row);
            }
        }
        return this;
    }

    /** Gives {@code insn} its meaning; false when no row fits. */
    public boolean decode(final E emitter, final int insn) {
        final List<Row<E>> candidates = byKey.get(insn >>> keyShift & 0xff);
        for (int i = 0; i < candidates.size(); i++) {
            final Row<E> row = candidates.get(i);
            if (row.fits(insn)) {
                row.meaning.emit(emitter, insn);
                return true;
            }
        }
        return false;
    }

    /** Bits of an encoding, 16 or 32. */
    public int width() {
        return width;
    }

    /** The row that decodes {@code insn}, or null. */
    public @Nullable Row<E> find(final int insn) {
        for (final Row<E> row : byKey.get(insn >>> keyShift & 0xff)) {
            if (row.fits(insn)) {
                return row;
            }
        }
        return null;
    }

    /** All rows in order, for tests that enumerate them. */
    public List<Row<E>> rows() {
        return List.copyOf(rows);
    }
}
