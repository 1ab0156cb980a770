package org.kernelentry.kernel.signal;

/** Little-endian words in a buffer that is copied from or to guest memory. */
final class GuestStruct {
    final byte[] bytes;

    GuestStruct(final int size) {
        this(new byte[size]);
    }

    GuestStruct(final byte[] bytes) {
        this.bytes = bytes;
    }

    /** The {@code size} bytes at {@code offset}, zero-extended. */
    long word(final int offset, final int size) {
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << 8 | bytes[offset + i] & 0xff;
        }
        return value;
    }

    GuestStruct put(final int offset, final int size, final long value) {
        for (int i = 0; i < size; i++) {
            bytes[offset + i] = (byte) (value >>> 8 * i);
        }
        return this;
    }
}
