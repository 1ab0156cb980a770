package org.kernelentry.runner.report;

import java.util.ArrayList;
import java.util.List;
import org.kernelentry.runner.judge.Plan.Column;
import org.kernelentry.runner.report.Matrix.Cell;
import picocli.CommandLine.Help.Ansi;

/** The matrix for the terminal: chapters down, architectures and their flavours across, passed/total in each cell. */
public final class MatrixText {
    private static final String GAP = "  ";
    private static final String NOTHING = "-";

    private MatrixText() {}

    /** The matrix, one line a chapter, each line ended. */
    public static String render(Matrix matrix, Ansi ansi) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(withHead(
                "", matrix.columns().stream().map(MatrixText::architecture).toList()));
        lines.add(withHead(
                "chapter",
                matrix.columns().stream().map(c -> c.target().label()).toList()));
        for (Matrix.Row row : matrix.rows()) {
            lines.add(withHead(
                    row.chapter().name(),
                    row.cells().stream().map(MatrixText::text).toList()));
        }
        lines.add(withHead("all", matrix.total().stream().map(MatrixText::text).toList()));

        int[] widths = new int[matrix.columns().size() + 1];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            int row = i - 2;
            List<Cell> cells = row < 0
                    ? List.of()
                    : row < matrix.rows().size() ? matrix.rows().get(row).cells() : matrix.total();
            if (row == matrix.rows().size()) {
                rule(out, widths);
            }
            line(out, lines.get(i), widths, cells, ansi);
            if (row == -1) {
                rule(out, widths);
            }
        }
        return out.toString();
    }

    private static List<String> withHead(String head, List<String> cells) {
        List<String> line = new ArrayList<>(List.of(head));
        line.addAll(cells);
        return line;
    }

    private static String architecture(Column column) {
        return column.architecture().label();
    }

    private static String text(Cell cell) {
        return cell.total() == 0 ? NOTHING : cell.passed() + "/" + cell.total();
    }

    private static void rule(StringBuilder out, int[] widths) {
        int width = -GAP.length();
        for (int each : widths) {
            width += each + GAP.length();
        }
        out.append("-".repeat(Math.max(0, width))).append('\n');
    }

    private static void line(StringBuilder out, List<String> line, int[] widths, List<Cell> cells, Ansi ansi) {
        StringBuilder text = new StringBuilder(line.get(0));
        text.append(" ".repeat(widths[0] - line.get(0).length()));
        for (int i = 1; i < line.size(); i++) {
            String cell = line.get(i);
            text.append(GAP).append(" ".repeat(widths[i] - cell.length()));
            text.append(cells.isEmpty() ? cell : paint(cell, cells.get(i - 1), ansi));
        }
        out.append(text.toString().stripTrailing()).append('\n');
    }

    private static String paint(String text, Cell cell, Ansi ansi) {
        if (cell.total() == 0) {
            return text;
        }
        String style = cell.bad() > 0 ? "red,bold" : cell.passed() == cell.total() ? "green" : "yellow";
        return ansi.string("@|" + style + " " + text + "|@");
    }
}
