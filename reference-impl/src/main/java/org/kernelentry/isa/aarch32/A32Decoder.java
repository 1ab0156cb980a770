package org.kernelentry.isa.aarch32;

import static org.kernelentry.isa.aarch32.Bits.bit;
import static org.kernelentry.isa.aarch32.Bits.bits;
import static org.kernelentry.isa.aarch32.Bits.signed;

import java.util.Set;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.memory.CodeWindow;

/** A32: conditions, branches and the way to the tables. DDI 0406C A5. */
final class A32Decoder {
    /** A5.1, cond other than 1111. */
    static final DecodeTable<Emitter> CONDITIONAL = conditional();
    /** A5.7, cond 1111. */
    static final DecodeTable<Emitter> UNCONDITIONAL = unconditional();

    private static final int NEVER = 15;

    private A32Decoder() {}

    private static DecodeTable<Emitter> conditional() {
        final DecodeTable<Emitter> t = new DecodeTable<>(32, 20);
        A32DataProcessing.addMiscellaneous(t);
        A32Multiply.add(t);
        A32LoadStore.addExclusivesAndExtra(t);
        A32DataProcessing.add(t);
        A32Media.add(t);
        A32LoadStore.add(t);
        t.row("cccc 1010 iiii iiii iiii iiii iiii iiii", "B", A32Decoder::branch);
        t.row("cccc 1011 iiii iiii iiii iiii iiii iiii", "BL", A32Decoder::branchLink);
        Vfp.add(t, "cccc");
        VfpMoves.add(t, "cccc");
        t.row("cccc 1110 ooo0 nnnn tttt 1111 ppp1 mmmm", "MCR p15", SystemRegisters::writeCp15);
        t.row("cccc 1110 ooo1 nnnn tttt 1111 ppp1 mmmm", "MRC p15", SystemRegisters::readCp15);
        t.row("cccc 1111 iiii iiii iiii iiii iiii iiii", "SVC", (e, i) -> e.supervisorCall(bits(i, 23, 0)));
        return t;
    }

    private static DecodeTable<Emitter> unconditional() {
        final DecodeTable<Emitter> t = new DecodeTable<>(32, 20);
        // In user mode CPS changes nothing and is not refused.
        t.row("1111 0001 0000 oom0 0000 000a if0m mmmm", "CPS", SystemRegisters::hint);
        t.row("1111 0101 ur01 nnnn 1111 iiii iiii iiii", "PLD (immediate)", LoadStore::preload);
        t.row("1111 0100 u101 nnnn 1111 iiii iiii iiii", "PLI (immediate)", LoadStore::preload);
        t.row("1111 0111 ur01 nnnn 1111 iiii itt0 mmmm", "PLD (register)", LoadStore::preload);
        t.row("1111 0110 u101 nnnn 1111 iiii itt0 mmmm", "PLI (register)", LoadStore::preload);
        t.row("1111 0101 0111 1111 1111 0000 0001 1111", "CLREX", LoadStore::clearExclusive);
        t.row("1111 0101 0111 1111 1111 0000 0100 oooo", "DSB", SystemRegisters::hint);
        t.row("1111 0101 0111 1111 1111 0000 0101 oooo", "DMB", SystemRegisters::hint);
        t.row("1111 0101 0111 1111 1111 0000 0110 oooo", "ISB", SystemRegisters::hint);
        t.row("1111 101h iiii iiii iiii iiii iiii iiii", "BLX (immediate)", A32Decoder::branchLinkExchange);
        NeonTable.add(t, false);
        return t;
    }

    static void decode(
            final CodeWindow code,
            final int mode,
            final BlockBuilder out,
            final A32Regs regs,
            final int helperBase,
            final Set<A32Feature> features) {
        final int insn = code.s32();
        final Emitter e = new Emitter(out, regs, code.pc(), code.next(), mode, helperBase, features);
        final int cond = insn >>> 28;
        if (cond == NEVER) {
            e.decodeBy(UNCONDITIONAL, insn);
        } else if (cond == Emitter.AL) {
            e.decodeBy(CONDITIONAL, insn);
        } else if (bits(insn, 27, 24) == 0b1010) {
            out.jumpIf(cond, Bits.u32(branchTarget(e, insn)));
        } else {
            // The intermediate form numbers the conditions as the architecture does.
            final int fails = out.skipIf(Cond.not(cond));
            e.decodeBy(CONDITIONAL, insn);
            out.bind(fails);
        }
    }

    private static int branchTarget(final Emitter e, final int insn) {
        return e.pcValue() + (signed(insn, 24) << 2);
    }

    private static void branch(final Emitter e, final int insn) {
        e.jump(branchTarget(e, insn));
    }

    private static void branchLink(final Emitter e, final int insn) {
        e.out.constant(Emitter.LR, e.next);
        e.jump(branchTarget(e, insn));
    }

    private static void branchLinkExchange(final Emitter e, final int insn) {
        e.out.constant(Emitter.LR, e.next);
        e.jumpMode(branchTarget(e, insn) | (bit(insn, 24) ? 2 : 0), A32Regs.MODE_T32);
    }
}
