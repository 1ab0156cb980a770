package org.kernelentry.runner.fake;

import java.util.function.LongUnaryOperator;
import org.kernelentry.runner.judge.Glue;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecException;

/** Binds {@link FakeSteps}. */
public final class FakeGlue implements Glue {
    private final String broken;
    private final LongUnaryOperator lastSign;
    /** Whether that is about scenarios that loop for ever; the others, slow as they may be, live. */
    private final boolean onlySpinning;

    private static final ThreadLocal<String> MODE = ThreadLocal.withInitial(() -> "");
    private static volatile String system = "";

    /** Every system starts. */
    public FakeGlue() {
        this("");
    }

    /** A system that does not start. */
    public FakeGlue(String broken) {
        this.broken = broken;
        this.lastSign = start -> start;
        this.onlySpinning = true;
    }

    /** Every system starts, and gives its last sign of life when this says so of a scenario's start. */
    public FakeGlue(LongUnaryOperator lastSign) {
        this.broken = "";
        this.lastSign = lastSign;
        this.onlySpinning = false;
    }

    static String mode() {
        return MODE.get();
    }

    static String system() {
        return system;
    }

    @Override
    public String packageName() {
        return "org.kernelentry.runner.fake";
    }

    @Override
    public void system(String name) {
        if (name.equals(broken)) {
            throw new SpecException("The system " + name + " does not start.");
        }
        system = name;
    }

    @Override
    public long lastSign(Thread thread, long start) {
        return onlySpinning && !FakeSteps.spins(thread) ? System.nanoTime() : lastSign.applyAsLong(start);
    }

    @Override
    public void example(SpecExample example) {
        MODE.set(example.mode().label());
    }
}
