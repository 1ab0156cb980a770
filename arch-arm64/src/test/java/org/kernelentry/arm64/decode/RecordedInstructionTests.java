package org.kernelentry.arm64.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.kernelentry.arm64.A64Machine;
import org.kernelentry.arm64.A64Regs;
import org.kernelentry.machine.CpuExit;

/**
 * Replays what another implementation of the architecture did with single instructions: {@code recorded-instructions.txt}, whose head
 * states the format.
 */
final class RecordedInstructionTests {
    private static final int WINDOW = 320;
    private static final int[] COMPARED = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, A64Regs.SP};

    private final A64Machine machine = new A64Machine();
    private final List<long[]> sets = new ArrayList<>();

    @Test
    void every_recorded_instruction_gives_the_recorded_state() {
        final List<String> differences = new ArrayList<>();
        int cases = 0;
        for (final String line : lines()) {
            if (line.startsWith("set ")) {
                sets.add(Stream.of(line.substring(4).split(" ", -1))
                        .mapToLong(word -> Long.parseUnsignedLong(word, 16))
                        .toArray());
            } else {
                cases++;
                final String seen = replay(line);
                if (!seen.equals(line)) {
                    differences.add("recorded " + line + "\n    seen " + seen);
                }
            }
        }
        assertThat(cases).isGreaterThan(700);
        assertThat(differences).isEmpty();
    }

    private static List<String> lines() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(RecordedInstructionTests.class.getResourceAsStream("recorded-instructions.txt")),
                StandardCharsets.US_ASCII))) {
            return in.lines().filter(line -> !line.startsWith("#")).toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the case of one line; the line as this CPU would have recorded it. */
    private String replay(final String line) {
        final String[] fields = line.split(" ", -1);
        machine.code(Integer.parseUnsignedInt(fields[0], 16));
        final long[] before = new long[A64Regs.SP + 1];
        System.arraycopy(sets.get(Integer.parseInt(fields[1])), 0, before, 0, 8);
        before[8] = A64Machine.DATA;
        before[9] = 16;
        before[10] = 0xffff_fff0L;
        before[11] = -8;
        before[A64Regs.SP] = A64Machine.DATA;
        System.arraycopy(before, 0, machine.state.r, 0, before.length);
        A64Regs.setPstate(machine.state, Long.parseLong(fields[2], 16) << 28);
        for (int at = -WINDOW; at < WINDOW; at += 8) {
            machine.memory.store64(A64Machine.DATA + at, pattern(at));
        }
        A64Regs.clearExclusive(machine.state);

        final int exit = machine.step();

        final StringBuilder seen = new StringBuilder();
        seen.append(fields[0]).append(' ').append(fields[1]).append(' ').append(fields[2]);
        seen.append(' ').append(outcome(exit));
        seen.append(' ').append(Long.toHexString(A64Regs.pstate(machine.state) >>> 28));
        for (final int register : COMPARED) {
            final long after = machine.get(register);
            if (after != before[register]) {
                seen.append(' ')
                        .append(register == A64Regs.SP ? "sp" : "x" + register)
                        .append('=')
                        .append(value(after));
            }
        }
        final TreeMap<Integer, Long> stored = new TreeMap<>();
        for (int at = -WINDOW; at < WINDOW; at += 8) {
            final long after = machine.memory.load64(A64Machine.DATA + at);
            if (after != pattern(at)) {
                stored.put(at, after);
            }
        }
        stored.forEach((at, after) -> seen.append(" [").append(at).append("]=").append(Long.toHexString(after)));
        return seen.toString();
    }

    private static long pattern(final int at) {
        return (at + WINDOW) / 8 * 0x9E3779B97F4A7C15L + 0x0123456789abcdefL;
    }

    private String value(final long value) {
        final long distance = value - A64Machine.DATA;
        return distance >= -4096 && distance < 4096 ? "@" + distance : Long.toHexString(value);
    }

    private static String outcome(final int exit) {
        return switch (exit) {
            case CpuExit.SINGLE_STEP -> "ok";
            case CpuExit.UNDEFINED -> "undefined";
            case CpuExit.PAGE_FAULT -> "fault";
            case CpuExit.ALIGNMENT -> "alignment";
            default -> CpuExit.name(exit);
        };
    }
}
