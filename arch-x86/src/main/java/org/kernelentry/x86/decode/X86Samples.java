package org.kernelentry.x86.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.CodeWindow;
import org.kernelentry.machine.memory.MemoryFault;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.decode.Row.Attribute;

/** Random instructions of the opcode maps, and what the maps say about bytes. For tests and judges. */
public final class X86Samples {
    private static final long AT = 0x1000;
    private static final int TAIL = 16;
    /** What enters the kernel, changes segments, steps, or reads what belongs to one machine. */
    private static final Set<String> BOUND_TO_MACHINE = Set.of(
            "CPUID",
            "RDTSC",
            "SWAPGS/RDTSCP",
            "RDPMC",
            "SYSCALL",
            "SYSENTER",
            "SYSEXIT",
            "SYSRET",
            "INT",
            "INTO",
            "INT1",
            "INT3",
            "BOUND",
            "RETF",
            "IRET",
            "POPF",
            "RDFSBASE",
            "RDGSBASE",
            "WRFSBASE",
            "WRGSBASE",
            "SGDT",
            "SIDT",
            "SMSW",
            "SLDT",
            "STR",
            "LSS",
            "LFS",
            "LGS",
            "LES",
            "LDS");

    private final int mode;
    private final AddressSpace space = PagedSpace.create(0x10000);
    private final List<Choice> choices = new ArrayList<>();

    /** A row, and the bytes of its map and opcode. */
    @SuppressWarnings("ArrayRecordComponent") // listed, never compared
    private record Choice(Row row, int[] opcode) {}

