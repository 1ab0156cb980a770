package org.kernelentry.runner.cli;

import org.kernelentry.runner.judge.Glue;
import org.kernelentry.runner.qemu.Heartbeat;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.steps.Current;
import org.kernelentry.runner.system.SystemUnderTest;
import org.kernelentry.runner.system.Systems;

/** The step definitions that come with the program, over the systems it knows. */
public final class ReferenceGlue implements Glue {
    @Override
    public String packageName() {
        return Current.class.getPackageName();
    }

    @Override
    public void system(String name) {
        final SystemUnderTest system = Systems.byName(name).get(0);
        system.start();
        Current.system(system);
    }

    @Override
    public void finished(String name) {
        Systems.byName(name).forEach(SystemUnderTest::close);
    }

    @Override
    public void observeAll(boolean all) {
        Current.observeAll(all);
    }

    @Override
    public long lastSign(Thread thread, long start) {
        return Heartbeat.last(thread, start);
    }

    @Override
    public void example(SpecExample example) {
        // The steps name the mode themselves.
        Current.scenario(example.id());
    }
}
