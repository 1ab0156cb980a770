package org.kernelentry.arm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.GuestEvent;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;

/** Guests that do anything end as guest events: an exit, a signal, a used-up budget. */
class HostileGuestTests {
    static java.util.stream.Stream<org.junit.jupiter.params.provider.Arguments> everywhere() {
        return SyscallTests.everywhere();
    }

    private static void endsSomehow(final ArmGuest g) {
        g.k.sched.setBudget(200_000);
        g.k.processes.startFirst(g.main);
        int status = -1;
        try {
            status = g.waitStatus();
        } catch (final GuestEvent event) {
            assertThat(event).hasMessageNotContaining("null");
        }
        if (status != -1) {
            final int signal = status & 0x7f;
            assertThat(signal).isLessThanOrEqualTo(Signals.NSIG);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void randomCodeWithManyCallsEndsAsAGuestEvent(final Flavour flavour, final String mode) {
        final Random random = new Random(7);
        for (int round = 0; round < 60; round++) {
            final byte[] code = new byte[4096];
            random.nextBytes(code);
            // Plenty of system calls with small random numbers among the noise.
            for (int i = 0; i + 8 <= code.length; i += 4 * (1 + random.nextInt(6))) {
                if (mode.equals("thumb")) {
                    put(code, i, 0x2700 | random.nextInt(256) | 0xdf00 << 16);
                } else {
                    put(code, i, 0xe3a07000 | random.nextInt(256));
                    put(code, i + 4, mode.equals("oabi") ? 0xef900000 | random.nextInt(512) : 0xef000000);
                }
            }
            try (ArmGuest g = new ArmGuest(flavour, mode, p -> p.a.raw(code))) {
                for (int r = 0; r < 13; r++) {
                    g.main.regs.slot[r] = random.nextBoolean()
                            ? ArmGuest.DATA + random.nextInt(0x10000)
                            : random.nextInt() & 0xffff_ffffL;
                }
                endsSomehow(g);
            }
        }
    }

    private static void put(final byte[] code, final int at, final int word) {
        for (int i = 0; i < 4; i++) {
            code[at + i] = (byte) (word >>> 8 * i);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void aCorruptedFrameEndsAsAGuestEvent(final Flavour flavour, final String mode) {
        final Random random = new Random(11);
        for (int round = 0; round < 60; round++) {
            final Label handler = new Label("handler");
            final int offset = random.nextInt(740) & ~3;
            final int value = random.nextInt();
            try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
                p.handle(Signals.SIGUSR1, handler, SigAction.SA_SIGINFO);
                p.raise(Signals.SIGUSR1);
                p.exit(0);
                p.a.bind(handler);
                p.a.handlerEntry(ArmGuest.variableAddress(1), ArmGuest.variableAddress(2), ArmGuest.variableAddress(3));
                p.a.loadVariable(GuestAssembler.T0, ArmGuest.variableAddress(3));
                p.a.loadConst(GuestAssembler.T1, value);
                p.a.store(GuestAssembler.T1, GuestAssembler.T0, offset, 4);
                p.a.handlerReturn();
            })) {
                endsSomehow(g);
            }
        }
    }
}
