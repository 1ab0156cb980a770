package org.kernelentry.runner.book;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.kernelentry.runner.book.EntryPath.Line;

/**
 * A stay in the kernel as a drawing: time runs downwards, a row for each step; a scope is a bar beside the rows it lasts
 * for, each level of nesting in a lane of its own. The work bits that caused a step stand behind it.
 */
final class Timeline {
    /** More rows than fit on a page are left out, and the drawing says so. */
    static final int MOST_ROWS = 90;

    private static final int ROW = 18;
    private static final int LANE = 14;
    private static final int LEFT = 6;
    private static final int WIDTH = 860;
    /** Width of a letter in the style's monospace font, near enough to place what stands behind a word. */
    private static final double LETTER = 7.25;

    private final List<Row> rows;

    /** One or several steps on a line. */
    private record Row(Line line, Kind kind) {}

    /** What a step is about, which decides its colour. */
    private enum Kind {
        STUB("entry stub"),
        ENTRY("generic entry"),
        EXIT("generic exit"),
        TRACKING("lockdep, context tracking, tracing"),
        WORK("work");

        private static final Pattern OF_TRACKING =
                Pattern.compile("(lockdep|trace_hardirqs|rcu_|ct_|context_tracking|user_enter|user_exit|preempt_count|"
                        + "__preempt_count|local_irq|instrumentation).*");
        /** Stubs that interrupt the kernel itself stand deep inside other steps. */
        private static final Pattern OF_STUB =
                Pattern.compile("(asm_|exc_|el[01]_|vector_|__irq|__und|__dabt|__pabt|__fiq|push |save |restore |clear "
                        + "|switch to |iretq|sysret|eret|NMI stack|take exception).*");

        private static final Pattern OF_EXIT = Pattern.compile("(.*exit_to_user.*|syscall_exit.*|irqentry.*exit.*)");
        private static final Pattern OF_ENTRY =
                Pattern.compile("(.*enter_from_user.*|syscall_enter.*|syscall_trace_enter.*|irqentry.*enter.*)");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        static Kind of(Line line) {
            if (OF_TRACKING.matcher(line.name()).matches()) {
                return TRACKING;
            }
            if (OF_EXIT.matcher(line.name()).matches()) {
                return EXIT;
            }
            if (OF_ENTRY.matcher(line.name()).matches()) {
                return ENTRY;
            }
            return line.depth() <= 1 || OF_STUB.matcher(line.name()).matches() ? STUB : WORK;
        }

        String css() {
            return "k-" + name().toLowerCase(Locale.ROOT);
        }
    }

    private Timeline(List<Row> rows) {
        this.rows = rows;
    }

    /** The drawing as an inline SVG element. */
    static String draw(EntryPath path) {
        List<Row> rows = new ArrayList<>();
        for (Line line : path.lines()) {
            Kind kind = Kind.of(line);
            Row above = rows.isEmpty() ? null : rows.get(rows.size() - 1);
            if (above != null && kind == Kind.TRACKING && joins(above, line)) {
                Line both = new Line(line.depth(), above.line().name() + ", " + line.name(), "");
                rows.set(rows.size() - 1, new Row(both, kind));
            } else {
                rows.add(new Row(line, kind));
            }
        }
        return new Timeline(rows).svg();
    }

    /** Bookkeeping comes in flocks; neighbours share a row while there is room. */
    private static boolean joins(Row above, Line line) {
        int letters = above.line().name().length() + line.name().length() + 2;
        return above.kind() == Kind.TRACKING
                && above.line().depth() == line.depth()
                && above.line().words().isEmpty()
                && line.words().isEmpty()
                && letters < 84;
    }

    /** What the colours mean, as HTML. */
    static String legend() {
        StringBuilder html = new StringBuilder("<p class=\"legend\">");
        for (Kind kind : Kind.values()) {
            html.append("<span class=\"swatch ")
                    .append(kind.css())
                    .append("\"></span>")
                    .append(kind.words)
                    .append(" ");
        }
        return html.append("</p>").toString();
    }

    private String svg() {
        int shown = Math.min(rows.size(), MOST_ROWS);
        int lanes = rows.stream().mapToInt(r -> r.line().depth()).max().orElse(0) + 1;
        int labels = LEFT + lanes * LANE + 10;
        // A band of user code above and below.
        int height = (shown + 2) * ROW + 6;
        int width = Math.max(WIDTH, widest(shown, labels));
        StringBuilder svg = new StringBuilder(
                "<svg class=\"timeline\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n"
                        .formatted(width, height, width, height));
        band(svg, 0, width, labels, "user code");
        for (int i = 0; i < shown; i++) {
            draw(svg, i, shown, labels);
        }
        band(svg, shown + 1, width, labels, shown < rows.size() ? rows.size() - shown + " more rows" : "user code");
        return svg.append("</svg>\n").toString();
    }

    /** How far the longest row reaches to the right, so that no name of work is cut. */
    private int widest(int shown, int labels) {
        return rows.stream()
                .limit(shown)
                .map(Row::line)
                .mapToInt(l -> labels + l.depth() * LANE + width(l.name()) + 20 + width(l.words()))
                .max()
                .orElse(0);
    }

    private static int width(String words) {
        return (int) Math.round(words.length() * LETTER);
    }

    private static void band(StringBuilder svg, int row, int width, int labels, String words) {
        svg.append("<rect class=\"band\" x=\"0\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n"
                .formatted(row * ROW + 4, width, ROW - 2));
        text(svg, "band", labels, row, words);
    }

    private void draw(StringBuilder svg, int index, int shown, int labels) {
        Line line = rows.get(index).line();
        int end = index + 1;
        while (end < shown && rows.get(end).line().depth() > line.depth()) {
            end++;
        }
        int row = index + 1;
        svg.append("<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\"/>\n"
                .formatted(
                        rows.get(index).kind().css(),
                        LEFT + line.depth() * LANE,
                        row * ROW + 5,
                        LANE - 3,
                        (end - index) * ROW - 4));
        int x = labels + line.depth() * LANE;
        text(svg, end > index + 1 ? "scope" : "step", x, row, line.name());
        if (!line.words().isEmpty()) {
            int behind = x + width(line.name()) + 10;
            text(svg, line.hasWork() ? "words" : "number", behind, row, line.words());
        }
    }

    private static void text(StringBuilder svg, String css, int x, int row, String words) {
        svg.append(
                "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n".formatted(css, x, row * ROW + 17, Html.text(words)));
    }
}
