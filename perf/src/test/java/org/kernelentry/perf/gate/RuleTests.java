package org.kernelentry.perf.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.kernelentry.perf.gate.Rule.Verdict.FAIL;
import static org.kernelentry.perf.gate.Rule.Verdict.FASTER;
import static org.kernelentry.perf.gate.Rule.Verdict.INCONCLUSIVE;
import static org.kernelentry.perf.gate.Rule.Verdict.PASS;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RuleTests {
    private static final double[] QUIET = {50.00, 50.01, 50.02, 50.03, 50.04, 50.05, 50.06, 50.07};
    private static final double[] NOISY = {44, 46, 48, 50, 52, 54, 56, 58};

    private static double[] times(final double[] values, final double factor) {
        return Arrays.stream(values).map(value -> value * factor).toArray();
    }

    @ParameterizedTest
    @CsvSource({"1.000, PASS", "1.012, PASS", "1.014, FAIL", "1.026, FAIL", "1.05, FAIL", "0.98, FASTER", "0.99, PASS"})
    void whereForksAgreeSmallDifferencesCount(final double factor, final Rule.Verdict expected) {
        assertThat(Rule.DEFAULT.judge(QUIET, times(QUIET, factor + 0.00001)).verdict())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1.00001, INCONCLUSIVE", "1.026, INCONCLUSIVE", "1.5, FAIL", "0.66, FASTER"})
    void whereForksDisagreeOnlyLargeDifferencesCount(final double factor, final Rule.Verdict expected) {
        assertThat(Rule.DEFAULT.judge(NOISY, times(NOISY, factor)).verdict()).isEqualTo(expected);
    }

    @Test
    void fewForksProveNothing() {
        final double[] three = {50, 50.1, 50.2};
        assertThat(Rule.DEFAULT.judge(three, times(three, 2)).verdict()).isEqualTo(INCONCLUSIVE);
    }

    @Test
    void theTestIsExact() {
        // All eight of head above all eight of base: one of the 16!/(8! 8!) orders.
        assertThat(Rule.DEFAULT.judge(QUIET, times(QUIET, 1.1)).pSlower()).isCloseTo(1 / 12870.0, within(1e-12));
        assertThat(Rule.DEFAULT.judge(QUIET, times(QUIET, 1.1)).change()).isEqualTo("+10.00 %");
    }

    @Test
    void equalForksPassAlthoughTheyTie() {
        assertThat(Rule.DEFAULT.judge(QUIET, QUIET).verdict()).isEqualTo(PASS);
        assertThat(Rule.DEFAULT.judge(QUIET, times(QUIET, 0.9)).verdict()).isEqualTo(FASTER);
        assertThat(Rule.DEFAULT.judge(times(QUIET, 0.9), QUIET).verdict()).isEqualTo(FAIL);
    }

    @Test
    void quantilesLieBetweenTheValues() {
        final double[] values = {4, 1, 3, 2};
        assertThat(Rule.quantile(values, 0)).isEqualTo(1);
        assertThat(Rule.median(values)).isEqualTo(2.5);
        assertThat(Rule.quantile(values, 0.1)).isCloseTo(1.3, within(1e-9));
        assertThat(Rule.quantile(values, 1)).isEqualTo(4);
    }
}
