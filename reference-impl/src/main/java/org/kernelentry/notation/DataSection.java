package org.kernelentry.notation;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The data of a guest program: variables, named buffers and literals, laid out from {@link GuestProgram.Layout#DATA}. */
final class DataSection {
    private final int wordSize;
    private byte[] bytes = new byte[256];
    private int used;
    private final Map<String, Long> named = new LinkedHashMap<>();
    private final Map<String, Long> variables = new LinkedHashMap<>();

    DataSection(final int wordSize) {
        this.wordSize = wordSize;
    }

    /** Reserves zeroed bytes, 8-byte aligned. */
    long reserve(final int line, final int size) {
        used = used + 7 & -8;
        final long address = GuestProgram.Layout.DATA + used;
        if (used + (long) size > GuestProgram.Layout.DATA_SIZE) {
            throw new NotationException(
                    line, "", "the program needs more than " + GuestProgram.Layout.DATA_SIZE + " bytes of data");
        }
        used += size;
        if (used > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(used, bytes.length * 2));
        }
        return address;
    }

    long literal(final int line, final byte[] content) {
        final long address = reserve(line, content.length);
        System.arraycopy(content, 0, bytes, (int) (address - GuestProgram.Layout.DATA), content.length);
        return address;
    }

    /** Little-endian value inside a reserved area. */
    void put(final long address, final int size, final long value) {
        for (int i = 0; i < size; i++) {
            bytes[(int) (address - GuestProgram.Layout.DATA) + i] = (byte) (value >> 8 * i);
        }
    }

    /** Declares a named area. */
    long declare(final int line, final String name, final int size) {
        if (named.containsKey(name)) {
            throw new NotationException(line, name, "is declared twice");
        }
        final long address = reserve(line, size);
        named.put(name, address);
        return address;
    }

    @Nullable
    Long address(final String name) {
        return named.get(name);
    }

    /** The variable {@code name}, made (as zero) on first use. */
    long variable(final int line, final String name) {
        final Long known = variables.get(name);
        if (known != null) {
            return known;
        }
        final long address = reserve(line, 8);
        variables.put(name, address);
        return address;
    }

    boolean hasVariable(final String name) {
        return variables.containsKey(name);
    }

    /** A struct timespec (two words) for a duration in nanoseconds. */
    long timespec(final int line, final long nanoseconds) {
        final long address = reserve(line, 16);
        put(address, wordSize, nanoseconds / 1_000_000_000L);
        put(address + wordSize, wordSize, nanoseconds % 1_000_000_000L);
        return address;
    }

    Map<String, Long> symbols() {
        final Map<String, Long> all = new LinkedHashMap<>(variables);
        all.putAll(named);
        return all;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, used);
    }
}
