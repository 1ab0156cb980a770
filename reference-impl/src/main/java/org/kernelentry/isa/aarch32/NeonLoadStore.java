package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;

import org.kernelentry.isa.simd.Lanes;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.AddressSpace;

/**
 * Loads and stores of elements and structures. DDI 0406C A7.7: type and size of several structures in bits 11:6, of one in bits 11:4;
 * Rm 15 is no writeback, 13 is writeback by what was moved.
 */
final class NeonLoadStore {
    private static final int NO_WRITEBACK = 15;
    private static final int BY_SIZE = 13;
    private static final int REGISTERS = 32;

    private final int multiple = Helpers.add(NeonLoadStore::moveMultiple);
    private final int single = Helpers.add(NeonLoadStore::moveSingle);
    private final int all = Helpers.add(NeonLoadStore::moveAll);

    private NeonLoadStore() {}

    static void add(final NeonTable t) {
        final NeonLoadStore rows = new NeonLoadStore();
        rows.addMultiple(t);
        rows.addSingle(t);
    }

    private void addMultiple(final NeonTable t) {
        final String[] types = {
            "0111", "1010", "0110", "0010", "1000", "1001", "0011", "0100", "0101", "0000", "0001",
        };
        for (final String type : types) {
            final int structure = structure(Integer.parseInt(type, 2));
            final String pattern = " nnnn dddd " + type + " zzaa mmmm";
            t.memory("0D10" + pattern, "VLD" + structure + " (multiple)", this::emitMultiple);
            t.memory("0D00" + pattern, "VST" + structure + " (multiple)", this::emitMultiple);
        }
    }

    private void addSingle(final NeonTable t) {
        for (int structure = 1; structure <= 4; structure++) {
            final String n =
                    bit(structure - 1, 1) ? bit(structure - 1, 0) ? "11" : "10" : bit(structure - 1, 0) ? "01" : "00";
            t.memory("1D10 nnnn dddd 11" + n + " zzTa mmmm", "VLD" + structure + " (all lanes)", this::emitAll);
            t.memory("1D10 nnnn dddd zz" + n + " iiii mmmm", "VLD" + structure + " (one lane)", this::emitSingle);
            t.memory("1D00 nnnn dddd zz" + n + " iiii mmmm", "VST" + structure + " (one lane)", this::emitSingle);
        }
    }

    // ---- what all have in common

    private static int d(final int i) {
        return Vfp.vd(i, true);
    }

    private static boolean loads(final int i) {
        return bit(i, 21);
    }

    /** @param alignment in bytes that the address must have */
    private static void emit(final Emitter e, final int helper, final int i, final int alignment, final int moved) {
        final int n = bits(i, 19, 16);
        final int m = bits(i, 3, 0);
        if (n == Emitter.PC) {
            e.undefined();
            return;
        }
        if (alignment > 1) {
            e.checkAligned(n, alignment);
        }
        e.vfp(helper, i, n);
        if (m == BY_SIZE) {
            e.out.alui(Op.ADDI32, n, n, moved);
        } else if (m != NO_WRITEBACK) {
            e.out.alu(Op.ADD32, n, n, m);
        }
    }

    private static long load(final AddressSpace memory, final int size, final long address) {
        return switch (size) {
            case 0 -> memory.load8(address);
            case 1 -> memory.load16(address);
            case 2 -> memory.load32(address);
            default -> memory.load64(address);
        };
    }

    private static void store(final AddressSpace memory, final int size, final long address, final long value) {
        switch (size) {
            case 0 -> memory.store8(address, (int) value);
            case 1 -> memory.store16(address, (int) value);
            case 2 -> memory.store32(address, (int) value);
            default -> memory.store64(address, value);
        }
    }

    private static long wrap(final long address) {
        return address & 0xffff_ffffL;
    }

    // ---- several structures

    private static int type(final int i) {
        return bits(i, 11, 8);
    }

    /** Elements of a structure, by type. */
    private static int structure(final int type) {
        return switch (type) {
            case 7, 10, 6, 2 -> 1;
            case 8, 9, 3 -> 2;
            case 4, 5 -> 3;
            default -> 4;
        };
    }

    /** Registers in a row that hold the same element. */
    private static int repeats(final int type) {
        return switch (type) {
            case 10, 3 -> 2;
            case 6 -> 3;
            case 2 -> 4;
            default -> 1;
        };
    }

    /** Distance of the registers of a structure. */
    private static int spacing(final int type) {
        return switch (type) {
            case 9, 5, 1, 3 -> 2;
            default -> 1;
        };
    }

    private void emitMultiple(final Emitter e, final int i) {
        final int type = type(i);
        final int align = bits(i, 5, 4);
        final int size = bits(i, 7, 6);
        final int structure = structure(type);
        // VLD1 of one or three registers and VLD3 know no 128-bit alignment, VLD1 of one no 256-bit one either.
        final boolean badAlign = (type == 7 || type == 6 || structure == 3) && bit(align, 1)
                || (type == 10 || type == 8 || type == 9) && align == 3;
        final int last =
                d(i) + (type == 3 ? 3 : (structure == 1 ? repeats(type) - 1 : (structure - 1) * spacing(type)));
        if (badAlign || structure > 1 && size == 3 || last >= REGISTERS) {
            e.undefined();
            return;
        }
        emit(e, multiple, i, align == 0 ? 1 : 4 << align, 8 * repeats(type) * structure);
    }

