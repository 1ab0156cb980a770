package org.kernelentry.notation;

import java.util.List;

/**
 * The guest notation: small programs inside scenarios, the same text for every architecture.
 *
 * <p>One statement a line; {@code #} starts a comment. See ARCHITECTURE.md for the list of statements.
 */
public final class Notation {
    private Notation() {}

    /**
     * Assembles a program.
     *
     * @throws NotationException one sentence naming line and word
     */
    public static GuestProgram assemble(final String text, final GuestTarget target) {
        return assemble(text, target, List.of());
    }

    /**
     * Assembles a program that another one executes: its notes are numbered behind the other's, so that both can be read from one page.
     *
     * @param earlierNotes {@link GuestProgram#notes} of the other program
     */
    public static GuestProgram assemble(final String text, final GuestTarget target, final List<String> earlierNotes) {
        return new Lowering(target, earlierNotes).lower(Parser.parse(text));
    }

    /** Checks the shape of a program without a target, as a lint does. */
    public static void check(final String text) {
        Parser.parse(text);
    }
}