    /** @param mode {@link X86Regs#MODE_64} or {@link X86Regs#MODE_32} */
    public X86Samples(final int mode) {
        this.mode = mode;
        space.map(AT, AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
        collect(OneByteMap.MAP);
        collect(TwoByteMap.MAP, 0x0f);
        collect(ThreeByteMap.MAP, 0x0f, 0x38);
    }

    private void collect(final OpcodeMap map, final int... prefix) {
        for (int opcode = 0; opcode < 256; opcode++) {
            for (final Row row : map.at(opcode)) {
                if (!row.has(mode == X86Regs.MODE_64 ? Attribute.i64 : Attribute.o64)) {
                    final int[] bytes = Arrays.copyOf(prefix, prefix.length + 1);
                    bytes[prefix.length] = opcode;
                    choices.add(new Choice(row, bytes));
                }
            }
        }
    }

    /** One instruction by a row drawn at random, with random prefixes and operands. */
    public byte[] instruction(final Random random) {
        final Choice choice = choices.get(random.nextInt(choices.size()));
        final Row row = choice.row;
        final byte[] bytes = new byte[2 * TAIL];
        random.nextBytes(bytes);
        int at = prefixes(random, row, bytes);
        for (final int b : choice.opcode) {
            bytes[at++] = (byte) b;
        }
        if (row.modRm) {
            bytes[at++] = (byte) modRm(random, row);
            if (random.nextBoolean()) {
                // A small displacement that keeps alignment.
                bytes[at] = (byte) (bytes[at] & 0xf0);
                bytes[at + 1] = (byte) (random.nextInt(16) - 8 << 4);
            }
        }
        final @Nullable Insn insn = decode(bytes);
        return insn == null ? Arrays.copyOf(bytes, at) : Arrays.copyOf(bytes, insn.code.length());
    }

    private int prefixes(final Random random, final Row row, final byte[] bytes) {
        int at = 0;
        if (random.nextInt(40) == 0) {
            bytes[at++] = (byte) 0xf0;
        }
        if (random.nextInt(30) == 0) {
            bytes[at++] = 0x67;
        }
        if (row.has(Attribute.p66) || !row.has(Attribute.np) && random.nextInt(5) == 0) {
            bytes[at++] = 0x66;
        }
        final boolean string = row.mnemonic.length() == 4 && row.mnemonic.endsWith("S");
        if (row.has(Attribute.f3) || string && random.nextInt(3) == 0) {
            bytes[at++] = (byte) 0xf3;
        } else if (row.has(Attribute.f2) || string && random.nextInt(3) == 0) {
            bytes[at++] = (byte) 0xf2;
        }
        if (mode == X86Regs.MODE_64 && (row.has(Attribute.w1) || random.nextBoolean())) {
            bytes[at++] = (byte) (0x40 | random.nextInt(16) | (row.has(Attribute.w1) ? Insn.REX_W : 0));
        }
        return at;
    }

    private static int modRm(final Random random, final Row row) {
        final int digit = row.digit == Row.ANY_DIGIT ? random.nextInt(8) : row.digit;
        final int mod = row.has(Attribute.reg) ? 3 : row.has(Attribute.mem) ? random.nextInt(3) : random.nextInt(4);
        final int rm = random.nextInt(8);
        return mod << 6 | digit << 3 | (row.rm == Row.ANY_RM ? rm : row.rm);
    }

    private @Nullable Insn decode(final byte[] bytes) {
        space.poke(AT, bytes, 0, bytes.length);
        final CodeWindow code = new CodeWindow(space);
        code.reset(space, AT);
        final BlockBuilder out = new BlockBuilder(X86Regs.SLOTS);
        out.beginInstruction(AT);
        final Insn insn = new Insn(code, mode, out);
        try {
            insn.decode();
        } catch (final MemoryFault | Insn.TooLong e) {
            return null;
        }
        return insn;
    }

    private @Nullable Insn first(final byte[] code) {
        return decode(Arrays.copyOf(code, code.length + TAIL));
    }

    /** The mnemonic of the instruction that {@code code} begins with; empty when there is none. */
    public String mnemonic(final byte[] code) {
        final Insn insn = first(code);
        return insn == null || insn.row == null ? "" : insn.form().mnemonic;
    }

    /** The manual's chapter for the instruction that {@code code} begins with; empty when there is none. */
    public String chapter(final byte[] code) {
        final Insn insn = first(code);
        return insn == null || insn.row == null ? "" : Chapters.of(insn.form());
    }

    /** How many rows of the opcode maps each of the manual's chapters has. */
    public Map<String, Integer> chapters() {
        final Map<String, Integer> chapters = new TreeMap<>();
        choices.forEach(c -> chapters.merge(Chapters.of(c.row), 1, Integer::sum));
        return chapters;
    }

    /** The count that the first instruction shifts by, if that is an immediate; else -1. */
    public int immediateCount(final byte[] code) {
        final Insn insn = first(code);
        if (insn == null || insn.row == null) {
            return -1;
        }
        final List<Operand> operands = insn.form().operands;
        final Operand last = operands.isEmpty() ? Operand.CL : operands.get(operands.size() - 1);
        return last == Operand.Ib
                ? (int) insn.immediate & (insn.operandSize == 64 ? 63 : 31)
                : last == Operand.One ? 1 : -1;
    }

    /** Whether what the instructions do depends on the machine or its kernel. */
    public boolean boundToMachine(final byte[] code) {
        byte[] rest = code;
        while (rest.length > 0) {
            final Insn insn = first(rest);
            if (insn == null || insn.row == null || insn.code.length() > rest.length) {
                return false;
            }
            final Row row = insn.form();
            final boolean loadsSegment = row.operands.contains(Operand.Sw) && insn.opcode == 0x8e
                    || row.operands.contains(Operand.Ap)
                    || insn.opcode == 0xff && (insn.reg() == 3 || insn.reg() == 5)
                    || row.mnemonic.equals("POP") && row.operands.isEmpty();
            if (loadsSegment || insn.segment >= X86Regs.FS || BOUND_TO_MACHINE.contains(row.mnemonic)) {
                return true;
            }
            rest = Arrays.copyOfRange(rest, insn.code.length(), rest.length);
        }
        return false;
    }
}
