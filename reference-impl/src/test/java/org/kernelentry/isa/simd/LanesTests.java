package org.kernelentry.isa.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operations that work on a whole word at once, lane by lane; and what a single lane saturates to. */
final class LanesTests {
    private final Random random = new Random(3);
    private final Saturation q = new Saturation();

    private long word() {
        final long some = random.nextLong();
        final long fewer = some & random.nextLong();
        // Few bits set, now and then: equal lanes and zeroes come up.
        return random.nextInt(4) == 0 ? fewer & random.nextLong() : some;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void sums_differences_and_equality_stay_in_their_lanes(final int size) {
        for (int i = 0; i < 5000; i++) {
            final long a = word();
            final long b = random.nextInt(3) == 0 ? a ^ random.nextLong() << random.nextInt(64) : word();
            assertThat(Lanes.add(size, a, b)).isEqualTo(Lanes.map(size, false, a, b, Long::sum));
            assertThat(Lanes.sub(size, a, b)).isEqualTo(Lanes.map(size, false, a, b, (x, y) -> x - y));
            assertThat(Lanes.equal(size, a, b)).isEqualTo(Lanes.map(size, false, a, b, (x, y) -> x == y ? -1 : 0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void reversing_puts_the_last_lane_first(final int size) {
        for (int container = size + 1; container < 4; container++) {
            final long a = word();
            final long seen = Lanes.reverse(size, container, a);
            final int lanes = 1 << container - size;
            for (int i = 0; i < Lanes.count(size); i++) {
                assertThat(Lanes.unsigned(size, seen, i))
                        .isEqualTo(Lanes.unsigned(size, a, i / lanes * lanes + lanes - 1 - i % lanes));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void unzip_takes_apart_what_zip_put_together(final int size) {
        final long a = word();
        final long b = word();
        final long low = LanePermutes.zipLow(size, a, b);
        final long high = LanePermutes.zipHigh(size, a, b);
        assertThat(LanePermutes.unzip(size, low, high, 0)).isEqualTo(a);
        assertThat(LanePermutes.unzip(size, low, high, 1)).isEqualTo(b);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void a_sum_out_of_range_goes_to_the_limit_and_is_remembered(final int size) {
        final long top = Lanes.tops(size);
        assertThat(Lanes.addSaturating(size, true, top, top, q)).isEqualTo(top);
        assertThat(q.happened).isTrue();
        q.happened = false;
        assertThat(Lanes.addSaturating(size, false, top, top, q)).isEqualTo(-1);
        assertThat(q.happened).isTrue();
        q.happened = false;
        assertThat(Lanes.addSaturating(size, false, ~top, top, q)).isEqualTo(-1);
        assertThat(q.happened).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void a_negative_count_shifts_right_and_rounds_if_asked(final int size) {
        final long minusOnes = Lanes.replicate(size, -1);
        assertThat(LaneShifts.byRegister(size, true, false, Lanes.replicate(size, 3), minusOnes))
                .isEqualTo(Lanes.replicate(size, 1));
        assertThat(LaneShifts.byRegister(size, true, true, Lanes.replicate(size, 3), minusOnes))
                .isEqualTo(Lanes.replicate(size, 2));
        assertThat(LaneShifts.byRegister(size, false, true, -1, Lanes.replicate(size, -Lanes.bits(size))))
                .isEqualTo(Lanes.replicate(size, 1));
    }
}
