package org.kernelentry.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.x86.X86Exit;
import org.kernelentry.x86.X86Regs;

/** What single instructions do not show: when exceptions are raised, what faults leave alone, and that MMX is the same registers. */
class X87Tests {
    /** FLD1; FLDZ; FDIVP: 1 / 0 with the exception not masked. */
    private static final String ZERO_DIVIDE = "d9e8 d9ee def9 ";

    private static Guest unmasked(final String code) {
        final Guest g = Guest.x64(ZERO_DIVIDE + code);
        g.s.r[X86Regs.FCW] = X86Regs.FCW_DEFAULT & ~4;
        return g;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"FWAIT, 9b", "FLD1, d9e8", "FLDCW, d9 2c 25 00000020", "PADDB of MMX, 0ffcc0", "EMMS, 0f77"})
    void an_exception_is_raised_by_the_next_instruction_that_waits(final String name, final String code) {
        final Guest g = unmasked("90 " + code + " 0f0b");

        assertThat(g.run(10)).isEqualTo(CpuExit.TRAP);
        assertThat(g.cpu.exitDetail()).isEqualTo(X86Exit.VECTOR_MF);
        assertThat(g.at()).isEqualTo(7);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"FNSTSW, dfe0", "FNCLEX, dbe2", "FNINIT, dbe3", "FNSTCW, d93c2500000020", "PADDB of SSE, 660ffcc0"})
    void instructions_of_control_and_of_SSE_do_not_wait(final String name, final String code) {
        final Guest g = unmasked(code + " 0f0b");

        assertThat(g.run(10)).isEqualTo(CpuExit.UNDEFINED);
    }

    @Test
    void a_division_by_zero_that_is_not_masked_changes_no_register() {
        final Guest g = unmasked("0f0b");
        g.run(10);

        // ES, ZE and B; TOP is 6: nothing was popped.
        assertThat(g.s.r[X86Regs.FSW]).isEqualTo(0x8084 | 6 << 11);
        assertThat(g.s.r[X86Regs.FTW]).isEqualTo(0xc0);
        assertThat(g.s.r[X86Regs.ST + 2 * 7]).isEqualTo(1L << 63);
    }

    @Test
    void masking_it_again_takes_it_back() {
        // FNSTENV masks everything.
        final Guest g = unmasked("d93425 00000020 d9e8 0f0b");

        assertThat(g.run(10)).isEqualTo(CpuExit.UNDEFINED);
        assertThat(g.s.r[X86Regs.FSW] & 0x80).isZero();
    }

    @ParameterizedTest(name = "status {0}, control {1}")
    @CsvSource({"0x36a4, 0x47a, 0xb6a4", "0x0004, 0x37b, 0x8084", "0x8084, 0x37f, 0x0004", "0, 0x37f, 0"})
    void FXRSTOR_finds_out_itself_whether_an_exception_is_pending(
            final String status, final String control, final String loaded) {
        final Guest g = Guest.x64("0fae0c25 00010020 0f0b");
        g.space.poke(Guest.DATA + 0x100, new byte[512], 0, 512);
        g.space.store64(Guest.DATA + 0x100, Long.decode(control) | Long.decode(status) << 16);

        assertThat(g.run(10)).isEqualTo(CpuExit.UNDEFINED);
        assertThat(g.s.r[X86Regs.FSW]).isEqualTo(Long.decode(loaded).longValue());
    }

    @Test
    void a_store_that_faults_pops_nothing() {
        // FLD1; FSTP of 80 bits across the end of the page.
        final Guest g = Guest.x64("d9e8 db3c25 f80f0020 0f0b");

        assertThat(g.run(10)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(g.cpu.faultAddress()).isEqualTo(Guest.DATA + AddressSpace.PAGE_SIZE);
        assertThat(g.s.r[X86Regs.FTW]).isEqualTo(0x80);
        assertThat(g.space.load64(Guest.DATA + 0xff8)).isZero();
    }

    @Test
    void MMX_writes_the_significands_of_the_same_registers() {
        // FLD1; MOVD MM0 of EAX, which sets TOP to 0
        final Guest g = Guest.x64("d9e8 b805000000 0f6ec0 0f0b");
        g.run(10);

        assertThat(g.s.r[X86Regs.ST]).isEqualTo(5);
        assertThat(g.s.r[X86Regs.ST + 1]).isEqualTo(0xffff);
        assertThat(g.s.r[X86Regs.FSW] >> 11 & 7).isZero();
        assertThat(g.s.r[X86Regs.FTW]).isEqualTo(0xff);
    }

    @ParameterizedTest(name = "rounding control {0}")
    @CsvSource({"0, c90fdaa22168c235", "1, c90fdaa22168c234", "2, c90fdaa22168c235", "3, c90fdaa22168c234"})
    void constants_obey_the_rounding_control(final int control, final String significand) {
        final Guest g = Guest.x64("d9eb 0f0b");
        g.s.r[X86Regs.FCW] |= control << 10;
        g.run(10);

        assertThat(Long.toHexString(g.s.r[X86Regs.ST + 2 * 7])).isEqualTo(significand);
    }

    @Test
    void the_last_instruction_and_operand_are_kept() {
        final Guest g = Guest.x64("d9e8 d90425 40000020 90 0f0b");
        g.run(10);

        assertThat(g.s.r[X86Regs.FIP]).isEqualTo(Guest.CODE + 2);
        assertThat(g.s.r[X86Regs.FDP]).isEqualTo(Guest.DATA + 0x40);
        assertThat(g.s.r[X86Regs.FOP]).isEqualTo(0x104);
    }
}
