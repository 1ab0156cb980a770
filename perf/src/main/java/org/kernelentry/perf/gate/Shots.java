package org.kernelentry.perf.gate;

import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.kernelentry.perf.Yardstick;

/**
 * What a fork measured.
 *
 * @param times nanoseconds per operation, one value a batch
 * @param yardsticks nanoseconds of the yardstick beside each batch; none if the jar has no yardstick
 */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
record Shots(double[] times, double[] yardsticks) {
    /** A low decile of fewer batches is luck. */
    static final int LEAST = 20;
    /** A batch of a millisecond often passes between two interruptions; the very lowest is luck of the clock. */
    private static final double LOW = 0.1;
    /** The lowest of the yardsticks are those of a free core, if it was ever free. */
    private static final double LOWEST = 0.02;

    /** The fork's value without regard to the yardstick. */
    double low() {
        return Rule.quantile(times, LOW);
    }

    /** The yardstick's time when it was least disturbed; nothing if there is none. */
    OptionalDouble yardstick() {
        return yardsticks.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(Rule.quantile(yardsticks, LOWEST));
    }

    /**
     * The low decile of the batches that had the core for themselves.
     *
     * @param known the yardstick's time on a core of its own
     * @return nothing if there are too few of them
     */
    OptionalDouble undisturbed(final double known) {
        final double[] kept = IntStream.range(0, Math.min(times.length, yardsticks.length))
                .filter(i -> yardsticks[i] <= Yardstick.TOLERANCE * known)
                .mapToDouble(i -> times[i])
                .toArray();
        return kept.length < LEAST ? OptionalDouble.empty() : OptionalDouble.of(Rule.quantile(kept, LOW));
    }
}
