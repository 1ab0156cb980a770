package org.kernelentry.notation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kernelentry.notation.Lexer.Line;

/** Words to statements. What a word means is decided by {@link Lowering}; here only the shape is. */
final class Parser {
    /** Statements that are not system calls. */
    static final Set<String> KEYWORDS = Set.of(
            "nop",
            "break",
            "undef",
            "spin",
            "jump",
            "mark",
            "load",
            "store",
            "byte",
            "word",
            "buffer",
            "poke",
            "raise",
            "ignore",
            "default",
            "block",
            "unblock",
            "register",
            "code",
            "install",
            "return");

    private final List<Line> lines;
    private int at;

    private Parser(final List<Line> lines) {
        this.lines = lines;
    }

    static List<Stmt> parse(final String text) {
        final Parser parser = new Parser(Lexer.lines(text));
        final List<Stmt> program = parser.block(0);
        if (parser.at < parser.lines.size()) {
            throw new NotationException(parser.lines.get(parser.at).number(), "}", "there is no open block to close");
        }
        return program;
    }

    /** Statements up to the line that starts with a closing brace (not consumed) or the end. */
    private List<Stmt> block(final int openedAt) {
        final List<Stmt> body = new ArrayList<>();
        while (at < lines.size() && !"}".equals(lines.get(at).words().get(0))) {
            body.add(statement(lines.get(at)));
        }
        if (openedAt != 0 && at == lines.size()) {
            throw new NotationException(openedAt, "{", "the block is never closed");
        }
        return body;
    }

    /** After the header line of a block: its body; returns the words that follow the closing brace on its line. */
    private List<Stmt> body(final Line header) {
        final List<String> words = header.words();
        final int open = words.indexOf("{");
        if (open != words.size() - 1) {
            return inline(header, open);
        }
        at++;
        final List<Stmt> body = block(header.number());
        final List<String> rest = lines.get(at).words();
        if (rest.size() == 1) {
            at++;
        } else {
            // `} else {` stays as a line of its own.
            lines.set(at, new Line(lines.get(at).number(), List.copyOf(rest.subList(1, rest.size()))));
        }
        return body;
    }

    /** {@code loop 3 { getppid }}: one statement on the header's own line. */
    private List<Stmt> inline(final Line header, final int open) {
        final List<String> words = header.words();
        final int close = words.lastIndexOf("}");
        if (close != words.size() - 1 || close == open + 1) {
            throw new NotationException(
                    header.number(), "{", "a block on one line holds one statement and ends the line");
        }
        at++;
        final Parser inner =
                new Parser(new ArrayList<>(List.of(new Line(header.number(), words.subList(open + 1, close)))));
        return inner.block(0);
    }

    private Stmt statement(final Line line) {
        final int n = line.number();
        List<String> words = line.words();
        @Nullable String label = null;
        if (words.get(0).length() > 1 && words.get(0).endsWith(":")) {
            label = words.get(0).substring(0, words.get(0).length() - 1);
            words = words.subList(1, words.size());
            if (words.isEmpty()) {
                throw new NotationException(n, label + ":", "a label stands before a statement on the same line");
            }
        }
        @Nullable String target = null;
        if (words.size() > 1 && ("=".equals(words.get(1)) || "+=".equals(words.get(1)))) {
            target = words.get(0);
            final boolean increment = "+=".equals(words.get(1));
            words = words.subList(2, words.size());
            if (words.isEmpty()) {
                throw new NotationException(n, target, "nothing is assigned");
            }
            if (increment || isOperand(words)) {
                at++;
                only(line, words, 1);
                return new Stmt.Assign(n, target, words.get(0), increment);
            }
            if ("byte".equals(words.get(0)) || "register".equals(words.get(0))) {
                at++;
                only(line, words, 2);
                return new Stmt.Simple(n, target, "=" + words.get(0), List.copyOf(words.subList(1, 2)));
            }
        }
        final String word = words.get(0);
        switch (word) {
            case "loop":
                return new Stmt.Loop(n, number(n, operand(line, words, 1)), body(line));
            case "forever":
                return new Stmt.Loop(n, -1, body(line));
            case "if":
                return ifStatement(line, words);
            case "handle":
                return new Stmt.Handle(
                        n, operand(line, words, 1), List.copyOf(words.subList(2, brace(line, words))), body(line));
            case "fork", "thread":
                if (words.contains("{")) {
                    return new Stmt.Spawn(n, label, target, "thread".equals(word), body(line));
                }
                break;
            case "filter":
                return filter(line, operand(line, words, 1));
            case "note":
                at++;
                return new Stmt.Note(n, List.copyOf(words.subList(1, words.size())));
            default:
                break;
        }
        at++;
        if (words.contains("{") || words.contains("}")) {
            throw new NotationException(n, word, "does not take a block");
        }
        if (KEYWORDS.contains(word) && target == null) {
            return new Stmt.Simple(n, label, word, List.copyOf(words.subList(1, words.size())));
        }
        @Nullable String entry = null;
        if ("via".equals(word)) {
            entry = operand(line, words, 1);
            words = words.subList(2, words.size());
            if (words.isEmpty()) {
                throw new NotationException(n, "via", "names no system call");
            }
        }
        return new Stmt.Call(n, label, target, entry, words.get(0), List.copyOf(words.subList(1, words.size())));
    }

