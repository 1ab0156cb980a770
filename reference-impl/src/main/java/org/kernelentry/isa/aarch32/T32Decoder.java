package org.kernelentry.isa.aarch32;

import java.util.Set;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.memory.CodeWindow;

/** T32: lengths, IT blocks and the way to the tables. DDI 0406C A6. */
final class T32Decoder {
    /** A6.2, 16-bit encodings. */
    static final DecodeTable<Emitter> NARROW = T32Narrow.table();
    /** A6.3, 32-bit encodings, the first halfword in the upper half. */
    static final DecodeTable<Emitter> WIDE = wide();

    private static final int FIRST_WIDE = 0xe800;

    private T32Decoder() {}

    private static DecodeTable<Emitter> wide() {
        final DecodeTable<Emitter> t = new DecodeTable<>(32, 20);
        // Its loads and stores stand where a signed store would be.
        NeonTable.add(t, true);
        T32LoadStore.add(t);
        T32DataProcessing.addShifted(t);
        T32Branches.add(t);
        T32DataProcessing.addImmediate(t);
        T32Registers.add(t);
        Vfp.add(t, "1110");
        VfpMoves.add(t, "1110");
        t.row("1110 1110 ooo0 nnnn tttt 1111 ppp1 mmmm", "MCR p15", SystemRegisters::writeCp15);
        t.row("1110 1110 ooo1 nnnn tttt 1111 ppp1 mmmm", "MRC p15", SystemRegisters::readCp15);
        return t;
    }

    static void decode(
            final CodeWindow code,
            final int mode,
            final BlockBuilder out,
            final A32Regs regs,
            final int helperBase,
            final Set<A32Feature> features) {
        final int first = code.u16();
        final boolean isWide = first >= FIRST_WIDE;
        final int insn = isWide ? first << 16 | code.u16() : first;
        final Emitter e = new Emitter(out, regs, code.pc(), code.next(), mode, helperBase, features);
        final DecodeTable<Emitter> table = isWide ? WIDE : NARROW;
        if (e.it == 0) {
            e.decodeBy(table, insn);
            return;
        }
        // Inside an IT block every instruction is a block of its own, because the mode behind it differs.
        final int cond = e.it >> 4;
        if (cond >= Emitter.AL || T32Narrow.ignoresIt(first)) {
            e.decodeBy(table, insn);
        } else {
            final int fails = out.skipIf(Cond.not(cond));
            e.decodeBy(table, insn);
            out.bind(fails);
        }
        e.jumpMode((int) e.next, e.modeAfter());
    }
}
