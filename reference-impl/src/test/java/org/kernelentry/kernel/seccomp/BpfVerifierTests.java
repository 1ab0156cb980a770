package org.kernelentry.kernel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.seccomp.Bpf.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which programs may become filters. */
final class BpfVerifierTests {
    private static final long RET = stmt(BPF_RET | BPF_K, SeccompAction.ALLOW.value());

    @Test
    void agreesWithARealKernelOnEveryProgramOfTheCorpus() {
        final List<String> lines = BpfCorpus.lines("verifier-linux-6.18.txt");
        final List<String> wrong = new ArrayList<>();
        for (final String line : lines) {
            final String refusal = BpfVerifier.refusal(BpfCorpus.program(line, 1));
            if (line.startsWith("accept ") != (refusal == null)) {
                wrong.add(line + ": we say " + refusal);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(lines).anyMatch(l -> l.startsWith("accept ")).anyMatch(l -> l.startsWith("refuse "));
    }

    static Stream<Arguments> accepted() {
        final long[] longest = new long[BPF_MAXINSNS];
        Arrays.fill(longest, stmt(BPF_LD | BPF_IMM, 0));
        longest[BPF_MAXINSNS - 1] = RET;
        return Stream.of(
                Arguments.of("a bare return", new long[] {RET}),
                Arguments.of("a return of the accumulator", new long[] {stmt(BPF_RET | BPF_A, 0)}),
                Arguments.of("the longest program", longest),
                Arguments.of("the last word of seccomp_data", new long[] {stmt(BPF_LD | BPF_W | BPF_ABS, 60), RET}),
                Arguments.of("a jump to the last instruction", new long[] {stmt(BPF_JMP | BPF_JA, 1), RET, RET}),
                Arguments.of(
                        "a branch to the last instruction", new long[] {jump(BPF_JMP | BPF_JEQ, 0, 1, 0), RET, RET}),
                Arguments.of(
                        "a division by X, which may be zero", new long[] {stmt(BPF_ALU | BPF_DIV | BPF_X, 0), RET}),
                Arguments.of("a shift by X, however wide", new long[] {stmt(BPF_ALU | BPF_LSH | BPF_X, 99), RET}),
                Arguments.of("scratch written on both branches", new long[] {
                    jump(BPF_JMP | BPF_JEQ, 0, 0, 2),
                    stmt(BPF_ST, 15),
                    stmt(BPF_JMP | BPF_JA, 1),
                    stmt(BPF_STX, 15),
                    stmt(BPF_LD | BPF_MEM, 15),
                    RET
                }),
                Arguments.of(
                        "scratch read unwritten where nobody gets",
                        new long[] {stmt(BPF_JMP | BPF_JA, 1), stmt(BPF_LD | BPF_MEM, 3), RET}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void accepted(final String what, final long[] program) {
        assertThat(BpfVerifier.refusal(program)).as(what).isNull();
    }

    static Stream<Arguments> refused() {
        final long[] tooLong = new long[BPF_MAXINSNS + 1];
        Arrays.fill(tooLong, RET);
        return Stream.of(
                Arguments.of("has 1 to 4096 instructions, not 0", new long[0]),
                Arguments.of("has 1 to 4096 instructions, not 4097", tooLong),
                Arguments.of("last instruction is not a return", new long[] {RET, stmt(BPF_LD | BPF_IMM, 0)}),
                Arguments.of("load from offset 64", new long[] {stmt(BPF_LD | BPF_W | BPF_ABS, 64), RET}),
                Arguments.of("load from offset 2", new long[] {stmt(BPF_LD | BPF_W | BPF_ABS, 2), RET}),
                Arguments.of("load from offset 4294963200", new long[] {stmt(BPF_LD | BPF_W | BPF_ABS, -4096), RET}),
                Arguments.of("opcode 0x28 ", new long[] {stmt(BPF_LD | BPF_H | BPF_ABS, 0), RET}),
                Arguments.of("opcode 0x40 ", new long[] {stmt(BPF_LD | BPF_W | BPF_IND, 0), RET}),
                Arguments.of("opcode 0xb1 ", new long[] {stmt(BPF_LDX | BPF_B | BPF_MSH, 0), RET}),
                Arguments.of("opcode 0x94 ", new long[] {stmt(BPF_ALU | BPF_MOD | BPF_K, 2), RET}),
                Arguments.of("opcode 0x106 ", new long[] {0x106, RET}),
                Arguments.of("opcode 0xe ", new long[] {stmt(BPF_RET | BPF_X, 0), RET}),
                Arguments.of("division by the constant 0", new long[] {stmt(BPF_ALU | BPF_DIV | BPF_K, 0), RET}),
                Arguments.of("shift by the constant 32", new long[] {stmt(BPF_ALU | BPF_RSH | BPF_K, 32), RET}),
                Arguments.of("shift by the constant 4294967295", new long[] {stmt(BPF_ALU | BPF_LSH, -1), RET}),
                Arguments.of("no scratch word 16", new long[] {stmt(BPF_ST, 16), RET}),
                Arguments.of("no scratch word 4294967295", new long[] {stmt(BPF_STX, -1), RET}),
                Arguments.of("jump past the end", new long[] {stmt(BPF_JMP | BPF_JA, 1), RET}),
                Arguments.of("jump past the end", new long[] {stmt(BPF_JMP | BPF_JA, -1), RET}),
                Arguments.of("branch past the end", new long[] {jump(BPF_JMP | BPF_JEQ, 0, 1, 0), RET}),
                Arguments.of("branch past the end", new long[] {jump(BPF_JMP | BPF_JEQ, 0, 0, 1), RET}),
                Arguments.of("scratch word 3 may be read", new long[] {RET, stmt(BPF_LD | BPF_MEM, 3), RET}),
                Arguments.of("scratch word 0 may be read", new long[] {stmt(BPF_LDX | BPF_MEM, 0), RET}),
                Arguments.of("scratch word 7 may be read", new long[] {
                    jump(BPF_JMP | BPF_JSET, 1, 1, 0), stmt(BPF_ST, 7), stmt(BPF_LD | BPF_MEM, 7), RET
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refused(final String reason, final long[] program) {
        assertThat(BpfVerifier.refusal(program)).contains(reason);
    }
}
