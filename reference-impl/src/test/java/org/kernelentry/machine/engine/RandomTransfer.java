package org.kernelentry.machine.engine;

import java.util.Random;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.Op;

/** Random operations as instructions have them that load or store several registers, with what must keep them apart now and then. */
final class RandomTransfer {
    private static final int[] WIDTHS = {Op.LD32U, Op.LD64, Op.ST32, Op.ST64};

    private final RandomIsa.Instruction in;
    private final Random random;
    private final BlockBuilder out;
    private final int register;
    /** Addresses are cut to 32 bits, each of its own, as on ia32. */
    private final boolean cut;

    private final boolean stores;
    private final int opcode;
    private final int bits;

    RandomTransfer(final RandomIsa.Instruction in, final Random random, final BlockBuilder out) {
        this.in = in;
        this.random = random;
        this.out = out;
        // Mostly the same, so that several go together.
        this.register = once(4) ? random.nextInt(RandomIsa.ADDRESSES) : 1;
        this.cut = once(3);
        this.opcode = once(2) ? Op.LD64 : WIDTHS[random.nextInt(WIDTHS.length)];
        this.stores = opcode >= Op.ST8;
        this.bits = 1;
    }

    private boolean once(final int in) {
        return random.nextInt(in) == 0;
    }

    void emit() {
        int base = register;
        if (cut && once(4)) {
            out.alui(Op.ORI, register, register, 1L << 40);
        }
        if (!cut && once(2)) {
            base = in.temp();
            out.alui(once(2) ? Op.ADDI : Op.ADDI32, base, register, random.nextInt(33) - 16);
        }
        final int count = 1 + random.nextInt(5);
        final int[] loaded = new int[count];
        for (int k = 0; k < count; k++) {
            if (once(k == 0 ? 2 : 6)) {
                check(once(12) ? random.nextInt(RandomIsa.ADDRESSES) : base);
            }
            if (stores && once(4)) {
                out.probeWrite(base, 8L * k, once(8) ? 100 : 8);
            }
            final boolean skipped = !cut && once(10);
            // Under a skip no temporary may be written first.
            loaded[k] = skipped || stores || once(3) ? in.source() : in.temp();
            loaded[k] = stores && once(4) ? register : loaded[k];
            final int skip = skipped ? out.skipIf(random.nextInt(Cond.NP + 1)) : 0;
            access(loaded[k], once(12) ? register : base, once(8) ? 3 : 8L * k);
            if (skipped) {
                out.bind(skip);
            }
            if (once(cut ? 2 : 8)) {
                out.alui(cut ^ once(8) ? Op.ADDI32 : Op.ADDI, register, register, random.nextInt(33) - 16);
            }
        }
        results(loaded);
        if (once(4)) {
            out.alui(Op.ADDI, in.register(), base, 1);
        }
    }

    private void check(final int of) {
        final int odd = in.temp();
        out.alui(Op.ANDI, odd, of, once(12) ? 8 : bits);
        final int skip = out.skipIfZero(odd);
        out.op(Op.EXIT, CpuExit.TRAP, of, 0, 0x6660);
        out.bind(skip);
    }

    private void access(final int slot, final int base, final long offset) {
        final int now = once(12) ? (stores ? Op.ST8 + random.nextInt(4) : Op.LD8U + random.nextInt(7)) : opcode;
        int address = base;
        long displacement = offset;
        if (cut && base == register) {
            // Not a temporary of its own, as there are few.
            address = in.temp();
            out.alui(Op.ADDI32, address, register, offset);
            displacement = 0;
        }
        if (now < Op.ST8) {
            out.load(now, slot, address, displacement);
        } else {
            out.store(now, slot, address, displacement);
        }
    }

    /** What was loaded goes to its registers, not always once, not always all of it. */
    private void results(final int[] loaded) {
        if (stores) {
            return;
        }
        for (final int slot : loaded) {
            if (!once(6)) {
                out.mov(once(8) ? register : in.register(), slot);
            }
            if (once(8)) {
                out.alu(Op.ADD, in.register(), slot, register);
            }
        }
        if (once(3)) {
            out.alui(Op.ADDI32, register, register, 8);
        }
    }
}
