package org.kernelentry.runner.steps;

import io.cucumber.datatable.DataTable;
import io.cucumber.java.en.Then;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kernelentry.runner.system.Guest;
import org.kernelentry.runner.system.Stop;
import org.kernelentry.runner.system.SystemUnderTest.Shown;
import org.opentest4j.TestAbortedException;

/** What an observer can see of the guest and the kernel. Lists are asserted whole and in order. */
public final class ObservationSteps {
    private final World world = World.current();

    /** How the program ended: {@code exited 0}, {@code killed by SIGSYS}. */
    @Then("it ends with {string}")
    public void ends(final String how) {
        same("how the program ended", how, String.valueOf(world.end));
    }

    /** All notes of the guest, one a row: text, or {@code name=VALUE} with a value that {@link Values} knows. */
    @Then("the guest notes:")
    public void notes(final DataTable table) {
        world.notesAsserted = true;
        final List<Guest.Note> seen = world.guest().notes();
        final List<String> expected = table.asList();
        for (int i = 0; i < Math.max(seen.size(), expected.size()); i++) {
            final String want = i < expected.size() ? expected.get(i) : "no further note";
            final String have = i < seen.size() ? show(seen.get(i)) : "no further note";
            if (i >= seen.size() || i >= expected.size() || !matches(want, seen.get(i))) {
                throw new AssertionError("note " + (i + 1) + ": expected | seen\n  " + want + " | " + have);
            }
        }
    }

    private boolean matches(final String want, final Guest.Note note) {
        if (!note.text().endsWith("=")) {
            return want.equals(note.text());
        }
        return want.startsWith(note.text())
                && Values.equal(want.substring(note.text().length()), note.value(), world.guest());
    }

    private String show(final Guest.Note note) {
        return show(note, world.guest());
    }

    static String show(final Guest.Note note, final Guest guest) {
        return note.text().endsWith("=") ? note.text() + Values.show(note.value(), guest) : note.text();
    }

    @Then("its output is {string}")
    public void output(final String text) {
        world.outputAsserted = true;
        same("output", text.replace("\\n", "\n"), world.guest().output());
    }

    /** All recorded trace events, {@code name: text}; {@code nr.getppid} and the like are replaced by numbers, {@code *} is anything. */
    @Then("these trace events are recorded:")
    public void events(final DataTable table) {
        readable(Shown.TRACE_EVENTS);
        world.eventsAsserted = true;
        list("trace event", table, world.guest().traceEvents());
    }

    @Then("no trace events are recorded")
    public void noEvents() {
        readable(Shown.TRACE_EVENTS);
        world.eventsAsserted = true;
        same("trace events", "[]", world.guest().traceEvents().toString());
    }

    /** All audit records; numbers as {@code nr.NAME}. */
    @Then("these audit records are written:")
    public void audit(final DataTable table) {
        readable(Shown.AUDIT_RECORDS);
        world.auditAsserted = true;
        list("audit record", table, world.guest().auditRecords());
    }

    @Then("no audit records are written")
    public void noAudit() {
        readable(Shown.AUDIT_RECORDS);
        world.auditAsserted = true;
        same("audit records", "[]", world.guest().auditRecords().toString());
    }

    /** For scenarios that switch observers on only to have their work bits set. */
    @Then("the trace events and audit records are not asked about")
    public void eventsNotAsked() {
        world.eventsAsserted = true;
        world.auditAsserted = true;
    }

    /** All kernel warnings, each containing the row's words. */
    @Then("the kernel warns:")
    public void warns(final DataTable table) {
        readable(Shown.WARNINGS);
        final List<String> seen = world.guest().kernelWarnings();
        final List<String> expected = table.asList();
        for (int i = 0; i < Math.max(seen.size(), expected.size()); i++) {
            final String want = i < expected.size() ? expected.get(i) : "no further warning";
            final String have = i < seen.size() ? seen.get(i) : "no further warning";
            if (!have.contains(want)) {
                throw new AssertionError("warning " + (i + 1) + ": expected | seen\n  " + want + " | " + have);
            }
        }
        world.guest().forgetWarnings();
    }

    /** The frame condition: no report, note, output, event, record or kernel warning is left that the scenario did not name. */
    @Then("nothing else happens")
    public void nothingElse() {
        final List<String> extra = new ArrayList<>();
        if (world.booted()) {
            final Guest guest = world.guest();
            final Stop stop = world.end == null ? null : guest.poll();
            if (stop != null) {
                extra.add("report: " + stop);
            }
            if (world.end == null) {
                extra.add("the program has not ended");
            }
            if (!world.notesAsserted) {
                guest.notes().forEach(note -> extra.add("note: " + show(note)));
            }
            if (!world.outputAsserted && !guest.output().isEmpty()) {
                extra.add("output: " + guest.output());
            }
            if (!world.eventsAsserted) {
                guest.traceEvents().forEach(event -> extra.add("trace event: " + event));
            }
            if (!world.auditAsserted) {
                guest.auditRecords().forEach(record -> extra.add("audit record: " + record));
            }
            guest.kernelWarnings().forEach(warning -> extra.add(warning));
        }
        if (!world.missedInjection().isEmpty()) {
            extra.add(world.missedInjection());
        }
        final var balance = world.balance();
        if (balance != null && !world.imbalanceAsserted) {
            extra.addAll(balance.findings());
        }
        if (!extra.isEmpty()) {
            throw new AssertionError("something else happened:\n  " + String.join("\n  ", extra));
        }
    }

    /** What a system does not show can be asserted neither to be there nor not to be. */
    private void readable(final Shown what) {
        if (!world.system.shows(what)) {
            throw new TestAbortedException(world.system.whyHidden(what));
        }
    }

    private void list(final String what, final DataTable table, final List<String> seen) {
        final List<String> expected = new ArrayList<>();
        table.asList().forEach(row -> expected.add(numbers(row)));
        for (int i = 0; i < Math.max(seen.size(), expected.size()); i++) {
            final String want = i < expected.size() ? expected.get(i) : "nothing further";
            final String have = i < seen.size() ? seen.get(i) : "nothing further";
            if (!fits(want, have)) {
                throw new AssertionError(what + " " + (i + 1) + ": expected | seen\n  " + want + " | " + have);
            }
        }
    }

    /** Equal, where {@code *} stands for anything: addresses and the like. */
    private static boolean fits(final String want, final String have) {
        return want.indexOf('*') < 0
                ? want.equals(have)
                : have.matches(Pattern.quote(want).replace("*", "\\E.*\\Q"));
    }

    /** Replaces every {@code nr.name} and {@code AUDIT_ARCH} by its number in this ABI. */
    private String numbers(final String row) {
        final Matcher m = Pattern.compile("nr\\.([a-z_0-9]+)").matcher(row);
        return m.replaceAll(r -> Long.toString(Values.of("nr." + r.group(1), world.guest())))
                .replace("AUDIT_ARCH", Integer.toHexString(world.guest().abi().auditArch()));
    }

    static void same(final String what, final String expected, final String seen) {
        if (!expected.equals(seen)) {
            throw new AssertionError(what + ": expected | seen\n  " + expected + " | " + seen);
        }
    }
}
