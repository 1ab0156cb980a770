package org.kernelentry.arm64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.arm64.A64Machine.CODE;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.arm64.decode.A64Feature;
import org.kernelentry.machine.CpuExit;

/** PSTATE.BTYPE and PSTATE.TCO of CPUs that have them: DDI 0487 D8.4.5 (BTYPE), D10.4.1 (TCO). */
final class BranchTypeTests {
    private static final int NOP = 0xd503201f;
    private static final int BRK = 0xd4200000;

    private final A64Machine machine = new A64Machine(Set.of(A64Feature.values()));

    @ParameterizedTest
    @CsvSource({"br, d61f0000, 400", "blr, d63f0000, 800", "ret, d65f0000, 0", "b, 14000002, 0", "nop, d503201f, 0"})
    void after_an_instruction_btype_says_what_branch_it_was(final String name, final String word, final String btype) {
        machine.code(Integer.parseUnsignedInt(word, 16), NOP, BRK).set(0, CODE + 8);
        machine.state.r[A64Regs.BTYPE] = A64Regs.PSR_BTYPE_CALL;
        assertThat(machine.step()).isEqualTo(CpuExit.SINGLE_STEP);
        assertThat(A64Regs.pstate(machine.state)).as(name).isEqualTo(Long.parseLong(btype, 16));
    }

    @Test
    void a_breakpoint_keeps_btype_for_the_saved_state() {
        machine.code(0xd63f0000, NOP, BRK).set(0, CODE + 8); // blr x0
        assertThat(machine.run()).isEqualTo(CpuExit.BREAKPOINT);
        assertThat(A64Regs.pstate(machine.state)).isEqualTo(A64Regs.PSR_BTYPE_CALL);
    }

    @Test
    void a_cpu_without_bti_has_no_btype() {
        final A64Machine plain = new A64Machine();
        plain.code(0xd63f0000, NOP, BRK).set(0, CODE + 8);
        assertThat(plain.run()).isEqualTo(CpuExit.BREAKPOINT);
        assertThat(A64Regs.pstate(plain.state)).isZero();
    }

    @Test
    void the_tag_check_override_is_set_read_and_cleared() {
        // msr tco, #1; mrs x1, tco; msr tco, x2; mrs x3, tco; brk
        machine.code(0xd503419f, 0xd53b42e1, 0xd51b42e2, 0xd53b42e3, BRK).set(2, ~A64Regs.PSR_TCO);
        machine.step();
        assertThat(A64Regs.pstate(machine.state)).isEqualTo(A64Regs.PSR_TCO);
        machine.run();
        assertThat(machine.get(1)).isEqualTo(A64Regs.PSR_TCO);
        assertThat(machine.get(3)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"msr tco #1, d503419f", "mrs x1 tco, d53b42e1", "msr tco x2, d51b42e2"})
    void a_cpu_without_mte_does_not_know_tco(final String name, final String word) {
        final A64Machine plain = new A64Machine();
        assertThat(plain.code(Integer.parseUnsignedInt(word, 16)).run())
                .as(name)
                .isEqualTo(CpuExit.UNDEFINED);
    }
}
