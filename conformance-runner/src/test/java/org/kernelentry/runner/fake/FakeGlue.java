package org.kernelentry.runner.fake;

import org.kernelentry.runner.judge.Glue;
import org.kernelentry.runner.spec.SpecExample;

/** Binds {@link FakeSteps}. */
public final class FakeGlue implements Glue {
    private static final ThreadLocal<String> MODE = ThreadLocal.withInitial(() -> "");
    private static volatile String system = "";

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
        system = name;
    }

    @Override
    public void example(SpecExample example) {
        MODE.set(example.mode().label());
    }
}
