package org.kernelentry.kernel.seccomp;

import static org.kernelentry.kernel.seccomp.Bpf.*;

import java.util.Arrays;

/**
 * Runs a verified classic BPF program on a {@link SeccompData}. Allocates nothing; one instance serves one CPU at a time.
 *
 * <p>Source: linux v7.3 net/core/filter.c bpf_convert_filter() for what each instruction means, division by a zero X included.
 */
public final class BpfInterpreter {
    private final int[] scratch = new int[BPF_MEMWORDS];
    private int steps;

    /**
     * Runs {@code program}, which {@link BpfVerifier} has accepted.
     *
     * @return the filter's return value
     */
    public int run(final long[] program, final SeccompData data) {
        // Not needed for the result: a verified program reads only what it wrote. It keeps runs independent of each
        // other.
        Arrays.fill(scratch, 0);
        int a = 0;
        int x = 0;
        int pc = 0;
        int count = 0;
        while (true) {
            final long insn = program[pc++];
            final int k = k(insn);
            count++;
            switch (code(insn)) {
                case BPF_LD | BPF_W | BPF_ABS -> a = data.word(k);
                case BPF_LD | BPF_W | BPF_LEN -> a = SeccompData.SIZE;
                case BPF_LDX | BPF_W | BPF_LEN -> x = SeccompData.SIZE;
                case BPF_LD | BPF_IMM -> a = k;
                case BPF_LDX | BPF_IMM -> x = k;
                case BPF_LD | BPF_MEM -> a = scratch[k];
                case BPF_LDX | BPF_MEM -> x = scratch[k];
                case BPF_ST -> scratch[k] = a;
                case BPF_STX -> scratch[k] = x;
                case BPF_ALU | BPF_ADD | BPF_K -> a += k;
                case BPF_ALU | BPF_ADD | BPF_X -> a += x;
                case BPF_ALU | BPF_SUB | BPF_K -> a -= k;
                case BPF_ALU | BPF_SUB | BPF_X -> a -= x;
                case BPF_ALU | BPF_MUL | BPF_K -> a *= k;
                case BPF_ALU | BPF_MUL | BPF_X -> a *= x;
                case BPF_ALU | BPF_DIV | BPF_K -> a = Integer.divideUnsigned(a, k);
                case BPF_ALU | BPF_DIV | BPF_X -> {
                    // A zero divisor ends the program with 0, which is SECCOMP_RET_KILL_THREAD.
                    if (x == 0) {
                        return end(count, 0);
                    }
                    a = Integer.divideUnsigned(a, x);
                }
                case BPF_ALU | BPF_AND | BPF_K -> a &= k;
                case BPF_ALU | BPF_AND | BPF_X -> a &= x;
                case BPF_ALU | BPF_OR | BPF_K -> a |= k;
                case BPF_ALU | BPF_OR | BPF_X -> a |= x;
                case BPF_ALU | BPF_XOR | BPF_K -> a ^= k;
                case BPF_ALU | BPF_XOR | BPF_X -> a ^= x;
                case BPF_ALU | BPF_LSH | BPF_K -> a <<= k;
                // The count is taken modulo 32, in the kernel's interpreter as in Java.
                case BPF_ALU | BPF_LSH | BPF_X -> a <<= x;
                case BPF_ALU | BPF_RSH | BPF_K -> a >>>= k;
                case BPF_ALU | BPF_RSH | BPF_X -> a >>>= x;
                case BPF_ALU | BPF_NEG -> a = -a;
                case BPF_MISC | BPF_TAX -> x = a;
                case BPF_MISC | BPF_TXA -> a = x;
                case BPF_JMP | BPF_JA -> pc += k;
                case BPF_JMP | BPF_JEQ | BPF_K -> pc += a == k ? jt(insn) : jf(insn);
                case BPF_JMP | BPF_JEQ | BPF_X -> pc += a == x ? jt(insn) : jf(insn);
                case BPF_JMP | BPF_JGT | BPF_K -> pc += Integer.compareUnsigned(a, k) > 0 ? jt(insn) : jf(insn);
                case BPF_JMP | BPF_JGT | BPF_X -> pc += Integer.compareUnsigned(a, x) > 0 ? jt(insn) : jf(insn);
                case BPF_JMP | BPF_JGE | BPF_K -> pc += Integer.compareUnsigned(a, k) >= 0 ? jt(insn) : jf(insn);
                case BPF_JMP | BPF_JGE | BPF_X -> pc += Integer.compareUnsigned(a, x) >= 0 ? jt(insn) : jf(insn);
                case BPF_JMP | BPF_JSET | BPF_K -> pc += (a & k) != 0 ? jt(insn) : jf(insn);
                case BPF_JMP | BPF_JSET | BPF_X -> pc += (a & x) != 0 ? jt(insn) : jf(insn);
                case BPF_RET | BPF_K -> {
                    return end(count, k);
                }
                case BPF_RET | BPF_A -> {
                    return end(count, a);
                }
                default -> throw new IllegalStateException("unverified opcode 0x" + Integer.toHexString(code(insn)));
            }
        }
    }

    private int end(final int count, final int result) {
        steps = count;
        return result;
    }

    /** Instructions the last run executed. */
    public int steps() {
        return steps;
    }
}
