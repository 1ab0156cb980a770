package org.kernelentry.runner.cli;

import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says which version this is, and on which Java it runs. */
@Command(
        name = "version",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        description = "Prints the version of the suite and of Java.",
        footerHeading = "%nExamples:%n",
        footer = "  conform version")
final class VersionCommand implements Runnable, IVersionProvider {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Override
    public void run() {
        for (String line : getVersion()) {
            command.commandLine().getOut().println(line);
        }
    }

    @Override
    public String[] getVersion() {
        // Only the jar knows its version.
        String own = Optional.ofNullable(Conform.class.getPackage().getImplementationVersion())
                .orElse("(not from a jar)");
        return new String[] {
            "conform " + own,
            "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch"),
            "picocli " + CommandLine.VERSION
        };
    }
}
