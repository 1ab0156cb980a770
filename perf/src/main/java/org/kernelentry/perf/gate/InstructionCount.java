package org.kernelentry.perf.gate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kernelentry.perf.SteadyJvm;

/**
 * Instructions of the host for one batch, compiled code only: the difference between a run of many batches and one of fewer. It repeats to about
 * a thousandth, and sees inlining and bounds checks; it does not see latency, so that it is a tripwire and no judge.
 */
enum InstructionCount {
    /** The processor's own counter, where the machine lets programs read it. */
    PERF(List.of("perf", "stat", "-x", ",", "-e", "instructions:u"), "(?m)^(\\d+),,instructions:u"),
    /**
     * Counted by Valgrind, which runs the JVM about fifty times slower. Compiled code finds null by the fault of an access and needs exact registers
     * there, or the JVM dies.
     */
    CALLGRIND(
            List.of(
                    "valgrind",
                    "--tool=callgrind",
                    "--callgrind-out-file=/dev/null",
                    "--smc-check=all-non-file",
                    "--vex-iropt-register-updates=allregs-at-mem-access"),
            "Collected : (\\d+)"),
    /** This machine has neither. */
    NONE(List.of(), "$^");

    /** A change from here on is told. */
    static final double TOLD = 0.003;
    /** A change from here on fails, unless the time shows that nothing got slower. */
    static final double FAILS = 0.02;

    private static final int FEWER = 10;
    private static final int MORE = 20;
    private static final long MINUTES = 10;

    @SuppressWarnings("ImmutableEnumChecker") // Each is made by List.of.
    private final List<String> command;

    private final Pattern count;

    InstructionCount(final List<String> command, final String count) {
        this.command = command;
        this.count = Pattern.compile(count);
    }

    /** The best that this machine has. */
    static InstructionCount available() {
        for (final InstructionCount each : List.of(PERF, CALLGRIND)) {
            if (each.count(List.of("true")).isPresent()) {
                return each;
            }
        }
        return NONE;
    }

    /** Instructions of a whole command, or nothing if it cannot be counted or fails: half a run has a count, too. */
    OptionalDouble count(final List<String> counted) {
        final List<String> all = new ArrayList<>(command);
        all.addAll(counted);
        try {
            final Fork.Ended ended = Fork.end(all, MINUTES);
            final Matcher matcher = count.matcher(ended.output());
            return ended.status() == 0 && matcher.find()
                    ? OptionalDouble.of(Double.parseDouble(matcher.group(1)))
                    : OptionalDouble.empty();
        } catch (IOException e) {
            // The program is not there.
            return OptionalDouble.empty();
        }
    }

    /** Instructions of one batch, or nothing if the jar cannot be counted: it is older than this, or has no such benchmark. */
    OptionalDouble perBatch(final Path jar, final Item item) {
        if (this == NONE) {
            return OptionalDouble.empty();
        }
        final OptionalDouble fewer = count(command(jar, item, FEWER));
        final OptionalDouble more = fewer.isEmpty() ? fewer : count(command(jar, item, MORE));
        return more.isEmpty() || more.getAsDouble() <= fewer.getAsDouble() * (1 + TOLD)
                ? OptionalDouble.empty()
                : OptionalDouble.of((more.getAsDouble() - fewer.getAsDouble()) / (MORE - FEWER));
    }

    private static List<String> command(final Path jar, final Item item, final int batches) {
        final List<String> java = SteadyJvm.command(List.of(
                "-XX:-UsePerfData",
                "-XX:+SuppressFatalErrorMessage",
                "-cp",
                jar.toString(),
                "org.kernelentry.perf.Batches",
                item.benchmark()));
        java.add(Integer.toString(batches));
        item.parameters().forEach((name, value) -> java.add(name + "=" + value));
        return java;
    }
}
