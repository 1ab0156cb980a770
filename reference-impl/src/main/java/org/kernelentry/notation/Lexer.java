package org.kernelentry.notation;

import java.util.ArrayList;
import java.util.List;

/** Splits a guest program into lines of words. A word is bare, a quoted string (kept with its quotes), or a brace. */
final class Lexer {
    /** The words of one line of the program; empty lines are left out. */
    record Line(int number, List<String> words) {}

    private Lexer() {}

    static List<Line> lines(final String text) {
        final List<Line> lines = new ArrayList<>();
        int number = 0;
        for (final String raw : text.split("\n", -1)) {
            number++;
            final List<String> words = words(raw, number);
            if (!words.isEmpty()) {
                lines.add(new Line(number, words));
            }
        }
        return lines;
    }

    private static List<String> words(final String raw, final int line) {
        final List<String> words = new ArrayList<>();
        int i = 0;
        while (i < raw.length()) {
            final char c = raw.charAt(i);
            if (Character.isWhitespace(c)) {
                i++;
            } else if (c == '#') {
                break;
            } else if (c == '{' || c == '}') {
                words.add(String.valueOf(c));
                i++;
            } else if (c == '"') {
                final int end = raw.indexOf('"', i + 1);
                if (end < 0) {
                    throw new NotationException(line, raw.substring(i), "the string has no closing quote");
                }
                words.add(raw.substring(i, end + 1));
                i = end + 1;
            } else {
                int end = i;
                while (end < raw.length() && " \t\r{}\"#".indexOf(raw.charAt(end)) < 0) {
                    end++;
                }
                words.add(raw.substring(i, end));
                i = end;
            }
        }
        return words;
    }
}
