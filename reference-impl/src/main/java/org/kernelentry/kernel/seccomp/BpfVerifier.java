package org.kernelentry.kernel.seccomp;

import static org.kernelentry.kernel.seccomp.Bpf.*;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a classic BPF program may serve as a seccomp filter.
 *
 * <p>A program that passes ends with a return on every path after at most its length in steps, never reads scratch memory it has not
 * written, and reads nothing but aligned words of {@code struct seccomp_data}.
 *
 * <p>Source: linux v7.3 net/core/filter.c bpf_check_classic(), check_load_and_stores(); kernel/seccomp.c seccomp_check_filter().
 */
public final class BpfVerifier {
    private BpfVerifier() {}

    /**
     * Checks a program.
     *
     * @param program instructions as {@link Bpf} packs them
     * @return null if it is accepted, else what is wrong with which instruction; the kernel says -EINVAL for each
     */
    public static @Nullable String refusal(final long[] program) {
        if (program.length == 0 || program.length > BPF_MAXINSNS) {
            return "a program has 1 to " + BPF_MAXINSNS + " instructions, not " + program.length;
        }
        for (int pc = 0; pc < program.length; pc++) {
            final String wrong = insnRefusal(program, pc);
            if (wrong != null) {
                return "instruction " + pc + ": " + wrong;
            }
        }
        final int last = code(program[program.length - 1]);
        if (last != (BPF_RET | BPF_K) && last != (BPF_RET | BPF_A)) {
            return "the last instruction is not a return";
        }
        return scratchRefusal(program);
    }

    /** What one instruction may be by itself. */
    private static @Nullable String insnRefusal(final long[] program, final int pc) {
        final long insn = program[pc];
        final int k = k(insn);
        // The whole 16 bits count: a stray high bit makes an opcode unknown.
        switch (code(insn)) {
            case BPF_LD | BPF_W | BPF_ABS:
                return Integer.compareUnsigned(k, SeccompData.SIZE) >= 0 || (k & 3) != 0
                        ? "load from offset " + Integer.toUnsignedString(k) + ", not an aligned word of seccomp_data"
                        : null;
            case BPF_ALU | BPF_DIV | BPF_K:
                return k == 0 ? "division by the constant 0" : null;
            case BPF_ALU | BPF_LSH | BPF_K:
            case BPF_ALU | BPF_RSH | BPF_K:
                return Integer.compareUnsigned(k, 32) >= 0
                        ? "shift by the constant " + Integer.toUnsignedString(k)
                        : null;
            case BPF_LD | BPF_MEM:
            case BPF_LDX | BPF_MEM:
            case BPF_ST:
            case BPF_STX:
                return Integer.compareUnsigned(k, BPF_MEMWORDS) >= 0
                        ? "no scratch word " + Integer.toUnsignedString(k)
                        : null;
            case BPF_JMP | BPF_JA:
                return Integer.compareUnsigned(k, program.length - pc - 1) >= 0 ? "jump past the end" : null;
            case BPF_JMP | BPF_JEQ | BPF_K:
            case BPF_JMP | BPF_JEQ | BPF_X:
            case BPF_JMP | BPF_JGE | BPF_K:
            case BPF_JMP | BPF_JGE | BPF_X:
            case BPF_JMP | BPF_JGT | BPF_K:
            case BPF_JMP | BPF_JGT | BPF_X:
            case BPF_JMP | BPF_JSET | BPF_K:
            case BPF_JMP | BPF_JSET | BPF_X:
                return pc + 1 + Math.max(jt(insn), jf(insn)) >= program.length ? "branch past the end" : null;
            case BPF_LD | BPF_W | BPF_LEN:
            case BPF_LDX | BPF_W | BPF_LEN:
            case BPF_LD | BPF_IMM:
            case BPF_LDX | BPF_IMM:
            case BPF_RET | BPF_K:
            case BPF_RET | BPF_A:
            case BPF_ALU | BPF_ADD | BPF_K:
            case BPF_ALU | BPF_ADD | BPF_X:
            case BPF_ALU | BPF_SUB | BPF_K:
            case BPF_ALU | BPF_SUB | BPF_X:
            case BPF_ALU | BPF_MUL | BPF_K:
            case BPF_ALU | BPF_MUL | BPF_X:
            case BPF_ALU | BPF_DIV | BPF_X:
            case BPF_ALU | BPF_AND | BPF_K:
            case BPF_ALU | BPF_AND | BPF_X:
            case BPF_ALU | BPF_OR | BPF_K:
            case BPF_ALU | BPF_OR | BPF_X:
            case BPF_ALU | BPF_XOR | BPF_K:
            case BPF_ALU | BPF_XOR | BPF_X:
            case BPF_ALU | BPF_LSH | BPF_X:
            case BPF_ALU | BPF_RSH | BPF_X:
            case BPF_ALU | BPF_NEG:
            case BPF_MISC | BPF_TAX:
            case BPF_MISC | BPF_TXA:
                return null;
            default:
                // Packet loads and the modulo, which sockets may use, are not for seccomp.
                return "opcode 0x" + Integer.toHexString(code(insn)) + " is not allowed";
        }
    }

    /** Every scratch word read has been written on every path that leads there. One pass suffices, as jumps only go forward. */
    private static @Nullable String scratchRefusal(final long[] program) {
        // Words written on all paths that jump to an instruction; nobody jumping there leaves all ones.
        final int[] writtenAt = new int[program.length];
        Arrays.fill(writtenAt, 0xffff);
        int written = 0;
        for (int pc = 0; pc < program.length; pc++) {
            written &= writtenAt[pc];
            final long insn = program[pc];
            switch (code(insn)) {
                case BPF_ST:
                case BPF_STX:
                    written |= 1 << k(insn);
                    break;
                case BPF_LD | BPF_MEM:
                case BPF_LDX | BPF_MEM:
                    if ((written & 1 << k(insn)) == 0) {
                        return "instruction " + pc + ": scratch word " + k(insn) + " may be read before it is written";
                    }
                    break;
                case BPF_JMP | BPF_JA:
                    writtenAt[pc + 1 + k(insn)] &= written;
                    written = 0xffff;
                    break;
                default:
                    if ((code(insn) & 7) == BPF_JMP) {
                        writtenAt[pc + 1 + jt(insn)] &= written;
                        writtenAt[pc + 1 + jf(insn)] &= written;
                        written = 0xffff;
                    }
                    break;
            }
        }
        return null;
    }
}
