package org.kernelentry.runner.judge;

/** Is told about a run while it goes on. Calls come one at a time, but from any thread. */
public interface RunListener {
    /** Nobody listens. */
    RunListener NONE = outcome -> {};

    /** An example has run. */
    void finished(Outcome outcome);
}
