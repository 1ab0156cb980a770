package org.kernelentry.runner.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.runner.hostile.Hostile.Where;
import org.kernelentry.runner.spec.Mode;

/** Guests that take until there is no more. */
@Execution(ExecutionMode.CONCURRENT)
final class HostileResourceTests {
    /** Until memory is full. */
    private static final long BUDGET = 100_000;

    static Stream<Where> everywhere() {
        return Hostile.everywhere();
    }

    /** A function that calls itself, in each mode's own machine code. */
    private static String recursion(final Mode mode) {
        return switch (mode) {
            case X64, IA32 -> "code e8 fb ff ff ff";
            case A64 -> "code fd 7b bf a9 ff ff ff 97";
            case A32, ARM, OABI -> "code 04 e0 2d e5 fd ff ff eb";
            case THUMB -> "code 00 b5 ff f7 fd ff";
        };
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void a_recursion_without_end_dies_of_its_stack(final Where where) {
        assertThat(Hostile.run(BUDGET, where, recursion(where.mode())))
                .as(where.toString())
                .matches("killed by SIGSEGV|budget exceeded");
        // The signal that reports the overflow has no room for its own frame either.
        assertThat(Hostile.run(BUDGET, where, "handle SIGSEGV {", "}", recursion(where.mode())))
                .as(where.toString())
                .matches("killed by SIGSEGV|budget exceeded");
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void handlers_that_nest_without_end_die_of_their_stack(final Where where) {
        assertThat(Hostile.run(BUDGET, where, "handle SIGUSR1 nodefer {", "raise SIGUSR1", "}", "raise SIGUSR1"))
                .as(where.toString())
                .isEqualTo("killed by SIGSEGV");
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void mapping_without_end_is_refused_with_ENOMEM(final Where where) {
        final boolean wide = where.mode() == Mode.X64 || where.mode() == Mode.A64;
        final String map = wide ? "mmap 0 0x10000000000 3 0x4022 -1 0" : "mmap2 0 0x4000000 3 0x4022 -1 0";
        assertThat(Hostile.run(BUDGET, where, "forever {", "r = " + map, "if r == -12 {", "exit_group 7", "}", "}"))
                .as(where.toString())
                .isEqualTo("exited 7");
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void touching_memory_without_end_ends(final Where where) {
        final String map = where.mode() == Mode.X64 || where.mode() == Mode.A64 ? "mmap" : "mmap2";
        assertThat(Hostile.run(
                        BUDGET,
                        where,
                        "buffer B 4096",
                        "forever {",
                        "r = " + map + " 0 0x4000000 3 0x22 -1 0",
                        "if r == -12 {",
                        "exit_group 7",
                        "}",
                        "read 0 r 0x4000000",
                        "}"))
                .as(where.toString())
                .matches("exited 7|killed by SIG(KILL|SEGV|BUS)|budget exceeded|stuck");
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void forking_without_end_is_refused_with_EAGAIN(final Where where) {
        assertThat(untilRefused(where, "fork")).as(where.toString()).isEqualTo("exited 7");
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void threads_without_end_are_refused_with_EAGAIN(final Where where) {
        assertThat(untilRefused(where, "thread")).as(where.toString()).isEqualTo("exited 7");
    }

    /** Makes tasks that sleep for ever until there are too many. */
    private static String untilRefused(final Where where, final String statement) {
        return Hostile.run(
                BUDGET,
                where,
                "forever {",
                "c = " + statement + " {",
                "ppoll 0 0 0 0 0",
                "}",
                "if c == -11 {",
                "exit_group 7",
                "}",
                "}");
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void threads_that_make_threads_end(final Where where) {
        assertThat(Hostile.run(BUDGET, where, "L: thread {", "jump L", "}", "jump L"))
                .as(where.toString())
                .matches("budget exceeded|exited \\d+|killed by SIG.*|stuck");
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void a_tree_of_forks_ends(final Where where) {
        assertThat(Hostile.run(BUDGET, where, "L: fork {", "jump L", "}", "jump L"))
                .as(where.toString())
                .matches("budget exceeded|exited \\d+|killed by SIG.*|stuck");
    }
}
