package org.kernelentry.runner.book;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A journal as a drawing: time runs downwards, a row for each step; a scope is a bar beside the rows it lasts for, each
 * level of nesting in a lane of its own. Between the outermost scopes user code runs.
 */
final class Timeline {
    /** More rows than fit on a page are left out, and the drawing says so. */
    private static final int MOST_ROWS = 64;

    private static final int ROW = 18;
    private static final int LANE = 14;
    private static final int LEFT = 6;
    private static final int WIDTH = 860;

    private static final Pattern WORDS = Pattern.compile("(.*?) \\((.*)\\)");

    private final List<Line> lines;

    /** A row of the drawing; rows of user code and of task names have depth -1. */
    private record Line(int depth, String name, String words, Kind kind) {}

    /** What a row is about, which decides its colour. */
    private enum Kind {
        USER,
        TASK,
        STUB,
        ENTRY,
        EXIT,
        TRACKING,
        WORK;

        static Kind of(String name, int depth) {
            if (name.matches("(lockdep|trace_hardirqs|rcu|ct|context_tracking|user_(enter|exit)|preempt|.*preempt_count"
                    + "|__?nmi|instrumentation|kmsan).*")) {
                return TRACKING;
            }
            if (name.contains("_exit") || name.contains("to_user") || name.startsWith("exit")) {
                return EXIT;
            }
            if (name.contains("_enter") || name.contains("from_user") || name.contains("_entry")) {
                return ENTRY;
            }
            return depth <= 1 ? STUB : WORK;
        }

        String css() {
            return "k-" + name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private Timeline(List<Line> lines) {
        this.lines = lines;
    }

    /** The drawing as an inline SVG element. */
    static String draw(String journal) {
        return new Timeline(read(journal)).svg();
    }

    private static List<Line> read(String journal) {
        List<Line> lines = new ArrayList<>();
        String task = "";
        int last = -1;
        for (String text : journal.lines().toList()) {
            if (text.startsWith("-- ")) {
                task = text.substring(3);
                lines.add(new Line(-1, task, "", Kind.TASK));
                last = -1;
                continue;
            }
            int indent = text.length() - text.stripLeading().length();
            int depth = Math.max(0, indent / 2 - 1);
            if (depth == 0 && last >= 0) {
                lines.add(new Line(-1, "user code", "", Kind.USER));
            }
            Matcher words = WORDS.matcher(text.strip());
            String name = words.matches() ? words.group(1) : text.strip();
            lines.add(new Line(depth, name, words.matches() ? words.group(2) : "", Kind.of(name, depth)));
            last = depth;
        }
        return lines;
    }

    private String svg() {
        int rows = Math.min(lines.size(), MOST_ROWS);
        int more = lines.size() - rows;
        int lanes = lines.stream().mapToInt(Line::depth).max().orElse(0) + 1;
        int height = (rows + (more > 0 ? 1 : 0)) * ROW + 8;
        StringBuilder svg = new StringBuilder();
        svg.append("<svg class=\"timeline\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">%n"
                .formatted(WIDTH, height, WIDTH, height));
        int labels = LEFT + lanes * LANE + 10;
        for (int i = 0; i < rows; i++) {
            draw(svg, i, rows, labels);
        }
        if (more > 0) {
            text(svg, "k-user", labels, rows, more + " more steps");
        }
        return svg.append("</svg>\n").toString().replace(System.lineSeparator(), "\n");
    }

    private void draw(StringBuilder svg, int row, int rows, int labels) {
        Line line = lines.get(row);
        if (line.depth() < 0) {
            svg.append("<rect class=\"band %s\" x=\"0\" y=\"%d\" width=\"%d\" height=\"%d\"/>%n"
                    .formatted(line.kind().css(), row * ROW + 4, WIDTH, ROW - 2));
            text(svg, line.kind().css(), labels, row, line.name());
            return;
        }
        int end = row + 1;
        while (end < rows && lines.get(end).depth() > line.depth()) {
            end++;
        }
        svg.append("<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\"/>%n"
                .formatted(
                        line.kind().css(), LEFT + line.depth() * LANE, row * ROW + 5, LANE - 3, (end - row) * ROW - 4));
        int x = labels + line.depth() * LANE;
        text(svg, end > row + 1 ? "scope" : "step", x, row, line.name());
        if (!line.words().isEmpty()) {
            // Letters are as wide as the style's monospace font makes them; an estimate is enough for a gap.
            int from = x + (int) Math.round(line.name().length() * 7.25) + 10;
            text(svg, "words", from, row, line.words());
        }
    }

    private static void text(StringBuilder svg, String css, int x, int row, String words) {
        svg.append(
                "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n".formatted(css, x, row * ROW + 17, Html.text(words)));
    }
}
