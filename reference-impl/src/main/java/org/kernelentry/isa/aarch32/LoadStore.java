package org.kernelentry.isa.aarch32;

import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;

/**
 * Loads and stores of one or two registers, exclusives and SWP. Registers change only after the last access.
 *
 * <p>Words, halfwords and bytes may lie anywhere (SCTLR.A is 0 under Linux); doublewords, exclusives and SWP must be aligned.
 */
final class LoadStore {
    private LoadStore() {}

    /** What is moved. */
    enum Width {
        BYTE(Op.LD8U, Op.ST8, 1),
        SIGNED_BYTE(Op.LD8S, Op.ST8, 1),
        HALF(Op.LD16U, Op.ST16, 2),
        SIGNED_HALF(Op.LD16S, Op.ST16, 2),
        WORD(Op.LD32U, Op.ST32, 4);

        final int load;
        final int store;
        final int bytes;

        Width(final int load, final int store, final int bytes) {
            this.load = load;
            this.store = store;
            this.bytes = bytes;
        }

        boolean signed() {
            return this == SIGNED_BYTE || this == SIGNED_HALF;
        }
    }

    /** How an address is formed: P (index) and W of the encodings, post-indexed forms always write back. */
    record Mode(boolean index, boolean writeback) {
        static final Mode OFFSET = new Mode(true, false);

        static Mode of(final boolean p, final boolean w) {
            return new Mode(p, !p || w);
        }
    }

    /** The address of an access, and the base's new value when it is written back. */
    private record Address(int slot, int updated) {}

    private static Address address(final int n, final int offsetAddress, final Mode mode) {
        return new Address(mode.index ? offsetAddress : n, mode.writeback ? offsetAddress : Emitter.NONE);
    }

    /** Slot of base {@code n} plus a constant. */
    static int offset(final Emitter e, final int n, final int displacement) {
        return e.plus(e.readBase(n), displacement);
    }

    /** Slot of base {@code n} plus or minus a shifted register. */
    static int offset(final Emitter e, final int n, final boolean add, final int operand) {
        final int t = e.out.temp();
        e.out.alu(add ? Op.ADD32 : Op.SUB32, t, e.readBase(n), operand);
        return t;
    }

    private static boolean badWriteback(final int n, final Mode mode) {
        return mode.writeback && n == Emitter.PC;
    }

    /** Register t = memory; {@code offsetAddress} is the slot of base plus offset. */
    static void load(
            final Emitter e, final Width width, final int t, final int n, final int offsetAddress, final Mode mode) {
        if (badWriteback(n, mode)) {
            e.undefined();
            return;
        }
        final Address at = address(e.readBase(n), offsetAddress, mode);
        final int value = mode.writeback || t == Emitter.PC ? e.out.temp() : t;
        loadValue(e, width, value, at.slot, 0);
        commit(e, n, at);
        e.writeLoaded(t, value);
    }

    private static void loadValue(
            final Emitter e, final Width width, final int value, final int address, final int displacement) {
        e.out.load(width.load, value, address, displacement);
        if (width.signed()) {
            e.out.unary(Op.ZX32, value, value);
        }
    }

    /** Memory = register t. */
    static void store(
            final Emitter e, final Width width, final int t, final int n, final int offsetAddress, final Mode mode) {
        if (badWriteback(n, mode)) {
            e.undefined();
            return;
        }
        final Address at = address(e.readBase(n), offsetAddress, mode);
        e.out.store(width.store, e.read(t), at.slot, 0);
        commit(e, n, at);
    }

    private static void commit(final Emitter e, final int n, final Address at) {
        if (at.updated != Emitter.NONE) {
            e.out.mov(n, at.updated);
        }
    }

    private static boolean badDual(final int t, final int t2, final int n, final Mode mode) {
        final boolean pc = t == Emitter.PC || t2 == Emitter.PC;
        return badWriteback(n, mode) || pc || mode.writeback && (n == t || n == t2);
    }

    /** LDRD: registers t and t2 = doubleword. */
    static void loadDual(
            final Emitter e, final int t, final int t2, final int n, final int offsetAddress, final Mode mode) {
        if (badDual(t, t2, n, mode) || t == t2) {
            e.undefined();
            return;
        }
        final Address at = address(e.readBase(n), offsetAddress, mode);
        e.checkAligned(at.slot, 4);
        final int first = e.out.temp();
        final int second = e.out.temp();
        e.out.load(Op.LD32U, first, at.slot, 0);
        e.out.load(Op.LD32U, second, at.slot, 4);
        commit(e, n, at);
        e.out.mov(t, first);
        e.out.mov(t2, second);
    }

