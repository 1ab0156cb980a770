package org.kernelentry.kernel.syscall;

/** The kernel's random numbers: the same bytes in every run, since a model that surprised nobody but its tester would be of no use. */
public final class RandomBytes {
    private long state = 0x5eed;

    /** Fills the first {@code length} bytes. */
    public void fill(final byte[] bytes, final int length) {
        for (int i = 0; i < length; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            bytes[i] = (byte) (state >>> 56);
        }
    }
}
