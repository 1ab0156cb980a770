package org.kernelentry.runner.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.kernelentry.runner.fake.FakeGlue;
import org.kernelentry.runner.fake.FakeSpec;
import org.kernelentry.runner.judge.Glue;
import org.kernelentry.runner.spec.SpecFolder;
import org.kernelentry.runner.spec.TempSpec;

/** The command line over a small spec, with what it prints. */
final class Terminal {
    private final Path home;
    private final TempSpec spec;
    private Supplier<SpecFolder> folder;
    private Glue glue = new FakeGlue();

    /**
     * What a command did.
     *
     * @param code its exit code
     * @param out what it printed
     * @param err what it printed on the error output
     */
    record Said(int code, String out, String err) {}

    Terminal(Path directory) {
        home = directory.resolve("home");
        spec = FakeSpec.in(directory.resolve("spec"));
        folder = spec::folder;
    }

    Path home() {
        return home;
    }

    TempSpec spec() {
        return spec;
    }

    void readSpecFrom(Supplier<SpecFolder> other) {
        folder = other;
    }

    void bindTo(Glue other) {
        glue = other;
    }

    Said conform(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Conform.execute(
                new Environment(folder, glue, home), new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new Said(code, out.toString(), err.toString());
    }
}
