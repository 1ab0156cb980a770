package org.kernelentry.kernel.seccomp;

/**
 * Classic BPF: opcodes and the layout of {@code struct sock_filter}.
 *
 * <p>An instruction is held as the eight little-endian bytes it occupies in guest memory: {@code code} in bits 0..15, {@code jt} in
 * 16..23, {@code jf} in 24..31, {@code k} in 32..63.
 *
 * <p>Source: linux v7.3 include/uapi/linux/bpf_common.h, include/uapi/linux/filter.h.
 */
public final class Bpf {
    /** Instruction classes. */
    public static final int BPF_LD = 0x00;

    public static final int BPF_LDX = 0x01;
    public static final int BPF_ST = 0x02;
    public static final int BPF_STX = 0x03;
    public static final int BPF_ALU = 0x04;
    public static final int BPF_JMP = 0x05;
    public static final int BPF_RET = 0x06;
    public static final int BPF_MISC = 0x07;

    /** Sizes of loads. */
    public static final int BPF_W = 0x00;

    public static final int BPF_H = 0x08;
    public static final int BPF_B = 0x10;

    /** Modes of loads. */
    public static final int BPF_IMM = 0x00;

    public static final int BPF_ABS = 0x20;
    public static final int BPF_IND = 0x40;
    public static final int BPF_MEM = 0x60;
    public static final int BPF_LEN = 0x80;
    public static final int BPF_MSH = 0xa0;

    /** Operations of BPF_ALU. */
    public static final int BPF_ADD = 0x00;

    public static final int BPF_SUB = 0x10;
    public static final int BPF_MUL = 0x20;
    public static final int BPF_DIV = 0x30;
    public static final int BPF_OR = 0x40;
    public static final int BPF_AND = 0x50;
    public static final int BPF_LSH = 0x60;
    public static final int BPF_RSH = 0x70;
    public static final int BPF_NEG = 0x80;
    public static final int BPF_MOD = 0x90;
    public static final int BPF_XOR = 0xa0;

    /** Operations of BPF_JMP. */
    public static final int BPF_JA = 0x00;

    public static final int BPF_JEQ = 0x10;
    public static final int BPF_JGT = 0x20;
    public static final int BPF_JGE = 0x30;
    public static final int BPF_JSET = 0x40;

    /** Second operand. */
    public static final int BPF_K = 0x00;

    public static final int BPF_X = 0x08;
    /** Value of BPF_RET from the accumulator. */
    public static final int BPF_A = 0x10;

    public static final int BPF_TAX = 0x00;
    public static final int BPF_TXA = 0x80;

    /** Most instructions a program may have. */
    public static final int BPF_MAXINSNS = 4096;
    /** Words of scratch memory. */
    public static final int BPF_MEMWORDS = 16;
    /** {@code sizeof(struct sock_filter)}. */
    public static final int INSN_SIZE = 8;

    private Bpf() {}

    public static int code(final long insn) {
        return (int) insn & 0xffff;
    }

    public static int jt(final long insn) {
        return (int) (insn >>> 16) & 0xff;
    }

    public static int jf(final long insn) {
        return (int) (insn >>> 24) & 0xff;
    }

    public static int k(final long insn) {
        return (int) (insn >>> 32);
    }

    /** {@code BPF_STMT()}. */
    public static long stmt(final int code, final int k) {
        return jump(code, k, 0, 0);
    }

    /** {@code BPF_JUMP()}. */
    public static long jump(final int code, final int k, final int jt, final int jf) {
        return code & 0xffff | (jt & 0xffL) << 16 | (jf & 0xffL) << 24 | (long) k << 32;
    }
}
