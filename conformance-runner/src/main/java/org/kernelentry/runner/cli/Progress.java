package org.kernelentry.runner.cli;

import java.io.PrintWriter;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.RunListener;
import picocli.CommandLine.Help.Ansi;

/** Shows how far a run is: a bar on a terminal, a line now and then elsewhere. */
abstract class Progress implements RunListener, AutoCloseable {
    private static final int WIDTH = 78;
    private static final int LINES = 5;

    @Override
    public abstract void close();

    /** Silence. */
    static Progress none() {
        return new Progress() {
            @Override
            public void finished(Outcome outcome) {}

            @Override
            public void close() {}
        };
    }

    /** A bar on the error output if that is a terminal, otherwise lines on the given writer. */
    static Progress on(PrintWriter err, int total) {
        return Ansi.AUTO.enabled() ? new Bar(total) : new Lines(err, total);
    }

    private static String failed(int count) {
        return count == 0 ? "" : ", " + count + " failed";
    }

    private static final class Bar extends Progress {
        private final ProgressBar bar;
        private int failed;

        Bar(int total) {
            bar = new ProgressBarBuilder()
                    .setTaskName("running")
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(100)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
                    .clearDisplayOnFinish()
                    .build();
        }

        @Override
        public void finished(Outcome outcome) {
            if (outcome.status().isBad()) {
                failed++;
                bar.setExtraMessage(failed(failed));
            }
            bar.step();
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    private static final class Lines extends Progress {
        private final PrintWriter err;
        private final int total;
        private int done;
        private int failed;

        Lines(PrintWriter err, int total) {
            this.err = err;
            this.total = total;
        }

        @Override
        public void finished(Outcome outcome) {
            done++;
            if (outcome.status().isBad()) {
                failed++;
            }
            if (done * LINES / total > (done - 1) * LINES / total) {
                err.println(done + " of " + total + failed(failed));
                err.flush();
            }
        }

        @Override
        public void close() {}
    }
}
