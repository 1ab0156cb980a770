package org.kernelentry.perf.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;

/**
 * Forks of base and head in pairs, each pair in random order, until the rule can say something or the pairs are used up. It looks at a fixed
 * number of pairs only: whoever looks after each would find a difference in the end. A failure must show twice, in forks of its own each time.
 *
 * @param rule what decides
 * @param looks after how many pairs the rule is asked, ascending
 */
record Session(Rule rule, List<Integer> looks) {
    /** Asked after so many pairs unless somebody says otherwise. */
    static final List<Integer> LOOKS = List.of(8, 12, 16, 20, 26, 32, 40, 52, 64, 80);

    /**
     * What was measured and what it says.
     *
     * @param base nanoseconds per operation, one value a fork
     * @param head as for base
     * @param remark what a reader must know of how it came about; empty for nothing
     */
    @SuppressWarnings("ArrayRecordComponent") // results are read, never compared
    record Result(double[] base, double[] head, Rule.Decision decision, String remark) {}

    /**
     * Measures, and again what failed.
     *
     * @param base runs one fork of base
     * @param head runs one fork of head
     * @param timeIsUp asked before each pair
     */
    Result run(
            final DoubleSupplier base, final DoubleSupplier head, final Random order, final BooleanSupplier timeIsUp) {
        final Result first = once(base, head, order, timeIsUp);
        if (first.decision.verdict() != Rule.Verdict.FAIL) {
            return first;
        }
        final Result second = once(base, head, order, timeIsUp);
        if (second.decision.verdict() == Rule.Verdict.FAIL) {
            return new Result(
                    second.base, second.head, second.decision, "twice, " + first.decision.change() + " before");
        }
        final Rule.Decision found = second.decision;
        return new Result(
                second.base,
                second.head,
                found.verdict() == Rule.Verdict.PASS
                        ? found
                        : new Rule.Decision(Rule.Verdict.INCONCLUSIVE, found.ratio(), found.pSlower(), found.pWithin()),
                first.decision.change() + " the first time, not confirmed");
    }

    private Result once(
            final DoubleSupplier base, final DoubleSupplier head, final Random order, final BooleanSupplier timeIsUp) {
        final List<Double> ofBase = new ArrayList<>();
        final List<Double> ofHead = new ArrayList<>();
        for (final int look : looks) {
            while (ofBase.size() < look) {
                if (!ofBase.isEmpty() && timeIsUp.getAsBoolean()) {
                    return result(ofBase, ofHead, "time was up");
                }
                if (order.nextBoolean()) {
                    ofBase.add(base.getAsDouble());
                    ofHead.add(head.getAsDouble());
                } else {
                    ofHead.add(head.getAsDouble());
                    ofBase.add(base.getAsDouble());
                }
            }
            final Result result = result(ofBase, ofHead, "");
            if (result.decision.verdict() != Rule.Verdict.INCONCLUSIVE) {
                return result;
            }
        }
        return result(ofBase, ofHead, "");
    }

    private Result result(final List<Double> ofBase, final List<Double> ofHead, final String remark) {
        final double[] base = array(ofBase);
        final double[] head = array(ofHead);
        return new Result(base, head, rule.judge(base, head), remark);
    }

    private static double[] array(final List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
