package org.kernelentry.perf.gate;

import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleFunction;
import org.kernelentry.perf.Yardstick;

/**
 * Runs forks until one had the core for itself, and knows what the yardstick takes there: the least that any fork has seen.
 *
 * <p>If it turns out late that the core can be faster, what was measured before is worth nothing: {@link #wasNeverFree()}.
 */
final class FreeCore {
    private static final int RERUNS = 3;

    private double known;
    private boolean valued;
    private boolean neverFree;
    private int disturbed;

    /**
     * The value of a fork.
     *
     * @param fork runs it, told what the yardstick takes on a core of its own, 0 if that is not known, NaN if it is not to use one
     * @return the low decile of the batches that had the core for themselves; of all batches if the jar has no yardstick or all tries were in vain
     */
    double value(final DoubleFunction<Shots> fork) {
        Shots shots = run(fork);
        for (int reruns = 0; shots.yardstick().isPresent(); reruns++) {
            final OptionalDouble value = shots.undisturbed(known);
            if (value.isPresent()) {
                valued = true;
                return value.getAsDouble();
            }
            if (reruns == RERUNS) {
                disturbed++;
                break;
            }
            shots = run(fork);
        }
        valued = true;
        return shots.low();
    }

    private Shots run(final DoubleFunction<Shots> fork) {
        final Shots shots = fork.apply(known);
        if (shots.yardstick().isEmpty()) {
            // One side alone would be measured beside a free core: then neither is.
            known = Double.NaN;
        }
        shots.yardstick().ifPresent(found -> {
            if (known == 0 || found < known) {
                neverFree |= valued && found * Yardstick.TOLERANCE < known;
                known = found;
            }
        });
        return shots;
    }

    /** Runs a fork for nothing but to learn what the yardstick takes; throws what the fork throws. */
    void learn(final DoubleFunction<Shots> fork) {
        run(fork);
    }

    /**
     * Measures two sides, and again if the core turns out to have been shared all the time.
     *
     * @param base as for {@link #value}
     * @param head as for base
     * @param timeIsUp asked before each pair, and before measuring again
     */
    Session.Result measure(
            final Session session,
            final DoubleFunction<Shots> base,
            final DoubleFunction<Shots> head,
            final BooleanSupplier timeIsUp) {
        Session.Result result;
        do {
            disturbed = 0;
            result = session.run(() -> value(base), () -> value(head), new Random(), timeIsUp);
        } while (wasNeverFree() && !timeIsUp.getAsBoolean());
        return result;
    }

    /** Whether the core was never free while the values so far were measured. Asking begins anew. */
    boolean wasNeverFree() {
        final boolean was = neverFree;
        neverFree = false;
        valued = false;
        return was;
    }

    /** A remark, and how many values of the last session are of forks that never had the core for themselves. */
    String remark(final String other) {
        final String own = Double.isNaN(known)
                ? "one side has no yardstick, so none was used"
                : disturbed == 0 ? "" : disturbed + " forks never had a processor for themselves";
        return other.isEmpty() || own.isEmpty() ? other + own : other + "; " + own;
    }
}
