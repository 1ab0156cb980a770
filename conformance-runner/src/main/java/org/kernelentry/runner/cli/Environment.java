package org.kernelentry.runner.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.kernelentry.runner.judge.Glue;
import org.kernelentry.runner.spec.Catalogue;
import org.kernelentry.runner.spec.Expectation;
import org.kernelentry.runner.spec.Expectations;
import org.kernelentry.runner.spec.SpecFolder;
import org.kernelentry.runner.spec.SpecModel;

/**
 * What the commands work on.
 *
 * @param spec the files of the spec, read anew at each call
 * @param glue what the scenarios are bound to
 * @param home the folder of the project, below which reports are kept
 */
record Environment(Supplier<SpecFolder> spec, Glue glue, Path home) {
    /** The system property by which the script {@code conform} says where the project is. */
    static final String HOME = "conform.home";

    /** The spec and the systems that come with the program. */
    static Environment standard() {
        return new Environment(SpecFolder::classPath, new ReferenceGlue(), Path.of(System.getProperty(HOME, ".")));
    }

    /** The spec, read and put in order. */
    Spec read() {
        SpecFolder folder = spec.get();
        SpecModel model = SpecModel.load(folder);
        return new Spec(model, Catalogue.load(folder), Expectations.load(folder, model));
    }

    /** The folder of reports unless the user names another. */
    Path reports() {
        return home.resolve("target").resolve("conform");
    }

    /**
     * The spec.
     *
     * @param model its chapters
     * @param catalogue its rows
     * @param expectations what real kernels are known to do otherwise
     */
    record Spec(SpecModel model, Catalogue catalogue, List<Expectation> expectations) {}
}
