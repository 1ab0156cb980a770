package org.kernelentry.arm64;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.task.GuestEvent;

/** Whatever a guest does, it ends as a guest: by a signal, by its exit, or by its budget. */
@Execution(ExecutionMode.CONCURRENT)
final class RobustnessTests {
    private static final long BUDGET = 20_000;

    private enum End {
        EXIT,
        SIGNAL,
        BUDGET,
        STUCK
    }

    private static End run(final Arm64Guest g) {
        g.k.sched.setBudget(BUDGET);
        try {
            final int status = g.run();
            return (status & 0x7f) == 0 ? End.EXIT : End.SIGNAL;
        } catch (final GuestEvent.BudgetExceeded e) {
            return End.BUDGET;
        } catch (final GuestEvent.GuestStuck e) {
            return End.STUCK;
        }
    }

    @ParameterizedTest
    @CsvSource({"NATIVE, a64", "GENERIC, a64", "NATIVE, a32", "GENERIC, a32"})
    void random_code_ends_as_a_guest(final Flavour flavour, final String mode) {
        final Random random = new Random(3);
        final Map<End, Integer> ends = new EnumMap<>(End.class);
        for (int i = 0; i < 150; i++) {
            final byte[] code = new byte[4096];
            random.nextBytes(code);
            try (Arm64Guest g = new Arm64Guest(KernelConfig.of(flavour), mode, (a, p) -> a.raw(code))) {
                ends.merge(run(g), 1, Integer::sum);
            }
        }
        assertThat(ends).containsKey(End.SIGNAL);
        assertThat(ends.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(150);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a64", "a32"})
    void random_system_calls_end_as_a_guest(final String mode) {
        final Random random = new Random(4);
        final long[] interesting = {
            0,
            1,
            -1,
            Arm64Guest.DATA,
            Arm64Guest.CODE,
            Arm64Guest.STACK_TOP - 8,
            0xffff_f000L,
            1L << 47,
            17,
            0x7fff_ffff
        };
        final Map<End, Integer> ends = new EnumMap<>(End.class);
        for (int i = 0; i < 150; i++) {
            try (Arm64Guest g = new Arm64Guest(KernelConfig.of(Flavour.NATIVE), mode, (a, p) -> {
                for (int call = 0; call < 20; call++) {
                    final long[] arguments = new long[6];
                    for (int j = 0; j < arguments.length; j++) {
                        arguments[j] = interesting[random.nextInt(interesting.length)];
                    }
                    p.number(random.nextInt(470), arguments);
                }
                p.exit(0);
            })) {
                ends.merge(run(g), 1, Integer::sum);
            }
        }
        assertThat(ends.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(150);
    }

    @Test
    void a_random_frame_at_sigreturn_ends_as_a_guest() {
        final Random random = new Random(5);
        for (final String mode : new String[] {"a64", "a32"}) {
            for (int i = 0; i < 100; i++) {
                final byte[] frame = new byte[5000];
                random.nextBytes(frame);
                try (Arm64Guest g = new Arm64Guest(KernelConfig.of(Flavour.NATIVE), mode, (a, p) -> {
                    a.setRegister("sp", Arm64Guest.DATA + 0x1000);
                    p.call("rt_sigreturn");
                })) {
                    g.mm.space.store(Arm64Guest.DATA + 0x1000, frame, 0, frame.length);
                    // A plausible status word and first record let some frames get further.
                    g.mm.space.store64(
                            Arm64Guest.DATA + 0x1000 + 128 + 448, random.nextBoolean() ? 0 : random.nextLong());
                    g.mm.space.store64(Arm64Guest.DATA + 0x1000 + 128 + 464, 528L << 32 | 0x46508001);
                    assertThat(run(g)).isIn(End.SIGNAL, End.BUDGET);
                }
            }
        }
    }
}
