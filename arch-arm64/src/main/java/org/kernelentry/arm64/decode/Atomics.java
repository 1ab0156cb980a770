package org.kernelentry.arm64.decode;

import org.kernelentry.arm64.A64Regs;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.machine.ir.Op;

/**
 * Exclusive, ordered and atomic accesses: DDI 0487 C4.1.94, "Load/store exclusive" to "Atomic memory operations" (FEAT_LSE).
 *
 * <p>One instruction is one step of the machine, so order and atomicity hold by themselves; alignment does not, and is checked. The
 * monitor compares the value as well as the address: a store in between that leaves the value as it was goes unseen, which no program
 * can rely on either way.
 */
final class Atomics {
    private Atomics() {}

    /** What an atomic memory operation stores. */
    @FunctionalInterface
    private interface Update {
        int emit(A64Emitter e, int old, int operand);
    }

    static void rows(final DecodeTable<A64Emitter> t) {
        // Load/store exclusive register and pair; o is the acquire or release bit
        t.row("zz 001000 0 0 0 sssss o ----- nnnnn ttttt", "STXR, STLXR", (e, w) -> storeExclusive(e));
        t.row("zz 001000 0 1 0 ----- o ----- nnnnn ttttt", "LDXR, LDAXR", (e, w) -> loadExclusive(e));
        t.row("1z 001000 0 0 1 sssss o uuuuu nnnnn ttttt", "STXP, STLXP", (e, w) -> storeExclusivePair(e));
        t.row("1z 001000 0 1 1 ----- o uuuuu nnnnn ttttt", "LDXP, LDAXP", (e, w) -> loadExclusivePair(e));
        // Load/store ordered
        t.row("zz 001000 1 0 0 ----- o ----- nnnnn ttttt", "STLLR, STLR", (e, w) -> storeRelease(e));
        t.row("zz 001000 1 1 0 ----- o ----- nnnnn ttttt", "LDLAR, LDAR", (e, w) -> loadAcquire(e));
        // Compare and swap
        t.row("zz 001000 1 a 1 sssss r 11111 nnnnn ttttt", "CAS", (e, w) -> compareAndSwap(e));
        t.row("0z 001000 0 a 1 ssss0 r 11111 nnnnn tttt0", "CASP", (e, w) -> compareAndSwapPair(e));
        // Atomic memory operations
        t.row("zz 111 0 00 a r 1 sssss 0 000 00 nnnnn ttttt", "LDADD", (e, w) -> atomic(e, binary(Op.ADD)));
        t.row("zz 111 0 00 a r 1 sssss 0 001 00 nnnnn ttttt", "LDCLR", (e, w) -> atomic(e, Atomics::clear));
        t.row("zz 111 0 00 a r 1 sssss 0 010 00 nnnnn ttttt", "LDEOR", (e, w) -> atomic(e, binary(Op.XOR)));
        t.row("zz 111 0 00 a r 1 sssss 0 011 00 nnnnn ttttt", "LDSET", (e, w) -> atomic(e, binary(Op.OR)));
        t.row("zz 111 0 00 a r 1 sssss 0 100 00 nnnnn ttttt", "LDSMAX", (e, w) -> atomic(e, choose(true, true)));
        t.row("zz 111 0 00 a r 1 sssss 0 101 00 nnnnn ttttt", "LDSMIN", (e, w) -> atomic(e, choose(true, false)));
        t.row("zz 111 0 00 a r 1 sssss 0 110 00 nnnnn ttttt", "LDUMAX", (e, w) -> atomic(e, choose(false, true)));
        t.row("zz 111 0 00 a r 1 sssss 0 111 00 nnnnn ttttt", "LDUMIN", (e, w) -> atomic(e, choose(false, false)));
        t.row("zz 111 0 00 a r 1 sssss 1 000 00 nnnnn ttttt", "SWP", (e, w) -> atomic(e, (x, old, operand) -> operand));
        t.row("zz 111 0 00 1 0 1 11111 1 100 00 nnnnn ttttt", "LDAPR", (e, w) -> loadAcquire(e));
    }

    private static int size(final A64Emitter e) {
        return e.field(31, 30);
    }

