package org.kernelentry.perf.gate;

import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleFunction;
import java.util.function.Supplier;
import org.kernelentry.perf.Yardstick;

/**
 * Runs forks until one had the core for itself, and knows what the yardstick takes there: the least that any fork has seen.
 *
 * <p>If it turns out late that the core can be faster, what was measured before is worth nothing: {@link #wasNeverFree()}.
 */
final class FreeCore {
    private static final int TRIES = 3;

    private double known;
    private boolean valued;
    private boolean neverFree;
    private int disturbed;

    /**
     * The value of a fork.
     *
     * @param fork runs it, told what the yardstick takes on a core of its own, 0 if that is not known
     * @return the low decile of the batches that had the core for themselves; of all batches if the jar has no yardstick or all tries were in vain
     */
    double value(final DoubleFunction<Shots> fork) {
        Shots shots = run(fork);
        for (int i = 0; i < TRIES && shots.yardstick().isPresent(); i++) {
            final OptionalDouble value = shots.undisturbed(known);
            if (value.isPresent()) {
                valued = true;
                return value.getAsDouble();
            }
            shots = run(fork);
        }
        disturbed += shots.yardstick().isPresent() ? 1 : 0;
        valued = true;
        return shots.low();
    }

    private Shots run(final DoubleFunction<Shots> fork) {
        final Shots shots = fork.apply(known);
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
     * Measures, and again if the core turns out to have been shared all the time.
     *
     * @param session uses {@link #value}
     * @param timeIsUp asked before measuring again
     */
    Session.Result measure(final Supplier<Session.Result> session, final BooleanSupplier timeIsUp) {
        Session.Result result;
        do {
            disturbed = 0;
            result = session.get();
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
        final String own = disturbed == 0 ? "" : disturbed + " forks never had a processor for themselves";
        return other.isEmpty() || own.isEmpty() ? other + own : other + "; " + own;
    }
}
