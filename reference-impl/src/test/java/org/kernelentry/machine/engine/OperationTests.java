package org.kernelentry.machine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;

/** Every value operation against a computation of its own in {@link BigInteger} or bit by bit. */
final class OperationTests {
    private static final long CODE = 0x10000;
    private static final long[] EDGES = {
        0,
        1,
        2,
        7,
        8,
        31,
        32,
        33,
        63,
        64,
        65,
        0x7f,
        0x80,
        0xff,
        0x100,
        0x7fff,
        0x8000,
        0xffff,
        0x10000,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        0x1_0000_0000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        -2,
        -64,
        0xffff_ffff_0000_0000L,
        0xffff_ffff_8000_0000L,
        0xffff_ffff_7fff_ffffL,
        0x0123_4567_89ab_cdefL
    };

    /** The expected d from a, b, the constant and d before. */
    @FunctionalInterface
    interface Meaning {
        BigInteger of(BigInteger a, BigInteger b, long imm, BigInteger d);
    }

    private static BigInteger unsigned(final long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }

    private static BigInteger signed(final BigInteger value, final int width) {
        final BigInteger low = low(value, width);
        return low.testBit(width - 1) ? low.subtract(BigInteger.ONE.shiftLeft(width)) : low;
    }

    private static BigInteger low(final BigInteger value, final int width) {
        return value.mod(BigInteger.ONE.shiftLeft(width));
    }

    private static BigInteger bit(final boolean value) {
        return value ? BigInteger.ONE : BigInteger.ZERO;
    }

    private static int count(final BigInteger value, final int modulus) {
        return value.mod(BigInteger.valueOf(modulus)).intValue();
    }

    private static BigInteger shiftRight(final BigInteger value, final int width, final int count) {
        return low(value, width).shiftRight(count);
    }

    private static BigInteger rotate(final BigInteger value, final int width, final int count) {
        return low(value, width).shiftRight(count).or(low(low(value, width).shiftLeft(width - count), width));
    }

    private static BigInteger quotient(final BigInteger a, final BigInteger b) {
        return b.signum() == 0 ? BigInteger.ZERO : a.divide(b);
    }

    private static BigInteger reverseBits(final BigInteger value, final int width, final int unit) {
        BigInteger out = BigInteger.ZERO;
        for (int i = 0; i < width; i++) {
            if (value.testBit(i)) {
                final int group = i / unit;
                out = out.setBit((width / unit - 1 - group) * unit + i % unit);
            }
        }
        return out;
    }

    private static int highest(final BigInteger value, final int width) {
        int zeros = 0;
        while (zeros < width && !value.testBit(width - 1 - zeros)) {
            zeros++;
        }
        return zeros;
    }

    private static int lowest(final BigInteger value, final int width) {
        int zeros = 0;
        while (zeros < width && !value.testBit(zeros)) {
            zeros++;
        }
        return zeros;
    }

    private static BigInteger insert(final BigInteger d, final BigInteger a, final int lo, final int width) {
        BigInteger out = d;
        for (int i = 0; i < width; i++) {
            out = a.testBit(i) ? out.setBit(lo + i) : out.clearBit(lo + i);
        }
        return out;
    }

    private static Arguments op(final String name, final int opcode, final Meaning meaning) {
        return Arguments.of(name, opcode, meaning);
    }

