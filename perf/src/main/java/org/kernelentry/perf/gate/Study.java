package org.kernelentry.perf.gate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The test of the gate itself: how often it is wrong on this machine. */
@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Tests the gate on this machine: its rate of false alarms and what it sees of slow-downs of 1.3, 2.6 and 5 %%.",
            "",
            "Records forks without and with injected slow-downs in random order, draws thousands of sessions from them, and writes a report with a plot."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  conform gate study",
            "  conform gate study --forks 40 --out target/perf/study",
            "  conform gate study --from forks.csv"
        })
final class Study implements Callable<Integer> {
    private static final double[] SLOWDOWNS = {0, 1.3, 2.6, 5};
    private static final double[] CURVE = {0, 0.5, 1, 1.3, 1.5, 2, 2.6, 3, 4, 5, 6, 8, 10};

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--benchmark", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}.")
    private String benchmark = Item.DEFAULTS.get(0);

    @Option(names = "--forks", paramLabel = "N", description = "Forks to record of each slow-down. Default: 24.")
    private int forks = 24;

    @Option(names = "--shots", paramLabel = "N", description = "Batches to measure in a fork. Default: 300.")
    private int shots = 300;

    @Option(
            names = "--sessions",
            paramLabel = "N",
            description = "Sessions to draw for each slow-down. Default: 10000.")
    private int sessions = 10_000;

    @Option(names = "--from", paramLabel = "FILE", description = "Use a recording instead of making one.")
    private @Nullable Path from;

    @Option(names = "--out", paramLabel = "DIR", description = "Default: target/perf/study.")
    private @Nullable Path out;

    /** For picocli. */
    Study() {}

    @Override
    public Integer call() throws IOException {
        if (forks < Recording.LEAST || shots < Shots.LEAST || sessions < 1) {
            throw new GateException("--forks is " + Recording.LEAST + " or more, --shots " + Shots.LEAST
                    + " or more and --sessions 1 or more.");
        }
        final PrintWriter console = command.commandLine().getOut();
        final Path folder = out != null
                ? out
                : Path.of(System.getProperty("conform.home", "")).resolve("target/perf/study");
        Files.createDirectories(folder);
        final Recording recording;
        if (from == null) {
            recording = record(Item.parse(benchmark), folder.resolve("forks.csv"), console);
        } else if (Files.isRegularFile(from)) {
            recording = Recording.read(from);
        } else {
            throw new GateException("there is no file " + from + ".");
        }
        final Power power = new Power(new Session(Rule.DEFAULT, Session.LOOKS), sessions);
        final List<Power.Point> measured = power.measured(recording);
        final List<Power.Point> curve = power.scaled(recording, CURVE);
        final String report = report(recording, measured, curve);
        Files.writeString(folder.resolve("report.md"), report);
        VectorGraphicsEncoder.saveVectorGraphic(
                plot(measured, curve), folder.resolve("power").toString(), VectorGraphicsFormat.SVG);
        console.print(report);
        console.println();
        console.println("Written to " + folder + ".");
        return 0;
    }

    /** One after the other in random order, kept after each round, so that an interruption loses one round. */
    private Recording record(final Item item, final Path file, final PrintWriter console) throws IOException {
        final Path jar = Fork.ownJar();
        final double[][] values = new double[SLOWDOWNS.length][0];
        final Random random = new Random();
        final FreeCore core = new FreeCore();
        core.learn(known -> new Fork(jar, shots, 0).run(item, known));
        for (int round = 1; round <= forks; round++) {
            final List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3));
            Collections.shuffle(order, random);
            for (final int i : order) {
                values[i] = Arrays.copyOf(values[i], round);
                final Fork fork = new Fork(jar, shots, SLOWDOWNS[i] / 100);
                values[i][round - 1] = core.value(known -> fork.run(item, known));
            }
            if (core.wasNeverFree()) {
                console.println("The core turns out to be faster when it is free; begun again.");
                round = 0;
                continue;
            }
            new Recording(SLOWDOWNS, values)
                    .write(file, item.label() + ", Java " + Runtime.version() + ", " + shots + " shots");
            console.printf("round %d of %d: %.2f ns%n", round, forks, values[0][round - 1]);
            console.flush();
        }
        return new Recording(SLOWDOWNS, values);
    }

    String report(final Recording recording, final List<Power.Point> measured, final List<Power.Point> curve) {
        final StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%d forks without a slow-down, median %.2f ns, middle half %.2f %% apart; %d sessions drawn for each row.%n%n",
                recording.forks()[0].length,
                Rule.median(recording.forks()[0]),
                recording.spread() * 100,
                sessions));
        text.append(
                "| slow-down | forks | FAIL | 95 % at most | PASS | FASTER | INCONCLUSIVE |\n|---|---|---|---|---|---|---|\n");
        for (final List<Power.Point> points : List.of(measured, curve)) {
            for (final Power.Point point : points) {
                text.append(String.format(
                        Locale.ROOT,
                        "| +%.1f %% | %s | %.2f %% | %.2f %% | %.2f %% | %.2f %% | %.2f %% |%n",
                        point.slowdown(),
                        point.scaled() ? "multiplied" : "measured",
                        point.rate(Rule.Verdict.FAIL) * 100,
                        Math.min(1, point.failuresAtMost(sessions)) * 100,
                        point.rate(Rule.Verdict.PASS) * 100,
                        point.rate(Rule.Verdict.FASTER) * 100,
                        point.rate(Rule.Verdict.INCONCLUSIVE) * 100));
            }
        }
        return text.toString();
    }

    private static XYChart plot(final List<Power.Point> measured, final List<Power.Point> curve) {
        final XYChart chart = new XYChartBuilder()
                .width(720)
                .height(400)
                .title("What the gate says of a slow-down")
                .xAxisTitle("slow-down in percent")
                .yAxisTitle("sessions in percent")
                .build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        for (final Rule.Verdict verdict : List.of(Rule.Verdict.FAIL, Rule.Verdict.PASS, Rule.Verdict.INCONCLUSIVE)) {
            add(chart, verdict.name(), curve, verdict);
        }
        add(chart, "FAIL, measured", measured, Rule.Verdict.FAIL).setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        return chart;
    }

    private static XYSeries add(
            final XYChart chart, final String name, final List<Power.Point> points, final Rule.Verdict verdict) {
        return chart.addSeries(
                name,
                points.stream().mapToDouble(Power.Point::slowdown).toArray(),
                points.stream().mapToDouble(point -> point.rate(verdict) * 100).toArray());
    }
}
