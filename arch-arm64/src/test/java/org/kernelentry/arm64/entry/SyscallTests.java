package org.kernelentry.arm64.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.arm64.Arm64Guest.variableAddress;
import static org.kernelentry.kernel.ptrace.PtraceRequest.PTRACE_CONT;
import static org.kernelentry.kernel.ptrace.PtraceRequest.PTRACE_SINGLESTEP;
import static org.kernelentry.kernel.ptrace.PtraceRequest.PTRACE_SYSCALL;
import static org.kernelentry.kernel.ptrace.PtraceRequest.PTRACE_SYSEMU;
import static org.kernelentry.kernel.ptrace.PtraceRequest.PTRACE_SYSEMU_SINGLESTEP;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.arm64.Arm64Guest;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;

/** System calls of both modes, by arm64's own entry code and around the generic one. */
final class SyscallTests {
    private static final int ENOSYS = 38;

    private static Arm64Guest getppidTwice(final Flavour flavour, final String mode) {
        return new Arm64Guest(
                KernelConfig.of(flavour),
                mode,
                (a, p) -> p.call("getppid").result(0).call("getppid").result(1).exit(0));
    }

    @ParameterizedTest
    @CsvSource({"NATIVE, a64", "GENERIC, a64", "NATIVE, a32", "GENERIC, a32"})
    void a_call_returns_its_result_to_the_program(final Flavour flavour, final String mode) {
        try (Arm64Guest g = getppidTwice(flavour, mode).runToExit()) {
            assertThat(g.variable(0)).isEqualTo(g.harness.pid);
            assertThat(g.variable(1)).isEqualTo(g.harness.pid);
            assertThat(g.k.log.warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"NATIVE, a64", "GENERIC, a64", "NATIVE, a32", "GENERIC, a32"})
    void a_call_changes_no_register_but_its_result(final Flavour flavour, final String mode) {
        final boolean a64 = mode.equals("a64");
        final int last = a64 ? 30 : 12;
        final String letter = a64 ? "x" : "r";
        final List<Integer> own = a64 ? List.of(0, 8, 9, 16, 17) : List.of(0, 7, 11, 12);
        try (Arm64Guest g = new Arm64Guest(KernelConfig.of(flavour), mode, (a, p) -> {
                    for (int i = 1; i <= last; i++) {
                        if (!own.contains(i)) {
                            a.setRegister(letter + i, 0x1000 + i);
                        }
                    }
                    p.call("getpid");
                    for (int i = 1; i <= last; i++) {
                        if (!own.contains(i)) {
                            a.saveRegister(letter + i, variableAddress(i));
                        }
                    }
                    p.exit(0);
                })
                .runToExit()) {
            for (int i = 1; i <= last; i++) {
                if (!own.contains(i)) {
                    assertThat(g.variable(i)).as(letter + i).isEqualTo(0x1000 + i);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NATIVE, a64, 9999", "NATIVE, a64, -1", "NATIVE, a64, -2", "GENERIC, a64, 9999", "GENERIC, a64, -1",
        "NATIVE, a32, 9999", "NATIVE, a32, -1", "NATIVE, a32, 0xf0001", "NATIVE, a32, 0xf07ff", "GENERIC, a32, 0xf0001"
    })
    void a_number_without_a_call_gives_enosys(final Flavour flavour, final String mode, final String number) {
        try (Arm64Guest g = new Arm64Guest(KernelConfig.of(flavour), mode, (a, p) -> {
                    a.syscall(
                            "svc",
                            new Arg.Const(Long.decode(number)),
                            List.of(new Arg.Const(7)),
                            new Label("at"),
                            new Label("after"));
                    p.result(0).exit(0);
                })
                .runToExit()) {
            assertThat(g.variable(0)).isEqualTo(-ENOSYS);
        }
    }

    @ParameterizedTest
    @CsvSource({"NATIVE", "GENERIC"})
    void a_compat_number_beyond_the_private_range_is_sigill(final Flavour flavour) {
        try (Arm64Guest g = new Arm64Guest(KernelConfig.of(flavour), "a32", (a, p) -> {
            a.syscall("svc", new Arg.Const(0xf0800), List.of(), new Label("at"), new Label("after"));
            p.exit(0);
        })) {
            assertThat(g.run() & 0x7f).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @CsvSource({"NATIVE", "GENERIC"})
    void compat_set_tls_and_cacheflush_are_private_calls(final Flavour flavour) {
        try (Arm64Guest g = new Arm64Guest(KernelConfig.of(flavour), "a32", (a, p) -> {
                    privateCall(a, 0xf0005, 0x1234_5678);
                    p.result(0);
                    a.raw(new byte[] {0x70, 0x0f, 0x1d, (byte) 0xee}); // mrc p15, 0, r0, c13, c0, 3
                    p.result(1);
                    privateCall(a, 0xf0002, 0x40_0000, 0x40_1000, 0);
                    p.result(2);
                    privateCall(a, 0xf0002, 0x40_0000, 0x40_1000, 1);
                    p.result(3);
                    privateCall(a, 0xf0002, 0x40_1000, 0x40_0000, 0);
                    p.result(4).exit(0);
                })
                .runToExit()) {
            assertThat(g.variable(0)).isZero();
            assertThat(g.variable(1)).isEqualTo(0x1234_5678);
            assertThat(g.variable(2)).isZero();
            assertThat(g.variable(3)).isEqualTo(-22);
            assertThat(g.variable(4)).isEqualTo(-22);
        }
    }

    private static void privateCall(final GuestAssembler a, final long number, final long... arguments) {
        final Arg[] args = new Arg[arguments.length];
        for (int i = 0; i < args.length; i++) {
            args[i] = new Arg.Const(arguments[i]);
        }
        a.syscall("svc", new Arg.Const(number), List.of(args), new Label("at"), new Label("after"));
    }

    // ---- tracing

    private static Arm64Guest traced(final Flavour flavour, final String mode) {
        return new Arm64Guest(
                        KernelConfig.of(flavour),
                        mode,
                        (a, p) -> p.call("getpriority", 5, 6, 7).result(0).exit(0))
                .attach();
    }

    @Test
    void the_hint_register_shows_the_direction_and_keeps_its_value() {
        for (final String mode : List.of("a64", "a32")) {
            final String hint = mode.equals("a64") ? "x7" : "r12";
            try (Arm64Guest g = traced(Flavour.NATIVE, mode)) {
                g.setReg(hint, 0x77);
                assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("entry");
                assertThat(g.reg(hint)).isZero();
                g.setReg(hint, 0x99);
                assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("exit");
                assertThat(g.reg(hint)).isEqualTo(1);
                assertThat(g.main.regs.slot[mode.equals("a64") ? 7 : 12]).isEqualTo(1);
                assertThat(g.resume(PTRACE_SINGLESTEP)).isEqualTo("SIGTRAP code 2");
                if (mode.equals("a64")) {
                    assertThat(g.reg(hint)).isEqualTo(0x77);
                }
            }
        }
    }

    @Test
    void x0_is_argument_0_at_the_entry_stop_and_the_preset_around_the_generic_code() {
        try (Arm64Guest g = traced(Flavour.NATIVE, "a64")) {
            assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("entry");
            assertThat(g.reg("x0")).isEqualTo(5);
        }
        try (Arm64Guest g = traced(Flavour.GENERIC, "a64")) {
            assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("entry");
            assertThat(g.reg("x0")).isEqualTo(-ENOSYS);
            assertThat(g.main.regs.slot[34]).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // the tracer sets x0 or r0 = 77 and this number at the entry-stop: what the program gets
        "NATIVE, a64, -1, 77",
        "NATIVE, a64, 9999, -38",
        "NATIVE, a64, -2, -38",
        "NATIVE, a32, -1, 77",
        "NATIVE, a32, 9999, -38",
        "GENERIC, a64, -1, 77",
        "GENERIC, a64, 9999, 77",
        "GENERIC, a64, -2, 77",
        "GENERIC, a32, -1, 77",
        "GENERIC, a32, 0xf0001, 77"
    })
    void a_number_set_by_the_tracer_skips_or_fails(
            final Flavour flavour, final String mode, final String number, final long result) {
        try (Arm64Guest g = traced(flavour, mode)) {
            assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("entry");
            g.setSyscallNumber(Integer.decode(number));
            g.setReg(mode.equals("a64") ? "x0" : "r0", 77);
            assertThat(g.resume(PTRACE_CONT)).isEqualTo("exited 0");
            assertThat(g.variable(0)).isEqualTo(result);
        }
    }

    @Test
    void a_traced_minus_1_of_the_users_own_shows_enosys_at_the_entry_stop() {
        try (Arm64Guest g = new Arm64Guest(KernelConfig.of(Flavour.NATIVE), "a64", (a, p) -> {
                    a.syscall("svc", new Arg.Const(-1), List.of(new Arg.Const(5)), new Label("at"), new Label("after"));
                    p.result(0).exit(0);
                })
                .attach()) {
            assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("entry");
            assertThat(g.syscallNumber()).isEqualTo(-1);
            assertThat(g.reg("x0")).isEqualTo(-ENOSYS);
            assertThat(g.resume(PTRACE_CONT)).isEqualTo("exited 0");
            assertThat(g.variable(0)).isEqualTo(-ENOSYS);
        }
    }

    @Test
    void x0_written_at_the_entry_stop_becomes_argument_0_of_the_body() {
        try (Arm64Guest g =
                new Arm64Guest(KernelConfig.of(Flavour.NATIVE), "a64", (a, p) -> p.call("exit_group", 5)).attach()) {
            assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("entry");
            g.setReg("x0", 9);
            assertThat(g.resume(PTRACE_CONT)).isEqualTo("exited 9");
        }
    }

    @Test
    void a_compat_body_shared_with_native_ones_takes_the_original_argument() {
        try (Arm64Guest g =
                new Arm64Guest(KernelConfig.of(Flavour.NATIVE), "a32", (a, p) -> p.call("exit_group", 5)).attach()) {
            assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("entry");
            g.setReg("r0", 9);
            assertThat(g.resume(PTRACE_CONT)).isEqualTo("exited 5");
        }
        try (Arm64Guest g =
                new Arm64Guest(KernelConfig.of(Flavour.NATIVE), "a32", (a, p) -> p.call("exit_group", 5)).attach()) {
            assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("entry");
            g.setReg("orig_r0", 9);
            assertThat(g.resume(PTRACE_CONT)).isEqualTo("exited 9");
        }
    }

    @Test
    void the_number_is_forgotten_outside_of_calls() {
        try (Arm64Guest g = traced(Flavour.NATIVE, "a64")) {
            assertThat(g.syscallNumber()).isEqualTo(-1);
            assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("entry");
            assertThat(g.syscallNumber()).isEqualTo(g.k.arch.abi("a64").number("getpriority"));
            assertThat(g.resume(PTRACE_SINGLESTEP)).startsWith("SIGTRAP");
            assertThat(g.syscallNumber()).isEqualTo(-1);
        }
    }

    @Test
    void stepping_an_svc_reports_twice_at_the_same_pc() {
        try (Arm64Guest g = traced(Flavour.NATIVE, "a64")) {
            final Label at = new Label("at");
            at.bind(Arm64Guest.CODE);
            String stop;
            do {
                stop = g.resume(PTRACE_SINGLESTEP);
            } while (stop.equals("SIGTRAP code 2"));
            assertThat(stop).isEqualTo("SIGTRAP code 0");
            final long pc = g.reg("pc");
            assertThat(g.mm.space.load32(pc - 4)).isEqualTo(0xd4000001);
            assertThat(g.resume(PTRACE_SINGLESTEP)).isEqualTo("SIGTRAP code 2");
            assertThat(g.reg("pc")).isEqualTo(pc);
            assertThat(g.resume(PTRACE_SINGLESTEP)).isEqualTo("SIGTRAP code 2");
            assertThat(g.reg("pc")).isEqualTo(pc + 4);
        }
    }

    @Test
    void sysemu_singlestep_reports_the_step_of_the_emulated_call_natively_and_not_around_the_generic_code() {
        try (Arm64Guest g = traced(Flavour.NATIVE, "a64")) {
            assertThat(g.resume(PTRACE_SYSEMU)).isEqualTo("entry");
            final long pc = g.reg("pc");
            assertThat(g.resume(PTRACE_SYSEMU_SINGLESTEP)).isEqualTo("SIGTRAP code 0");
            assertThat(g.reg("pc")).isEqualTo(pc);
            assertThat(g.resume(PTRACE_SYSEMU_SINGLESTEP)).isEqualTo("SIGTRAP code 2");
        }
        try (Arm64Guest g = traced(Flavour.GENERIC, "a64")) {
            assertThat(g.resume(PTRACE_SYSEMU)).isEqualTo("entry");
            assertThat(g.resume(PTRACE_SYSEMU_SINGLESTEP)).isEqualTo("SIGTRAP code 2");
        }
    }

    @Test
    void sysemu_keeps_x0_and_runs_no_body() {
        try (Arm64Guest g = traced(Flavour.NATIVE, "a64")) {
            assertThat(g.resume(PTRACE_SYSEMU)).isEqualTo("entry");
            assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("exit");
            assertThat(g.reg("x0")).isEqualTo(5);
        }
    }
}
