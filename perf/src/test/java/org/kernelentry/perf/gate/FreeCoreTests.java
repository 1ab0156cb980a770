package org.kernelentry.perf.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.DoubleFunction;
import org.junit.jupiter.api.Test;
import org.kernelentry.perf.OneProcessor;

final class FreeCoreTests {
    private static final double FREE = 100;
    private static final double SHARED = 150;

    private final FreeCore core = new FreeCore();
    private final List<Double> told = new ArrayList<>();

    /** Batches of 10 ns beside a free core, of 15 beside a shared one. */
    private static Shots shots(final int free, final int shared) {
        final double[] times = new double[free + shared];
        final double[] yardsticks = new double[free + shared];
        Arrays.fill(times, 0, shared, 15);
        Arrays.fill(yardsticks, 0, shared, SHARED);
        Arrays.fill(times, shared, times.length, 10);
        Arrays.fill(yardsticks, shared, times.length, FREE);
        return new Shots(times, yardsticks);
    }

    private DoubleFunction<Shots> forks(final Shots... each) {
        final Iterator<Shots> next = List.of(each).iterator();
        return known -> {
            told.add(known);
            return next.next();
        };
    }

    @Test
    void onlyBatchesBesideAFreeCoreCount() {
        assertThat(shots(20, 280).undisturbed(FREE)).hasValue(10);
        assertThat(shots(20, 280).undisturbed(FREE * 0.96)).hasValue(10);
        assertThat(shots(20, 280).undisturbed(FREE * 0.95)).isEmpty();
        assertThat(shots(19, 281).undisturbed(FREE)).isEmpty();
        assertThat(shots(19, 281).low()).isEqualTo(15);
    }

    @Test
    void aDisturbedForkIsRunAgain() {
        core.learn(forks(shots(300, 0)));
        assertThat(core.value(forks(shots(0, 300), shots(10, 290), shots(200, 100))))
                .isEqualTo(10);
        assertThat(told).containsExactly(0.0, FREE, FREE, FREE);
        assertThat(core.remark("")).isEmpty();
    }

    @Test
    void theLastTryCountsToo() {
        core.learn(forks(shots(300, 0)));
        final Shots shared = shots(0, 300);
        assertThat(core.value(forks(shared, shared, shared, shots(300, 0)))).isEqualTo(10);
        assertThat(core.remark("")).isEmpty();
    }

    @Test
    void whenNoTryHelpsItSaysSo() {
        core.learn(forks(shots(300, 0)));
        final Shots shared = shots(0, 300);
        assertThat(core.value(forks(shared, shared, shared, shared))).isEqualTo(15);
        assertThat(core.remark("")).isEqualTo("1 forks never had a processor for themselves");
        assertThat(core.remark("time was up")).startsWith("time was up; 1 forks");
    }

    @Test
    void valuesOfACoreThatWasNeverFreeAreMeasuredAgain() {
        // The first pair sees a shared core; the second, whichever side is first, that it can be free.
        final List<Shots> each = List.of(shots(0, 300), shots(300, 0), shots(300, 0), shots(300, 0));
        final Iterator<Shots> base = each.iterator();
        final Iterator<Shots> head = each.iterator();
        core.learn(forks(shots(0, 300)));
        final Session.Result result = core.measure(
                new Session(Rule.DEFAULT, List.of(2)), known -> base.next(), known -> head.next(), () -> false);
        assertThat(result.base()).containsExactly(10, 10);
        assertThat(result.head()).containsExactly(10, 10);
        assertThat(base.hasNext() || head.hasNext()).isFalse();
    }

    @Test
    void whereOneSideHasNoYardstickNeitherIsMeasuredByIt() {
        core.learn(forks(shots(300, 0)));
        core.learn(forks(new Shots(new double[] {9, 9, 9}, new double[0])));
        assertThat(core.value(forks(new Shots(new double[] {9, 9, 9}, new double[0]))))
                .isEqualTo(9);
        assertThat(told).containsExactly(0.0, FREE, Double.NaN);
        assertThat(core.remark("")).isEqualTo("one side has no yardstick, so none was used");
    }

    @Test
    void theProcessorIsOneThatMayBeUsed() throws IOException {
        assumeThat(OneProcessor.PREFIX).as("taskset on this machine").isNotEmpty();
        final List<String> command = new ArrayList<>(OneProcessor.PREFIX);
        command.addAll(List.of("sh", "-c", "grep Cpus_allowed_list /proc/self/status"));
        assertThat(Fork.output(command, 1).strip()).matches("Cpus_allowed_list:\\s\\d+");
    }
}
