package org.kernelentry.runner.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.notation.GuestProgram.Layout;
import org.kernelentry.runner.hostile.Hostile.Where;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.system.ReferenceGuest;
import org.kernelentry.runner.system.Stop;

/** Signal frames and registers that somebody has filled with garbage. */
@Execution(ExecutionMode.CONCURRENT)
final class HostileFrameTests {
    /** Bytes of a frame of which every word is overwritten; behind them every {@link #COARSE}th. */
    private static final int FINE_BYTES = 1024;

    private static final int FRAME_BYTES = 5120;
    private static final int COARSE = 16;
    private static final int[] REGISTER_SETS = {1, 2, 3, 0x200, 0x202, 0x400, 0x401, 0x402, 0x403, 0x404, 0x405};

    static Stream<Where> everywhere() {
        return Hostile.everywhere();
    }

    private static int word(final Where where) {
        return where.mode() == Mode.X64 || where.mode() == Mode.A64 ? 8 : 4;
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void a_frame_with_any_word_overwritten_ends(final Where where) {
        final Random random = new Random(3);
        final int size = word(where);
        final Set<String> ends = new HashSet<>();
        for (int offset = 0; offset < FRAME_BYTES; offset += offset < FINE_BYTES ? size : COARSE * size) {
            final int at = offset;
            final long garbage = random.nextInt(4) == 0 ? -1 : random.nextLong();
            final String program = """
                    handle SIGUSR1 {
                      B: break
                    }
                    raise SIGUSR1
                    """;
            Hostile.guest(where, program, guest -> {
                untilBreakpoint(guest);
                guest.poke(guest.read("sp") + at, size, garbage);
                guest.resume("CONT", 0);
                ends.add(Hostile.end(
                        guest, where + ": word at " + at + " of the frame is " + Long.toHexString(garbage)));
            });
        }
        assertThat(ends).as(where.toString()).contains("exited 0", "killed by SIGSEGV");
    }

    private static void untilBreakpoint(final ReferenceGuest guest) {
        guest.trace("seize", java.util.List.of());
        guest.start();
        guest.resume("CONT", 0);
        Stop stop = guest.await();
        if (stop.what().equals("signal SIGUSR1")) {
            guest.resume("CONT", org.kernelentry.kernel.signal.Signals.SIGUSR1);
            stop = guest.await();
        }
        assertThat(stop.what()).isEqualTo("signal SIGTRAP");
        guest.write("pc", guest.program().symbol("B.next"));
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void sigreturn_with_a_garbage_stack_pointer_is_killed(final Where where) {
        final String sp = where.mode() == Mode.X64 ? "rsp" : where.mode() == Mode.IA32 ? "esp" : "sp";
        final long[] places = {
            0,
            1,
            0x123,
            Layout.DATA,
            Layout.DATA + 7,
            Layout.CODE,
            Layout.STACK_TOP - 8,
            Layout.STACK - 16,
            0xc000_0000L,
            0xffff_fff0L,
            0x8000_0000_0000L,
            0xffff_8000_0000_0000L,
            -8
        };
        for (final long place : places) {
            final long value = word(where) == 8 ? place : place & 0xffff_ffffL;
            for (final String call : where.mode() == Mode.X64 || where.mode() == Mode.A64
                    ? new String[] {"rt_sigreturn"}
                    : new String[] {"rt_sigreturn", "sigreturn"}) {
                assertThat(Hostile.run(where, "register " + sp + " 0x" + Long.toHexString(value), call))
                        .as("%s: %s with sp %x", where, call, value)
                        .startsWith("killed by SIG");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void a_tracer_may_write_any_register_set_in_any_stop(final Where where) {
        final Random random = new Random(4);
        for (int round = 0; round < 40; round++) {
            final String resume = round % 3 == 0 ? "CONT" : "SYSCALL";
            Hostile.guest(where, "handle SIGUSR1 {\n}\nraise SIGUSR1\nnanosleep 1ms 0\ngetppid", guest -> {
                guest.trace("seize", java.util.List.of("TRACESYSGOOD"));
                guest.start();
                for (int stops = random.nextInt(6); stops > 0; stops--) {
                    guest.resume(resume, 0);
                    if (guest.await().end()) {
                        return;
                    }
                }
                scribble(guest, random);
                guest.resume(resume, 0);
                Hostile.end(guest, where.toString());
            });
        }
    }

    private static void scribble(final ReferenceGuest guest, final Random random) {
        final Kernel k = guest.kernel();
        final Task task = guest.mainTask();
        // First, because a garbage code segment changes what the registers are called.
        for (final String name : new String[] {"number", "result", "pc", "sp", "arg0", "arg5"}) {
            guest.write(name, random.nextLong());
        }
        for (final int set : REGISTER_SETS) {
            final byte[] bytes = new byte[random.nextInt(600)];
            random.nextBytes(bytes);
            k.arch.setRegset(task, set, bytes);
            final byte[] whole = k.arch.getRegset(task, set);
            if (whole != null) {
                random.nextBytes(whole);
                k.arch.setRegset(task, set, whole);
            }
        }
        for (int i = 0; i < 50; i++) {
            final long offset = random.nextBoolean() ? random.nextInt(1024) : random.nextLong();
            k.arch.pokeUser(task, offset, random.nextLong());
            k.arch.peekUser(task, offset, new long[1]);
        }
    }
}
