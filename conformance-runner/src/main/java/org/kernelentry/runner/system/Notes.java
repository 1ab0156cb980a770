package org.kernelentry.runner.system;

import static org.kernelentry.notation.GuestProgram.Layout.MAX_NOTES;

import java.util.ArrayList;
import java.util.List;
import org.kernelentry.runner.system.Guest.Note;

/** The page that guests note things in: a count, then 16-byte records of a tag and a value (GuestProgram.Layout). */
public final class Notes {
    private static final int RECORD = 16;

    private Notes() {}

    /**
     * The notes in a page.
     *
     * @param texts what the tags mean, from 1
     * @param wordSize bytes of a value; it is sign-extended
     */
    public static List<Note> read(final byte[] page, final List<String> texts, final int wordSize) {
        final List<Note> notes = new ArrayList<>();
        final int count = (int) Math.min(word(page, 0, 4), MAX_NOTES);
        for (int i = 0; i < count; i++) {
            final int at = RECORD + RECORD * i;
            final int tag = (int) word(page, at, 4);
            if (tag < 1 || tag > texts.size()) {
                notes.add(new Note("corrupt note " + tag, 0));
                continue;
            }
            final long raw = word(page, at + 8, wordSize);
            notes.add(new Note(texts.get(tag - 1), wordSize == 4 ? (int) raw : raw));
        }
        return notes;
    }

    private static long word(final byte[] bytes, final int at, final int size) {
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xff;
        }
        return value;
    }
}
