package org.kernelentry.runner.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.Plan;
import org.kernelentry.runner.judge.Plan.Column;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.spec.Chapter;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecModel;

/**
 * How many scenarios passed, chapter by chapter, on each flavour of each architecture.
 *
 * @param columns the architectures and flavours, in order
 * @param rows one for each chapter of which something was to run
 * @param total all chapters together, one cell for each column
 */
public record Matrix(List<Column> columns, List<Row> rows, List<Cell> total) {

    public Matrix {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
        total = List.copyOf(total);
    }

    /**
     * A chapter.
     *
     * @param chapter the chapter
     * @param cells one for each column
     */
    public record Row(Chapter chapter, List<Cell> cells) {

        public Row {
            cells = List.copyOf(cells);
        }
    }

    /**
     * So many ended so.
     *
     * @param passed those that passed
     * @param bad those that failed or could not be carried out
     * @param skipped those that were skipped
     * @param open those that have not run
     */
    public record Cell(int passed, int bad, int skipped, int open) {
        /** Nothing was to run. */
        public static final Cell NONE = new Cell(0, 0, 0, 0);

        public int total() {
            return passed + bad + skipped + open;
        }

        Cell plus(Cell other) {
            return new Cell(passed + other.passed, bad + other.bad, skipped + other.skipped, open + other.open);
        }
    }

    /** The matrix of a run. */
    public static Matrix of(RunResult result, SpecModel model) {
        List<Column> columns = result.plan().columns();
        List<Row> rows = new ArrayList<>();
        for (Chapter chapter : model.chapters()) {
            List<Cell> cells = columns.stream()
                    .map(c -> cell(result, c, chapter.examples().toList()))
                    .toList();
            if (cells.stream().anyMatch(c -> c.total() > 0)) {
                rows.add(new Row(chapter, cells));
            }
        }
        List<Cell> total = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            int column = i;
            total.add(rows.stream().map(r -> r.cells().get(column)).reduce(Cell.NONE, Cell::plus));
        }
        return new Matrix(columns, rows, total);
    }

    /** How those of the examples ended that were to run in a column. */
    public static Cell cell(RunResult result, Column column, List<SpecExample> examples) {
        Plan plan = result.plan();
        Cell cell = Cell.NONE;
        for (SpecExample example : examples) {
            if (example.architecture() == column.architecture() && plan.contains(column.target(), example)) {
                cell = cell.plus(one(
                        result.outcome(example.id(), column.target().system()).orElse(null)));
            }
        }
        return cell;
    }

    private static Cell one(@Nullable Outcome outcome) {
        if (outcome == null) {
            return new Cell(0, 0, 0, 1);
        }
        return switch (outcome.status()) {
            case PASS -> new Cell(1, 0, 0, 0);
            case FAIL, ERROR -> new Cell(0, 1, 0, 0);
            case SKIP -> new Cell(0, 0, 1, 0);
        };
    }
}
