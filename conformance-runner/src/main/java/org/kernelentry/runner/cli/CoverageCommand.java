package org.kernelentry.runner.cli;

import java.util.concurrent.Callable;
import org.kernelentry.runner.spec.CoverageReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says which rows of the catalogue have scenarios. */
@Command(
        name = "coverage",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        description = "Prints which behaviours of the catalogue have scenarios, and which have none.",
        footerHeading = "%nExamples:%n",
        footer = {"  conform coverage", "  conform coverage --json > coverage.json"})
final class CoverageCommand implements Callable<Integer> {
    private final Environment environment;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    CoverageCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        Environment.Spec spec = environment.read();
        command.commandLine()
                .getOut()
                .print(
                        json
                                ? CoverageReport.json(spec.model(), spec.catalogue())
                                : CoverageReport.render(spec.model(), spec.catalogue()));
        command.commandLine().getOut().flush();
        return 0;
    }
}
