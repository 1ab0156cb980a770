package org.kernelentry.runner.steps;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.runner.system.Guest;
import org.kernelentry.runner.system.SetupException;
import org.kernelentry.runner.system.Stop;

/**
 * A table of actions and what is seen after each: the columns are {@code do}, {@code sees}, and any value that can be read in a stop.
 *
 * <p>An empty {@code sees} waits for nothing; {@code error EIO} expects the request to fail; {@code ok} expects it to succeed without waiting.
 * An empty {@code do} waits for the next report. Reports of different tasks with no action between them may come in either order: a kernel wakes a new
 * child before its parent stops for the event (linux v7.3 kernel/fork.c kernel_clone()), and who runs first is the scheduler's affair. A value column is a register, a detail of the stop, or memory: see {@link Values#column}. A
 * cell {@code -} of a value column is not compared.
 */
final class Script {
    private static final Set<String> RESUMES = Set.of(
            "CONT", "SYSCALL", "SINGLESTEP", "SYSEMU", "SYSEMU_SINGLESTEP", "SINGLEBLOCK", "DETACH", "LISTEN", "KILL");
    private static final Set<String> REQUESTS = Set.of("INTERRUPT", "ATTACH", "SEIZE", "SETOPTIONS");

    /** One row: what was done, what was to be seen, what was seen. */
    record Row(String action, String expected, String seen, boolean matches) {}

    private final Guest guest;
    private final List<Row> rows = new ArrayList<>();
    private final java.util.function.BiConsumer<String, Stop> witness;
    /** Reports of another task that came before the one expected first, by their text. */
    private final Map<String, Stop> early = new HashMap<>();

    Script(final Guest guest, final java.util.function.BiConsumer<String, Stop> witness) {
        this.guest = guest;
        this.witness = witness;
    }

    /** Runs all rows; stops at the first that differs. Returns what happened, the differing row last. */
    List<Row> run(final List<Map<String, String>> table) {
        for (int i = 0; i < table.size(); i++) {
            final Row row = row(table.get(i), alsoExpected(table.subList(i + 1, table.size())));
            rows.add(row);
            if (!row.matches()) {
                break;
            }
        }
        return rows;
    }

    /** What the rows expect that follow without an action. */
    private static List<String> alsoExpected(final List<Map<String, String>> following) {
        return following.stream()
                .takeWhile(cells -> cell(cells, "do").isEmpty())
                .map(cells -> cell(cells, "sees"))
                .toList();
    }

    /** The next report; one that is expected right after it, of another task, is kept for its own row. */
    private Stop next(final String expected, final List<String> also) {
        final Stop kept = early.remove(expected);
        if (kept != null) {
            guest.select(kept.who());
            return kept;
        }
        Stop stop = guest.await();
        while (also.contains(stop.toString()) && !task(stop.toString()).equals(task(expected))) {
            early.put(stop.toString(), stop);
            stop = guest.await();
        }
        return stop;
    }

    /** The task that a report is of. */
    private static String task(final String report) {
        final int colon = report.indexOf(": ");
        return colon < 0 ? "main" : report.substring(0, colon);
    }

    private Row row(final Map<String, String> cells, final List<String> also) {
        final String action = cell(cells, "do");
        final String expected = cell(cells, "sees");
        final long result = action.isEmpty() ? 0 : act(action);
        String seen = "";
        if (result != 0) {
            seen = "error " + Errno.show(result).replaceFirst("^-", "");
        } else if ("ok".equals(expected) || expected.startsWith("error ")) {
            seen = "ok";
        } else if (!expected.isEmpty()) {
            final Stop stop = next(expected, also);
            witness.accept(action, stop);
            seen = stop.toString();
        }
        if (!seen.equals(expected)) {
            return new Row(action, expected.isEmpty() ? "no error" : expected, seen, false);
        }
        final StringBuilder shownExpected = new StringBuilder(expected);
        final StringBuilder shownSeen = new StringBuilder(seen);
        boolean matches = true;
        for (final Map.Entry<String, String> column : cells.entrySet()) {
            final String name = column.getKey();
            final String cell =
                    column.getValue() == null ? "" : column.getValue().trim();
            if ("do".equals(name) || "sees".equals(name) || cell.isEmpty() || "-".equals(cell)) {
                continue;
            }
            final long actual = Values.column(name, guest);
            shownExpected.append(", ").append(name).append(' ').append(cell);
            shownSeen.append(", ").append(name).append(' ');
            if (Values.equal(cell, actual, guest)) {
                shownSeen.append(cell);
            } else {
                matches = false;
                shownSeen.append(Values.show(actual, guest));
            }
        }
        return new Row(action, shownExpected.toString(), shownSeen.toString(), matches);
    }

