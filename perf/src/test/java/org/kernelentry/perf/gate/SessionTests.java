package org.kernelentry.perf.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

final class SessionTests {
    private final Session session = new Session(Rule.DEFAULT, List.of(8, 12));
    private final List<String> ran = new ArrayList<>();

    private static boolean never() {
        return false;
    }

    private static DoubleStream quiet(final double around) {
        final Random random = new Random(1);
        return DoubleStream.generate(() -> around + random.nextDouble() / 100);
    }

    private DoubleSupplier fork(final String name, final DoubleStream values) {
        final Iterator<Double> each = values.iterator();
        return () -> {
            ran.add(name);
            return each.next();
        };
    }

    private Session.Result run(final DoubleStream base, final DoubleStream head, final BooleanSupplier timeIsUp) {
        return session.run(fork("base", base), fork("head", head), new Random(7), timeIsUp);
    }

    @Test
    void whatIsClearIsDecidedAtTheFirstLook() {
        final Session.Result result = run(quiet(50), quiet(50), SessionTests::never);
        assertThat(result.decision().verdict()).isEqualTo(Rule.Verdict.PASS);
        assertThat(result.base()).hasSize(8);
        assertThat(ran).hasSize(16);
    }

    @Test
    void pairsAreInTurnAndInRandomOrder() {
        run(quiet(50), quiet(50), SessionTests::never);
        for (int i = 0; i < ran.size(); i += 2) {
            assertThat(ran.subList(i, i + 2)).containsExactlyInAnyOrder("base", "head");
        }
        assertThat(List.of(ran.get(0), ran.get(2), ran.get(4), ran.get(6), ran.get(8), ran.get(10)))
                .contains("base", "head");
    }

    @Test
    void aFailureMustShowTwice() {
        final Session.Result result = run(quiet(50), quiet(51.5), SessionTests::never);
        assertThat(result.decision().verdict()).isEqualTo(Rule.Verdict.FAIL);
        assertThat(result.remark()).startsWith("twice, +3.0");
        assertThat(ran).hasSize(32);
    }

    @Test
    void aFailureThatDoesNotShowAgainIsNone() {
        final Session.Result result =
                run(quiet(50), DoubleStream.concat(quiet(51.5).limit(8), quiet(50)), SessionTests::never);
        assertThat(result.decision().verdict()).isEqualTo(Rule.Verdict.PASS);
        assertThat(result.remark()).endsWith("the first time, not confirmed");
    }

    @Test
    void noiseIsLookedAtUntilThePairsAreUsedUpAndThenNothingIsClaimed() {
        final Random random = new Random(3);
        final Session.Result result = run(
                DoubleStream.generate(() -> 50 + 20 * random.nextDouble()),
                DoubleStream.generate(() -> 50 + 20 * random.nextDouble()),
                SessionTests::never);
        assertThat(result.decision().verdict()).isEqualTo(Rule.Verdict.INCONCLUSIVE);
        assertThat(result.base()).hasSize(12);
    }

    @Test
    void whenTimeIsUpNoPairBegins() {
        final Session.Result result = run(quiet(50), quiet(50), () -> ran.size() >= 6);
        assertThat(result.decision().verdict()).isEqualTo(Rule.Verdict.INCONCLUSIVE);
        assertThat(result.remark()).isEqualTo("time was up");
        assertThat(ran).hasSize(6);
    }
}
