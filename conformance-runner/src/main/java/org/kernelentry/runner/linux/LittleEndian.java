package org.kernelentry.runner.linux;

/** Numbers in the bytes of a task, which are little-endian in every mode. */
final class LittleEndian {
    private LittleEndian() {}

    /** The {@code size} lowest bytes of a number. */
    static byte[] bytes(final long value, final int size) {
        final byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (value >> 8 * i);
        }
        return bytes;
    }

    /** The number in {@code size} bytes from {@code at} on. */
    static long unsigned(final byte[] bytes, final int at, final int size) {
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xff;
        }
        return value;
    }

    /** The same of 4 or 8 bytes as a register has it, sign-extended. */
    static long register(final byte[] bytes, final int at, final int size) {
        final long value = unsigned(bytes, at, size);
        return size == 4 ? (int) value : value;
    }
}
