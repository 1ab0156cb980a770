package org.kernelentry.x86.signal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A signal frame under construction or just read: little-endian words at the offsets of its C structure. */
final class FrameBytes {
    final byte[] bytes;
    private final ByteBuffer buffer;

    FrameBytes(final int size) {
        this.bytes = new byte[size];
        this.buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    void put64(final int offset, final long value) {
        buffer.putLong(offset, value);
    }

    void put32(final int offset, final long value) {
        buffer.putInt(offset, (int) value);
    }

    void put16(final int offset, final long value) {
        buffer.putShort(offset, (short) value);
    }

    void put(final int offset, final byte[] values) {
        System.arraycopy(values, 0, bytes, offset, values.length);
    }

    long get64(final int offset) {
        return buffer.getLong(offset);
    }

    long get32(final int offset) {
        return buffer.getInt(offset) & 0xffff_ffffL;
    }

    long get16(final int offset) {
        return buffer.getShort(offset) & 0xffffL;
    }
}
