package org.kernelentry.machine.engine;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kernelentry.machine.ir.Op;

/** What each value operation means, in {@link BigInteger} or bit by bit: slow, and independent of the interpreter. */
final class Meanings {
    /** By opcode. */
    static final Map<Integer, Meaning> ALL = new LinkedHashMap<>();
    /** Names by opcode. */
    static final Map<Integer, String> NAMES = new LinkedHashMap<>();

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

    private static void op(final String name, final int opcode, final Meaning meaning) {
        ALL.put(opcode, meaning);
        NAMES.put(opcode, name);
    }

    /** The value of d after an operation with the values of a and b, the constant, and the value of d before. */
    static long value(final int opcode, final long a, final long b, final long imm, final long d) {
        return low(ALL.get(opcode).of(unsigned(a), unsigned(b), imm, unsigned(d)), 64)
                .longValue();
    }

    static {
        op("CONST", Op.CONST, (a, b, i, d) -> unsigned(i));
        op("MOV", Op.MOV, (a, b, i, d) -> a);
        op("ADD", Op.ADD, (a, b, i, d) -> a.add(b));
        op("SUB", Op.SUB, (a, b, i, d) -> a.subtract(b));
        op("AND", Op.AND, (a, b, i, d) -> a.and(b));
        op("OR", Op.OR, (a, b, i, d) -> a.or(b));
        op("XOR", Op.XOR, (a, b, i, d) -> a.xor(b));
        op("SHL", Op.SHL, (a, b, i, d) -> a.shiftLeft(count(b, 64)));
        op("SHR", Op.SHR, (a, b, i, d) -> shiftRight(a, 64, count(b, 64)));
        op("SAR", Op.SAR, (a, b, i, d) -> signed(a, 64).shiftRight(count(b, 64)));
        op("ROR", Op.ROR, (a, b, i, d) -> rotate(a, 64, count(b, 64)));
        op("MUL", Op.MUL, (a, b, i, d) -> a.multiply(b));
        op("UMULH", Op.UMULH, (a, b, i, d) -> a.multiply(b).shiftRight(64));
        op(
                "SMULH",
                Op.SMULH,
                (a, b, i, d) -> signed(a, 64).multiply(signed(b, 64)).shiftRight(64));
        op("ADD32", Op.ADD32, (a, b, i, d) -> low(a.add(b), 32));
        op("SUB32", Op.SUB32, (a, b, i, d) -> low(a.subtract(b), 32));
        op("AND32", Op.AND32, (a, b, i, d) -> low(a.and(b), 32));
        op("OR32", Op.OR32, (a, b, i, d) -> low(a.or(b), 32));
        op("XOR32", Op.XOR32, (a, b, i, d) -> low(a.xor(b), 32));
        op("SHL32", Op.SHL32, (a, b, i, d) -> low(a.shiftLeft(count(b, 32)), 32));
        op("SHR32", Op.SHR32, (a, b, i, d) -> shiftRight(a, 32, count(b, 32)));
        op("SAR32", Op.SAR32, (a, b, i, d) -> low(signed(a, 32).shiftRight(count(b, 32)), 32));
        op("ROR32", Op.ROR32, (a, b, i, d) -> rotate(a, 32, count(b, 32)));
        op("MUL32", Op.MUL32, (a, b, i, d) -> low(a.multiply(b), 32));
        op("ADDI", Op.ADDI, (a, b, i, d) -> a.add(unsigned(i)));
        op("ADDI32", Op.ADDI32, (a, b, i, d) -> low(a.add(unsigned(i)), 32));
        op("ANDI", Op.ANDI, (a, b, i, d) -> a.and(unsigned(i)));
        op("ORI", Op.ORI, (a, b, i, d) -> a.or(unsigned(i)));
        op("XORI", Op.XORI, (a, b, i, d) -> a.xor(unsigned(i)));
        op("SHLI", Op.SHLI, (a, b, i, d) -> a.shiftLeft((int) i & 63));
        op("SHRI", Op.SHRI, (a, b, i, d) -> shiftRight(a, 64, (int) i & 63));
        op("SARI", Op.SARI, (a, b, i, d) -> signed(a, 64).shiftRight((int) i & 63));
        op("RORI", Op.RORI, (a, b, i, d) -> rotate(a, 64, (int) i & 63));
        op("SHLI32", Op.SHLI32, (a, b, i, d) -> low(a.shiftLeft((int) i & 31), 32));
        op("SHRI32", Op.SHRI32, (a, b, i, d) -> shiftRight(a, 32, (int) i & 31));
        op("SARI32", Op.SARI32, (a, b, i, d) -> low(signed(a, 32).shiftRight((int) i & 31), 32));
        op("RORI32", Op.RORI32, (a, b, i, d) -> rotate(a, 32, (int) i & 31));
        op("NOT", Op.NOT, (a, b, i, d) -> a.not());
        op("NEG", Op.NEG, (a, b, i, d) -> a.negate());
        op("ZX8", Op.ZX8, (a, b, i, d) -> low(a, 8));
        op("ZX16", Op.ZX16, (a, b, i, d) -> low(a, 16));
        op("ZX32", Op.ZX32, (a, b, i, d) -> low(a, 32));
        op("SX8", Op.SX8, (a, b, i, d) -> signed(a, 8));
        op("SX16", Op.SX16, (a, b, i, d) -> signed(a, 16));
        op("SX32", Op.SX32, (a, b, i, d) -> signed(a, 32));
        op("CLZ", Op.CLZ, (a, b, i, d) -> BigInteger.valueOf(highest(a, 64)));
        op("CTZ", Op.CTZ, (a, b, i, d) -> BigInteger.valueOf(lowest(a, 64)));
        op("CLZ32", Op.CLZ32, (a, b, i, d) -> BigInteger.valueOf(highest(low(a, 32), 32)));
        op("RBIT", Op.RBIT, (a, b, i, d) -> reverseBits(a, 64, 1));
        op("BSWAP", Op.BSWAP, (a, b, i, d) -> reverseBits(a, 64, 8));
        op("BSWAP32", Op.BSWAP32, (a, b, i, d) -> reverseBits(low(a, 32), 32, 8));
        op("POPCNT", Op.POPCNT, (a, b, i, d) -> BigInteger.valueOf(a.bitCount()));
        op("INSERT", Op.INSERT, (a, b, i, d) -> insert(d, a, (int) (i >>> 8), (int) i & 0xff));
        op("UDIV", Op.UDIV, (a, b, i, d) -> quotient(a, b));
        op("SDIV", Op.SDIV, (a, b, i, d) -> quotient(signed(a, 64), signed(b, 64)));
        op("UDIV32", Op.UDIV32, (a, b, i, d) -> quotient(low(a, 32), low(b, 32)));
        op("SDIV32", Op.SDIV32, (a, b, i, d) -> low(quotient(signed(a, 32), signed(b, 32)), 32));
        op("EQ", Op.EQ, (a, b, i, d) -> bit(a.equals(b)));
        op("LTU", Op.LTU, (a, b, i, d) -> bit(a.compareTo(b) < 0));
        op("LTS", Op.LTS, (a, b, i, d) -> bit(signed(a, 64).compareTo(signed(b, 64)) < 0));
    }
}
