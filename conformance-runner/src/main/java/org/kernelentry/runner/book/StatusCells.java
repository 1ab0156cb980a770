package org.kernelentry.runner.book;

import java.util.List;
import java.util.function.Function;
import org.kernelentry.runner.judge.Plan.Column;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.report.Matrix;
import org.kernelentry.runner.report.Matrix.Cell;
import org.kernelentry.runner.spec.Chapter;
import org.kernelentry.runner.spec.SpecRule;
import org.kernelentry.runner.spec.SpecScenario;

/** The coloured cells that say how something went on each flavour of each architecture. */
final class StatusCells {
    private final RunResult result;
    private final List<Column> columns;

    StatusCells(RunResult result) {
        this.result = result;
        this.columns = result.plan().columns();
    }

    /** A row of labelled cells for a rule; columns the rule is not about are left out. */
    String of(SpecRule rule) {
        return labelled(c -> Matrix.cell(result, c, rule.examples().toList()));
    }

    /** The same for one scenario. */
    String of(SpecScenario scenario) {
        return labelled(c -> Matrix.cell(result, c, scenario.examples()));
    }

    private String labelled(Function<Column, Cell> cells) {
        StringBuilder html = new StringBuilder("<span class=\"cells\">");
        for (Column column : columns) {
            Cell cell = cells.apply(column);
            if (cell.total() > 0) {
                html.append("<span class=\"cell ")
                        .append(kind(cell))
                        .append("\" title=\"")
                        .append(words(cell))
                        .append("\">")
                        .append(column.architecture())
                        .append(" <i>")
                        .append(Html.text(column.target().label()))
                        .append("</i> ")
                        .append(number(cell))
                        .append("</span>");
            }
        }
        return html.append("</span>").toString();
    }

    /** The matrix of all chapters, each with a link to it. */
    String matrix(Matrix matrix) {
        StringBuilder html = new StringBuilder("<table class=\"matrix\"><thead><tr><th>Chapter</th>");
        for (Column column : columns) {
            html.append("<th>")
                    .append(column.architecture())
                    .append("<br><i>")
                    .append(Html.text(column.target().label()))
                    .append("</i></th>");
        }
        html.append("</tr></thead><tbody>\n");
        for (Matrix.Row row : matrix.rows()) {
            Chapter chapter = row.chapter();
            html.append("<tr><th><a href=\"#")
                    .append(anchor(chapter))
                    .append("\">")
                    .append(Html.text(chapter.title()))
                    .append("</a></th>");
            cells(html, row.cells());
        }
        html.append("<tr class=\"sum\"><th>All chapters</th>");
        cells(html, matrix.total());
        return html.append("</tbody></table>\n").toString();
    }

    private static void cells(StringBuilder html, List<Cell> cells) {
        for (Cell cell : cells) {
            html.append("<td class=\"cell ")
                    .append(kind(cell))
                    .append("\" title=\"")
                    .append(words(cell))
                    .append("\">")
                    .append(cell.total() == 0 ? "&#8211;" : number(cell))
                    .append("</td>");
        }
        html.append("</tr>\n");
    }

    /** The anchor of a chapter: an id must not begin with a digit. */
    static String anchor(Chapter chapter) {
        return "chapter-" + chapter.name();
    }

    private static String number(Cell cell) {
        return cell.passed() + "/" + cell.total();
    }

    private static String kind(Cell cell) {
        if (cell.total() == 0) {
            return "none";
        }
        if (cell.bad() > 0) {
            return "bad";
        }
        return cell.passed() == cell.total() ? "pass" : cell.open() > 0 ? "open" : "skip";
    }

    private static String words(Cell cell) {
        return "%d passed, %d failed, %d skipped, %d not run"
                .formatted(cell.passed(), cell.bad(), cell.skipped(), cell.open());
    }
}
