package org.kernelentry.x86;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.BalanceChecker;
import org.kernelentry.kernel.task.GuestEvent;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.x86.abi.X86Abi;

/** Whatever a guest does, it ends as a guest: by a signal, by its exit, or by its budget. */
@Execution(ExecutionMode.CONCURRENT)
class RobustnessTests {
    private static final long BUDGET = 20_000;
    private static final int GUESTS = 60;

    private enum End {
        EXIT,
        SIGNAL,
        BUDGET,
        STUCK
    }

    private static End run(final X86Process p) {
        final BalanceChecker balance = new BalanceChecker(null);
        p.k.steps.observe(balance);
        p.k.sched.setBudget(BUDGET);
        End end;
        try {
            end = (p.run() & 0x7f) == 0 ? End.EXIT : End.SIGNAL;
        } catch (final GuestEvent.BudgetExceeded e) {
            end = End.BUDGET;
        } catch (final GuestEvent.GuestStuck e) {
            end = End.STUCK;
        }
        assertThat(balance.findings()).isEmpty();
        assertThat(p.k.log.warnings()).isEmpty();
        return end;
    }

    @ParameterizedTest
    @ValueSource(strings = {"x64", "ia32"})
    void randomCodeEndsAsAGuest(final String mode) {
        final Random random = new Random(3);
        final Map<End, Integer> ends = new EnumMap<>(End.class);
        for (int n = 0; n < GUESTS; n++) {
            final byte[] code = new byte[2048];
            random.nextBytes(code);
            try (X86Process p = new X86Process(mode, a -> a.raw(code))) {
                ends.merge(run(p), 1, Integer::sum);
            }
        }
        assertThat(ends).containsKey(End.SIGNAL);
    }

    /** With a handler for every fault that steps over a byte and goes on, so that far more of the code is run. */
    @ParameterizedTest
    @ValueSource(strings = {"x64", "ia32"})
    void randomCodeThatSurvivesItsFaultsEndsAsAGuest(final String mode) {
        final Random random = new Random(4);
        final Map<End, Integer> ends = new EnumMap<>(End.class);
        final boolean x64 = mode.equals("x64");
        for (int n = 0; n < GUESTS; n++) {
            final byte[] code = new byte[2048];
            random.nextBytes(code);
            final Label handler = new Label("handler");
            final Label restorer = new Label("restorer");
            final Label go = new Label("go");
            try (X86Process p = new X86Process(mode, a -> {
                a.jump(go);
                Handlers.prologue(a, handler);
                // incq 168(%rdx): rip of the ucontext; incl 76(%ecx): eip
                a.raw(
                        x64
                                ? new byte[] {0x48, (byte) 0xff, (byte) 0x82, (byte) 168, 0, 0, 0}
                                : new byte[] {(byte) 0xff, 0x41, 76});
                Handlers.epilogue(a, restorer, true);
                a.bind(go);
                for (final int sig :
                        new int[] {Signals.SIGSEGV, Signals.SIGILL, Signals.SIGFPE, Signals.SIGTRAP, Signals.SIGBUS}) {
                    Handlers.install(a, sig, handler, restorer, SigAction.SA_SIGINFO | SigAction.SA_NODEFER);
                }
                a.setRegister(x64 ? "rbx" : "ebx", X86Process.DATA + 0x800);
                a.setRegister(x64 ? "rsi" : "esi", X86Process.DATA + 0x900);
                a.setRegister(x64 ? "rdi" : "edi", X86Process.DATA + 0xa00);
                a.setRegister(x64 ? "rbp" : "ebp", X86Process.DATA + 0xb00);
                a.raw(code);
            })) {
                ends.merge(run(p), 1, Integer::sum);
            }
        }
        assertThat(ends).containsKeys(End.SIGNAL, End.BUDGET);
    }

    @ParameterizedTest
    @CsvSource({"x64,syscall", "x64,int80", "ia32,sysenter"})
    void randomSystemCallsEndAsAGuest(final String mode, final String entry) {
        final Random random = new Random(5);
        final long[] interesting = {
            0,
            1,
            -1,
            X86Process.DATA,
            X86Process.CODE,
            X86Process.STACK_TOP - 8,
            0xffff_f000L,
            1L << 47,
            17,
            0x7fff_ffff
        };
        int ended = 0;
        for (int n = 0; n < GUESTS; n++) {
            try (X86Process p = new X86Process(mode, a -> {
                for (int call = 0; call < 20; call++) {
                    final Arg[] arguments = new Arg[6];
                    for (int i = 0; i < arguments.length; i++) {
                        arguments[i] = new Arg.Const(interesting[random.nextInt(interesting.length)]);
                    }
                    final Arg number = new Arg.Const(random.nextInt(475));
                    a.syscall(entry, number, List.of(arguments), new Label("at"), new Label("after"));
                }
            })) {
                assertThat(run(p)).isNotNull();
                ended++;
            }
        }
        assertThat(ended).isEqualTo(GUESTS);
    }

    @ParameterizedTest
    @CsvSource({"x64,rt_sigreturn", "ia32,rt_sigreturn", "ia32,sigreturn"})
    void aRandomFrameAtSigreturnEndsAsAGuest(final String mode, final String name) {
        final Random random = new Random(6);
        for (int n = 0; n < GUESTS; n++) {
            final byte[] frame = new byte[1024];
            random.nextBytes(frame);
            try (X86Process p = new X86Process(mode, a -> {
                a.setRegister(mode.equals("x64") ? "rsp" : "esp", X86Process.DATA + 0x1000);
                a.setRegister(mode.equals("x64") ? "rax" : "eax", number(mode, name));
                a.raw(mode.equals("x64") ? new byte[] {0x0f, 0x05} : new byte[] {(byte) 0xcd, (byte) 0x80});
            })) {
                p.mm.space.store(X86Process.DATA + 0xf00, frame, 0, frame.length);
                plausible(p, mode, name, random);
                assertThat(run(p)).isIn(End.SIGNAL, End.BUDGET, End.EXIT);
            }
        }
    }

    private static long number(final String mode, final String name) {
        return (mode.equals("x64") ? X86Abi.X64 : X86Abi.IA32).number(name);
    }

    /** Segments, FPU pointer and pc that let some of the frames get as far as user mode. */
    private static void plausible(final X86Process p, final String mode, final String name, final Random random) {
        final boolean good = random.nextBoolean();
        if (mode.equals("x64")) {
            final long mcontext = X86Process.DATA + 0x1000 - 8 + 48;
            p.mm.space.store64(mcontext + 144, good ? 0x002b_0000_0000_0033L : random.nextLong());
            p.mm.space.store64(mcontext + 184, 0);
            p.mm.space.store64(mcontext + 128, good ? X86Process.CODE : random.nextLong());
            return;
        }
        final long sc = X86Process.DATA + 0x1000 + (name.equals("sigreturn") ? 0 : 160);
        p.mm.space.store32(sc + 60, good ? 0x23 : random.nextInt());
        p.mm.space.store32(sc + 72, good ? 0x2b : random.nextInt());
        p.mm.space.store32(sc + 76, 0);
        p.mm.space.store32(sc + 56, good ? (int) X86Process.CODE : random.nextInt());
    }
}
