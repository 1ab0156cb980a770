package org.kernelentry.runner.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.notation.GuestProgram.Layout;
import org.kernelentry.runner.hostile.Hostile.Where;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.system.GuestOptions;

/** Code that was not meant to be run. */
@Execution(ExecutionMode.CONCURRENT)
final class HostileCodeTests {
    private static final int RANDOM_PROGRAMS = 40;
    private static final int RANDOM_JUMPS = 20;

    static Stream<Where> everywhere() {
        return Hostile.everywhere();
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void a_jump_out_of_the_program_is_killed(final Where where) {
        final boolean wide = where.mode() == Mode.X64 || where.mode() == Mode.A64;
        final LongStream corners = LongStream.of(
                0,
                1,
                0x123,
                Layout.DATA,
                Layout.STACK_TOP - 16,
                0xc000_0000L,
                0xffff_0ffcL,
                0xffff_fffcL,
                0xffff_ffffL,
                0x7fff_ffff_f000L,
                0x8000_0000_0000L,
                0xdead_beef_0000_0000L,
                0xffff_8000_0000_0000L,
                0xffff_ffff_ff60_0000L,
                -4,
                -1);
        final LongStream random = new Random(1).longs(RANDOM_JUMPS);
        LongStream.concat(corners, random)
                .map(to -> wide ? to : to & 0xffff_ffffL)
                // What arm maps there are the kernel's own helpers, which may well be run.
                .filter(to -> to >>> 12 != 0xffff0)
                .distinct()
                .forEach(to -> assertThat(Hostile.run(where, "jump 0x" + Long.toHexString(to)))
                        .as("%s: jump to %x", where, to)
                        .matches("killed by SIG(SEGV|BUS|ILL|TRAP)"));
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void a_jump_into_the_middle_of_an_instruction_ends(final Where where) {
        for (int at = 1; at < 40; at++) {
            Hostile.run(
                    where,
                    "jump 0x" + Long.toHexString(Layout.CODE + at),
                    "getppid",
                    "write 1 \"a\"",
                    "r = getpid",
                    "note r");
        }
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void random_bytes_as_code_end(final Where where) {
        for (int seed = 0; seed < RANDOM_PROGRAMS; seed++) {
            final byte[] bytes = new byte[1024];
            new Random(seed).nextBytes(bytes);
            Hostile.run(where, "handle SIGILL onstack {", "}", Hostile.hex(bytes));
        }
    }

    /** Unlike noise this gets far: calls, signals and forks with one wrong bit somewhere. */
    @ParameterizedTest
    @MethodSource("everywhere")
    void a_program_with_one_bit_flipped_ends(final Where where) {
        final String program = """
                handle SIGUSR1 {
                  note "handled"
                }
                c = fork {
                  getppid
                }
                raise SIGUSR1
                nanosleep 1ms 0
                wait4 -1 0 0 0
                """;
        final byte[] code;
        try (var guest = where.system().boot(where.mode(), program, new GuestOptions())) {
            code = guest.program().code().clone();
        }
        final Random random = new Random(2);
        for (int round = 0; round < 3 * RANDOM_PROGRAMS; round++) {
            final byte[] wrong = code.clone();
            final int bit = random.nextInt(8 * wrong.length);
            wrong[bit / 8] ^= (byte) (1 << bit % 8);
            Hostile.run(where, Hostile.hex(wrong));
        }
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void an_endless_loop_uses_up_its_budget(final Where where) {
        assertThat(Hostile.run(where, "spin")).isEqualTo("budget exceeded");
        assertThat(Hostile.run(where, "forever {", "getppid", "}")).isEqualTo("budget exceeded");
        assertThat(Hostile.run(where, "fork {", "spin", "}", "spin")).isEqualTo("budget exceeded");
        assertThat(Hostile.run(where, "handle SIGSEGV {", "}", "load 0x0")).isEqualTo("budget exceeded");
        assertThat(Hostile.run(where, "handle SIGILL {", "}", "L: undef", "jump L"))
                .isEqualTo("budget exceeded");
    }
}
