package org.kernelentry.perf.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gate's error rates on forks whose noise is known. */
final class PowerTests {
    private static final int SESSIONS = 400;
    private static final Power POWER = new Power(new Session(Rule.DEFAULT, Session.LOOKS), SESSIONS);

    @TempDir
    private Path folder;

    /** Forks around 50 ns, and 2.6 % slower. */
    private static Recording noise(final double sigma) {
        final Random random = new Random(5);
        final double[][] forks = new double[2][40];
        for (int i = 0; i < 40; i++) {
            forks[0][i] = 50 * Math.exp(sigma * random.nextGaussian());
            forks[1][i] = 51.3 * Math.exp(sigma * random.nextGaussian());
        }
        return new Recording(new double[] {0, 2.6}, forks);
    }

    @Test
    void whereForksDifferByAThousandthItIsNeverWrong() {
        final List<Power.Point> points = POWER.measured(noise(0.001));
        assertThat(points.get(0).rate(Rule.Verdict.PASS)).isEqualTo(1, within(1e-9));
        assertThat(points.get(1).rate(Rule.Verdict.FAIL)).isEqualTo(1, within(1e-9));
        assertThat(points.get(0).failuresAtMost(SESSIONS)).isEqualTo(3.0 / SESSIONS);
    }

    @Test
    void whereForksDifferByAHundredthItStillSees() {
        final List<Power.Point> points = POWER.measured(noise(0.01));
        assertThat(points.get(0).failuresAtMost(SESSIONS)).isLessThan(0.01);
        assertThat(points.get(1).rate(Rule.Verdict.FAIL)).isGreaterThan(0.9);
        assertThat(points.get(1).rate(Rule.Verdict.PASS)).isLessThan(0.01);
    }

    @Test
    void whereForksDifferByATenthThirtyTwoPairsCannotTell() {
        final Power few = new Power(new Session(Rule.DEFAULT, List.of(8, 12, 16, 20, 26, 32)), SESSIONS);
        final List<Power.Point> points = few.measured(noise(0.1));
        assertThat(points.get(0).failuresAtMost(SESSIONS)).isLessThan(0.01);
        assertThat(points.get(0).rate(Rule.Verdict.INCONCLUSIVE)).isGreaterThan(0.9);
        assertThat(points.get(1).rate(Rule.Verdict.PASS)).isLessThan(0.02);
    }

    @Test
    void whereForksDifferByAFifthItSaysThatItCannotTell() {
        final List<Power.Point> points = POWER.measured(noise(0.2));
        assertThat(points.get(0).failuresAtMost(SESSIONS)).isLessThan(0.01);
        assertThat(points.get(0).rate(Rule.Verdict.INCONCLUSIVE)).isGreaterThan(0.9);
        assertThat(points.get(1).rate(Rule.Verdict.PASS)).isLessThan(0.02);
    }

    @Test
    void wherePairsAreFewWhatForksHideIsSeenWithMore() {
        final Recording noisy = noise(0.02);
        final Power few = new Power(new Session(Rule.DEFAULT, List.of(8, 12, 16, 20)), SESSIONS);
        final double seenByFew = few.measured(noisy).get(1).rate(Rule.Verdict.FAIL);
        final List<Power.Point> points = POWER.measured(noisy);
        assertThat(points.get(1).rate(Rule.Verdict.FAIL)).isGreaterThan(seenByFew + 0.05);
        assertThat(points.get(0).failuresAtMost(SESSIONS)).isLessThan(0.01);
    }

    @Test
    void moreIsSeenMoreOften() {
        final List<Power.Point> curve = POWER.scaled(noise(0.01), 0, 1.3, 2.6, 5);
        assertThat(IntStream.range(1, 4)
                        .allMatch(i -> curve.get(i).rate(Rule.Verdict.FAIL)
                                >= curve.get(i - 1).rate(Rule.Verdict.FAIL)))
                .isTrue();
        assertThat(curve.get(3).rate(Rule.Verdict.FAIL)).isGreaterThan(0.99);
    }

    @Test
    void aRecordingIsReadAsItWasWritten() throws IOException {
        final Path file = folder.resolve("forks.csv");
        final Recording written = noise(0.01);
        written.write(file, "a remark");
        final Recording read = Recording.read(file);
        assertThat(read.slowdowns()).containsExactly(0, 2.6);
        assertThat(read.forks()[1]).containsExactly(written.forks()[1], within(0.001));
        assertThat(read.spread()).isCloseTo(written.spread(), within(1e-4));
    }

    @Test
    void whatIsNoRecordingIsRefused() throws IOException {
        final Path file = folder.resolve("forks.csv");
        Files.writeString(file, "0,1,2,three\n");
        assertThatThrownBy(() -> Recording.read(file)).hasMessageContaining("is not a list of numbers");
        Files.writeString(file, "0,1,2,3\n");
        assertThatThrownBy(() -> Recording.read(file)).hasMessageContaining("has 3 forks at +0.0 %, fewer than 8");
        Files.writeString(file, "1.3,1,2,3,4,5,6,7,8\n");
        assertThatThrownBy(() -> Recording.read(file)).hasMessageContaining("not of forks without a slow-down");
    }
}
