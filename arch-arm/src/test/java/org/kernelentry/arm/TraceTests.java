package org.kernelentry.arm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.ptrace.PtraceRequest;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.Label;

/** What a tracer sees and can change. */
class TraceTests {
    private static final int SYSCALL = PtraceRequest.PTRACE_SYSCALL;
    private static final int SET_SYSCALL = 23;

    private static ArmGuest oneCall(final Flavour flavour, final String mode, final long number, final long argument) {
        return new ArmGuest(
                flavour,
                mode,
                p -> p.callNumber(number, new Label("at"), new Arg.Const(argument))
                        .result(0)
                        .exit(0));
    }

    @ParameterizedTest
    @CsvSource({"NATIVE, arm", "NATIVE, thumb", "GENERIC, arm", "GENERIC, thumb"})
    void stopsShowArgument0AndTheHintInIp(final Flavour flavour, final String mode) {
        try (ArmGuest g = oneCall(flavour, mode, 20, 4711)) {
            g.attach();
            assertThat(g.resume(SYSCALL)).isEqualTo("entry 20");
            assertThat(g.reg(ArmPtRegs.ORIG_R0)).isEqualTo(4711);
            final boolean generic = flavour == Flavour.GENERIC;
            assertThat((int) g.reg(ArmPtRegs.R0)).isEqualTo(generic ? -Errno.ENOSYS : 4711);
            final long ip = g.reg(ArmPtRegs.IP);
            assertThat(g.resume(SYSCALL)).isEqualTo("exit " + g.main.pid);
            // Generic entry's own report leaves ip alone.
            assertThat(g.reg(ArmPtRegs.IP)).isEqualTo(generic ? ip : 1);
            if (!generic) {
                assertThat(ip).isZero();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"9999, -38, false", "-1, 5, false", "-2, 5, true"})
    void aSubstitutedNumberIsJudgedAsTheTableSays(final int number, final int result, final boolean sigill) {
        try (ArmGuest g = oneCall(Flavour.NATIVE, "arm", 20, 0)) {
            g.attach();
            g.resume(SYSCALL);
            assertThat(g.k.arch.pokeUser(g.main, 0, 5)).isZero();
            g.ptrace(SET_SYSCALL, number);
            assertThat(g.resume(SYSCALL)).isEqualTo("exit " + (sigill ? "0" : Errno.show(result)));
            if (sigill) {
                assertThat(g.resume(SYSCALL)).isEqualTo("signal SIGILL");
            } else {
                assertThat(g.resume(SYSCALL)).isEqualTo("entry 248");
                assertThat(g.variable(0)).isEqualTo(result);
            }
        }
    }

    @Test
    void aTracedMinusOneReturnsTheCallersR0() {
        try (ArmGuest g = oneCall(Flavour.NATIVE, "arm", -1, 77)) {
            g.attach();
            assertThat(g.resumes(SYSCALL, 3)).containsExactly("entry -1", "exit 77", "entry 248");
            assertThat(g.variable(0)).isEqualTo(77);
        }
    }

    @Test
    void theBodyGetsR0AsTheTracerLeftIt() {
        final long text = ArmGuest.variableAddress(5);
        try (ArmGuest g = new ArmGuest(Flavour.NATIVE, "arm", p -> {
            p.set(5, 'x');
            p.call("write", 99, text, 1).result(0).exit(0);
        })) {
            g.attach();
            g.resume(SYSCALL);
            assertThat(g.k.arch.pokeUser(g.main, 0, 1)).isZero();
            assertThat(g.resume(SYSCALL)).isEqualTo("exit 1");
            assertThat(g.reg(ArmPtRegs.ORIG_R0)).isEqualTo(99);
            assertThat(g.k.console.text()).isEqualTo("x");
        }
    }

    @Test
    void changingR7DoesNotChangeTheNumber() {
        try (ArmGuest g = oneCall(Flavour.NATIVE, "arm", 20, 0)) {
            g.attach();
            g.resume(SYSCALL);
            assertThat(g.k.arch.pokeUser(g.main, 4L * ArmPtRegs.R7, 64)).isZero();
            assertThat(g.resume(SYSCALL)).isEqualTo("exit " + g.main.pid);
        }
    }

    @Test
    void workThatBeginsDuringAnUntracedCallIsMissedAtItsExitNatively() {
        for (final Flavour flavour : Flavour.values()) {
            final Label child = new Label("child");
            try (ArmGuest g = new ArmGuest(flavour, "arm", p -> {
                p.call("fork");
                p.a.bind(child);
                p.exit(0);
            })) {
                g.attach();
                g.ptrace(PtraceRequest.PTRACE_SETOPTIONS, 1 | PtraceRequest.PTRACE_O_TRACEFORK);
                assertThat(g.resume(PtraceRequest.PTRACE_CONT)).isEqualTo("event 1");
                final String next = g.resume(SYSCALL);
                if (flavour == Flavour.NATIVE) {
                    assertThat(next).isEqualTo("entry 248");
                } else {
                    assertThat(next).startsWith("exit ");
                }
            }
        }
    }

    @Test
    void sysemuIsUnknownNativelyAndWorksWithGenericEntry() {
        try (ArmGuest g = oneCall(Flavour.NATIVE, "arm", 20, 0)) {
            g.attach();
            assertThat(g.k.ptrace.ptrace(g.harness, PtraceRequest.PTRACE_SYSEMU, g.main.pid, 0, 0))
                    .isEqualTo(-Errno.EIO);
            assertThat(g.k.ptrace.ptrace(g.harness, PtraceRequest.PTRACE_SINGLESTEP, g.main.pid, 0, 0))
                    .isEqualTo(-Errno.EIO);
        }
        try (ArmGuest g = oneCall(Flavour.GENERIC, "arm", 20, 0)) {
            g.attach();
            assertThat(g.resume(PtraceRequest.PTRACE_SYSEMU)).isEqualTo("entry 20");
            assertThat(g.resume(PtraceRequest.PTRACE_SYSEMU)).isEqualTo("entry 248");
            assertThat(g.variable(0)).isEqualTo(-Errno.ENOSYS);
        }
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void registersAreReadAndWrittenInTheirRealLayout(final Flavour flavour) {
        try (ArmGuest g = oneCall(flavour, "arm", 20, 0)) {
            g.attach();
            g.resume(SYSCALL);
            final byte[] set = new byte[ArmPtRegs.SIZE];
            assertThat(g.k.ptrace.getRegset(g.harness, g.main.pid, 1, set)).isEqualTo(ArmPtRegs.SIZE);
            assertThat(set[4 * ArmPtRegs.R7]).isEqualTo((byte) 20);
            assertThat(set[4 * ArmPtRegs.CPSR]).isEqualTo((byte) 0x10);
            assertThat(g.k.arch.registerOffset(g.main, "ORIG_r0")).isEqualTo(68);
            // Supervisor mode is refused and nothing of the set is taken.
            set[4 * ArmPtRegs.CPSR] = 0x13;
            set[4] = 99;
            assertThat(g.k.ptrace.setRegset(g.harness, g.main.pid, 1, set)).isEqualTo(-Errno.EINVAL);
            assertThat(g.reg(1)).isNotEqualTo(99);
            set[4 * ArmPtRegs.CPSR] = 0x10;
            assertThat(g.k.ptrace.setRegset(g.harness, g.main.pid, 1, set)).isEqualTo(ArmPtRegs.SIZE);
            assertThat(g.reg(1)).isEqualTo(99);
            final long[] value = new long[1];
            assertThat(g.k.arch.peekUser(g.main, 2, value)).isEqualTo(-Errno.EIO);
            assertThat(g.k.arch.peekUser(g.main, 292, value)).isZero();
            assertThat(g.k.arch.peekUser(g.main, 296, value)).isEqualTo(-Errno.EIO);
            assertThat(g.k.arch.peekUser(g.main, 0x10008, value)).isZero();
            assertThat(g.k.arch.pokeUser(g.main, 64, 0x13)).isEqualTo(-Errno.EINVAL);
        }
    }
}
