package org.kernelentry.perf.gate;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * How often the gate says what, by sessions of forks drawn from a recording with replacement. Forks are drawn as if they were independent, which
 * those of one session are not quite.
 *
 * @param session the procedure
 * @param sessions how many to draw for each slow-down
 */
record Power(Session session, int sessions) {
    /**
     * The rates at one slow-down.
     *
     * @param slowdown in percent
     * @param scaled true if the forks are those without slow-down, made slower by multiplication; false if they were measured so
     * @param rates of each verdict, together 1
     */
    record Point(double slowdown, boolean scaled, Map<Rule.Verdict, Double> rates) {
        double rate(final Rule.Verdict verdict) {
            return rates.getOrDefault(verdict, 0.0);
        }

        /** Upper end of the 95 % interval of the rate of failures: where none was seen, three by the number of sessions. */
        double failuresAtMost(final int sessions) {
            // Shares added up may be a little more than the whole.
            final double rate = Math.min(1, rate(Rule.Verdict.FAIL));
            return rate == 0 ? 3.0 / sessions : rate + 1.96 * Math.sqrt(rate * (1 - rate) / sessions);
        }
    }

    /** A/A, and each slow-down that was measured. */
    List<Point> measured(final Recording recording) {
        final List<Point> points = new ArrayList<>();
        for (int i = 0; i < recording.slowdowns().length; i++) {
            points.add(point(recording, recording.slowdowns()[i], recording.forks()[i], 1, false));
        }
        return points;
    }

    /** A curve: the forks without a slow-down, made slower by multiplication. */
    List<Point> scaled(final Recording recording, final double... slowdowns) {
        final List<Point> points = new ArrayList<>();
        for (final double slowdown : slowdowns) {
            points.add(point(recording, slowdown, recording.forks()[0], 1 + slowdown / 100, true));
        }
        return points;
    }

    private Point point(
            final Recording recording,
            final double slowdown,
            final double[] head,
            final double factor,
            final boolean scaled) {
        final Random random = new Random(1);
        final DoubleSupplier ofBase =
                () -> recording.forks()[0][random.nextInt(recording.forks()[0].length)];
        final DoubleSupplier ofHead = () -> head[random.nextInt(head.length)] * factor;
        final Map<Rule.Verdict, Double> rates = new EnumMap<>(Rule.Verdict.class);
        for (int i = 0; i < sessions; i++) {
            rates.merge(
                    session.run(ofBase, ofHead, random, () -> false).decision().verdict(), 1.0 / sessions, Double::sum);
        }
        return new Point(slowdown, scaled, rates);
    }
}
