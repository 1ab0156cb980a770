package org.kernelentry.runner.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.kernelentry.isa.DecodeTable;

/** What the modes of arm64 and arm have in common: the layout of a state, which is that of {@code cpu-judge.c}, and code by tables. */
abstract class ArmFamilyMode implements CpuMode {
    static final int SP = 31;
    static final int PC = 32;
    static final int STATUS = 33;
    static final int FPCR = 34;
    static final int FPSR = 35;
    static final int VECTOR = 36;
    static final int VECTOR_WORDS = 64;

    private final String name;
    private final String arch;
    private final List<DecodeTable<?>> tables;
    private final List<Choice> choices = new ArrayList<>();

    /** A row that can be drawn. */
    private record Choice(int width, DecodeTable.Row<?> row) {}

    ArmFamilyMode(String name, String arch, List<DecodeTable<?>> tables) {
        this.name = name;
        this.arch = arch;
        this.tables = tables;
        for (DecodeTable<?> table : tables) {
            for (DecodeTable.Row<?> row : table.rows()) {
                if (!row.name().equals("unallocated")) {
                    choices.add(new Choice(table.width(), row));
                }
            }
        }
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String arch() {
        return arch;
    }

    @Override
    public final int pc() {
        return PC;
    }

    @Override
    public final boolean isAddress(int register) {
        return register <= PC;
    }

    @Override
    public final byte[] instruction(Random random) {
        if (random.nextInt(8) == 0) {
            return raw(random);
        }
        Choice choice = choices.get(random.nextInt(choices.size()));
        int insn = choice.row.value() | random.nextInt() & ~choice.row.mask();
        if (random.nextInt(4) == 0) {
            // Fields of zeros and of ones are where encodings change their meaning.
            insn = choice.row.value() | (random.nextBoolean() ? insn & random.nextInt() : 0) & ~choice.row.mask();
        }
        return bytes(settle(random, insn, choice.row), choice.width);
    }

    /** A last word on an instruction drawn by a row. */
    int settle(Random random, int insn, DecodeTable.Row<?> row) {
        return insn;
    }

    byte[] raw(Random random) {
        return bytes(random.nextInt(), 32);
    }

    /** An encoding as it stands in memory. */
    byte[] bytes(int insn, int width) {
        return new byte[] {(byte) insn, (byte) (insn >>> 8), (byte) (insn >>> 16), (byte) (insn >>> 24)};
    }

    /** The instruction that {@code code} begins with, as the tables see it. */
    int first(byte[] code) {
        return word(code, 0);
    }

    static int word(byte[] code, int at) {
        return half(code, at) | half(code, at + 2) << 16;
    }

    static int half(byte[] code, int at) {
        return code[at] & 0xff | (code[at + 1] & 0xff) << 8;
    }

    /** The decoder's tables. */
    final List<DecodeTable<?>> tables() {
        return tables;
    }

    /** The table for what {@code code} begins with. */
    DecodeTable<?> table(byte[] code) {
        return tables.get(0);
    }

    @Override
    public final String row(byte[] code) {
        DecodeTable.@Nullable Row<?> row = table(code).find(first(code));
        return row == null ? "" : row.name();
    }

    /** The manual's chapter for an encoding. */
    abstract String chapter(int insn, int width);

    @Override
    public final String chapter(byte[] code) {
        return row(code).isEmpty() ? "" : chapter(first(code), table(code).width());
    }

    @Override
    public final Map<String, Integer> chapters() {
        Map<String, Integer> chapters = new TreeMap<>();
        choices.forEach(c -> chapters.merge(chapter(c.row.value(), c.width), 1, Integer::sum));
        return chapters;
    }

    @Override
    public boolean definite(byte[] code) {
        return true;
    }

    /** Fills the general registers and the words of the vector registers. */
    static void generalAndVector(Random random, long[] state, int generals, int vectorWords) {
        for (int i = 0; i < generals; i++) {
            state[i] = RandomState.general(random);
        }
        for (int i = 0; i < vectorWords; i++) {
            state[VECTOR + i] = RandomState.vector(random);
        }
    }

    /** Makes an entry equal. */
    static void ignore(int register, CpuOutcome ours, CpuOutcome theirs) {
        theirs.after()[register] = ours.after()[register];
    }

    /** Makes all registers but the pc equal, and the memory too. */
    static void ignoreResults(CpuOutcome ours, CpuOutcome theirs) {
        for (int i = 0; i < theirs.after().length; i++) {
            if (i != PC) {
                ignore(i, ours, theirs);
            }
        }
        System.arraycopy(ours.memory(), 0, theirs.memory(), 0, ours.memory().length);
    }
}
