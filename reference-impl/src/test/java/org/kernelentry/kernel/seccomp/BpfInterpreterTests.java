package org.kernelentry.kernel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.seccomp.Bpf.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What programs compute. */
final class BpfInterpreterTests {
    private static final long RET_A = stmt(BPF_RET | BPF_A, 0);

    private final BpfInterpreter interpreter = new BpfInterpreter();

    private static SeccompData sample() {
        final SeccompData data = new SeccompData();
        data.nr = 0xffff_fff0;
        data.arch = 0xc000_003e;
        data.instructionPointer = 0x1111_2222_3333_4444L;
        for (int i = 0; i < 6; i++) {
            data.args[i] = 0xa000_0000_b000_0000L + i * 0x0000_0001_0000_0001L;
        }
        return data;
    }

    @Test
    void computesWhatARealKernelComputedForEveryProgramOfTheCorpus() {
        final List<String> wrong = new ArrayList<>();
        int compared = 0;
        for (final String line : BpfCorpus.lines("results-linux-6.18.txt")) {
            final String[] words = line.split(" ", -1);
            // A division by zero ended the program, and the task with it: the result was 0, kill the thread.
            final int expected = words[0].equals("dead") ? 0 : Integer.parseUnsignedInt(words[0], 16);
            final int result = interpreter.run(BpfCorpus.program(line, 2), BpfCorpus.data(words[1]));
            compared++;
            if (result != expected) {
                wrong.add(line + ": we say " + Integer.toHexString(result));
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(compared).isGreaterThan(400);
    }

    static Stream<Arguments> words() {
        return Stream.of(
                Arguments.of(0, 0xffff_fff0),
                Arguments.of(4, 0xc000_003e),
                Arguments.of(8, 0x3333_4444),
                Arguments.of(12, 0x1111_2222),
                Arguments.of(16, 0xb000_0000),
                Arguments.of(20, 0xa000_0000),
                Arguments.of(24, 0xb000_0001),
                Arguments.of(56, 0xb000_0005),
                Arguments.of(60, 0xa000_0005));
    }

    @ParameterizedTest(name = "offset {0}")
    @MethodSource
    void words(final int offset, final int expected) {
        assertThat(interpreter.run(new long[] {stmt(BPF_LD | BPF_W | BPF_ABS, offset), RET_A}, sample()))
                .isEqualTo(expected);
    }

    static Stream<Arguments> programs() {
        final long one = stmt(BPF_LD | BPF_IMM, 1);
        return Stream.of(
                Arguments.of("the length of seccomp_data", new long[] {stmt(BPF_LD | BPF_LEN, 0), RET_A}, 64),
                Arguments.of(
                        "X starts as zero: a division by it kills the thread",
                        new long[] {one, stmt(BPF_ALU | BPF_DIV | BPF_X, 0), stmt(BPF_RET | BPF_K, 7)},
                        0),
                Arguments.of(
                        "division is unsigned",
                        new long[] {stmt(BPF_LD | BPF_IMM, -2), stmt(BPF_ALU | BPF_DIV | BPF_K, 2), RET_A},
                        0x7fff_ffff),
                Arguments.of(
                        "shifts to the right bring zeros",
                        new long[] {stmt(BPF_LD | BPF_IMM, -2), stmt(BPF_ALU | BPF_RSH | BPF_K, 31), RET_A},
                        1),
                Arguments.of(
                        "a shift by X counts modulo 32",
                        new long[] {one, stmt(BPF_LDX | BPF_IMM, 33), stmt(BPF_ALU | BPF_LSH | BPF_X, 0), RET_A},
                        2),
                Arguments.of(
                        "greater-than is unsigned",
                        new long[] {
                            stmt(BPF_LD | BPF_IMM, -1),
                            jump(BPF_JMP | BPF_JGT | BPF_K, 1, 0, 1),
                            stmt(BPF_RET | BPF_K, 1),
                            stmt(BPF_RET | BPF_K, 2)
                        },
                        1),
                Arguments.of(
                        "a test against a constant with the high bit",
                        new long[] {
                            stmt(BPF_LD | BPF_IMM, 0x8000_0000),
                            jump(BPF_JMP | BPF_JSET | BPF_K, 0x8000_0000, 0, 1),
                            stmt(BPF_RET | BPF_K, 1),
                            stmt(BPF_RET | BPF_K, 2)
                        },
                        1),
                Arguments.of(
                        "scratch words keep what was put there",
                        new long[] {
                            one,
                            stmt(BPF_ST, 15),
                            stmt(BPF_LDX | BPF_IMM, 5),
                            stmt(BPF_STX, 0),
                            stmt(BPF_LDX | BPF_MEM, 15),
                            stmt(BPF_LD | BPF_MEM, 0),
                            stmt(BPF_ALU | BPF_SUB | BPF_X, 0),
                            RET_A
                        },
                        4),
                Arguments.of("negation", new long[] {one, stmt(BPF_ALU | BPF_NEG, 0), RET_A}, -1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void programs(final String what, final long[] program, final int expected) {
        assertThat(BpfVerifier.refusal(program)).isNull();
        assertThat(interpreter.run(program, sample())).as(what).isEqualTo(expected);
    }

    @Test
    void whateverTheVerifierAcceptsEndsWithinItsLengthAndThrowsNothing() {
        final Random random = new Random(4711);
        int accepted = 0;
        for (int round = 0; round < 200_000; round++) {
            final long[] program = RandomPrograms.next(random);
            if (BpfVerifier.refusal(program) == null) {
                accepted++;
                interpreter.run(program, sample());
                assertThat(interpreter.steps()).isBetween(1, program.length);
            }
        }
        // The property says nothing if nearly all were refused.
        assertThat(accepted).isGreaterThan(20_000);
    }
}
