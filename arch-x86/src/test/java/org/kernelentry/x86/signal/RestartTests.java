package org.kernelentry.x86.signal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.ptrace.PtraceRequest;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Journal;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.x86.Handlers;
import org.kernelentry.x86.X86Process;

/** The restart rules, tried by a tracer that writes the code into the result of a finished call while a signal waits. */
class RestartTests {
    private static final int EXIT_STOP = Signals.SIGTRAP | 0x80;

    private enum Answer {
        NONE,
        HANDLER,
        RESTARTING_HANDLER
    }

    /** A program that calls getpid once, with or without a handler for SIGUSR1. */
    private static X86Process program(final String mode, final Answer answer) {
        final Label handler = new Label("handler");
        final Label restorer = new Label("restorer");
        final Label go = new Label("go");
        return new X86Process(mode, a -> {
            a.jump(go);
            Handlers.prologue(a, handler);
            Handlers.epilogue(a, restorer, true);
            a.bind(go);
            if (answer != Answer.NONE) {
                final long restart = answer == Answer.HANDLER ? 0 : SigAction.SA_RESTART;
                Handlers.install(a, Signals.SIGUSR1, handler, restorer, SigAction.SA_SIGINFO | restart);
            }
            X86Process.call(a, "getpid");
        });
    }

    private static int stop(final int status) {
        return status >> 8;
    }

    /** Runs to the exit-stop of getpid. */
    private static void toExitOfGetpid(final X86Process p) {
        p.startTraced();
        final int getpid = p.k.arch.abi(p.mode).number("getpid");
        final String orig = p.mode.equals("x64") ? "orig_rax" : "orig_eax";
        while (true) {
            assertThat(stop(p.resume(PtraceRequest.PTRACE_SYSCALL, 0))).isEqualTo(EXIT_STOP);
            final boolean entry = p.register(orig) == getpid && message(p) == 1;
            if (entry) {
                assertThat(stop(p.resume(PtraceRequest.PTRACE_SYSCALL, 0))).isEqualTo(EXIT_STOP);
                return;
            }
        }
    }

    private static long message(final X86Process p) {
        final long[] message = new long[1];
        p.k.ptrace.getEventMessage(p.harness, p.task.pid, message);
        return message[0];
    }

    @ParameterizedTest
    @CsvSource({
        // code, what answers the signal, whether the call is made again
        "512, HANDLER, false",
        "512, RESTARTING_HANDLER, true",
        "513, HANDLER, true",
        "513, RESTARTING_HANDLER, true",
        "514, HANDLER, false",
        "514, RESTARTING_HANDLER, false",
        "516, HANDLER, false",
        "516, RESTARTING_HANDLER, false",
        "512, NONE, true",
        "513, NONE, true",
        "514, NONE, true"
    })
    void theCodeAndTheHandlerDecideWhetherTheCallIsMadeAgain(final int code, final Answer answer, final boolean again) {
        for (final String mode : new String[] {"x64", "ia32"}) {
            try (X86Process p = program(mode, answer)) {
                toExitOfGetpid(p);
                final String result = mode.equals("x64") ? "rax" : "eax";
                final String orig = mode.equals("x64") ? "orig_rax" : "orig_eax";
                final String pc = mode.equals("x64") ? "rip" : "eip";
                final long behind = p.register(pc);
                setResult(p, result, -code);
                p.k.signals.send(p.task, SigInfo.user(Signals.SIGUSR1, p.harness.pid), true);
                // RST-10: at the signal-delivery-stop nothing has been rewound.
                assertThat(stop(p.resume(PtraceRequest.PTRACE_SYSCALL, 0))).isEqualTo(Signals.SIGUSR1);
                assertThat(p.register(pc)).isEqualTo(behind);
                assertThat((int) p.register(result)).isEqualTo(-code);
                p.resume(PtraceRequest.PTRACE_SYSCALL, answer == Answer.NONE ? 0 : Signals.SIGUSR1);
                if (answer != Answer.NONE) {
                    // The handler's own call, rt_sigreturn: entry and exit.
                    assertThat(message(p)).isEqualTo(1);
                    p.resume(PtraceRequest.PTRACE_SYSCALL, 0);
                    assertThat(p.register(pc)).isEqualTo(again ? behind - 2 : behind);
                    if (!again) {
                        assertThat((int) p.register(result)).isEqualTo(-Errno.EINTR);
                    }
                    p.resume(PtraceRequest.PTRACE_SYSCALL, 0);
                }
                final String next = p.k.arch.abi(mode).name((int) p.register(orig));
                assertThat(next).as(mode).isEqualTo(again ? "getpid" : "exit_group");
            }
        }
    }

