package org.kernelentry.runner.spec;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something known about real kernels that the scenarios do not say.
 *
 * @param what an ID ({@code ENT-34}) or the beginning of a scenario's id ({@code ENT-34/a-call-begun})
 * @param from the oldest kernel it holds for, or null
 * @param to the newest kernel it holds for, or null
 * @param modes the modes it holds for
 * @param kind what is to be expected
 * @param reason why, in a sentence
 * @param link where that can be read
 * @param location where it stands
 */
public record Expectation(
        String what,
        @Nullable KernelVersion from,
        @Nullable KernelVersion to,
        Set<Mode> modes,
        Kind kind,
        String reason,
        String link,
        SourceLocation location) {

    /** What is to be expected. */
    public enum Kind {
        /** The kernel does something else than the scenario states. */
        DIFFERS,
        /** The kernel lacks what the scenario needs. */
        CANNOT_RUN
    }

    public Expectation {
        modes = Set.copyOf(modes);
    }

    /** Whether it speaks of this kernel at all. */
    public boolean isAbout(KernelVersion kernel) {
        return Optional.ofNullable(from).map(f -> f.compareTo(kernel) <= 0).orElse(true)
                && Optional.ofNullable(to).map(t -> t.compareTo(kernel) >= 0).orElse(true);
    }

    /** Whether it speaks of this example. */
    public boolean isAbout(SpecExample example) {
        return modes.contains(example.mode())
                && (example.ruleId().equals(what)
                        || what.contains("/") && example.id().startsWith(what));
    }
}