    static Stream<Arguments> operations() {
        final List<Arguments> all = new ArrayList<>();
        all.add(op("CONST", Op.CONST, (a, b, i, d) -> unsigned(i)));
        all.add(op("MOV", Op.MOV, (a, b, i, d) -> a));
        all.add(op("ADD", Op.ADD, (a, b, i, d) -> a.add(b)));
        all.add(op("SUB", Op.SUB, (a, b, i, d) -> a.subtract(b)));
        all.add(op("AND", Op.AND, (a, b, i, d) -> a.and(b)));
        all.add(op("OR", Op.OR, (a, b, i, d) -> a.or(b)));
        all.add(op("XOR", Op.XOR, (a, b, i, d) -> a.xor(b)));
        all.add(op("SHL", Op.SHL, (a, b, i, d) -> a.shiftLeft(count(b, 64))));
        all.add(op("SHR", Op.SHR, (a, b, i, d) -> shiftRight(a, 64, count(b, 64))));
        all.add(op("SAR", Op.SAR, (a, b, i, d) -> signed(a, 64).shiftRight(count(b, 64))));
        all.add(op("ROR", Op.ROR, (a, b, i, d) -> rotate(a, 64, count(b, 64))));
        all.add(op("MUL", Op.MUL, (a, b, i, d) -> a.multiply(b)));
        all.add(op("UMULH", Op.UMULH, (a, b, i, d) -> a.multiply(b).shiftRight(64)));
        all.add(op(
                "SMULH",
                Op.SMULH,
                (a, b, i, d) -> signed(a, 64).multiply(signed(b, 64)).shiftRight(64)));
        all.add(op("ADD32", Op.ADD32, (a, b, i, d) -> low(a.add(b), 32)));
        all.add(op("SUB32", Op.SUB32, (a, b, i, d) -> low(a.subtract(b), 32)));
        all.add(op("AND32", Op.AND32, (a, b, i, d) -> low(a.and(b), 32)));
        all.add(op("OR32", Op.OR32, (a, b, i, d) -> low(a.or(b), 32)));
        all.add(op("XOR32", Op.XOR32, (a, b, i, d) -> low(a.xor(b), 32)));
        all.add(op("SHL32", Op.SHL32, (a, b, i, d) -> low(a.shiftLeft(count(b, 32)), 32)));
        all.add(op("SHR32", Op.SHR32, (a, b, i, d) -> shiftRight(a, 32, count(b, 32))));
        all.add(op("SAR32", Op.SAR32, (a, b, i, d) -> low(signed(a, 32).shiftRight(count(b, 32)), 32)));
        all.add(op("ROR32", Op.ROR32, (a, b, i, d) -> rotate(a, 32, count(b, 32))));
        all.add(op("MUL32", Op.MUL32, (a, b, i, d) -> low(a.multiply(b), 32)));
        all.add(op("ADDI", Op.ADDI, (a, b, i, d) -> a.add(unsigned(i))));
        all.add(op("ADDI32", Op.ADDI32, (a, b, i, d) -> low(a.add(unsigned(i)), 32)));
        all.add(op("ANDI", Op.ANDI, (a, b, i, d) -> a.and(unsigned(i))));
        all.add(op("ORI", Op.ORI, (a, b, i, d) -> a.or(unsigned(i))));
        all.add(op("XORI", Op.XORI, (a, b, i, d) -> a.xor(unsigned(i))));
        all.add(op("SHLI", Op.SHLI, (a, b, i, d) -> a.shiftLeft((int) i & 63)));
        all.add(op("SHRI", Op.SHRI, (a, b, i, d) -> shiftRight(a, 64, (int) i & 63)));
        all.add(op("SARI", Op.SARI, (a, b, i, d) -> signed(a, 64).shiftRight((int) i & 63)));
        all.add(op("RORI", Op.RORI, (a, b, i, d) -> rotate(a, 64, (int) i & 63)));
        all.add(op("SHLI32", Op.SHLI32, (a, b, i, d) -> low(a.shiftLeft((int) i & 31), 32)));
        all.add(op("SHRI32", Op.SHRI32, (a, b, i, d) -> shiftRight(a, 32, (int) i & 31)));
        all.add(op("SARI32", Op.SARI32, (a, b, i, d) -> low(signed(a, 32).shiftRight((int) i & 31), 32)));
        all.add(op("RORI32", Op.RORI32, (a, b, i, d) -> rotate(a, 32, (int) i & 31)));
        all.add(op("NOT", Op.NOT, (a, b, i, d) -> a.not()));
        all.add(op("NEG", Op.NEG, (a, b, i, d) -> a.negate()));
        all.add(op("ZX8", Op.ZX8, (a, b, i, d) -> low(a, 8)));
        all.add(op("ZX16", Op.ZX16, (a, b, i, d) -> low(a, 16)));
        all.add(op("ZX32", Op.ZX32, (a, b, i, d) -> low(a, 32)));
        all.add(op("SX8", Op.SX8, (a, b, i, d) -> signed(a, 8)));
        all.add(op("SX16", Op.SX16, (a, b, i, d) -> signed(a, 16)));
        all.add(op("SX32", Op.SX32, (a, b, i, d) -> signed(a, 32)));
        all.add(op("CLZ", Op.CLZ, (a, b, i, d) -> BigInteger.valueOf(highest(a, 64))));
        all.add(op("CTZ", Op.CTZ, (a, b, i, d) -> BigInteger.valueOf(lowest(a, 64))));
        all.add(op("CLZ32", Op.CLZ32, (a, b, i, d) -> BigInteger.valueOf(highest(low(a, 32), 32))));
        all.add(op("RBIT", Op.RBIT, (a, b, i, d) -> reverseBits(a, 64, 1)));
        all.add(op("BSWAP", Op.BSWAP, (a, b, i, d) -> reverseBits(a, 64, 8)));
        all.add(op("BSWAP32", Op.BSWAP32, (a, b, i, d) -> reverseBits(low(a, 32), 32, 8)));
        all.add(op("POPCNT", Op.POPCNT, (a, b, i, d) -> BigInteger.valueOf(a.bitCount())));
        // The test encoding takes the lowest bit from bits 0..4 and the width from bits 8..12.
        all.add(op("INSERT", Op.INSERT, (a, b, i, d) -> insert(d, a, (int) i & 31, 1 + ((int) i >>> 8 & 31))));
        all.add(op("UDIV", Op.UDIV, (a, b, i, d) -> quotient(a, b)));
        all.add(op("SDIV", Op.SDIV, (a, b, i, d) -> quotient(signed(a, 64), signed(b, 64))));
        all.add(op("UDIV32", Op.UDIV32, (a, b, i, d) -> quotient(low(a, 32), low(b, 32))));
        all.add(op("SDIV32", Op.SDIV32, (a, b, i, d) -> low(quotient(signed(a, 32), signed(b, 32)), 32)));
        all.add(op("EQ", Op.EQ, (a, b, i, d) -> bit(a.equals(b))));
        all.add(op("LTU", Op.LTU, (a, b, i, d) -> bit(a.compareTo(b) < 0)));
        all.add(op("LTS", Op.LTS, (a, b, i, d) -> bit(signed(a, 64).compareTo(signed(b, 64)) < 0)));
        return all.stream();
    }