    private static int alignedBase(final A64Emitter e, final int bytes) {
        final int n = e.base(e.rn());
        e.checkAligned(n, bytes);
        return n;
    }

    private static void setMonitor(final A64Emitter e, final int address) {
        e.out.unary(Op.NOT, A64Regs.EXCLUSIVE, address);
    }

    private static void loadExclusive(final A64Emitter e) {
        final int n = alignedBase(e, 1 << size(e));
        e.out.load(LoadsAndStores.load(size(e)), A64Regs.EXCLUSIVE_VALUE, n, 0);
        setMonitor(e, n);
        if (e.rd() != 31) {
            e.out.mov(e.rd(), A64Regs.EXCLUSIVE_VALUE);
        }
    }

    private static void loadExclusivePair(final A64Emitter e) {
        final boolean wide = e.bit(30);
        final int n = alignedBase(e, wide ? 16 : 8);
        final int one = e.temp();
        final int two = e.temp();
        e.out.load(wide ? Op.LD64 : Op.LD32U, one, n, 0);
        e.out.load(wide ? Op.LD64 : Op.LD32U, two, n, wide ? 8 : 4);
        e.out.mov(A64Regs.EXCLUSIVE_VALUE, one);
        e.out.mov(A64Regs.EXCLUSIVE_VALUE + 1, two);
        setMonitor(e, n);
        e.out.mov(e.target(e.rd()), one);
        e.out.mov(e.target(e.ra()), two);
    }

    /** A forward branch taken when the monitor is not set for the address in slot {@code n}. */
    private static int skipUnlessMonitored(final A64Emitter e, final int n) {
        final int t = e.temp();
        e.out.unary(Op.NOT, t, n);
        e.out.alu(Op.EQ, t, t, A64Regs.EXCLUSIVE);
        return e.out.skipIfZero(t);
    }

    /** A forward branch taken when the memory at the address no longer holds the monitor's value. */
    private static int skipIfChanged(final A64Emitter e, final int load, final int n, final int at, final int value) {
        final int t = e.temp();
        e.out.load(load, t, n, at);
        e.out.alu(Op.EQ, t, t, value);
        return e.out.skipIfZero(t);
    }

    private static void storeExclusive(final A64Emitter e) {
        final int n = alignedBase(e, 1 << size(e));
        final int failed = e.out.constant(1);
        final int closed = skipUnlessMonitored(e, n);
        final int changed = skipIfChanged(e, LoadsAndStores.load(size(e)), n, 0, A64Regs.EXCLUSIVE_VALUE);
        e.out.store(LoadsAndStores.store(size(e)), e.slotD(), n, 0);
        e.out.constant(failed, 0);
        e.out.bind(closed);
        e.out.bind(changed);
        e.out.constant(A64Regs.EXCLUSIVE, 0);
        e.out.mov(e.target(e.rm()), failed);
    }

    private static void storeExclusivePair(final A64Emitter e) {
        final boolean wide = e.bit(30);
        final int load = wide ? Op.LD64 : Op.LD32U;
        final int store = wide ? Op.ST64 : Op.ST32;
        final int half = wide ? 8 : 4;
        final int n = alignedBase(e, 2 * half);
        final int failed = e.out.constant(1);
        final int closed = skipUnlessMonitored(e, n);
        final int changed = skipIfChanged(e, load, n, 0, A64Regs.EXCLUSIVE_VALUE);
        final int changedHigh = skipIfChanged(e, load, n, half, A64Regs.EXCLUSIVE_VALUE + 1);
        e.out.probeWrite(n, 0, 2 * half);
        e.out.store(store, e.slotD(), n, 0);
        e.out.store(store, e.read(e.ra()), n, half);
        e.out.constant(failed, 0);
        e.out.bind(closed);
        e.out.bind(changed);
        e.out.bind(changedHigh);
        e.out.constant(A64Regs.EXCLUSIVE, 0);
        e.out.mov(e.target(e.rm()), failed);
    }

    private static void loadAcquire(final A64Emitter e) {
        final int n = alignedBase(e, 1 << size(e));
        e.out.load(LoadsAndStores.load(size(e)), e.target(e.rd()), n, 0);
    }

