package org.kernelentry.perf;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The JVM that a benchmark is measured in, and nothing else: it compiles with the second compiler only and waits for it. With the default, the same
 * code is compiled in several ways from JVM to JVM, which differ by more than what is looked for.
 */
public final class SteadyJvm {
    /** Without the first compiler, methods of more than 1000 bytes of machine code would not be inlined; with it the limit is 2500. */
    private static final String INLINE_AS_USUAL = "-XX:InlineSmallCode=2500";

    /**
     * Values that do not fit the general registers go to the stack. To a vector register and back takes longer than once around most loops of guests, and
     * which value goes there is chance. The script conform has this too.
     */
    private static final List<String> SPILLING = List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:-UseFPUForSpilling");

    private static final List<String> OPTIONS =
            List.of("-Xbatch", "-XX:-TieredCompilation", INLINE_AS_USUAL, "-XX:+UseSerialGC", "-Xms128m", "-Xmx128m");

    private SteadyJvm() {}

    /**
     * Its command, to be added to.
     *
     * @param more options of the JVM
     */
    public static List<String> command(final List<String> more) {
        final List<String> command = new ArrayList<>();
        command.add(program());
        command.addAll(SPILLING);
        command.addAll(OPTIONS);
        command.addAll(more);
        return command;
    }

    /** The command of a JVM as users have it. */
    public static List<String> usual(final List<String> more) {
        final List<String> command = new ArrayList<>();
        command.add(program());
        command.addAll(SPILLING);
        command.add("-XX:+UseSerialGC");
        command.addAll(more);
        return command;
    }

    /** The program that runs this. */
    private static String program() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
