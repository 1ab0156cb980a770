package org.kernelentry.runner.system;

import java.util.Optional;
import org.kernelentry.runner.spec.Mode;

/** Something scenarios run on: the reference in one of its flavours, or a real kernel. */
public interface SystemUnderTest {
    /** As on the command line: {@code reference-generic}, {@code reference-native}. */
    String name();

    /** {@code generic} or {@code native}: scenarios tagged with the other one do not apply. */
    String flavour();

    /** What its column in a matrix is called. */
    default String label() {
        return flavour();
    }

    /** Whether the flavour exists for the architecture of {@code mode}. */
    boolean runs(Mode mode);

    /** The release of a real kernel as uname(2) gives it, {@code 6.12.117+deb13-amd64}; empty for a model of one. */
    default Optional<String> release() {
        return Optional.empty();
    }

    /** What a system may show besides what a tracer sees. */
    enum Shown {
        TRACE_EVENTS("trace events"),
        AUDIT_RECORDS("audit records"),
        WARNINGS("kernel warnings");

        private final String words;

        Shown(final String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** Whether that can be seen, so that scenarios can assert it to be there or not. */
    default boolean shows(final Shown what) {
        return internal();
    }

    /** Why something is not shown, for a sentence that begins with "skipped: ". */
    default String whyHidden(final Shown what) {
        return what + " cannot be read on " + name();
    }

    /** Whether internal steps can be observed and injected into. */
    boolean internal();

    /**
     * Makes a system that is about to run {@code program}, nothing of it executed yet.
     *
     * @throws org.kernelentry.notation.NotationException for a program that cannot be assembled for {@code mode}
     * @throws UnsupportedSetupException when the system has no such option
     */
    Guest boot(Mode mode, String program, GuestOptions options);

    /**
     * Gets ready for scenarios, where that takes its time.
     *
     * @throws org.kernelentry.runner.spec.SpecException if it cannot be started; says what to do
     */
    default void start() {}

    /** Ends what it keeps running between scenarios; what is asked of it afterwards starts that anew. */
    default void close() {}
}
