package org.kernelentry.x86.decode;

/**
 * Operands in the notation of the Intel SDM, volume 2, appendix A.2: a capital letter for the place, small letters for the width.
 */
enum Operand {
    // E: register or memory, ModRM.rm
    Eb(Place.RM, Width.BYTE),
    Ew(Place.RM, Width.WORD),
    Ed(Place.RM, Width.DOUBLE),
    Ev(Place.RM, Width.BY_SIZE),
    Ey(Place.RM, Width.BY_REX),
    // V, W, U: XMM registers: ModRM.reg; ModRM.rm, register or memory; ModRM.rm, register
    Vx(Place.XMM_REG, Width.XMM),
    Wd(Place.XMM_RM, Width.DOUBLE),
    Wq(Place.XMM_RM, Width.QUAD),
    /** 128 bits, in memory aligned to them. */
    Wx(Place.XMM_RM, Width.XMM),
    /** 128 bits, in memory not aligned. */
    Wu(Place.XMM_RM, Width.XMM_UNALIGNED),
    // P, Q: MMX registers: ModRM.reg; ModRM.rm, register or memory
    Pq(Place.MMX_REG, Width.QUAD),
    Qd(Place.MMX_RM, Width.DOUBLE),
    Qq(Place.MMX_RM, Width.QUAD),
    /** Memory only: a register there is no instruction. */
    M(Place.MEMORY, Width.BY_SIZE),
    // x87: memory as an integer of 16, 32 or 64 bits, a single or a double, or 80 bits of which nobody needs the width
    Mw(Place.MEMORY, Width.WORD),
    Md(Place.MEMORY, Width.DOUBLE),
    Mq(Place.MEMORY, Width.QUAD),
    // G: register, ModRM.reg
    Gb(Place.REG, Width.BYTE),
    Gw(Place.REG, Width.WORD),
    Gv(Place.REG, Width.BY_SIZE),
    Gy(Place.REG, Width.BY_REX),
    // S: segment register, ModRM.reg
    Sw(Place.SEGMENT, Width.WORD),
    // Z: register, the low three bits of the opcode
    Zb(Place.OPCODE, Width.BYTE),
    Zv(Place.OPCODE, Width.BY_SIZE),
    // I: immediate. Iz is at most 32 bits, sign-extended; Iv is as wide as the operand; Ibs is a sign-extended byte
    Ib(Place.IMMEDIATE, Width.BYTE),
    Ibs(Place.IMMEDIATE, Width.BYTE),
    /** The second immediate of ENTER. */
    Ib2(Place.IMMEDIATE, Width.BYTE),
    Iw(Place.IMMEDIATE, Width.WORD),
    Iz(Place.IMMEDIATE, Width.BY_SIZE),
    Iv(Place.IMMEDIATE, Width.BY_SIZE),
    /** A far pointer in the code: offset, then selector. */
    Ap(Place.FAR, Width.BY_SIZE),
    // J: branch displacement
    Jb(Place.RELATIVE, Width.BYTE),
    Jz(Place.RELATIVE, Width.BY_SIZE),
    // O: memory at a constant address
    Ob(Place.OFFSET, Width.BYTE),
    Ov(Place.OFFSET, Width.BY_SIZE),
    // fixed registers and the constant 1
    AL(Place.FIXED, Width.BYTE),
    rAX(Place.FIXED, Width.BY_SIZE),
    CL(Place.FIXED_C, Width.BYTE),
    One(Place.ONE, Width.BYTE);

    enum Place {
        RM,
        MEMORY,
        REG,
        SEGMENT,
        OPCODE,
        IMMEDIATE,
        FAR,
        RELATIVE,
        OFFSET,
        FIXED,
        FIXED_C,
        ONE,
        XMM_REG,
        XMM_RM,
        MMX_REG,
        MMX_RM
    }

    enum Width {
        BYTE,
        WORD,
        DOUBLE,
        /** 16, 32 or 64 bits by the operand size. */
        BY_SIZE,
        /** 64 bits with REX.W, otherwise 32. */
        BY_REX,
        QUAD,
        /** 128 bits. */
        XMM,
        XMM_UNALIGNED
    }

    final Place place;
    final Width width;

    Operand(final Place place, final Width width) {
        this.place = place;
        this.width = width;
    }

    boolean isMmx() {
        return place == Place.MMX_REG || place == Place.MMX_RM;
    }

    boolean usesModRm() {
        return switch (place) {
            case RM, MEMORY, REG, SEGMENT, XMM_REG, XMM_RM, MMX_REG, MMX_RM -> true;
            default -> false;
        };
    }
}