    private static String cell(final Map<String, String> cells, final String name) {
        final String cell = cells.get(name);
        return cell == null ? "" : cell.trim();
    }

    /** Does what a {@code do} cell says; 0 or a negative error. */
    private long act(final String action) {
        final List<String> words = Arrays.asList(action.split("\\s+"));
        final String verb = words.get(0);
        if (RESUMES.contains(verb)) {
            return guest.resume(
                    verb, words.size() == 3 && "with".equals(words.get(1)) ? signal(words.get(2)) : none(words));
        }
        if (REQUESTS.contains(verb)) {
            return request(verb, words.subList(1, words.size()));
        }
        switch (verb) {
            case "wait", "look":
                return 0;
            case "until":
                expect(words, "until asleep");
                if (!guest.untilAsleep()) {
                    throw new AssertionError("the guest never fell asleep in the kernel");
                }
                return 0;
            case "sleep":
                guest.sleep(duration(word(words, 1)));
                return 0;
            case "send":
                word(words, 1);
                return guest.tgkill(words.stream().skip(1).map(Script::signal).toList());
            case "kill":
                return guest.kill(signal(word(words, 1)));
            case "select":
                guest.select(word(words, 1));
                return 0;
            case "set":
                return guest.write(word(words, 1), Values.of(word(words, 2), guest));
            case "poke":
                return guest.poke(Values.of(word(words, 1), guest), 1, Values.of(word(words, 2), guest));
            default:
                throw new SetupException(
                        "'" + action + "' is not something a tracer does: use a resume request ("
                                + String.join(" ", RESUMES.stream().sorted().toList())
                                + "), INTERRUPT, ATTACH, SEIZE, SETOPTIONS, wait, look, until asleep, sleep, send, kill, select, set, poke");
        }
    }

    private long request(final String verb, final List<String> options) {
        return guest.requestWithOptions(verb, options);
    }

    private static int none(final List<String> words) {
        if (words.size() != 1) {
            throw new SetupException(
                    "'" + String.join(" ", words) + "': a resume request is `REQUEST` or `REQUEST with SIGNAL`");
        }
        return 0;
    }

    private static void expect(final List<String> words, final String text) {
        if (!String.join(" ", words).equals(text)) {
            throw new SetupException("'" + String.join(" ", words) + "' is written `" + text + "`");
        }
    }

    private static String word(final List<String> words, final int index) {
        if (index >= words.size()) {
            throw new SetupException("'" + String.join(" ", words) + "': something is missing at the end");
        }
        return words.get(index);
    }

    private static int signal(final String name) {
        final int number = Signals.number(name);
        if (number < 0) {
            if (name.matches("[0-9]+")) {
                return Integer.parseInt(name);
            }
            throw new SetupException("'" + name + "' is not a signal");
        }
        return number;
    }

    private static long duration(final String word) {
        final java.util.regex.Matcher m =
                java.util.regex.Pattern.compile("([0-9]+)(ns|us|ms|s)").matcher(word);
        if (!m.matches()) {
            throw new SetupException("'" + word + "' is not a duration like 5ms");
        }
        final long unit = switch (m.group(2)) {
            case "ns" -> 1L;
            case "us" -> 1_000L;
            case "ms" -> 1_000_000L;
            default -> 1_000_000_000L;
        };
        return Long.parseLong(m.group(1)) * unit;
    }
}
