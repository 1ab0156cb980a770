package org.kernelentry.runner.fake;

import org.kernelentry.runner.judge.Glue;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecException;

/** Binds {@link FakeSteps}. */
public final class FakeGlue implements Glue {
    private final String broken;
    private static final ThreadLocal<String> MODE = ThreadLocal.withInitial(() -> "");
    private static volatile String system = "";

    /** Every system starts. */
    public FakeGlue() {
        this("");
    }

    /** A system that does not start. */
    public FakeGlue(String broken) {
        this.broken = broken;
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
    public void example(SpecExample example) {
        MODE.set(example.mode().label());
    }
}
