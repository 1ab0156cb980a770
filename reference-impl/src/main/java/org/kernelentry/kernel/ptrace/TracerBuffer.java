package org.kernelentry.kernel.ptrace;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.task.Task;

/** Where a request's data go: the memory of a tracer that is a guest, or a Java array of one that is not. */
final class TracerBuffer {
    final Task tracer;
    /** Bytes of the tracer's {@code long}: the layout it expects. */
    final int wordSize;

    private final long address;
    private final byte @Nullable [] array;

    private TracerBuffer(final Task tracer, final long address, final byte @Nullable [] array) {
        this.tracer = tracer;
        this.address = address;
        this.array = array;
        this.wordSize = wordSize(tracer);
    }

    static TracerBuffer guest(final Task tracer, final long address) {
        return new TracerBuffer(tracer, address, null);
    }

    static TracerBuffer java(final Task tracer, final byte[] array) {
        return new TracerBuffer(tracer, 0, array);
    }

    /** Native for the runner's own task, else that of the ABI the request came through. */
    static int wordSize(final Task tracer) {
        final var arch = tracer.kernel.arch;
        return (tracer.harness ? arch.abi(arch.modes().get(0)) : arch.abi(tracer)).wordSize();
    }

    /** {@code copy_to_user()}; false is -EFAULT. */
    boolean write(final byte[] bytes, final int length) {
        final byte[] java = array;
        if (java != null) {
            System.arraycopy(bytes, 0, java, 0, Math.min(length, java.length));
            return length <= java.length;
        }
        return tracer.mm != null && tracer.kernel.user.copyTo(tracer, address, bytes, 0, length);
    }

    /** {@code copy_from_user()}; false is -EFAULT. */
    boolean read(final byte[] bytes, final int length) {
        final byte[] java = array;
        if (java != null) {
            System.arraycopy(java, 0, bytes, 0, Math.min(length, java.length));
            return length <= java.length;
        }
        return tracer.mm != null && tracer.kernel.user.copyFrom(tracer, address, bytes, 0, length);
    }

    /** {@code put_user()} of a {@code long}. */
    boolean writeWord(final long value) {
        final byte[] bytes = new byte[wordSize];
        for (int i = 0; i < wordSize; i++) {
            bytes[i] = (byte) (value >>> 8 * i);
        }
        return write(bytes, wordSize);
    }
}
