package org.kernelentry.machine.memory;

/** Accesses to guest memory, by the program and by the kernel for it. A copy of many bytes is one access for every eight begun. */
public final class AccessCount {
    public long loads;
    public long stores;

    static long words(final int length) {
        return (length + Long.BYTES - 1L) / Long.BYTES;
    }
}
