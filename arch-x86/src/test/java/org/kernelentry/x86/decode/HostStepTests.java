package org.kernelentry.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.x86.X86Regs;

/** Replays instructions that a real processor executed: registers, flags, memory and faults must come out the same. */
class HostStepTests {
    private static final long WINDOW = Guest.DATA + 0x7c0;
    private static final int WINDOW_BYTES = 128;
    private static final long COMPARED_FLAGS = 0xcd5;

    @Test
    void everyRecordedInstructionDoesWhatTheProcessorDid() throws IOException {
        final List<String> differences = new ArrayList<>();
        int cases = 0;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(HostStepTests.class.getResourceAsStream("host-steps.txt")),
                StandardCharsets.US_ASCII))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.startsWith("#")) {
                    cases++;
                    final String difference = replay(line);
                    if (!difference.isEmpty()) {
                        differences.add(difference + "in: " + line);
                    }
                }
            }
        }
        assertThat(differences).isEmpty();
        assertThat(cases).isGreaterThan(1_500);
    }

    private static String replay(final String line) {
        final String[] halves = line.split(" \\| ", -1);
        final String[] before = halves[0].split(" ", -1);
        final String[] after = halves[1].split(" ", -1);
        final int mode = before[0].equals("64") ? X86Regs.MODE_64 : X86Regs.MODE_32;
        final Guest g = new Guest(mode, before[1]);
        final long[] expected = new long[16];
        final byte[] memory = new byte[WINDOW_BYTES];
        for (int k = 0; k < WINDOW_BYTES; k++) {
            memory[k] = (byte) (k % 5 == 0 ? 0 : 37 * k + 11);
        }
        g.space.store(WINDOW, memory, 0, WINDOW_BYTES);
        g.s.r[X86Regs.RSP] = 0;
        for (int n = 3; n < before.length; n++) {
            final String[] pair = before[n].split("=", -1);
            final long value = Long.parseUnsignedLong(pair[1], 16);
            if (pair[0].equals("fl")) {
                X86Regs.setRflags(g.s, value);
            } else {
                g.s.r[X86Regs.slot(pair[0])] = value;
                expected[X86Regs.slot(pair[0])] = value;
            }
        }
        final int signal = signalOf(g.run(1));
        long pc = 0;
        long flags = 0;
        long undefined = 0;
        for (int n = 1; n < after.length; n++) {
            final String[] pair = after[n].split("=", -1);
            final long value = Long.parseUnsignedLong(pair[1], 16);
            switch (pair[0]) {
                case "pc" -> pc = value;
                case "fl" -> flags = value;
                case "undef" -> undefined = value;
                default -> {
                    if (X86Regs.slot(pair[0]) >= 0) {
                        expected[X86Regs.slot(pair[0])] = value;
                    } else {
                        memory[Integer.parseInt(pair[0].substring(1), 16)] = (byte) value;
                    }
                }
            }
        }
        final StringBuilder difference = new StringBuilder();
        differs(difference, "signal", Long.parseLong(after[0]), signal);
        differs(difference, "pc", pc, g.s.pc);
        for (int r = 0; r < 16; r++) {
            differs(difference, X86Regs.name(r), expected[r], g.s.r[r]);
        }
        differs(difference, "flags", flags & ~undefined, X86Regs.rflags(g.s) & COMPARED_FLAGS & ~undefined);
        for (int k = 0; k < WINDOW_BYTES; k++) {
            differs(difference, "m" + Integer.toHexString(k), memory[k], (byte) g.space.load8(WINDOW + k));
        }
        return difference.toString();
    }

    private static void differs(final StringBuilder out, final String what, final long expected, final long seen) {
        if (expected != seen) {
            out.append(String.format("%s %x not %x, ", what, seen, expected));
        }
    }

    private static int signalOf(final int exit) {
        return switch (exit) {
            case CpuExit.INTERRUPT_WINDOW, CpuExit.BREAKPOINT -> 5;
            case CpuExit.UNDEFINED -> 4;
            case CpuExit.DIVIDE_ERROR -> 8;
            default -> 11;
        };
    }
}