    private static void setResult(final X86Process p, final String register, final long value) {
        final byte[] bytes = p.k.arch.getRegset(p.task, 1);
        final int offset = p.k.arch.registerOffset(p.task, register);
        for (int n = 0; n < p.k.arch.registerSize(p.task); n++) {
            bytes[offset + n] = (byte) (value >> 8 * n);
        }
        assertThat(p.k.arch.setRegset(p.task, 1, bytes)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"x64,syscall,219", "x64,int80,0", "ia32,sysenter,0", "ia32,int80,0"})
    void anInterruptedSleepGoesOnThroughTheRestartCallOfTheAbiThatSlept(
            final String mode, final String entry, final long number) {
        try (X86Process p = new X86Process(mode, a -> {
            // one second, in the layout of the table's timespec
            a.loadConst(0, 1);
            a.storeVariable(X86Process.DATA, 0);
            X86Process.callBy(a, entry, "nanosleep", X86Process.DATA, 0);
        })) {
            p.startTraced();
            assertThat(stop(p.resume(PtraceRequest.PTRACE_SYSCALL, 0))).isEqualTo(EXIT_STOP);
            // Asleep, until a signal that nobody handles comes.
            assertThat(p.ptrace(PtraceRequest.PTRACE_SYSCALL, 0, 0)).isZero();
            p.k.processes.sleep(p.harness, 1_000_000);
            p.k.signals.send(p.task, SigInfo.user(Signals.SIGUSR1, p.harness.pid), true);
            assertThat(stop(p.waitStop())).isEqualTo(EXIT_STOP);
            final String orig = mode.equals("x64") ? "orig_rax" : "orig_eax";
            assertThat(stop(p.resume(PtraceRequest.PTRACE_SYSCALL, 0))).isEqualTo(Signals.SIGUSR1);
            assertThat(stop(p.resume(PtraceRequest.PTRACE_SYSCALL, 0))).isEqualTo(EXIT_STOP);
            assertThat(p.register(orig)).isEqualTo(number);
        }
    }

    @Test
    void theProposedRestartRepeatsTheCallWithoutUserMode() {
        final KernelConfig config = KernelConfig.of(Flavour.GENERIC).with(Option.PROPOSED_GENERIC_FAST_RESTART);
        try (X86Process p = new X86Process(config, "x64", a -> {
            a.loadConst(0, 1);
            a.storeVariable(X86Process.DATA, 0);
            X86Process.call(a, "nanosleep", X86Process.DATA, 0);
            a.result(0);
            a.storeVariable(X86Process.DATA + 64, 0);
        })) {
            final Journal journal = new Journal();
            p.start();
            p.k.processes.sleep(p.harness, 1_000_000);
            p.k.steps.observe(journal);
            // Default action: ignored, but it interrupts the sleep of a task that a tracer once made look.
            p.task.setTif(org.kernelentry.kernel.task.ThreadFlags.TIF_NOTIFY_SIGNAL);
            p.k.signals.wakeUpNotifySignal(p.task);
            assertThat(p.waitStop()).isZero();
            assertThat(p.word(X86Process.DATA + 64)).isZero();
            assertThat(journal.render()).contains("restart in kernel (219)").doesNotContain("restart: ip -= 2");
            assertThat(p.k.log.warnings()).isEmpty();
        }
    }
}
