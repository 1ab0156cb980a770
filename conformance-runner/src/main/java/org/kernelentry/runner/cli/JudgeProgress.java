package org.kernelentry.runner.cli;

import java.io.PrintWriter;

/** Says every tenth of the way how far a judge is. */
final class JudgeProgress implements AutoCloseable {
    private static final int PARTS = 10;

    private final PrintWriter err;
    private final String what;
    private final long total;
    private long done;

    private JudgeProgress(PrintWriter err, String what, long total) {
        this.err = err;
        this.what = what;
        this.total = total;
    }

    static JudgeProgress on(PrintWriter err, String what, int total) {
        return new JudgeProgress(err, what, total);
    }

    void add(int more) {
        long before = done;
        done += more;
        if (done * PARTS / total > before * PARTS / total && done < total) {
            err.println(what + ": " + done + " of " + total);
            err.flush();
        }
    }

    @Override
    public void close() {
        err.flush();
    }
}
