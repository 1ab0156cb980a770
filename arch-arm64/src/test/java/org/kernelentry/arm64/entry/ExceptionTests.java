package org.kernelentry.arm64.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.arm64.Arm64Guest.CODE;
import static org.kernelentry.arm64.Arm64Guest.DATA;
import static org.kernelentry.arm64.Arm64Guest.variableAddress;
import static org.kernelentry.kernel.ptrace.PtraceRequest.PTRACE_CONT;
import static org.kernelentry.kernel.ptrace.PtraceRequest.PTRACE_SINGLESTEP;
import static org.kernelentry.machine.asm.GuestAssembler.T0;
import static org.kernelentry.machine.asm.GuestAssembler.T1;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.arm64.Arm64Guest;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.GuestAssembler.Rel;
import org.kernelentry.machine.asm.Label;

/** Exceptions of user mode other than system calls: the signal, its code and its address. */
final class ExceptionTests {
    private static byte[] word(final String hex) {
        final int word = Integer.parseUnsignedInt(hex, 16);
        return new byte[] {(byte) word, (byte) (word >> 8), (byte) (word >> 16), (byte) (word >> 24)};
    }

    private static Arm64Guest guest(final String mode, final String... words) {
        return new Arm64Guest(KernelConfig.of(Flavour.NATIVE), mode, (a, p) -> {
            for (final String word : words) {
                a.raw(word(word));
            }
        });
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "a64, 00000000, 4, 1, 400000, 400000", // udf
        "a64, d42000e0, 5, 1, 400000, 400000", // brk #7
        "a64, d10013ff f94003e0, 7, 1, 8fffbc, 400004", // sub sp, sp, #4; ldr x0, [sp]
        "a64, d2800801 c85ffc20, 11, 1, 40, 400004", // mov x1, #64; ldaxr x0, [x1]
        "a64, d2800861 c85ffc20, 7, 1, 43, 400004", // mov x1, #67; ldaxr x0, [x1]
        "a64, d2800001 f9400020, 11, 1, 0, 400004", // mov x1, #0; ldr x0, [x1]
        "a64, d2800801 f2eb4001 f9400020, 11, 1, 40, 400008", // mov x1, #64; movk x1, #0x5a00, lsl #48; ldr x0, [x1]
        "a64, d2800001 d61f0020, 11, 1, 0, 0", // mov x1, #0; br x1
        "a64, d2800041 d61f0020, 7, 1, 2, 2", // mov x1, #2; br x1
        "a32, e7f000f0, 4, 1, 400000, 400000", // udf
        "a32, e1010092, 4, 1, 400000, 400000", // swp r0, r2, [r1]: gone in Armv8
        "a32, f1010200, 4, 1, 400000, 400000", // setend be: no mixed endianness
        "a32, e1200070, 5, 1, 400000, 400000", // bkpt #0
        "a32, e7f001f0, 5, 1, 400000, 400000", // the undefined instruction that debuggers of arm take for a breakpoint
        "a32, e3a01000 e5910000, 11, 1, 0, 400004", // mov r1, #0; ldr r0, [r1]
    })
    void the_signal_says_what_and_where(
            final String mode,
            final String words,
            final int signal,
            final int code,
            final String address,
            final String pc) {
        try (Arm64Guest g = guest(mode, words.split(" ", -1)).attach()) {
            g.ptrace(PTRACE_CONT, 0);
            assertThat(Arm64Guest.stopSignal(g.waitStatus())).isEqualTo(signal);
            final SigInfo[] info = new SigInfo[1];
            g.k.ptrace.getSigInfo(g.harness, g.main.pid, info);
            assertThat(info[0].code()).isEqualTo(code);
            assertThat(Long.toHexString(info[0].addr())).isEqualTo(address);
            assertThat(Long.toHexString(g.reg("pc"))).isEqualTo(pc);
        }
    }

    @Test
    void a_store_to_a_page_without_write_permission_is_accerr() {
        try (Arm64Guest g = new Arm64Guest(KernelConfig.of(Flavour.NATIVE), "a64", (a, p) -> {
                    a.setRegister("x1", CODE + 0x800);
                    a.raw(word("f9000020")); // str x0, [x1]
                })
                .attach()) {
            assertThat(g.resume(PTRACE_CONT)).isEqualTo("SIGSEGV code " + SigInfo.SEGV_ACCERR);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // MIDR_EL1, MPIDR_EL1, ID_AA64ISAR0_EL1, ID_AA64PFR0_EL1, ID_AA64MMFR0_EL1
        "d5380009, 414fd0c1",
        "d53800a9, 80000000",
        "d5380609, 211120",
        "d5380409, 11",
        "d5380709, 0"
    })
    void a_read_of_an_id_register_is_emulated_and_counts_as_one_step(final String word, final String value) {
        try (Arm64Guest g = guest("a64", word, "d503201f").attach()) {
            assertThat(g.resume(PTRACE_SINGLESTEP)).isEqualTo("SIGTRAP code 2");
            assertThat(g.reg("pc")).isEqualTo(CODE + 4);
            assertThat(Long.toHexString(g.reg("x9"))).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"d5380029", "d5381009", "d53bc009"})
    void a_read_of_another_system_register_is_sigill(final String word) {
        try (Arm64Guest g = guest("a64", word).attach()) {
            assertThat(g.resume(PTRACE_CONT)).isEqualTo("SIGILL code " + SigInfo.ILL_ILLOPC);
        }
    }

    @Test
    void a_step_onto_a_faulting_instruction_is_not_lost_to_the_fault() {
        try (Arm64Guest g = guest("a64", "d503201f", "d2800001", "f9400020").attach()) {
            assertThat(g.resume(PTRACE_SINGLESTEP)).isEqualTo("SIGTRAP code 2");
            assertThat(g.resume(PTRACE_SINGLESTEP)).isEqualTo("SIGTRAP code 2");
            assertThat(g.resume(PTRACE_SINGLESTEP)).isEqualTo("SIGSEGV code 1");
            // Repaired and stepped again, the same instruction completes and reports.
            g.setReg("x1", DATA);
            assertThat(g.resume(PTRACE_SINGLESTEP)).isEqualTo("SIGTRAP code 2");
            assertThat(g.reg("pc")).isEqualTo(CODE + 12);
        }
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void a_child_returns_0_from_fork_with_its_own_thread_pointer_kept(final Flavour flavour) {
        try (Arm64Guest g = new Arm64Guest(KernelConfig.of(flavour), "a64", (a, p) -> {
                    final Label child = new Label("child");
                    a.setRegister("x9", 0x77);
                    a.raw(word("d51bd049")); // msr tpidr_el0, x9
                    p.call("clone", new Label("clone"), new Arg.Const(17)).result(0);
                    a.loadConst(1, 0);
                    a.branch(Rel.EQ, T0, T1, child);
                    p.call("wait4", -1, variableAddress(4), 0, 0).result(1).exit(0);
                    a.bind(child);
                    a.raw(word("d53bd049")); // mrs x9, tpidr_el0
                    a.loadConst(1, 0x7700);
                    a.sub(0, 1);
                    a.raw(word("aa0903e0")); // mov x0, x9
                    a.setRegister("x8", 94);
                    a.raw(word("d4000001")); // svc #0: exit_group(0x77)
                })
                .runToExit()) {
            assertThat(g.variable(0)).isPositive().isEqualTo(g.variable(1));
            assertThat((int) g.variable(4)).isEqualTo(0x7700);
            assertThat(g.k.log.warnings()).isEmpty();
        }
    }
}
