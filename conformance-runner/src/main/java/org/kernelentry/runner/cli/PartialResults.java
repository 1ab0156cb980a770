package org.kernelentry.runner.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.RunListener;
import org.kernelentry.runner.judge.Status;
import org.kernelentry.runner.report.LastResults;
import org.kernelentry.runner.spec.SpecException;
import org.kernelentry.runner.spec.SpecModel;

/** Keeps what a run has found so far if it is ended from outside, as by Ctrl-C. To be closed when the run is over. */
final class PartialResults implements RunListener, AutoCloseable {
    /** Ctrl-C ends the emulators, too; what they were in the middle of failed for no other reason. */
    private static final Duration OWN_FAULT = Duration.ofSeconds(2);

    private final LastResults results;
    private final SpecModel model;
    private final PrintWriter err;
    private final Path file;
    private final int total;
    private final List<Outcome> known = new ArrayList<>();
    private final Thread hook = new Thread(() -> save(Instant.now()));
    private boolean over;

    /**
     * Keeps them from now on.
     *
     * @param results where they are added and saved
     * @param file what to call that place
     * @param total how many runs there will be
     */
    PartialResults(LastResults results, SpecModel model, PrintWriter err, Path file, int total) {
        this.results = results;
        this.model = model;
        this.err = err;
        this.file = file;
        this.total = total;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public synchronized void finished(Outcome outcome) {
        known.add(outcome);
    }

    /** Saves what there is; what the interruption itself broke is not among it. */
    synchronized void save(Instant interrupted) {
        if (over) {
            return;
        }
        over = true;
        known.removeIf(o -> o.status() == Status.ERROR && o.at().isAfter(interrupted.minus(OWN_FAULT)));
        try {
            if (!known.isEmpty()) {
                results.add(known);
                results.save(model);
            }
            err.println("Interrupted after " + known.size() + " of " + total + " runs"
                    + (known.isEmpty() ? "." : "; what they found is in " + file + "."));
        } catch (SpecException e) {
            err.println(e.getMessage());
        }
        err.flush();
    }

    @Override
    public synchronized void close() {
        over = true;
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The program is ending: what is known has been saved, or the run is over and saves it all.
        }
    }
}
