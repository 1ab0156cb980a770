package org.kernelentry.runner.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.kernelentry.runner.spec.SpecException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/**
 * The command {@code conform}. Exit codes: 0 all passed, 1 something failed, 2 could not run. What cannot be run is said
 * in one sentence on the error output.
 */
@Command(
        name = "conform",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        customSynopsis = "conform [COMMAND] [OPTION...] [TERM...]",
        description = {
            "Runs the kernel entry conformance scenarios and shows what they found.",
            "Without a command it runs; conform COMMAND --help explains each. conform jmh starts the benchmarks."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  conform                                   run everything on both flavours of the reference",
            "  conform --arch arm64 --tags '@SUD'        run a part",
            "  conform SUD-24 04-restart                 a rule and a chapter",
            "  conform list 04-restart                   what is there",
            "  conform explain SUD-24                    a rule, its source and its last result",
            "  conform compare reference-native reference-generic",
            "                                            where a user can tell two systems apart",
            "  conform book                              the spec with its results as a page",
            "  conform boot debian:6.12 --arch arm64     a real kernel in QEMU, up to a program of ours",
            "  conform exec ./hello                      a static Linux program under the reference kernel",
            "  conform jmh -prof gc                      the benchmarks",
            "",
            "Exit codes: 0 all passed, 1 something failed, 2 could not run."
        })
public final class Conform {
    private static final Set<String> OWN_OPTIONS = Set.of("-h", "--help", "-V", "--version");

    private Conform() {}

    /**
     * Runs the command line and ends the process with its exit code.
     *
     * @param args the arguments as the user wrote them
     */
    public static void main(String[] args) {
        System.exit(execute(Environment.standard(), writer(System.out), writer(System.err), args));
    }

    private static PrintWriter writer(OutputStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    static int execute(Environment environment, PrintWriter out, PrintWriter err, String... args) {
        CommandLine commandLine = new CommandLine(new Conform())
                .addSubcommand(new RunCommand(environment))
                .addSubcommand(new ListCommand(environment))
                .addSubcommand(new ExplainCommand(environment))
                .addSubcommand(new TraceCommand(environment))
                .addSubcommand(new CommandLine(new ExecCommand()).setStopAtPositional(true))
                .addSubcommand(new BootCommand(environment))
                .addSubcommand(new CompareCommand(environment))
                .addSubcommand(new CoverageCommand(environment))
                .addSubcommand(new BookCommand(environment))
                .addSubcommand(new JudgeCommand())
                .addSubcommand(new VersionCommand())
                .addSubcommand(new CommandLine.HelpCommand())
                .setOut(out)
                .setErr(err)
                .setUsageHelpWidth(100)
                .setUsageHelpAutoWidth(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, a) -> complain(err, sentence(e)))
                .setExecutionExceptionHandler((e, c, p) -> failed(environment, err, e));
        try {
            return commandLine.execute(withCommand(commandLine, args));
        } catch (Error e) { // A stack or heap that ran out must not end as a bare trace either.
            return failed(environment, err, e);
        }
    }

    /** To run is what is meant if no command is named. */
    private static String[] withCommand(CommandLine commandLine, String[] args) {
        boolean named = args.length > 0
                && (OWN_OPTIONS.contains(args[0])
                        || commandLine.getSubcommands().containsKey(args[0]));
        return named
                ? args
                : Stream.concat(Stream.of("run"), Arrays.stream(args)).toArray(String[]::new);
    }

    private static String sentence(ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        String said = String.valueOf(e.getMessage()).strip();
        String open = said.endsWith(".") ? said.substring(0, said.length() - 1) : said;
        return open + "; see " + command + " --help.";
    }

    private static int failed(Environment environment, PrintWriter err, Throwable failure) {
        if (failure instanceof SpecException) {
            return complain(err, String.valueOf(failure.getMessage()));
        }
        return complain(
                err,
                "this is a fault of conform itself (" + failure.getClass().getSimpleName() + "); "
                        + keep(environment, failure));
    }

    private static int complain(PrintWriter err, String sentence) {
        err.println("conform: " + sentence.replaceAll("\\s*\\R\\s*", " "));
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    /** Writes down where a failure came from, in the project or, if that is not possible, elsewhere. */
    private static String keep(Environment environment, Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        for (Path folder : List.of(environment.reports(), temporary)) {
            try {
                Files.createDirectories(folder);
                Path file = Files.write(folder.resolve("conform-crash.log"), bytes);
                return "the details are in " + file + ".";
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
        return "the details could be written nowhere: " + failure + ".";
    }
}