    private Stmt ifStatement(final Line line, final List<String> words) {
        if (brace(line, words) != 4) {
            throw new NotationException(line.number(), "if", "is written `if a == b {`");
        }
        final List<Stmt> yes = body(line);
        List<Stmt> no = List.of();
        if (at < lines.size() && "else".equals(lines.get(at).words().get(0))) {
            no = body(lines.get(at));
        }
        return new Stmt.If(line.number(), words.get(1), words.get(2), words.get(3), yes, no);
    }

    private Stmt filter(final Line header, final String name) {
        at++;
        final List<Stmt.Filter.Rule> rules = new ArrayList<>();
        while (at < lines.size() && !"}".equals(lines.get(at).words().get(0))) {
            final Line line = lines.get(at++);
            final List<String> words = line.words();
            final int arrow = words.indexOf("->");
            final int behind = words.size() - 1 - arrow;
            if (arrow < 1 || arrow > 2 || behind < 1 || behind > 2) {
                throw new NotationException(
                        line.number(), words.get(0), "a filter line is `call [argument 0] -> ACTION [data]`");
            }
            rules.add(new Stmt.Filter.Rule(
                    line.number(),
                    words.get(0),
                    arrow == 2 ? number(line.number(), words.get(1)) : null,
                    words.get(arrow + 1),
                    behind == 2 ? number(line.number(), words.get(arrow + 2)) : 0));
        }
        if (at == lines.size()) {
            throw new NotationException(header.number(), "{", "the block is never closed");
        }
        at++;
        return new Stmt.Filter(header.number(), name, List.copyOf(rules));
    }

    private static boolean isOperand(final List<String> words) {
        return words.size() == 1
                        && (Character.isDigit(words.get(0).charAt(0))
                                || "-$&".indexOf(words.get(0).charAt(0)) >= 0)
                || words.size() == 1 && words.get(0).contains(".");
    }

    private static void only(final Line line, final List<String> words, final int count) {
        if (words.size() != count) {
            throw new NotationException(
                    line.number(), words.get(Math.min(count, words.size() - 1)), "expected " + count + " word(s) here");
        }
    }

    private static int brace(final Line line, final List<String> words) {
        final int open = words.indexOf("{");
        if (open < 0) {
            throw new NotationException(line.number(), words.get(0), "needs a block: '{' at the end of the line");
        }
        return open;
    }

    private static String operand(final Line line, final List<String> words, final int index) {
        if (index >= words.size() || "{".equals(words.get(index))) {
            throw new NotationException(line.number(), words.get(0), "something is missing after this word");
        }
        return words.get(index);
    }

    /** A decimal or hexadecimal number, possibly negative. */
    static long number(final int line, final String word) {
        try {
            final boolean negative = word.startsWith("-");
            final String digits = negative ? word.substring(1) : word;
            final long value =
                    digits.startsWith("0x") ? Long.parseUnsignedLong(digits.substring(2), 16) : Long.parseLong(digits);
            return negative ? -value : value;
        } catch (final NumberFormatException e) {
            throw new NotationException(line, word, "is not a number");
        }
    }
}
