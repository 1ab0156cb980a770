package org.kernelentry.perf.gate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the gate found, as a table and as JSON.
 *
 * @param base commit and subject
 * @param head what was compared with it
 * @param counter what counted instructions
 * @param rows one a benchmark
 */
record GateReport(String base, String head, InstructionCount counter, List<Row> rows) {
    /**
     * One benchmark.
     *
     * @param instructionRatio of head by base, or NaN where it was not counted
     * @param timed null where it was not timed
     * @param remark why something is missing, or how it came about; empty where nobody asked for time
     */
    record Row(Item item, double instructionRatio, Session.@Nullable Result timed, String remark) {
        /** By time, where time says something; else by instructions. */
        Rule.Verdict verdict() {
            final Rule.Verdict byTime =
                    timed == null ? Rule.Verdict.INCONCLUSIVE : timed.decision().verdict();
            return byTime == Rule.Verdict.INCONCLUSIVE && instructionRatio > 1 + InstructionCount.FAILS
                    ? Rule.Verdict.FAIL
                    : byTime;
        }

        /** Nobody asked for time, and instructions decided nothing. */
        boolean notTimed() {
            return timed == null && remark.isEmpty() && verdict() == Rule.Verdict.INCONCLUSIVE;
        }

        boolean inconclusive() {
            return !notTimed() && verdict() == Rule.Verdict.INCONCLUSIVE;
        }

        /** As the table has it. */
        String words() {
            return notTimed() ? "not timed" : verdict() + (remark.isEmpty() ? "" : " (" + remark + ")");
        }
    }

    boolean failed() {
        return rows.stream().anyMatch(row -> row.verdict() == Rule.Verdict.FAIL);
    }

    private static String percent(final double ratio) {
        return Double.isNaN(ratio) ? "-" : String.format(Locale.ROOT, "%+.2f %%", (ratio - 1) * 100);
    }

    static String heading() {
        return String.format(
                Locale.ROOT,
                "%-40s%12s%10s%10s%10s%6s  %s",
                "benchmark",
                "instructions",
                "base ns",
                "head ns",
                "time",
                "forks",
                "verdict");
    }

    static String line(final Row row) {
        final Session.@Nullable Result timed = row.timed;
        return String.format(
                        Locale.ROOT,
                        "%-40s%12s%10s%10s%10s%6s  %s",
                        row.item.label(),
                        percent(row.instructionRatio),
                        timed == null ? "-" : String.format(Locale.ROOT, "%.2f", Rule.median(timed.base())),
                        timed == null ? "-" : String.format(Locale.ROOT, "%.2f", Rule.median(timed.head())),
                        timed == null ? "-" : timed.decision().change(),
                        timed == null ? "-" : Integer.toString(timed.base().length),
                        row.words())
                .stripTrailing();
    }

    /** The last lines: what the verdicts mean together. */
    String summary() {
        final List<String> told = new ArrayList<>();
        if (failed()) {
            told.add("Slower than " + base + ".");
        }
        if (rows.stream().anyMatch(Row::inconclusive)) {
            told.add("INCONCLUSIVE: this machine is too busy, or the time too short, to tell; that is no failure.");
        }
        if (!failed() && rows.stream().anyMatch(Row::notTimed)) {
            told.add("Not timed; nothing executes 2 % more instructions than " + base + ".");
        }
        if (counter == InstructionCount.NONE) {
            told.add("Instructions were not counted: there is neither a usable perf nor valgrind.");
        }
        return told.isEmpty() ? "Nothing got slower than " + base + "." : String.join("\n", told);
    }

    void write(final Path file) throws IOException {
        final ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        final ObjectNode root = mapper.createObjectNode();
        root.put("base", base)
                .put("head", head)
                .put("instructionsBy", counter.name().toLowerCase(Locale.ROOT));
        root.put("java", Runtime.version().toString())
                .put("processors", Runtime.getRuntime().availableProcessors());
        final ArrayNode list = root.putArray("benchmarks");
        for (final Row row : rows) {
            final ObjectNode node = list.addObject();
            node.put("benchmark", row.item.benchmark());
            final ObjectNode parameters = node.putObject("parameters");
            row.item.parameters().forEach(parameters::put);
            node.put("verdict", row.notTimed() ? "NOT_TIMED" : row.verdict().name())
                    .put("remark", row.remark);
            if (!Double.isNaN(row.instructionRatio)) {
                node.put("instructionRatio", row.instructionRatio);
            }
            final Session.@Nullable Result timed = row.timed;
            if (timed != null) {
                node.put("timeRatio", timed.decision().ratio());
                node.put("pSlower", timed.decision().pSlower())
                        .put("pWithin", timed.decision().pWithin());
                final ArrayNode base = node.putArray("baseNanoseconds");
                final ArrayNode head = node.putArray("headNanoseconds");
                for (int i = 0; i < timed.base().length; i++) {
                    base.add(timed.base()[i]);
                    head.add(timed.head()[i]);
                }
            }
        }
        final Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        mapper.writeValue(file.toFile(), root);
    }
}
