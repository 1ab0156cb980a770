package org.kernelentry.arm64.asm;

import org.kernelentry.arm64.decode.BitMasks;

/**
 * Instruction words of A64, by the names and operands of the manual (DDI 0487 C6.2). Register 31 is XZR or SP as the instruction says.
 * The forms are the 64-bit ones unless the name says otherwise.
 */
public final class A64 {
    public static final int EQ = 0;
    public static final int NE = 1;
    public static final int HS = 2;
    public static final int LO = 3;
    public static final int GE = 10;
    public static final int LT = 11;

    public static final int NOP = 0xd503201f;
    /** BTI c: a landing pad of indirect calls, a hint elsewhere. */
    public static final int BTI_C = 0xd503245f;

    private A64() {}

    public static int movz(final int d, final int imm16, final int hw) {
        return 0xd2800000 | hw << 21 | (imm16 & 0xffff) << 5 | d;
    }

    public static int movn(final int d, final int imm16, final int hw) {
        return 0x92800000 | hw << 21 | (imm16 & 0xffff) << 5 | d;
    }

    public static int movk(final int d, final int imm16, final int hw) {
        return 0xf2800000 | hw << 21 | (imm16 & 0xffff) << 5 | d;
    }

    /** ORR (immediate) of XZR: MOV of a bitmask immediate. */
    public static int movBitmask(final int d, final long mask) {
        return 0xb2000000 | BitMasks.encode(mask) << 10 | 31 << 5 | d;
    }

    public static int mov(final int d, final int m) {
        return orr(d, 31, m);
    }

    /** ADD (immediate) #0: reaches SP on either side. */
    public static int movSp(final int d, final int n) {
        return addImm(d, n, 0);
    }

    public static int add(final int d, final int n, final int m) {
        return 0x8b000000 | m << 16 | n << 5 | d;
    }

    public static int sub(final int d, final int n, final int m) {
        return 0xcb000000 | m << 16 | n << 5 | d;
    }

    public static int and(final int d, final int n, final int m) {
        return 0x8a000000 | m << 16 | n << 5 | d;
    }

    public static int orr(final int d, final int n, final int m) {
        return 0xaa000000 | m << 16 | n << 5 | d;
    }

    /** CMP (shifted register). */
    public static int cmp(final int n, final int m) {
        return 0xeb000000 | m << 16 | n << 5 | 31;
    }

    public static int addImm(final int d, final int n, final int imm12) {
        return 0x91000000 | imm12 << 10 | n << 5 | d;
    }

    public static int subImm(final int d, final int n, final int imm12) {
        return 0xd1000000 | imm12 << 10 | n << 5 | d;
    }

    /** UBFM: LSL by {@code count}. */
    public static int lslImm(final int d, final int n, final int count) {
        return 0xd3400000 | (-count & 63) << 16 | 63 - count << 10 | n << 5 | d;
    }

    /** UBFM: LSR by {@code count}. */
    public static int lsrImm(final int d, final int n, final int count) {
        return 0xd3400000 | count << 16 | 63 << 10 | n << 5 | d;
    }

    /** LDR, LDRH, LDRB, LDR W with unsigned offset; {@code size} is log2 of the bytes, the offset a multiple of them. */
    public static int ldr(final int size, final int t, final int n, final int offset) {
        return 0x39400000 | size << 30 | offset >> size << 10 | n << 5 | t;
    }

    public static int str(final int size, final int t, final int n, final int offset) {
        return 0x39000000 | size << 30 | offset >> size << 10 | n << 5 | t;
    }

    /** LDUR and its kin: offset -256 to 255. */
    public static int ldur(final int size, final int t, final int n, final int offset) {
        return 0x38400000 | size << 30 | (offset & 0x1ff) << 12 | n << 5 | t;
    }

    public static int stur(final int size, final int t, final int n, final int offset) {
        return 0x38000000 | size << 30 | (offset & 0x1ff) << 12 | n << 5 | t;
    }

    /** LDR (register), [Xn, Xm]. */
    public static int ldrReg(final int size, final int t, final int n, final int m) {
        return 0x38606800 | size << 30 | m << 16 | n << 5 | t;
    }

    public static int strReg(final int size, final int t, final int n, final int m) {
        return 0x38206800 | size << 30 | m << 16 | n << 5 | t;
    }

    /** STR, pre-indexed. */
    public static int strPre(final int t, final int n, final int offset) {
        return 0xf8000c00 | (offset & 0x1ff) << 12 | n << 5 | t;
    }

    /** LDR, post-indexed. */
    public static int ldrPost(final int t, final int n, final int offset) {
        return 0xf8400400 | (offset & 0x1ff) << 12 | n << 5 | t;
    }

    /** B; the offset in bytes. */
    public static int b(final long offset) {
        return 0x14000000 | (int) (offset >> 2) & 0x3ffffff;
    }

    public static int bl(final long offset) {
        return 0x94000000 | (int) (offset >> 2) & 0x3ffffff;
    }

    public static int bCond(final int cond, final long offset) {
        return 0x54000000 | ((int) (offset >> 2) & 0x7ffff) << 5 | cond;
    }

    public static int adr(final int d, final long offset) {
        return 0x10000000 | ((int) offset & 3) << 29 | ((int) (offset >> 2) & 0x7ffff) << 5 | d;
    }

    public static int br(final int n) {
        return 0xd61f0000 | n << 5;
    }

    public static int ret() {
        return 0xd65f03c0;
    }

    public static int svc(final int imm16) {
        return 0xd4000001 | imm16 << 5;
    }

    public static int brk(final int imm16) {
        return 0xd4200000 | imm16 << 5;
    }

    /** UDF: permanently undefined. */
    public static int udf(final int imm16) {
        return imm16;
    }
}
