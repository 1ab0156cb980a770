package org.kernelentry.isa.aarch32;

import java.util.List;

/** Assembles guest programs for A32. DDI 0406C A8. */
public final class A32Assembler extends A32T32Assembler {
    private static final int AL = ALWAYS << 28;

    private final boolean oabi;

    /**
     * @param origin address of the first byte, a multiple of 4
     * @param oabi whether the old ABI's entry is offered as well
     */
    public A32Assembler(final long origin, final boolean oabi) {
        super(origin);
        this.oabi = oabi;
    }

    @Override
    public List<String> entries() {
        return oabi ? List.of("oabi", "svc") : List.of("svc");
    }

    private static int wide(final int d, final int imm16) {
        return imm16 >>> 12 << 16 | d << 12 | imm16 & 0xfff;
    }

    @Override
    void movw(final int d, final int imm16) {
        word(AL | 0x0300_0000 | wide(d, imm16));
    }

    @Override
    void movt(final int d, final int imm16) {
        word(AL | 0x0340_0000 | wide(d, imm16));
    }

    @Override
    void mov(final int d, final int m) {
        word(AL | DataProcessing.MOV << 21 | d << 12 | m);
    }

    @Override
    void alu(final int operation, final int d, final int n, final int m) {
        word(AL | operation << 21 | n << 16 | d << 12 | m);
    }

    @Override
    void shift(final int type, final int d, final int m, final int amount) {
        word(AL | DataProcessing.MOV << 21 | d << 12 | amount << 7 | type << 5 | m);
    }

    @Override
    void cmp(final int n, final int m) {
        word(AL | DataProcessing.CMP << 21 | 1 << 20 | n << 16 | m);
    }

    @Override
    void access(final boolean load, final int size, final int t, final int n, final int offset) {
        final int operands = (load ? 1 << 20 : 0) | n << 16 | t << 12;
        if (size == 2) {
            word(AL | 0x01c0_00b0 | operands | offset >>> 4 << 8 | offset & 0xf);
        } else {
            word(AL | 0x0580_0000 | (size == 1 ? 1 << 22 : 0) | operands | offset);
        }
    }

    @Override
    void push(final int list) {
        // STMDB sp!; a single register has an encoding of its own.
        word(AL
                | (Integer.bitCount(list) == 1
                        ? 0x052d_0004 | Integer.numberOfTrailingZeros(list) << 12
                        : 0x092d_0000 | list));
    }

    @Override
    void pop(final int list) {
        word(AL
                | (Integer.bitCount(list) == 1
                        ? 0x049d_0004 | Integer.numberOfTrailingZeros(list) << 12
                        : 0x08bd_0000 | list));
    }

    @Override
    void bx(final int m) {
        word(AL | 0x012f_ff10 | m);
    }

    @Override
    void svc(final int immediate) {
        word(AL | 0x0f00_0000 | immediate);
    }

    @Override
    void mrs(final int d) {
        word(AL | 0x010f_0000 | d << 12);
    }

    @Override
    void branchPlace(final Patch patch, final int cond) {
        word(cond << 28 | (patch == Patch.BRANCH_LINK ? 0x0b00_0000 : 0x0a00_0000));
    }

    @Override
    byte[] patched(final byte[] code, final int at, final Patch patch, final long pc, final long target) {
        if (patch == Patch.ADDRESS) {
            final int d = code[at + 1] >> 4 & 0xf;
            final A32Assembler pair = new A32Assembler(pc, oabi);
            pair.movw(d, (int) target & 0xffff);
            pair.movt(d, (int) target >>> 16);
            return pair.finish();
        }
        final long words = target - (pc + 8) >> 2;
        if (words != (int) words << 8 >> 8) {
            throw tooFar(pc, target);
        }
        return new byte[] {(byte) words, (byte) (words >> 8), (byte) (words >> 16), code[at + 3]};
    }

    @Override
    public void nop() {
        word(0xe320_f000);
    }

    /** The undefined encoding that Linux takes for a breakpoint. */
    @Override
    public void breakpoint() {
        word(0xe7f0_01f0);
    }

    @Override
    public void undefined() {
        word(0xe7f0_00f0);
    }
}