    @ParameterizedTest(name = "{0} computes what a slow model computes")
    @MethodSource("operations")
    void computesWhatASlowModelComputes(final String name, final int opcode, final Meaning meaning) {
        final Random random = new Random(opcode);
        final PagedSpace space = PagedSpace.create(1L << 47);
        space.map(CODE, 0x1000, AddressSpace.PROT_EXEC);
        final EngineCpu cpu = new EngineCpu(new PlainIsa());
        cpu.switchTo(space);
        for (int round = 0; round < 40; round++) {
            final long imm = round < EDGES.length ? EDGES[round] : random.nextLong();
            final byte[] insn = PlainIsa.insn(opcode, 3, 1, 2, imm);
            space.poke(CODE, insn, 0, insn.length);
            for (int pair = 0; pair < EDGES.length * EDGES.length / 4; pair++) {
                final long a = pick(random);
                final long b = pick(random);
                final long d = random.nextLong();
                check(name, cpu, meaning, a, b, imm, d);
            }
        }
    }

    private static long pick(final Random random) {
        return random.nextInt(4) == 0 ? random.nextLong() : EDGES[random.nextInt(EDGES.length)];
    }

    private static void check(
            final String name,
            final EngineCpu cpu,
            final Meaning meaning,
            final long a,
            final long b,
            final long imm,
            final long d) {
        final long[] r = cpu.state().r;
        r[1] = a;
        r[2] = b;
        r[3] = d;
        cpu.state().pc = CODE;
        assertThat(cpu.run(1)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        final long expected =
                low(meaning.of(unsigned(a), unsigned(b), imm, unsigned(d)), 64).longValue();
        assertThat(r[3]).as("%s a=%x b=%x imm=%x d=%x", name, a, b, imm, d).isEqualTo(expected);
        assertThat(r[1]).isEqualTo(a);
        assertThat(r[2]).isEqualTo(b);
    }
}
