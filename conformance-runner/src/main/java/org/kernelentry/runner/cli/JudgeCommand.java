package org.kernelentry.runner.cli;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.cpu.CpuJudge;
import org.kernelentry.runner.cpu.CpuMode;
import org.kernelentry.runner.cpu.CpuModes;
import org.kernelentry.runner.cpu.JudgeException;
import org.kernelentry.runner.cpu.JudgeRun;
import org.kernelentry.runner.spec.SpecException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares our CPUs with others. */
@Command(
        name = "judge",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        description = {
            "Runs random instructions from random states on the CPUs of the reference and on CPUs that others wrote,",
            "and shows every difference in registers, flags, memory and faults.",
            "The other CPU is qemu-user, run with a small program that the cross compiler builds."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  conform judge                                  20000 instructions of every mode",
            "  conform judge --mode thumb --cases 1000000     a long run",
            "  conform judge --mode a64 --blocks --seed 7     short blocks; the same seed gives the same cases",
            "  conform judge --arch x86 --only 'F.*'          only the rows of such names",
            "  conform judge --chapters                       a table by the chapters of the manuals",
            "  conform judge --mode arm --rows                what was compared, by row of the decoder's tables",
            "",
            "Exit codes: 0 no difference, 1 a difference, 2 could not run."
        })
final class JudgeCommand implements Callable<Integer> {
    private static final int SHOWN = 20;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--arch", paramLabel = "ARCH", description = "Only the modes of this architecture.")
    private @Nullable String arch;

    @Option(names = "--mode", paramLabel = "MODE", description = "Only this mode: a64, arm, thumb, ...")
    private @Nullable String mode;

    @Option(
            names = "--cases",
            paramLabel = "N",
            defaultValue = "20000",
            description = "Cases per mode (default: ${DEFAULT-VALUE}).")
    private int cases;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "Where the random numbers start (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--blocks", description = "Short blocks of instructions instead of single ones.")
    private boolean blocks;

    @Option(
            names = "--only",
            paramLabel = "REGEX",
            description = "Only instructions whose row of the decoder's tables has a name that matches.")
    private @Nullable String only;

    @Option(names = "--rows", description = "Print how often each row of the decoder's tables was compared.")
    private boolean rows;

    @Option(
            names = "--chapters",
            description =
                    "Print a table by the manual's chapters: rows of the tables, instructions executed, cases compared.")
    private boolean chapters;

    @Option(
            names = "--keep",
            paramLabel = "FILE",
            description = "Append the cases that differ, with what the judge said, to this file.")
    private @Nullable Path keep;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "Append some of the cases that agree, for the data that the build replays.")
    private @Nullable Path record;

    @Option(
            names = "--per-row",
            paramLabel = "N",
            defaultValue = "5",
            description = "Record at most N cases of each row of the decoder's tables (default: ${DEFAULT-VALUE}).")
    private int perRow;

    @Override
    public Integer call() {
        PrintWriter out = command.commandLine().getOut();
        boolean differs = false;
        try {
            for (CpuMode each : selected()) {
                differs |= judge(each, out);
            }
        } catch (JudgeException e) {
            throw new SpecException(String.valueOf(e.getMessage()));
        }
        return differs ? 1 : 0;
    }

    private List<CpuMode> selected() {
        List<CpuMode> modes = CpuModes.all().stream()
                .filter(each -> arch == null || each.arch().equals(arch))
                .filter(each -> mode == null || each.name().equals(mode))
                .toList();
        if (modes.isEmpty()) {
            Set<String> names = new LinkedHashSet<>();
            CpuModes.all().forEach(each -> names.add(each.name() + " (" + each.arch() + ")"));
            throw new SpecException("no such mode; there are " + String.join(", ", names) + ".");
        }
        if (cases < 1) {
            throw new SpecException("--cases needs a positive number.");
        }
        return modes;
    }

    private Predicate<String> rows() {
        try {
            return only == null ? row -> true : Pattern.compile(only).asMatchPredicate();
        } catch (PatternSyntaxException e) {
            throw new SpecException("--only " + only + " is no regular expression: " + e.getDescription() + ".");
        }
    }

    private boolean judge(CpuMode each, PrintWriter out) {
        try (CpuJudge judge = each.judge();
                JudgeProgress progress = JudgeProgress.on(command.commandLine().getErr(), each.name(), cases)) {
            out.println(each.name() + " against " + judge.name());
            out.flush();
            JudgeRun run = new JudgeRun(each, blocks, seed, rows());
            List<String> kept = new ArrayList<>();
            List<String> recorded = new ArrayList<>();
            Map<String, Integer> agreeing = new HashMap<>();
            run.run(
                    judge,
                    cases,
                    progress::add,
                    (line, differences) -> {
                        kept.add(line);
                        if (kept.size() <= SHOWN) {
                            out.println("  " + each.row(bytes(line)) + ": " + line);
                            differences.forEach(what -> out.println("      " + what));
                        }
                    },
                    (row, line) -> {
                        if (agreeing.merge(row, 1, Integer::sum) <= perRow) {
                            recorded.add(line);
                        }
                    });
            if (chapters) {
                table(out, each, run);
            }
            summary(out, run);
            write(keep, kept);
            write(record, recorded);
            return run.different() > 0;
        }
    }

    private static byte[] bytes(String line) {
        return HexFormat.of().parseHex(line.split(" ", 4)[2]);
    }

    /** Instructions are counted by name; a name may have several rows, one for each encoding. */
    private static void table(PrintWriter out, CpuMode mode, JudgeRun run) {
        out.printf("  %-58s %8s %9s %9s %7s%n", "chapter", "decoded", "executed", "compared", "differ");
        mode.chapters().forEach((chapter, decoded) -> {
            JudgeRun.@Nullable Chapter seen = run.chapters().get(chapter);
            out.printf(
                    "  %-58s %8d %9d %9d %7d%n",
                    chapter,
                    decoded,
                    seen == null ? 0 : seen.executed(),
                    seen == null ? 0 : seen.compared(),
                    seen == null ? 0 : seen.different());
        });
    }

    private void summary(PrintWriter out, JudgeRun run) {
        if (rows) {
            out.printf("  %9s %9s %9s  %s%n", "compared", "differ", "open", "row");
            run.rows()
                    .forEach((row, counts) -> out.printf(
                            "  %9d %9d %9d  %s%n",
                            counts[0],
                            counts[1],
                            run.openRows().getOrDefault(row, 0),
                            row.isEmpty() ? "(no row)" : row));
        }
        run.open().forEach((section, count) -> out.println("  " + count + " left open by the manual: " + section));
        if (run.disturbed() > 0) {
            out.println("  " + run.disturbed()
                    + " differed behind other cases and not alone: a store hit the judge's memory");
        }
        out.println("  " + run.compared() + " compared, " + run.different() + " differ");
        out.flush();
    }

    private static void write(@Nullable Path file, List<String> lines) {
        if (file == null || lines.isEmpty()) {
            return;
        }
        List<String> all = new ArrayList<>(List.of(JudgeRun.header()));
        all.addAll(lines);
        try {
            Files.write(file, all, StandardCharsets.US_ASCII, CREATE, APPEND);
        } catch (IOException e) {
            throw new SpecException("cannot write " + file + ": " + e.getMessage() + ".");
        }
    }
}
