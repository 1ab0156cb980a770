package org.kernelentry.runner.spec;

import java.util.List;
import java.util.Set;

/**
 * One row of the catalogue: a documented behaviour of the kernel's entry and exit code.
 *
 * @param id the stable identifier, such as {@code ENT-05}
 * @param family the part of the identifier before the number
 * @param text the behaviour in plain words
 * @param where architectures and modes, as explained in the catalogue's index
 * @param since {@code =} if 6.1 and 7.3 agree, {@code 7.3} if 6.1 lacks it, otherwise the difference in words
 * @param observability how it can be observed; the first one is the one the row is counted under
 * @param observabilityNote a restriction on that, or the empty string
 * @param seenAtRunTime whether a real kernel was seen to do it
 * @param seenNote where or how far it was seen, or the empty string
 * @param source where the kernel says so, with the abbreviations of the index
 * @param location where the row stands
 */
public record Behaviour(
        String id,
        String family,
        String text,
        String where,
        String since,
        List<Observability> observability,
        String observabilityNote,
        boolean seenAtRunTime,
        String seenNote,
        String source,
        SourceLocation location) {

    public Behaviour {
        observability = List.copyOf(observability);
    }

    /** The observability the row is counted under. */
    public Observability primaryObservability() {
        return observability.get(0);
    }

    /** Whether no system but the reference can show it. */
    public boolean isInternal() {
        return observability.equals(List.of(Observability.INT));
    }

    /** The modes that {@link #where} speaks of. */
    public Set<Mode> modes() {
        return WhereColumn.modes(where);
    }

    /** The modes that a rule about it has examples for, or a reason for having none. */
    public Set<Mode> modesToShow() {
        return WhereColumn.modesToShow(where);
    }

    /** {@link #since} as a phrase: "the same in 6.1 and 7.3", "new in 7.3", or the difference as the row states it. */
    public String sinceInWords() {
        return switch (since) {
            case "=" -> "the same in 6.1 and 7.3";
            case "7.3" -> "in 7.3, not in 6.1";
            default ->
                since.startsWith("= ") ? ("the same in 6.1 and 7.3 " + since.substring(2)).replace(" ;", ";") : since;
        };
    }

    /** {@link #observability} and its note as people read it: {@code ABI, TRACE (cost)}. */
    public String observabilityInWords() {
        String names = String.join(", ", observability.stream().map(Enum::name).toList());
        return observabilityNote.isEmpty() ? names : names + " (" + observabilityNote + ")";
    }
}
