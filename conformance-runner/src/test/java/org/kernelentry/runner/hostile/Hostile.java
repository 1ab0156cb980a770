package org.kernelentry.runner.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.system.GuestOptions;
import org.kernelentry.runner.system.ReferenceGuest;
import org.kernelentry.runner.system.Stop;
import org.kernelentry.runner.system.SystemUnderTest;
import org.kernelentry.runner.system.Systems;

/** Runs programs of which nothing is known but that they must end as a guest event. */
final class Hostile {
    /** The ends there are. */
    private static final Pattern EVENT = Pattern.compile("exited \\d+|killed by SIG[A-Z0-9+]+|stuck|budget exceeded");

    /** Longer than any machine needs: what takes it does not end at all. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Enough for a thousand signals: what goes round after so many goes round for ever. */
    private static final long BUDGET = 5_000;

    private static final int MAX_REPORTS = 10_000;

    /** One mode on one flavour of the reference. */
    record Where(SystemUnderTest system, Mode mode) {
        @Override
        public String toString() {
            return mode.label() + " " + system.flavour();
        }
    }

    /** What is done to a guest that was booted but has not started. */
    interface Course {
        void run(ReferenceGuest guest);
    }

    private Hostile() {}

    /** Every mode on every flavour that runs it. */
    static Stream<Where> everywhere() {
        return Systems.byName(Systems.REFERENCE).stream()
                .flatMap(system ->
                        Arrays.stream(Mode.values()).filter(system::runs).map(mode -> new Where(system, mode)));
    }

    /** Runs an untraced program and returns how it ended. */
    static String run(final Where where, final String... program) {
        return run(BUDGET, where, program);
    }

    /** The same for a program that may execute so many instructions. */
    static String run(final long budget, final Where where, final String... program) {
        final String[] end = new String[1];
        guest(where, String.join("\n", program), guest -> {
            guest.kernel().sched.setBudget(budget);
            guest.start();
            end[0] = end(guest, where + ": " + String.join("; ", program));
        });
        return end[0];
    }

    /** Boots {@code program} and lets {@code course} do what it wants, within the time any guest may take. */
    static void guest(final Where where, final String program, final Course course) {
        assertTimeoutPreemptively(PATIENCE, () -> {
            try (ReferenceGuest guest =
                    (ReferenceGuest) where.system().boot(where.mode(), program, new GuestOptions())) {
                guest.kernel().sched.setBudget(BUDGET);
                course.run(guest);
            }
        });
    }

    /** Waits for the end of the program; stops are answered by what they announce. */
    static String end(final ReferenceGuest guest, final String what) {
        for (int i = 0; i < MAX_REPORTS; i++) {
            final Stop stop = guest.await();
            if (!"main".equals(stop.who()) && !isTheLast(stop)) {
                guest.resume("CONT", 0);
                continue;
            }
            if (stop.end() || isTheLast(stop)) {
                assertThat(stop.what()).as(what).matches(EVENT);
                assertThat(guest.kernelWarnings()).as(what).isEmpty();
                return stop.what();
            }
            guest.resume("CONT", signal(stop));
        }
        throw new AssertionError(what + " reports for ever");
    }

    private static boolean isTheLast(final Stop stop) {
        return List.of("stuck", "budget exceeded", "nothing left to wait for").contains(stop.what());
    }

    private static int signal(final Stop stop) {
        final int number = stop.what().startsWith("signal ")
                ? org.kernelentry.kernel.signal.Signals.number(stop.what().substring("signal ".length()))
                : 0;
        return Math.max(number, 0);
    }

    static String hex(final byte[] bytes) {
        final StringBuilder text = new StringBuilder("code");
        for (final byte b : bytes) {
            text.append(String.format(" %02x", b));
        }
        return text.toString();
    }
}
