package org.kernelentry.isa.aarch32;

import java.util.List;

/** Assembles guest programs for T32, with 32-bit encodings wherever they save a case. DDI 0406C A8. */
public final class T32Assembler extends A32T32Assembler {
    /** Operations of 32-bit data processing by register, by their numbers of {@link DataProcessing}. */
    private static final int AND_W = 0xea00;

    private static final int ORR_W = 0xea40;
    private static final int ADD_W = 0xeb00;
    private static final int SUB_W = 0xeba0;

    /** @param origin address of the first byte, a multiple of 2 */
    public T32Assembler(final long origin) {
        super(origin);
    }

    @Override
    public List<String> entries() {
        return List.of("svc");
    }

    private void wide(final int first, final int second) {
        halfword(first);
        halfword(second);
    }

    private void moveWide(final int opcode, final int d, final int imm16) {
        wide(opcode | imm16 >>> 1 & 0x400 | imm16 >>> 12, (imm16 & 0x700) << 4 | d << 8 | imm16 & 0xff);
    }

    @Override
    void movw(final int d, final int imm16) {
        moveWide(0xf240, d, imm16);
    }

    @Override
    void movt(final int d, final int imm16) {
        moveWide(0xf2c0, d, imm16);
    }

    @Override
    void mov(final int d, final int m) {
        halfword(0x4600 | (d & 8) << 4 | m << 3 | d & 7);
    }

    @Override
    void alu(final int operation, final int d, final int n, final int m) {
        final int opcode = switch (operation) {
            case DataProcessing.AND -> AND_W;
            case DataProcessing.ORR -> ORR_W;
            case DataProcessing.ADD -> ADD_W;
            case DataProcessing.SUB -> SUB_W;
            default -> throw new IllegalArgumentException("operation " + operation);
        };
        wide(opcode | n, d << 8 | m);
    }

    @Override
    void shift(final int type, final int d, final int m, final int amount) {
        wide(0xea4f, amount >>> 2 << 12 | d << 8 | (amount & 3) << 6 | type << 4 | m);
    }

    @Override
    void cmp(final int n, final int m) {
        wide(0xebb0 | n, 0x0f00 | m);
    }

    @Override
    void access(final boolean load, final int size, final int t, final int n, final int offset) {
        final int width = size == 1 ? 0 : size == 2 ? 0x20 : 0x40;
        wide(0xf880 | width | (load ? 0x10 : 0) | n, t << 12 | offset);
    }

    @Override
    void push(final int list) {
        if (Integer.bitCount(list) == 1) {
            // STR t, [sp, #-4]!
            wide(0xf84d, Integer.numberOfTrailingZeros(list) << 12 | 0xd04);
        } else {
            wide(0xe92d, list);
        }
    }

    @Override
    void pop(final int list) {
        if (Integer.bitCount(list) == 1) {
            wide(0xf85d, Integer.numberOfTrailingZeros(list) << 12 | 0xb04);
        } else {
            wide(0xe8bd, list);
        }
    }

    @Override
    void bx(final int m) {
        halfword(0x4700 | m << 3);
    }

    @Override
    void svc(final int immediate) {
        halfword(0xdf00 | immediate);
    }

    @Override
    void mrs(final int d) {
        wide(0xf3ef, 0x8000 | d << 8);
    }

    @Override
    void branchPlace(final Patch patch, final int cond) {
        switch (patch) {
            case BRANCH_IF -> wide(0xf000 | cond << 6, 0x8000);
            case BRANCH_LINK -> wide(0xf000, 0xd000);
            default -> wide(0xf000, 0x9000);
        }
    }

    @Override
    byte[] patched(final byte[] code, final int at, final Patch patch, final long pc, final long target) {
        final T32Assembler place = new T32Assembler(pc);
        if (patch == Patch.ADDRESS) {
            final int d = code[at + 3] & 0xf;
            place.movw(d, (int) target & 0xffff | 1);
            place.movt(d, (int) target >>> 16);
            return place.finish();
        }
        final int first = code[at] & 0xff | (code[at + 1] & 0xff) << 8;
        final int second = code[at + 2] & 0xff | (code[at + 3] & 0xff) << 8;
        final long offset = target - (pc + 4);
        final int reach = patch == Patch.BRANCH_IF ? 21 : 25;
        if (offset != (int) offset << 32 - reach >> 32 - reach) {
            throw tooFar(pc, target);
        }
        final int o = (int) offset;
        final int s = o >>> 31;
        final int low = o >>> 1 & 0x7ff;
        if (patch == Patch.BRANCH_IF) {
            place.wide(first | s << 10 | o >>> 12 & 0x3f, second | (o >>> 18 & 1) << 13 | (o >>> 19 & 1) << 11 | low);
        } else {
            final int j1 = ~(o >>> 23 ^ s) & 1;
            final int j2 = ~(o >>> 22 ^ s) & 1;
            place.wide(first | s << 10 | o >>> 12 & 0x3ff, second | j1 << 13 | j2 << 11 | low);
        }
        return place.finish();
    }

    @Override
    public void nop() {
        halfword(0xbf00);
    }

    /** The undefined encoding that Linux takes for a breakpoint. */
    @Override
    public void breakpoint() {
        halfword(0xde01);
    }

    @Override
    public void undefined() {
        halfword(0xde00);
    }
}
