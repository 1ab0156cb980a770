package org.kernelentry.runner.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.runner.spec.Mode;

/** One guest of the reference and what its observer saw. */
final class Play implements AutoCloseable {
    /** For parameters of tests: {@link #all()}. */
    static final String ALL = "org.kernelentry.runner.system.Play#all";

    final Guest guest;
    final List<String> seen = new ArrayList<>();

    /** Every mode on every flavour that runs it. */
    static Stream<Arguments> all() {
        return Arrays.stream(Flavour.values())
                .flatMap(flavour -> Arrays.stream(Mode.values())
                        .filter(mode -> new ReferenceSystem(flavour).runs(mode))
                        .map(mode -> Arguments.of(mode, flavour)));
    }

    Play(final Mode mode, final Flavour flavour, final String program) {
        this.guest = new ReferenceSystem(flavour).boot(mode, program, new GuestOptions());
    }

    Play seize(final String... options) {
        guest.trace("seize", List.of(options));
        guest.start();
        return this;
    }

    Play attach(final String... options) {
        guest.trace("attach", List.of(options));
        guest.start();
        return this;
    }

    Play untraced() {
        guest.start();
        return this;
    }

    /** Resumes and waits. */
    Play go(final String request, final int signal) {
        assertThat(guest.resume(request, signal)).as(request).isZero();
        return see();
    }

    Play go(final String request) {
        return go(request, 0);
    }

    Play see() {
        seen.add(guest.await().toString());
        return this;
    }

    Play asleep() {
        assertThat(guest.untilAsleep()).as("asleep").isTrue();
        return this;
    }

    List<String> notes() {
        return guest.notes().stream()
                .map(note -> note.text() + (note.hasValue() ? note.value() : ""))
                .toList();
    }

    @Override
    public void close() {
        assertThat(guest.kernelWarnings()).isEmpty();
        guest.close();
    }
}
