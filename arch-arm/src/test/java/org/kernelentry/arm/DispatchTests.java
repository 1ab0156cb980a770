package org.kernelentry.arm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;

/** Syscall user dispatch: part of the generic flavour only. */
class DispatchTests {
    private static final int PR_SET_SYSCALL_USER_DISPATCH = 59;
    private static final long SELECTOR = ArmGuest.DATA + 0x40;

    private static void selector(final ArmGuest p, final int value) {
        p.a.loadConst(GuestAssembler.T0, value);
        p.a.loadConst(GuestAssembler.T1, SELECTOR);
        p.a.store(GuestAssembler.T0, GuestAssembler.T1, 0, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"arm", "thumb"})
    void aDispatchedCallIsRolledBackAndTheHandlersReturnIsExempt(final String mode) {
        final Label handler = new Label("handler");
        final Label at = new Label("at");
        try (ArmGuest g = new ArmGuest(Flavour.GENERIC, mode, p -> {
            // No restorer: the handler returns through the signal page, while the selector still says "block".
            p.handle(Signals.SIGSYS, handler, SigAction.SA_SIGINFO);
            p.call("prctl", PR_SET_SYSCALL_USER_DISPATCH, 1, 0, 0, SELECTOR).result(0);
            selector(p, 1);
            p.callNumber(20, at, new Arg.Const(77)).result(1);
            selector(p, 0);
            p.exit(0);
            p.a.bind(handler);
            p.a.handlerEntry(ArmGuest.variableAddress(2), ArmGuest.variableAddress(3), ArmGuest.variableAddress(4));
            p.a.loadVariable(GuestAssembler.T0, ArmGuest.variableAddress(3));
            for (int i = 0; i < 4; i++) {
                // si_code, si_call_addr, si_syscall, si_arch
                p.a.load(GuestAssembler.T1, GuestAssembler.T0, 8 + 4 * i, 4);
                p.a.storeVariable(ArmGuest.variableAddress(5 + i), GuestAssembler.T1);
            }
            p.a.handlerReturn();
        })) {
            g.runToExit();
            assertThat(g.variable(0)).isZero();
            assertThat(g.variable(5)).isEqualTo(SigInfo.SYS_USER_DISPATCH);
            assertThat(g.variable(6)).isEqualTo((int) at.address() + (mode.equals("thumb") ? 2 : 4));
            assertThat(g.variable(7)).isEqualTo(20);
            assertThat(g.variable(8)).isEqualTo(0x4000_0028);
            // Rolled back: r0 is the argument again, and the handler changed nothing.
            assertThat(g.variable(1)).isEqualTo(77);
        }
    }

    @Test
    void nativelyThereIsNoDispatch() {
        try (ArmGuest g = new ArmGuest(
                Flavour.NATIVE,
                "arm",
                p -> p.call("prctl", PR_SET_SYSCALL_USER_DISPATCH, 1, 0, 0, SELECTOR)
                        .result(0)
                        .exit(0))) {
            g.runToExit();
            assertThat(g.variable(0)).isEqualTo(-Errno.EINVAL);
        }
    }
}