    private static void storeRelease(final A64Emitter e) {
        final int n = alignedBase(e, 1 << size(e));
        e.out.store(LoadsAndStores.store(size(e)), e.slotD(), n, 0);
    }

    /** A slot with the low 8 << size bits of {@code a}, zero- or sign-extended. */
    private static int lowBits(final A64Emitter e, final int a, final boolean signed) {
        final int size = size(e);
        if (size == 3) {
            return a;
        }
        final int[] zero = {Op.ZX8, Op.ZX16, Op.ZX32};
        final int[] sign = {Op.SX8, Op.SX16, Op.SX32};
        final int t = e.temp();
        e.out.unary(signed ? sign[size] : zero[size], t, a);
        return t;
    }

    private static void compareAndSwap(final A64Emitter e) {
        final int n = alignedBase(e, 1 << size(e));
        final int old = e.temp();
        e.out.load(LoadsAndStores.load(size(e)), old, n, 0);
        final int same = e.temp();
        e.out.alu(Op.EQ, same, old, lowBits(e, e.slotM(), false));
        // A failed comparison still needs the permission to write.
        e.out.probeWrite(n, 0, 1 << size(e));
        final int differs = e.out.skipIfZero(same);
        e.out.store(LoadsAndStores.store(size(e)), e.slotD(), n, 0);
        e.out.bind(differs);
        e.out.mov(e.target(e.rm()), old);
    }

    private static void compareAndSwapPair(final A64Emitter e) {
        final boolean wide = e.bit(30);
        final int load = wide ? Op.LD64 : Op.LD32U;
        final int store = wide ? Op.ST64 : Op.ST32;
        final int half = wide ? 8 : 4;
        final int n = alignedBase(e, 2 * half);
        final int low = e.temp();
        final int high = e.temp();
        e.out.load(load, low, n, 0);
        e.out.load(load, high, n, half);
        e.out.probeWrite(n, 0, 2 * half);
        final int differs = skipUnlessEqual(e, low, e.slotM(), wide);
        final int differsHigh = skipUnlessEqual(e, high, e.read(e.rm() + 1), wide);
        e.out.store(store, e.slotD(), n, 0);
        e.out.store(store, e.read(e.rd() + 1), n, half);
        e.out.bind(differs);
        e.out.bind(differsHigh);
        e.out.mov(e.target(e.rm()), low);
        e.out.mov(e.target(e.rm() + 1), high);
    }

    private static int skipUnlessEqual(final A64Emitter e, final int loaded, final int expected, final boolean wide) {
        final int t = e.temp();
        if (wide) {
            e.out.mov(t, expected);
        } else {
            e.out.unary(Op.ZX32, t, expected);
        }
        e.out.alu(Op.EQ, t, t, loaded);
        return e.out.skipIfZero(t);
    }

    private static void atomic(final A64Emitter e, final Update update) {
        final int n = alignedBase(e, 1 << size(e));
        final int old = e.temp();
        e.out.load(LoadsAndStores.load(size(e)), old, n, 0);
        e.out.store(LoadsAndStores.store(size(e)), update.emit(e, old, e.slotM()), n, 0);
        if (e.rd() != 31) {
            e.out.mov(e.rd(), old);
        }
    }

    private static Update binary(final int opcode) {
        return (e, old, operand) -> {
            final int t = e.temp();
            e.out.alu(opcode, t, old, operand);
            return t;
        };
    }

    private static int clear(final A64Emitter e, final int old, final int operand) {
        final int t = e.temp();
        e.out.unary(Op.NOT, t, operand);
        e.out.alu(Op.AND, t, old, t);
        return t;
    }

    /** The greater or smaller of both as numbers of the access size. */
    private static Update choose(final boolean signed, final boolean greater) {
        return (e, old, operand) -> {
            final int a = lowBits(e, old, signed);
            final int b = lowBits(e, operand, signed);
            final int less = e.temp();
            e.out.alu(signed ? Op.LTS : Op.LTU, less, a, b);
            final int t = e.temp();
            e.out.select(t, less, greater ? b : a, greater ? a : b);
            return t;
        };
    }
}
