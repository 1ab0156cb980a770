package org.kernelentry.perf.gate;

import java.util.Arrays;
import java.util.Locale;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.apache.commons.statistics.inference.PValueMethod;

/**
 * How two sets of forks are judged. A fork is one sample: what is measured inside it shares one compilation and is not independent.
 *
 * <p>Both claims, slower and not slower, need evidence; where there is none for either, the answer is that there is none.
 *
 * @param alpha at most this probability, by the exact Mann–Whitney test, that forks of equal speed look so different (per look); what is slower must
 *     be so in a second session, too
 * @param passAlpha at most this probability that forks that are slower by the effect look so alike (per look): the first look at which they do ends a
 *     session
 * @param floor a difference of medians below this is no difference, however sure it is
 * @param effect the slow-down that a pass rules out, by the same test
 */
record Rule(double alpha, double passAlpha, double floor, double effect) {
    /** What holds unless somebody says otherwise: a slow-down of 2.6 % is what the gate is for. */
    static final Rule DEFAULT = new Rule(0.01, 0.0005, 0.013, 0.026);

    private static final MannWhitneyUTest GREATER = MannWhitneyUTest.withDefaults()
            .with(AlternativeHypothesis.GREATER_THAN)
            .with(PValueMethod.EXACT);

    /** What came out. */
    enum Verdict {
        /** A slow-down of the effect is ruled out. */
        PASS,
        /** Slower. */
        FAIL,
        /** Faster: told, and no failure. */
        FASTER,
        /** The measurements are too noisy, or too few, to say. */
        INCONCLUSIVE
    }

    /**
     * The answer for one benchmark.
     *
     * @param ratio median of head by median of base
     * @param pSlower probability of such forks if head is not slower
     * @param pWithin probability of such forks if head is slower by the effect
     */
    record Decision(Verdict verdict, double ratio, double pSlower, double pWithin) {
        /** {@code +2.61 %}. */
        String change() {
            return String.format(Locale.ROOT, "%+.2f %%", (ratio - 1) * 100);
        }
    }

    /**
     * Judges.
     *
     * @param base one value a fork, lower is faster; at least one
     * @param head one value a fork
     */
    Decision judge(final double[] base, final double[] head) {
        final double ratio = median(head) / median(base);
        final double slower = p(head, base);
        final double within = p(scaled(base, 1 + effect), head);
        final Verdict verdict;
        if (slower < alpha && ratio > 1 + floor) {
            verdict = Verdict.FAIL;
        } else if (p(base, head) < alpha && ratio < 1 / (1 + floor)) {
            verdict = Verdict.FASTER;
        } else if (within < passAlpha) {
            verdict = Verdict.PASS;
        } else {
            verdict = Verdict.INCONCLUSIVE;
        }
        return new Decision(verdict, ratio, slower, within);
    }

    private static double p(final double[] greater, final double[] less) {
        return GREATER.test(greater, less).getPValue();
    }

    private static double[] scaled(final double[] values, final double factor) {
        return Arrays.stream(values).map(value -> value * factor).toArray();
    }

    static double median(final double[] values) {
        return quantile(values, 0.5);
    }

    /** The value below which the part {@code q} of the values lies; between two, interpolated. */
    static double quantile(final double[] values, final double q) {
        final double[] sorted = values.clone();
        Arrays.sort(sorted);
        final double at = q * (sorted.length - 1);
        final int below = (int) at;
        final int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
