package org.kernelentry.x86.decode;

import org.kernelentry.isa.simd.Lanes;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.x86.X86Regs;

/** Moves of MMX and XMM registers: plain loads, stores and copies of their slots. */
final class VectorMoves {
    static final Row.Meaning MASKMOVQ = maskMove((s, d, a, b) -> store(s, s.r[d], s.r[a], s.r[b]));
    static final Row.Meaning MASKMOVDQU = maskMove(VectorMoves::storeBoth);

    private VectorMoves() {}

    /** 128 bits. */
    static void mov(final Insn i) {
        if (i.operands.isMemory(0)) {
            Vectors.store(i, 0, Vectors.register(i, 1), 128);
            return;
        }
        final int source = Vectors.read(i, 1);
        final int d = Vectors.register(i, 0);
        i.out.mov(d, source);
        i.out.mov(d + 1, source + 1);
    }

    /** MOVSS, MOVSD: a load clears the rest of the register, a move between registers keeps it. */
    static void movScalar(final Insn i) {
        final int width = Math.min(i.operands.width(0), i.operands.width(1));
        if (i.operands.isMemory(0)) {
            Vectors.store(i, 0, Vectors.register(i, 1), width);
            return;
        }
        final int source = Vectors.read(i, 1);
        final int d = Vectors.register(i, 0);
        if (i.memory) {
            i.out.mov(d, source);
            i.out.constant(d + 1, 0);
        } else if (width == 32) {
            i.out.insert(d, source, 0, 32);
        } else {
            i.out.mov(d, source);
        }
    }

    /** MOVQ: the upper half is cleared. */
    static void movQuad(final Insn i) {
        if (i.operands.isMemory(0)) {
            Vectors.store(i, 0, Vectors.register(i, 1), 64);
            return;
        }
        final int source = Vectors.read(i, 1);
        final int d = Vectors.register(i, 0);
        i.out.mov(d, source);
        i.out.constant(d + 1, 0);
        if (i.operands.at(1).place == Operand.Place.MMX_RM) {
            enterMmx(i);
        }
    }

    static void movLow(final Insn i) {
        i.out.mov(Vectors.register(i, 0), Vectors.read(i, 1));
    }

    static void movHigh(final Insn i) {
        i.out.mov(Vectors.register(i, 0) + 1, Vectors.read(i, 1));
    }

    static void movHighToLow(final Insn i) {
        i.out.mov(Vectors.register(i, 0), Vectors.register(i, 1) + 1);
    }

    static void storeLow(final Insn i) {
        Vectors.store(i, 0, Vectors.register(i, 1), 64);
    }

    static void storeHigh(final Insn i) {
        Vectors.store(i, 0, Vectors.register(i, 1) + 1, 64);
    }

    // ---- MMX

    private static void enterMmx(final Insn i) {
        i.out.helper(VectorHelpers.ENTER_MMX, 0, 0, 0);
    }

    private static void writeMmx(final Insn i, final int n, final int source) {
        final int d = Vectors.register(i, n);
        i.out.mov(d, source);
        i.out.constant(d + 1, 0xffff);
        enterMmx(i);
    }

    /** MOVQ, MOVNTQ, MOVDQ2Q. */
    static void movMmx(final Insn i) {
        if (i.operands.isMemory(0)) {
            Vectors.store(i, 0, Vectors.register(i, 1), 64);
            enterMmx(i);
        } else {
            writeMmx(i, 0, Vectors.read(i, 1));
        }
    }

    /** MOVD, MOVQ from a general register or memory. */
    static void movFromGeneral(final Insn i) {
        final int source = i.operands.readZeroExtended(1);
        if (i.operands.at(0) == Operand.Pq) {
            writeMmx(i, 0, source);
        } else {
            final int d = Vectors.register(i, 0);
            i.out.mov(d, source);
            i.out.constant(d + 1, 0);
        }
    }

    /** MOVD, MOVQ to a general register or memory. */
    static void movToGeneral(final Insn i) {
        i.operands.write(0, Vectors.register(i, 1));
        if (i.operands.at(1) == Operand.Pq) {
            enterMmx(i);
        }
    }

    // ---- signs

    private static long signs(final int size, final long word) {
        long result = 0;
        for (int n = 0; n < Lanes.count(size); n++) {
            result |= (Lanes.signed(size, word, n) >>> 63) << n;
        }
        return result;
    }

    /** MOVMSKPS, MOVMSKPD, PMOVMSKB: the signs of all lanes. */
    static Row.Meaning mask(final int size) {
        return Vectors.whole((s, d, a, imm) ->
                s.r[d] = signs(size, s.r[a]) | signs(size, s.r[a + 1]) << Lanes.count(size));
    }

    static Row.Meaning maskMmx() {
        return Vectors.wholeMmx((s, d, a, imm) -> s.r[d] = signs(0, s.r[a]));
    }

    // ---- stores under a mask

    /** MASKMOVQ, MASKMOVDQU: to DS:rDI, or another segment that a prefix names. */
    private static Row.Meaning maskMove(final Helper helper) {
        final int number = VectorHelpers.add(helper);
        return i -> {
            final BlockBuilder out = i.out;
            final int address = out.temp();
            out.mov(address, i.operands.addSegment(i.operands.addressRegister(X86Regs.RDI), i.segment));
            if (i.operands.at(0) == Operand.Pq) {
                enterMmx(i);
            }
            // Also for bytes that the mask leaves alone.
            i.operands.checkAlignment(Long.BYTES, address, 0);
            out.helper(number, Vectors.register(i, 0), Vectors.register(i, 1), address);
        };
    }

    private static void storeBoth(final CpuState s, final int d, final int a, final int b) {
        probe(s, s.r[a], s.r[b]);
        probe(s, s.r[a + 1], s.r[b] + Long.BYTES);
        store(s, s.r[d], s.r[a], s.r[b]);
        store(s, s.r[d + 1], s.r[a + 1], s.r[b] + Long.BYTES);
    }

    private static void probe(final CpuState s, final long mask, final long address) {
        for (int n = 0; n < Long.BYTES; n++) {
            if (Lanes.signed(0, mask, n) < 0) {
                s.memory.probeWrite(address + n, 1);
            }
        }
    }

    private static void store(final CpuState s, final long data, final long mask, final long address) {
        probe(s, mask, address);
        for (int n = 0; n < Long.BYTES; n++) {
            if (Lanes.signed(0, mask, n) < 0) {
                s.memory.store8(address + n, (int) Lanes.unsigned(0, data, n));
            }
        }
    }
}
