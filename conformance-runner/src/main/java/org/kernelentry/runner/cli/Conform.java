package org.kernelentry.runner.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code conform}. Exit codes: 0 all passed, 1 something failed, 2 could not run. */
@Command(
        name = "conform",
        mixinStandardHelpOptions = true,
        version = "conform 0.1.0-SNAPSHOT",
        description = "Runs the kernel entry conformance scenarios.")
public final class Conform implements Runnable {

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    /**
     * Runs the command line and ends the process with its exit code.
     *
     * @param args the arguments as the user wrote them
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Conform()).execute(args));
    }
}
