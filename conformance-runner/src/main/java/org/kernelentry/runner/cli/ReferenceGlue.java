package org.kernelentry.runner.cli;

import org.kernelentry.runner.judge.Glue;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.steps.Current;
import org.kernelentry.runner.system.Systems;

/** The step definitions that come with the program, over the systems it knows. */
public final class ReferenceGlue implements Glue {
    @Override
    public String packageName() {
        return Current.class.getPackageName();
    }

    @Override
    public void system(String name) {
        Current.system(Systems.byName(name).get(0));
    }

    @Override
    public void observeAll(boolean all) {
        Current.observeAll(all);
    }

    @Override
    public void example(SpecExample example) {
        // The steps name the mode themselves.
    }
}
