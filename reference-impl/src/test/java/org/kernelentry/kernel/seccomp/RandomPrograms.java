package org.kernelentry.kernel.seccomp;

import static org.kernelentry.kernel.seccomp.Bpf.*;

import java.util.Random;

/** Programs of random instructions, often enough legal ones. */
final class RandomPrograms {
    private static final int[] CONSTANTS = {
        0, 1, 2, 3, 4, 8, 15, 16, 31, 32, 60, 64, 0xff, 0x7fff_0000, 0x7fff_ffff, 0x8000_0000, -1
    };
    private static final int[] OPCODES = {
        BPF_LD | BPF_W | BPF_ABS,
        BPF_LD | BPF_IMM,
        BPF_LDX | BPF_IMM,
        BPF_LD | BPF_LEN,
        BPF_LD | BPF_MEM,
        BPF_LDX | BPF_MEM,
        BPF_ST,
        BPF_STX,
        BPF_ALU | BPF_ADD | BPF_X,
        BPF_ALU | BPF_SUB | BPF_K,
        BPF_ALU | BPF_MUL | BPF_X,
        BPF_ALU | BPF_DIV | BPF_K,
        BPF_ALU | BPF_DIV | BPF_X,
        BPF_ALU | BPF_AND | BPF_K,
        BPF_ALU | BPF_LSH | BPF_X,
        BPF_ALU | BPF_RSH | BPF_K,
        BPF_ALU | BPF_NEG,
        BPF_MISC | BPF_TAX,
        BPF_MISC | BPF_TXA,
        BPF_JMP | BPF_JA,
        BPF_JMP | BPF_JEQ | BPF_K,
        BPF_JMP | BPF_JGT | BPF_X,
        BPF_JMP | BPF_JGE | BPF_K,
        BPF_JMP | BPF_JSET | BPF_K,
        BPF_RET | BPF_K,
        BPF_RET | BPF_A
    };

    private RandomPrograms() {}

    static long[] next(final Random random) {
        final long[] program = new long[1 + random.nextInt(10)];
        for (int i = 0; i < program.length; i++) {
            final int left = program.length - i;
            final int code = random.nextInt(40) == 0 ? random.nextInt(0x200) : OPCODES[random.nextInt(OPCODES.length)];
            final int k = random.nextInt(4) == 0
                    ? CONSTANTS[random.nextInt(CONSTANTS.length)]
                    : random.nextInt(left) * (random.nextBoolean() ? 4 : 1);
            program[i] = jump(code, k, random.nextInt(left), random.nextInt(left));
        }
        if (random.nextInt(8) != 0) {
            program[program.length - 1] =
                    stmt(BPF_RET | (random.nextBoolean() ? BPF_K : BPF_A), CONSTANTS[random.nextInt(CONSTANTS.length)]);
        }
        return program;
    }
}
