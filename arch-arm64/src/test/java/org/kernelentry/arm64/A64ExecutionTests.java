package org.kernelentry.arm64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.arm64.A64Machine.CODE;
import static org.kernelentry.arm64.A64Machine.DATA;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.memory.AddressSpace;

/** What single recorded instructions cannot show: control flow, exits and their precision, monitors, system registers. */
final class A64ExecutionTests {
    private static final int SVC_0 = 0xd4000001;

    private final A64Machine machine = new A64Machine();

    // ---- exits

    @Test
    void svc_leaves_behind_the_instruction_with_its_immediate() {
        assertThat(machine.code(0xd503201f, 0xd4024681).run()).isEqualTo(CpuExit.SYSCALL); // nop; svc #0x1234
        assertThat(machine.cpu.exitDetail()).isEqualTo(0x1234);
        assertThat(machine.state.pc).isEqualTo(CODE + 8);
        assertThat(machine.cpu.retired()).isEqualTo(2);
    }

    @Test
    void brk_leaves_at_the_instruction_with_its_immediate() {
        assertThat(machine.code(0xd503201f, 0xd4210000).run()).isEqualTo(CpuExit.BREAKPOINT); // nop; brk #0x800
        assertThat(machine.cpu.exitDetail()).isEqualTo(0x800);
        assertThat(machine.state.pc).isEqualTo(CODE + 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "d4000002", "d4400000", "d69f03e0", "1ee22820", "d5381000", "ffffffff"})
    void an_instruction_that_el0_does_not_have_leaves_at_it(final String word) {
        assertThat(machine.code(0xd503201f, Integer.parseUnsignedInt(word, 16)).run())
                .isEqualTo(CpuExit.UNDEFINED);
        assertThat(machine.state.pc).isEqualTo(CODE + 4);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void a_pc_that_is_no_multiple_of_4_is_an_alignment_fault_at_the_pc(final long low) {
        machine.code(0xd61f0000).set(0, CODE + 64 + low); // br x0
        assertThat(machine.run()).isEqualTo(CpuExit.ALIGNMENT);
        assertThat(machine.state.pc).isEqualTo(CODE + 64 + low);
        assertThat(machine.cpu.faultAddress()).isEqualTo(CODE + 64 + low);
    }

    @Test
    void a_branch_to_an_unmapped_page_faults_at_the_target() {
        machine.code(0xd63f0000).set(0, 0x1000); // blr x0
        assertThat(machine.run()).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(machine.state.pc).isEqualTo(0x1000);
        assertThat(machine.cpu.faultAccess()).isEqualTo(AddressSpace.PROT_EXEC);
        assertThat(machine.get(A64Regs.LR)).isEqualTo(CODE + 4);
    }

    // ---- branches

    @Test
    void blr_through_the_link_register_goes_where_it_pointed() {
        machine.code(0xd63f03c0, 0xd503201f, SVC_0).set(A64Regs.LR, CODE + 8); // blr x30
        assertThat(machine.run()).isEqualTo(CpuExit.SYSCALL);
        assertThat(machine.state.pc).isEqualTo(CODE + 12);
        assertThat(machine.get(A64Regs.LR)).isEqualTo(CODE + 4);
    }

    @ParameterizedTest
    @CsvSource({"d61f0000, 5a00000000000000", "d63f0000, ff00000000000000", "d65f0000, 0100000000000000"})
    void a_branch_to_a_register_ignores_the_top_byte(final String word, final String tag) {
        machine.code(Integer.parseUnsignedInt(word, 16), 0xd503201f, SVC_0); // br x0, blr x0, ret x0
        machine.set(0, CODE + 8 | Long.parseUnsignedLong(tag, 16));
        assertThat(machine.run()).isEqualTo(CpuExit.SYSCALL);
        assertThat(machine.state.pc).isEqualTo(CODE + 12);
    }

    @Test
    void a_branch_with_bit_55_set_keeps_ones_above() {
        machine.code(0xd61f0000).set(0, 0x00ff_ffff_ffff_0000L); // br x0
        assertThat(machine.run()).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(machine.state.pc).isEqualTo(-0x1_0000L);
    }

    @Test
    void a_loop_counts_down_and_falls_through() {
        // mov x0, #5; 1: add x1, x1, x0; subs x0, x0, #1; b.ne 1b; svc #0
        machine.code(0xd28000a0, 0x8b000021, 0xf1000400, 0x54ffffc1, SVC_0).set(1, 0);
        assertThat(machine.run()).isEqualTo(CpuExit.SYSCALL);
        assertThat(machine.get(1)).isEqualTo(15);
        assertThat(machine.cpu.retired()).isEqualTo(1 + 3 * 5 + 1);
    }

    @ParameterizedTest
    @CsvSource({
        // cbz w0, +8 looks at the low half only; cbz x0, +8 at all of it
        "34000040, 100000000, true",
        "b4000040, 100000000, false",
        "35000040, 100000000, false",
        "b5000040, 100000000, true",
        // tbz, tbnz x0, #63, +8
        "b6f80040, 8000000000000000, false",
        "b7f80040, 8000000000000000, true",
        // tbz w0, #0, +8
        "36000040, fffffffffffffffe, true",
        // b.al, b.nv +8
        "5400004e, 0, true",
        "5400004f, 0, true",
    })
    void a_test_branch_goes_by_its_register(final String word, final String x0, final boolean taken) {
        machine.code(Integer.parseUnsignedInt(word, 16)).set(0, Long.parseUnsignedLong(x0, 16));
        assertThat(machine.step()).isEqualTo(CpuExit.SINGLE_STEP);
        assertThat(machine.state.pc).isEqualTo(CODE + (taken ? 8 : 4));
    }

    @ParameterizedTest
    @CsvSource({"10000000, 0", "30ffffe0, -3", "90000000, 0", "b0000000, 1000"})
    void adr_and_adrp_start_from_the_pc_and_its_page(final String word, final String distance) {
        machine.code(Integer.parseUnsignedInt(word, 16));
        machine.step();
        assertThat(machine.get(0)).isEqualTo(CODE + Long.parseLong(distance, 16));
    }

    @Test
    void a_literal_load_reads_beside_the_code() {
        machine.code(0x58000041, SVC_0, 0x89abcdef, 0x01234567); // ldr x1, .+8
        machine.run();
        assertThat(machine.get(1)).isEqualTo(0x0123456789abcdefL);
        machine.code(0x98000041, SVC_0, 0x89abcdef); // ldrsw x1, .+8
        machine.run();
        assertThat(machine.get(1)).isEqualTo(0xffff_ffff_89ab_cdefL);
    }

    // ---- precise faults

    @Test
    void a_pair_load_whose_second_word_faults_changes_no_register() {
        final long end = DATA + (long) A64Machine.DATA_PAGES * AddressSpace.PAGE_SIZE;
        machine.code(0xa8c10440).set(0, 11).set(1, 22).set(2, end - 8); // ldp x0, x1, [x2], #16
        assertThat(machine.run()).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(machine.cpu.faultAddress()).isEqualTo(end);
        assertThat(machine.cpu.faultAccess()).isEqualTo(AddressSpace.PROT_READ);
        assertThat(machine.state.pc).isEqualTo(CODE);
        assertThat(machine.get(0)).isEqualTo(11);
        assertThat(machine.get(1)).isEqualTo(22);
        assertThat(machine.get(2)).isEqualTo(end - 8);
    }

    @Test
    void a_pair_store_whose_second_word_faults_stores_nothing_and_keeps_its_base() {
        final long end = DATA + (long) A64Machine.DATA_PAGES * AddressSpace.PAGE_SIZE;
        machine.code(0xa9bf0440).set(0, 11).set(1, 22).set(2, end + 8); // stp x0, x1, [x2, #-16]!
        assertThat(machine.run()).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(machine.cpu.faultAddress()).isEqualTo(end);
        assertThat(machine.cpu.faultAccess()).isEqualTo(AddressSpace.PROT_WRITE);
        assertThat(machine.memory.load64(end - 8)).isZero();
        assertThat(machine.get(2)).isEqualTo(end + 8);
    }

    @Test
    void a_writeback_load_that_faults_keeps_its_base() {
        machine.code(0xf8408c41).set(1, 5).set(2, 0x1000); // ldr x1, [x2, #8]!
        assertThat(machine.run()).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(machine.cpu.faultAddress()).isEqualTo(0x1008);
        assertThat(machine.cpu.faultOnPresentPage()).isFalse();
        assertThat(machine.get(1)).isEqualTo(5);
        assertThat(machine.get(2)).isEqualTo(0x1000);
    }

    // ---- alignment

    @Test
    void an_ordinary_access_may_be_unaligned() {
        machine.code(0xf8003041, 0xf8403040)
                .set(1, 0x0102030405060708L)
                .set(2, DATA); // stur x1, [x2, #3]; ldur x0, [x2, #3]
        machine.step();
        machine.step();
        assertThat(machine.get(0)).isEqualTo(0x0102030405060708L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c85f7c41",
                "c85ffc41",
                "c8007c41",
                "c8dffc41",
                "c89ffc41",
                "c87f0c41", // ldxr ldaxr stxr ldar stlr ldxp
                "f8200041",
                "f8208041",
                "c8a07c41",
                "48207c44",
                "f8bfc041" // ldadd swp cas casp ldapr
            })
    void an_ordered_or_exclusive_access_must_be_aligned(final String word) {
        machine.code(Integer.parseUnsignedInt(word, 16)).set(2, DATA + 4);
        assertThat(machine.run()).isEqualTo(CpuExit.ALIGNMENT);
        assertThat(machine.cpu.faultAddress()).isEqualTo(DATA + 4);
        assertThat(machine.state.pc).isEqualTo(CODE);
    }

    @Test
    void a_stack_pointer_that_is_no_multiple_of_16_faults_when_used_as_base() {
        machine.code(0xf94007e0).set(A64Regs.SP, DATA + 8); // ldr x0, [sp, #8]
        assertThat(machine.run()).isEqualTo(CpuExit.ALIGNMENT);
        assertThat(machine.cpu.faultAddress()).isEqualTo(DATA + 8);
    }

    @Test
    void a_stack_pointer_that_is_no_multiple_of_16_may_be_moved() {
        machine.code(0x910003e0).set(A64Regs.SP, DATA + 8); // mov x0, sp
        assertThat(machine.step()).isEqualTo(CpuExit.SINGLE_STEP);
        assertThat(machine.get(0)).isEqualTo(DATA + 8);
    }

    // ---- exclusive monitor

    @Test
    void a_store_exclusive_succeeds_once_after_its_load() {
        // ldxr x1, [x2]; stxr w0, x3, [x2]; stxr w4, x5, [x2]; svc #0
        machine.code(0xc85f7c41, 0xc8007c43, 0xc8047c45, SVC_0)
                .set(2, DATA)
                .set(3, 77)
                .set(5, 88);
        assertThat(machine.run()).isEqualTo(CpuExit.SYSCALL);
        assertThat(machine.get(0)).isZero();
        assertThat(machine.get(4)).isEqualTo(1);
        assertThat(machine.memory.load64(DATA)).isEqualTo(77);
    }

    @Test
    void a_store_exclusive_fails_when_somebody_wrote_in_between() {
        machine.code(0xc85f7c41, 0xc8007c43).set(2, DATA).set(3, 77);
        machine.step();
        machine.memory.store64(DATA, 5);
        machine.step();
        assertThat(machine.get(0)).isEqualTo(1);
        assertThat(machine.memory.load64(DATA)).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"d503305f", "exception return", "other address"})
    void a_store_exclusive_fails_when_the_monitor_was_opened(final String how) {
        machine.code(0xc85f7c41, 0xd503305f, 0xc8007c43).set(2, DATA).set(3, 77); // ldxr; clrex; stxr
        machine.step();
        switch (how) {
            case "d503305f" -> machine.step();
            case "exception return" -> A64Regs.clearExclusive(machine.state);
            default -> machine.set(2, DATA + 8);
        }
        machine.state.pc = CODE + 8;
        machine.step();
        assertThat(machine.get(0)).isEqualTo(1);
        assertThat(machine.memory.load64(DATA)).isZero();
    }

