package org.kernelentry.arm64.abi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;

/** A little-endian structure in the kernel's hands, and its way to and from guest memory piece by piece: what no piece covers keeps its old contents. */
public final class GuestBytes {
    private final byte[] bytes;
    private final ByteBuffer view;

    public GuestBytes(final int size) {
        this(new byte[size]);
    }

    public GuestBytes(final byte[] bytes) {
        this.bytes = bytes;
        this.view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    public GuestBytes put32(final int offset, final long value) {
        view.putInt(offset, (int) value);
        return this;
    }

    public GuestBytes put64(final int offset, final long value) {
        view.putLong(offset, value);
        return this;
    }

    public GuestBytes put(final int offset, final byte[] part) {
        view.put(offset, part);
        return this;
    }

    /** The first {@code count} words. */
    public GuestBytes put64(final int offset, final long[] words, final int count) {
        for (int i = 0; i < count; i++) {
            view.putLong(offset + Long.BYTES * i, words[i]);
        }
        return this;
    }

    /** Fills the first {@code count} words. */
    public void get64(final int offset, final long[] words, final int count) {
        for (int i = 0; i < count; i++) {
            words[i] = view.getLong(offset + Long.BYTES * i);
        }
    }

    public long get32(final int offset) {
        return view.getInt(offset) & 0xffff_ffffL;
    }

    public long get64(final int offset) {
        return view.getLong(offset);
    }

    /** The bytes themselves. */
    public byte[] bytes() {
        return bytes;
    }

    /** Writes bytes [from, to) of the frame that starts at {@code frame}. */
    public boolean copyOut(final Kernel k, final Task task, final long frame, final int from, final int to) {
        return k.user.copyTo(task, frame + from, bytes, from, to - from);
    }

    /** Reads bytes [from, to) of the frame that starts at {@code frame}. */
    public boolean copyIn(final Kernel k, final Task task, final long frame, final int from, final int to) {
        return k.user.copyFrom(task, frame + from, bytes, from, to - from);
    }
}
