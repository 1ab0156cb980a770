package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;
import static org.kernelentry.isa.aarch32.Bits.signed;

import org.kernelentry.isa.DecodeTable;

/** 32-bit T32 branches and miscellaneous control. DDI 0406C A6.3.4. */
final class T32Branches {
    private T32Branches() {}

    static void add(final DecodeTable<Emitter> t) {
        t.row("1111 0011 1000 nnnn 1000 ffff 0000 0000", "MSR (register)", T32Branches::msr);
        t.row("1111 0011 1010 1111 1000 0000 oooo oooo", "hints", SystemRegisters::hint);
        t.row("1111 0011 1010 1111 1000 0oom maif mmmm", "CPS", SystemRegisters::hint);
        t.row("1111 0011 1011 1111 1000 1111 0010 1111", "CLREX", LoadStore::clearExclusive);
        t.row("1111 0011 1011 1111 1000 1111 0100 oooo", "DSB", SystemRegisters::hint);
        t.row("1111 0011 1011 1111 1000 1111 0101 oooo", "DMB", SystemRegisters::hint);
        t.row("1111 0011 1011 1111 1000 1111 0110 oooo", "ISB", SystemRegisters::hint);
        t.row("1111 0011 1100 mmmm 1000 1111 0000 0000", "BXJ", (e, i) -> e.bxWritePc(e.read(bits(i, 19, 16))));
        t.row("1111 0011 1110 1111 1000 dddd 0000 0000", "MRS", T32Branches::mrs);
        t.row("1111 0-11 1--- ---- 10-0 ---- ---- ----", "unallocated", (e, i) -> e.undefined());
        t.row("1111 0scc ccii iiii 10j0 jiii iiii iiii", "B (conditional)", T32Branches::branchIf);
        t.row("1111 0sii iiii iiii 10j1 jiii iiii iiii", "B", T32Branches::branch);
        t.row("1111 0sii iiii iiii 11j1 jiii iiii iiii", "BL", T32Branches::branchLink);
        t.row("1111 0sii iiii iiii 11j0 jiii iiii iii0", "BLX (immediate)", T32Branches::branchLinkExchange);
    }

    private static void msr(final Emitter e, final int i) {
        if (bits(i, 19, 16) == Emitter.PC) {
            e.undefined();
            return;
        }
        SystemRegisters.writeStatus(e, bits(i, 11, 8), bits(i, 19, 16));
    }

    private static void mrs(final Emitter e, final int i) {
        SystemRegisters.readStatus(e, bits(i, 11, 8));
    }

    private static void branchIf(final Emitter e, final int i) {
        if (e.inItBlock()) {
            e.undefined();
            return;
        }
        final int offset = bits(i, 26, 26) << 20
                | bits(i, 11, 11) << 19
                | bits(i, 13, 13) << 18
                | bits(i, 21, 16) << 12
                | bits(i, 10, 0) << 1;
        e.out.jumpIf(bits(i, 25, 22), Bits.u32(e.pcValue() + signed(offset, 21)));
    }

    /** The 25-bit offset of B, BL and BLX: J1 and J2 are stored as the exclusive or with the sign, inverted. */
    private static int offset25(final int i) {
        final int s = bits(i, 26, 26);
        final int i1 = ~(bits(i, 13, 13) ^ s) & 1;
        final int i2 = ~(bits(i, 11, 11) ^ s) & 1;
        return signed(s << 24 | i1 << 23 | i2 << 22 | bits(i, 25, 16) << 12 | bits(i, 10, 0) << 1, 25);
    }

    private static void branch(final Emitter e, final int i) {
        e.jump(e.pcValue() + offset25(i));
    }

    private static void branchLink(final Emitter e, final int i) {
        e.out.constant(Emitter.LR, e.next | 1);
        e.jump(e.pcValue() + offset25(i));
    }

    private static void branchLinkExchange(final Emitter e, final int i) {
        if (bit(i, 0)) {
            e.undefined();
            return;
        }
        e.out.constant(Emitter.LR, e.next | 1);
        e.jumpMode(e.alignedPc() + offset25(i), A32Regs.MODE_A32);
    }
}