    @Test
    void exclusive_pairs_load_and_store_both_words() {
        machine.memory.store64(DATA, 1);
        machine.memory.store64(DATA + 8, 2);
        // ldxp x4, x5, [x2]; stxp w0, x6, x7, [x2]
        machine.code(0xc87f1444, 0xc8201c46).set(2, DATA).set(6, 66).set(7, 77);
        machine.step();
        machine.step();
        assertThat(machine.get(4)).isEqualTo(1);
        assertThat(machine.get(5)).isEqualTo(2);
        assertThat(machine.get(0)).isZero();
        assertThat(machine.memory.load64(DATA)).isEqualTo(66);
        assertThat(machine.memory.load64(DATA + 8)).isEqualTo(77);
    }

    @Test
    void a_failed_compare_and_swap_needs_a_writable_page() {
        machine.memory.protect(DATA, AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ);
        machine.code(0xc8a07c41).set(0, 9).set(2, DATA); // cas x0, x1, [x2]
        assertThat(machine.run()).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(machine.cpu.faultAccess()).isEqualTo(AddressSpace.PROT_WRITE);
        assertThat(machine.get(0)).isEqualTo(9);
    }

    // ---- system registers

    @Test
    void tpidr_el0_reads_back_and_tpidrro_el0_cannot_be_written() {
        machine.code(0xd51bd040, 0xd53bd041).set(0, 0x1234_5678_9abc_def0L); // msr tpidr_el0, x0; mrs x1, tpidr_el0
        machine.step();
        machine.step();
        assertThat(machine.get(1)).isEqualTo(0x1234_5678_9abc_def0L);
        machine.code(0xd51bd060); // msr tpidrro_el0, x0
        assertThat(machine.run()).isEqualTo(CpuExit.UNDEFINED);
    }

