package org.kernelentry.perf.bench;

/**
 * What a program did in a slice of time.
 *
 * @param instructions of the guest
 * @param nanoseconds of the processor
 * @param rounds that the program ended
 */
record Rate(long instructions, long nanoseconds, long rounds) {
    private static final double NANOSECONDS = 1000;

    /** From the line of a {@link TimedGuest}. */
    static Rate parse(final String line) {
        final String[] words = line.split(" ", -1);
        return new Rate(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
    }

    /** Millions of instructions per second. */
    double millions() {
        return instructions * NANOSECONDS / nanoseconds;
    }
}