    /** Loads change registers only when all of memory has been read. */
    private static void moveMultiple(final VfpState v, final CpuState s, final int i, final int n) {
        final int type = type(i);
        final int size = bits(i, 7, 6);
        final int structure = structure(type);
        final int repeats = repeats(type);
        final int spacing = type == 3 ? 2 : spacing(type);
        final int lanes = Lanes.count(size);
        final boolean loads = loads(i);
        long address = s.r[n];
        final long[] words = new long[REGISTERS];
        final int d = d(i);
        for (int r = 0; r < repeats; r++) {
            for (int lane = 0; lane < lanes; lane++) {
                for (int k = 0; k < structure; k++) {
                    final int register = d + k * spacing + r;
                    if (loads) {
                        words[register] = Lanes.with(size, words[register], lane, load(s.memory, size, wrap(address)));
                    } else {
                        store(s.memory, size, wrap(address), Lanes.unsigned(size, v.d(s, register), lane));
                    }
                    address += Lanes.bits(size) / 8;
                }
            }
        }
        for (int r = 0; r < repeats && loads; r++) {
            for (int k = 0; k < structure; k++) {
                v.setD(s, d + k * spacing + r, words[d + k * spacing + r]);
            }
        }
    }

    // ---- one structure: index_align in bits 7:4

    private static int singleSize(final int i) {
        return bits(i, 11, 10);
    }

    private static int elements(final int i) {
        return bits(i, 9, 8) + 1;
    }

    private static int lane(final int i) {
        return bits(i, 7, 4) >> singleSize(i) + 1;
    }

    /** 2 where the index_align field says that every second register is meant. */
    private static int singleSpacing(final int i) {
        final int size = singleSize(i);
        return elements(i) > 1 && size > 0 && bit(bits(i, 7, 4), size) ? 2 : 1;
    }

    /** Bytes of alignment that the field asks for; 0 when the field is not allowed. */
    private static int singleAlignment(final int i) {
        final int size = singleSize(i);
        final int field = bits(i, 7, 4);
        final int bytes = 1 << size;
        switch (elements(i)) {
            case 1:
                return alignmentOfOne(size, field);
            case 2:
                return size == 2 && bit(field, 1) ? 0 : bit(field, 0) ? 2 * bytes : 1;
            case 3:
                // There is no alignment to ask for.
                return bit(field, 0) || size == 2 && bit(field, 1) ? 0 : 1;
            default:
                if (size == 2) {
                    final int align = field & 3;
                    return align == 3 ? 0 : align == 0 ? 1 : 4 << align;
                }
                return bit(field, 0) ? 4 * bytes : 1;
        }
    }

    private static int alignmentOfOne(final int size, final int field) {
        switch (size) {
            case 0:
                return bit(field, 0) ? 0 : 1;
            case 1:
                return bit(field, 1) ? 0 : bit(field, 0) ? 2 : 1;
            default:
                final int align = field & 7;
                return align == 0 ? 1 : align == 3 ? 4 : 0;
        }
    }

    private void emitSingle(final Emitter e, final int i) {
        final int alignment = singleSize(i) == 3 ? 0 : singleAlignment(i);
        if (alignment == 0 || d(i) + (elements(i) - 1) * singleSpacing(i) >= REGISTERS) {
            e.undefined();
            return;
        }
        emit(e, single, i, alignment, elements(i) << singleSize(i));
    }

    private static void moveSingle(final VfpState v, final CpuState s, final int i, final int n) {
        final int size = singleSize(i);
        final int lane = lane(i);
        final int spacing = singleSpacing(i);
        final long[] values = new long[4];
        for (int k = 0; k < elements(i); k++) {
            final long address = wrap(s.r[n] + ((long) k << size));
            if (loads(i)) {
                values[k] = load(s.memory, size, address);
            } else {
                store(s.memory, size, address, Lanes.unsigned(size, v.d(s, d(i) + k * spacing), lane));
            }
        }
        for (int k = 0; k < elements(i) && loads(i); k++) {
            final int register = d(i) + k * spacing;
            v.setD(s, register, Lanes.with(size, v.d(s, register), lane, values[k]));
        }
    }

    // ---- one structure to all lanes: size in 7:6, T in 5, a in 4

    private static int allSize(final int i) {
        return Math.min(bits(i, 7, 6), 2);
    }

    private static int allSpacing(final int i) {
        return elements(i) > 1 && bit(i, 5) ? 2 : 1;
    }

    /** VLD1 fills one or two registers, by T. */
    private static int allRegisters(final int i) {
        return elements(i) == 1 ? bits(i, 5, 5) + 1 : elements(i);
    }

    private static int allAlignment(final int i) {
        final int size = bits(i, 7, 6);
        final boolean aligned = bit(i, 4);
        switch (elements(i)) {
            case 1:
                return size == 3 || size == 0 && aligned ? 0 : aligned ? 1 << size : 1;
            case 2:
                return size == 3 ? 0 : aligned ? 2 << size : 1;
            case 3:
                return size == 3 || aligned ? 0 : 1;
            default:
                if (size == 3) {
                    return aligned ? 16 : 0;
                }
                return !aligned ? 1 : size == 2 ? 8 : 4 << size;
        }
    }

    private void emitAll(final Emitter e, final int i) {
        final int alignment = allAlignment(i);
        if (alignment == 0 || d(i) + (allRegisters(i) - 1) * allSpacing(i) >= REGISTERS) {
            e.undefined();
            return;
        }
        emit(e, all, i, alignment, elements(i) << allSize(i));
    }

    private static void moveAll(final VfpState v, final CpuState s, final int i, final int n) {
        final int size = allSize(i);
        final long[] values = new long[4];
        for (int k = 0; k < elements(i); k++) {
            values[k] = Lanes.replicate(size, load(s.memory, size, wrap(s.r[n] + ((long) k << size))));
        }
        for (int k = 0; k < allRegisters(i); k++) {
            v.setD(s, d(i) + k * allSpacing(i), values[elements(i) == 1 ? 0 : k]);
        }
    }
}