    @Test
    void nzcv_goes_through_a_register_and_through_pstate() {
        for (long nzcv = 0; nzcv < 16; nzcv++) {
            machine.code(0xd51b4200, 0xd53b4201).set(0, nzcv << 28 | 0xfff); // msr nzcv, x0; mrs x1, nzcv
            machine.step();
            assertThat(A64Regs.pstate(machine.state)).isEqualTo(nzcv << 28);
            A64Regs.setPstate(machine.state, nzcv << 28);
            machine.step();
            assertThat(machine.get(1)).isEqualTo(nzcv << 28);
        }
    }

    @Test
    void dc_zva_clears_the_64_bytes_around_its_address() {
        for (int at = -64; at < 128; at += 8) {
            machine.memory.store64(DATA + at, -1);
        }
        machine.code(0xd50b7420).set(0, DATA + 37); // dc zva, x0
        machine.step();
        for (int at = -64; at < 128; at += 8) {
            assertThat(machine.memory.load64(DATA + at)).isEqualTo(at >= 0 && at < 64 ? 0 : -1);
        }
    }

    // ---- modes

    @Test
    void pstate_with_the_32_bit_mode_selects_aarch32_and_back() {
        A64Regs.setPstate(machine.state, 0x6000_0010L);
        assertThat(A64Regs.isAarch32(machine.state)).isTrue();
        assertThat(A64Regs.pstate(machine.state)).isEqualTo(0x6000_0010L);
        A64Regs.setPstate(machine.state, 0x0000_0030L);
        assertThat(A64Regs.pstate(machine.state)).isEqualTo(0x0000_0030L);
        A64Regs.setPstate(machine.state, 0x8000_0000L);
        assertThat(A64Regs.isAarch32(machine.state)).isFalse();
        assertThat(A64Regs.pstate(machine.state)).isEqualTo(0x8000_0000L);
    }

    @Test
    void aarch32_code_sees_the_low_halves_of_the_same_registers() {
        machine.code(0xe0810002, 0xef000000).set(1, 40).set(2, 2); // add r0, r1, r2; svc #0
        A64Regs.setPstate(machine.state, A64Regs.PSR_MODE32);
        assertThat(machine.run()).isEqualTo(CpuExit.SYSCALL);
        assertThat(machine.get(0)).isEqualTo(42);
    }
}
