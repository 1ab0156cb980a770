package org.kernelentry.runner.cpu;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.kernelentry.runner.cpu.CpuOutcome.End;

/**
 * A case with what a judge said, as one line: mode, seed, code, how it ended, and what differs from the state before.
 *
 * <p>{@link #header} stands before the lines.
 *
 * <pre>arm 2a e0810002 undefined pc=+4 r0=17 r1=@-8 cpsr=20000010 [10]=ff</pre>
 *
 * <p>All numbers are hexadecimal. {@code pc=+4} is relative to the first instruction, {@code @-8} to the centre of the data;
 * {@code [10]=ff01} are the bytes that changed there, {@code at=@7fe} is the address of a fault. Code and memory are bytes in their order.
 */
final class KeptCase {
    /**
     * How states are drawn from a seed: one more when {@link CpuMode#state}, {@link RandomState} or {@link CpuCase} give other states, because a
     * kept case has only the seed.
     */
    static final int STATES = 1;

    private static final String HEADER = "states ";
    /** A value this near to the centre is written relative to it. */
    private static final long NEAR = CpuCase.PAGE;

    private KeptCase() {}

    static String line(CpuCase test, CpuOutcome outcome) {
        StringBuilder line = new StringBuilder(test.mode().name());
        line.append(' ').append(Long.toHexString(test.seed()));
        line.append(' ').append(HexFormat.of().formatHex(test.code()));
        line.append(' ').append(outcome.end().name().toLowerCase(Locale.ROOT));
        if (outcome.address() != 0) {
            line.append(" at=").append(relative(outcome.address()));
        }
        long[] before = test.before();
        List<String> names = test.mode().registers();
        for (int i = 0; i < before.length; i++) {
            long after = outcome.after()[i];
            if (names.get(i).isEmpty()) {
                continue;
            }
            if (i == test.mode().pc()) {
                line.append(" pc=").append(signed(after - CpuCase.CODE_START));
            } else if (after != before[i]) {
                line.append(' ').append(names.get(i)).append('=');
                line.append(test.mode().isAddress(i) ? relative(after) : Long.toHexString(after));
            }
        }
        changes(line, test.memory(), outcome.memory());
        return line.toString();
    }

    private static void changes(StringBuilder line, byte[] before, byte[] after) {
        for (int at = 0; at < after.length; at++) {
            if (before[at] != after[at]) {
                int end = at;
                while (end < after.length && before[end] != after[end]) {
                    end++;
                }
                line.append(" [")
                        .append(signed(CpuCase.DATA + at - CpuCase.CENTRE))
                        .append("]=");
                line.append(HexFormat.of().formatHex(after, at, end));
                at = end;
            }
        }
    }

    private static String relative(long value) {
        long distance = value - CpuCase.CENTRE;
        return Math.abs(distance) <= NEAR ? "@" + signed(distance) : Long.toHexString(value);
    }

    private static String signed(long value) {
        return value < 0 ? "-" + Long.toHexString(-value) : Long.toHexString(value);
    }

    /** The case of a line. */
    static CpuCase parse(List<CpuMode> modes, String line) {
        String[] fields = line.split(" ", 4);
        CpuMode mode = modes.stream()
                .filter(m -> m.name().equals(fields[0]))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such mode: " + line));
        return new CpuCase(
                mode, Long.parseUnsignedLong(fields[1], 16), HexFormat.of().parseHex(fields[2]));
    }

    /** The line that stands before kept cases. */
    static String header() {
        return HEADER + STATES;
    }

    private static void checkStates(List<String> lines) {
        String states = "without number";
        for (String line : lines) {
            if (line.startsWith(HEADER)) {
                states = line.substring(HEADER.length());
            } else if (!states.equals(Integer.toString(STATES))) {
                throw new IllegalArgumentException("the cases kept have states " + states + ", but seeds give states "
                        + STATES + " now: record them anew with conform judge --record.");
            }
        }
    }

    /**
     * What is wrong with how our CPU does in the lines of kept cases.
     *
     * @throws IllegalArgumentException when a seed gave another state when they were kept
     */
    static List<String> replay(List<CpuMode> modes, List<String> lines) {
        checkStates(lines);
        List<String> wrong = new ArrayList<>();
        for (CpuMode mode : modes) {
            try (ReferenceCpu cpu = new ReferenceCpu(mode)) {
                for (String line : lines) {
                    if (line.startsWith(mode.name() + " ")) {
                        CpuCase test = parse(modes, line);
                        String seen = line(test, cpu.run(test));
                        if (!seen.equals(line)) {
                            wrong.add("kept " + line + "\n  seen " + seen);
                        }
                    }
                }
            }
        }
        return wrong;
    }

    static boolean isUsable(CpuOutcome outcome) {
        return outcome.end() != End.NEVER && outcome.end() != End.LOST && outcome.end() != End.SYSTEM_CALL;
    }
}
