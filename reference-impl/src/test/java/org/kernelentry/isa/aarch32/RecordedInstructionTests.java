package org.kernelentry.isa.aarch32;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.engine.EngineCpu;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;

/**
 * Replays what another implementation of the architecture did with single instructions: {@code recorded-instructions.txt}, whose head
 * states the format.
 */
class RecordedInstructionTests {
    private static final int CODE = 0x10000;
    private static final int DATA = 0x40000;
    private static final int BASE = DATA + 0x800;
    private static final int WINDOW = 256;
    /** A value this near to the base is written relative to it. */
    private static final int NEAR = 0x400;

    private static final int GENERAL = 15;

    private final AddressSpace space = PagedSpace.create(0xffff_0000L);
    private final EngineCpu cpu = new EngineCpu(new A32T32Isa());
    private final CpuState s = cpu.state();
    private final List<int[]> sets = new ArrayList<>();

    @Test
    void everyRecordedInstructionGivesTheRecordedState() {
        space.map(CODE, AddressSpace.PAGE_SIZE, AddressSpace.PROT_EXEC);
        space.map(DATA, AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
        cpu.switchTo(space);
        final List<String> differences = new ArrayList<>();
        int cases = 0;
        for (final String line : lines()) {
            if (line.startsWith("set ")) {
                sets.add(registers(line.substring(4)));
                continue;
            }
            cases++;
            final String seen = replay(line);
            if (!seen.equals(line)) {
                differences.add("recorded " + line + "\n    seen " + seen);
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

    private static int[] registers(final String text) {
        final String[] words = text.split(" ", -1);
        final int[] values = new int[words.length];
        for (int i = 0; i < words.length; i++) {
            final String w = words[i];
            values[i] = w.startsWith("@-")
                    ? BASE - Integer.parseInt(w.substring(2), 16)
                    : w.startsWith("@") ? BASE + Integer.parseInt(w.substring(1), 16) : Integer.parseUnsignedInt(w, 16);
        }
        return values;
    }

    private static int pattern(final int offset) {
        return offset / 4 * 0x9e3779b1 + 0x1234567;
    }

    private void put(final String encoding, final boolean thumb) {
        final int insn = Integer.parseUnsignedInt(encoding, 16);
        final boolean wide = encoding.length() == 8;
        final int word = thumb && wide ? insn >>> 16 | insn << 16 : insn;
        final byte[] code = new byte[encoding.length() / 2];
        for (int i = 0; i < code.length; i++) {
            code[i] = (byte) (word >>> 8 * i);
        }
        space.poke(CODE, code, 0, code.length);
    }

    /** Runs the case of one line; the line as this CPU would have recorded it. */
    private String replay(final String line) {
        final String[] fields = line.split(" ", 4);
        final int[] before = sets.get(Integer.parseInt(fields[1]));
        final int cpsr = Integer.parseUnsignedInt(fields[2], 16);
        put(fields[0], (cpsr & A32Regs.CPSR_T) != 0);
        for (int at = -WINDOW; at < WINDOW; at += 4) {
            space.store32(BASE + at, pattern(at));
        }
        for (int i = 0; i < GENERAL; i++) {
            s.r[i] = Bits.u32(before[i]);
        }
        A32T32Isa.REGS.clearExclusive(s);
        A32T32Isa.REGS.setCpsr(s, cpsr);
        s.pc = CODE;
        assertThat(cpu.run(1)).as(line).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        final StringBuilder seen = new StringBuilder();
        seen.append(fields[0]).append(' ').append(fields[1]).append(' ').append(fields[2]);
        seen.append(' ').append(Integer.toHexString(A32T32Isa.REGS.cpsr(s)));
        seen.append(" +").append(Long.toHexString(s.pc - CODE));
        for (int i = 0; i < GENERAL; i++) {
            if (s.r[i] != Bits.u32(before[i])) {
                seen.append(" r").append(i).append('=').append(show((int) s.r[i]));
            }
        }
        for (int at = -WINDOW; at < WINDOW; at += 4) {
            final int word = space.load32(BASE + at);
            if (word != pattern(at)) {
                seen.append(" [").append(signed(at)).append("]=").append(Integer.toHexString(word));
            }
        }
        return seen.toString();
    }

    private static String show(final int value) {
        final int distance = value - BASE;
        return Math.abs((long) distance) < NEAR ? "@" + signed(distance) : Integer.toHexString(value);
    }

    private static String signed(final int offset) {
        return offset < 0 ? "-" + Integer.toHexString(-offset) : Integer.toHexString(offset);
    }
}