    /** STRD. */
    static void storeDual(
            final Emitter e, final int t, final int t2, final int n, final int offsetAddress, final Mode mode) {
        if (badDual(t, t2, n, mode)) {
            e.undefined();
            return;
        }
        final Address at = address(e.readBase(n), offsetAddress, mode);
        e.checkAligned(at.slot, 4);
        e.out.store(Op.ST32, t, at.slot, 0);
        e.out.store(Op.ST32, t2, at.slot, 4);
        commit(e, n, at);
    }

    /** PLD, PLDW, PLI: hints without effect. */
    static void preload(final Emitter e, final int insn) {
        // Nothing: there is no cache to fill.
    }

    // ---- exclusives

    /** LDREX family: register t (and t2 when it is one) = memory at register n + displacement, and marks it exclusive. */
    static void loadExclusive(
            final Emitter e, final Width width, final int t, final int t2, final int n, final int displacement) {
        if (e.bad(t) || e.bad(t2) || t == t2 || n == Emitter.PC) {
            e.undefined();
            return;
        }
        final BlockBuilder out = e.out;
        final boolean dual = t2 != Emitter.NONE;
        final int bytes = dual ? 8 : width.bytes;
        final int address = e.plus(n, displacement);
        e.checkAligned(address, bytes);
        final int tag = exclusiveTag(e, address, bytes);
        final int first = out.temp();
        out.load(width.load, first, address, 0);
        if (dual) {
            final int second = out.temp();
            out.load(Op.LD32U, second, address, 4);
            out.mov(e.regs.exclusiveValue + 1, second);
            out.mov(t2, second);
        }
        out.mov(e.regs.exclusiveValue, first);
        out.mov(e.regs.exclusive, tag);
        out.mov(t, first);
    }

    private static int exclusiveTag(final Emitter e, final int address, final int bytes) {
        final int tag = e.out.temp();
        e.out.alui(Op.ORI, tag, address, (long) bytes << 32);
        return tag;
    }

    /**
     * STREX family: stores when the monitor still holds the address and memory still holds what was loaded, else changes nothing;
     * register d = 0 or 1.
     */
    static void storeExclusive(
            final Emitter e,
            final Width width,
            final int d,
            final int t,
            final int t2,
            final int n,
            final int displacement) {
        if (e.bad(t) || e.bad(t2) || n == Emitter.PC || e.bad(d) || d == t || d == t2 || d == n) {
            e.undefined();
            return;
        }
        final BlockBuilder out = e.out;
        final boolean dual = t2 != Emitter.NONE;
        final int bytes = dual ? 8 : width.bytes;
        final int address = e.plus(n, displacement);
        e.checkAligned(address, bytes);
        final int same = out.temp();
        out.alu(Op.EQ, same, exclusiveTag(e, address, bytes), e.regs.exclusive);
        final int otherAddress = out.skipIfZero(same);
        final int now = out.temp();
        out.load(width.load, now, address, 0);
        out.alu(Op.EQ, same, now, e.regs.exclusiveValue);
        final int otherValue = out.skipIfZero(same);
        if (dual) {
            out.load(Op.LD32U, now, address, 4);
            out.alu(Op.EQ, same, now, e.regs.exclusiveValue + 1);
            final int otherSecond = out.skipIfZero(same);
            out.store(Op.ST32, t, address, 0);
            out.store(Op.ST32, t2, address, 4);
            out.bind(otherSecond);
        } else {
            out.store(width.store, t, address, 0);
        }
        out.bind(otherAddress);
        out.bind(otherValue);
        out.alui(Op.XORI, d, same, 1);
        clearExclusive(e, 0);
    }

    static void clearExclusive(final Emitter e, final int insn) {
        e.out.constant(e.regs.exclusive, A32Regs.NOT_EXCLUSIVE);
    }

    /** SWP, SWPB: register t = memory, memory = register m. */
    static void swap(final Emitter e, final Width width, final int t, final int m, final int n) {
        if (t == Emitter.PC || m == Emitter.PC || n == Emitter.PC || n == t || n == m) {
            e.undefined();
            return;
        }
        if (width == Width.WORD) {
            e.checkAligned(n, 4);
        }
        final int old = e.out.temp();
        e.out.load(width.load, old, n, 0);
        e.out.store(width.store, m, n, 0);
        e.out.mov(t, old);
    }
}
