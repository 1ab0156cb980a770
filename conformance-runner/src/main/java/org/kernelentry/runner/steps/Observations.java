package org.kernelentry.runner.steps;

import java.util.ArrayList;
import java.util.List;
import org.kernelentry.runner.system.Guest;
import org.kernelentry.runner.system.Stop;

/** Everything that was observed in a scenario, one observation a line, for comparison with another system. */
final class Observations {
    private Observations() {}

    /** What a user could notice; empty for a scenario that did not get as far as a guest. */
    static List<String> of(final World world) {
        if (!world.booted()) {
            return List.of();
        }
        final Guest guest = world.guest();
        final List<String> all = new ArrayList<>();
        if (world.rows.isEmpty()) {
            all.addAll(world.seen);
        } else {
            world.rows.forEach(r -> all.add((r.action().isEmpty() ? "wait" : r.action()) + " -> " + r.seen()));
        }
        if (world.end == null) {
            // A scenario that differs from what it states stops there, perhaps with a report nobody has fetched.
            final Stop stop = guest.poll();
            if (stop != null) {
                all.add("report: " + stop);
            }
        }
        guest.notes().forEach(note -> all.add("note: " + ObservationSteps.show(note, guest)));
        guest.output().lines().forEach(line -> all.add("output: " + line));
        guest.traceEvents().forEach(event -> all.add("trace event: " + event));
        guest.auditRecords().forEach(record -> all.add("audit record: " + record));
        guest.kernelWarnings().forEach(warning -> all.add("kernel: " + warning));
        return all;
    }
}
