package org.kernelentry.arm64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.arm64.A64Machine.CODE;
import static org.kernelentry.arm64.A64Machine.DATA;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.memory.AddressSpace;

/** Code that changes, pages that change, and the ends of pages and of the address space. */
final class CodeAndMemoryTests {
    private static final int NOP = 0xd503201f;
    private static final int SVC_0 = 0xd4000001;
    private static final int MOV_X2_1 = 0xd2800022;
    private static final int MOV_X2_2 = 0xd2800042;
    private static final int BR_X1 = 0xd61f0020;
    private static final int PAGE = AddressSpace.PAGE_SIZE;
    private static final int READ_EXECUTE = AddressSpace.PROT_READ | AddressSpace.PROT_EXEC;
    /** First address behind the data. */
    private static final long END = DATA + (long) A64Machine.DATA_PAGES * PAGE;

    private final A64Machine machine = new A64Machine();

    // ---- code

    @Test
    void a_store_changes_an_instruction_further_on_in_the_same_block() {
        machine.memory.protect(CODE, PAGE, READ_EXECUTE | AddressSpace.PROT_WRITE);
        machine.code(0xb9000001, MOV_X2_1, SVC_0) // str w1, [x0]
                .set(0, CODE + 4)
                .set(1, MOV_X2_2);
        assertThat(machine.run()).isEqualTo(CpuExit.SYSCALL);
        assertThat(machine.get(2)).isEqualTo(2);
    }

    @Test
    void a_vector_store_changes_code_that_has_run_before() {
        machine.memory.protect(CODE, PAGE, READ_EXECUTE | AddressSpace.PROT_WRITE);
        machine.code(0x3d800020, NOP, NOP, NOP, MOV_X2_1, SVC_0, NOP, NOP); // str q0, [x1]
        machine.set(1, CODE + 16).set(A64Regs.v(0), (long) SVC_0 << 32 | MOV_X2_1 & 0xffff_ffffL);
        assertThat(machine.run()).isEqualTo(CpuExit.SYSCALL);
        assertThat(machine.get(2)).isEqualTo(1);
        machine.state.pc = CODE;
        machine.set(A64Regs.v(0), (long) SVC_0 << 32 | MOV_X2_2 & 0xffff_ffffL);
        assertThat(machine.run()).isEqualTo(CpuExit.SYSCALL);
        assertThat(machine.get(2)).isEqualTo(2);
    }

    @Test
    void a_page_mapped_anew_runs_its_new_code() {
        machine.code(MOV_X2_1, SVC_0).run();
        machine.memory.unmap(CODE, PAGE);
        machine.memory.map(CODE, PAGE, READ_EXECUTE);
        machine.code(MOV_X2_2, SVC_0);
        assertThat(machine.run()).isEqualTo(CpuExit.SYSCALL);
        assertThat(machine.get(2)).isEqualTo(2);
    }

    @Test
    void code_on_a_page_that_lost_the_permission_does_not_run_again() {
        machine.code(MOV_X2_1, SVC_0).run();
        machine.memory.protect(CODE, PAGE, AddressSpace.PROT_READ);
        machine.state.pc = CODE;
        assertThat(machine.run()).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(machine.cpu.faultAccess()).isEqualTo(AddressSpace.PROT_EXEC);
        assertThat(machine.cpu.faultAddress()).isEqualTo(CODE);
        assertThat(machine.cpu.faultOnPresentPage()).isTrue();
    }

    @Test
    void execution_that_runs_off_its_last_page_faults_at_the_next_with_all_before_it_done() {
        machine.memory.unmap(CODE + PAGE, PAGE);
        machine.code(BR_X1).set(1, CODE + PAGE - 8);
        machine.memory.poke(CODE + PAGE - 8, bytes(NOP, MOV_X2_2), 0, 8);
        assertThat(machine.run()).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(machine.state.pc).isEqualTo(CODE + PAGE);
        assertThat(machine.cpu.faultAccess()).isEqualTo(AddressSpace.PROT_EXEC);
        assertThat(machine.cpu.faultOnPresentPage()).isFalse();
        assertThat(machine.get(2)).isEqualTo(2);
        assertThat(machine.cpu.retired()).isEqualTo(3);
    }

    private static byte[] bytes(final int... words) {
        final byte[] bytes = new byte[4 * words.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (words[i / 4] >>> 8 * (i & 3));
        }
        return bytes;
    }

    // ---- tagged addresses

    @Test
    void a_load_and_a_store_ignore_the_top_byte_of_an_address() {
        machine.memory.store64(DATA, 77);
        // ldr x2, [x1]; str x2, [x1, #8]
        machine.code(0xf9400022, 0xf9000422, SVC_0).set(1, DATA | 0x5aL << 56);
        assertThat(machine.run()).isEqualTo(CpuExit.SYSCALL);
        assertThat(machine.get(2)).isEqualTo(77);
        assertThat(machine.memory.load64(DATA + 8)).isEqualTo(77);
        assertThat(machine.get(1)).isEqualTo(DATA | 0x5aL << 56);
    }

    @Test
    void a_page_reached_by_a_tagged_address_and_unmapped_is_gone() {
        machine.code(0xf9400022, SVC_0).set(1, DATA | 0x5aL << 56);
        assertThat(machine.run()).isEqualTo(CpuExit.SYSCALL);
        machine.memory.unmap(DATA, PAGE);
        machine.state.pc = CODE;
        assertThat(machine.run()).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(machine.cpu.faultAddress()).isEqualTo(DATA | 0x5aL << 56);
    }

    @Test
    void bit_55_is_no_part_of_the_tag() {
        machine.code(0xf9400022, SVC_0).set(1, DATA | 1L << 55);
        assertThat(machine.run()).isEqualTo(CpuExit.PAGE_FAULT);
    }

    // ---- the ends of pages

    @ParameterizedTest
    @CsvSource({"3dc00020, ldr q0", "4cdf0020, ld4 with writeback", "fc408c20, ldr d0 with writeback"})
    void a_vector_load_across_the_end_faults_there_and_changes_nothing(final String word, final String text) {
        machine.code(Integer.parseUnsignedInt(word, 16)).set(1, word.startsWith("fc") ? END - 12 : END - 4);
        for (int i = 0; i < A64Regs.V_SLOTS; i++) {
            machine.set(A64Regs.V + i, 0x1000 + i);
        }
        final long base = machine.get(1);
        assertThat(machine.run()).as(text).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(machine.cpu.faultAddress()).isEqualTo(END);
        assertThat(machine.get(1)).isEqualTo(base);
        for (int i = 0; i < A64Regs.V_SLOTS; i++) {
            assertThat(machine.get(A64Regs.V + i)).isEqualTo(0x1000 + i);
        }
    }

    @ParameterizedTest
    @CsvSource({"3d800020, str q0", "4c9f0020, st4 with writeback"})
    void a_vector_store_across_the_end_faults_there_and_stores_nothing(final String word, final String text) {
        machine.code(Integer.parseUnsignedInt(word, 16)).set(1, END - 8).set(A64Regs.v(0), -1);
        assertThat(machine.run()).as(text).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(machine.cpu.faultAddress()).isEqualTo(END);
        assertThat(machine.cpu.faultAccess()).isEqualTo(AddressSpace.PROT_WRITE);
        assertThat(machine.memory.load64(END - 8)).isZero();
        assertThat(machine.get(1)).isEqualTo(END - 8);
    }

    @Test
    void an_unaligned_vector_access_goes_across_pages() {
        machine.memory.store64(DATA - 5, 0x1122_3344_5566_7788L);
        machine.memory.store64(DATA + 3, 0x99aa_bbcc_ddee_ff00L);
        machine.code(0x3dc00020, SVC_0).set(1, DATA - 5).run(); // ldr q0, [x1]
        assertThat(machine.get(A64Regs.v(0))).isEqualTo(0x1122_3344_5566_7788L);
        assertThat(machine.get(A64Regs.v(0) + 1)).isEqualTo(0x99aa_bbcc_ddee_ff00L);
    }

    // ---- the ends of the address space

    @ParameterizedTest
    @CsvSource({"f9400020, -4", "a9400c22, -8", "3dc00020, -8", "f9400020, -8"})
    void an_access_at_the_top_of_the_address_space_faults_at_its_start(final String word, final long address) {
        machine.code(Integer.parseUnsignedInt(word, 16))
                .set(1, address)
                .set(0, 77)
                .set(2, 77);
        assertThat(machine.run()).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(machine.cpu.faultAddress()).isEqualTo(address);
        assertThat(machine.get(0)).isEqualTo(77);
        assertThat(machine.get(2)).isEqualTo(77);
    }

    @Test
    void a_sum_of_base_and_offset_wraps_to_the_bottom() {
        machine.memory.map(0, PAGE, AddressSpace.PROT_READ);
        machine.code(0xfc408c20, SVC_0).set(1, -8).set(A64Regs.v(0), 5); // ldr d0, [x1, #8]!
        assertThat(machine.run()).isEqualTo(CpuExit.SYSCALL);
        assertThat(machine.get(1)).isZero();
        assertThat(machine.get(A64Regs.v(0))).isZero();
    }

    @Test
    void a_branch_to_the_last_instruction_of_the_address_space_faults_there() {
        machine.code(BR_X1).set(1, -4);
        assertThat(machine.run()).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(machine.state.pc).isEqualTo(-4);
        assertThat(machine.cpu.faultAccess()).isEqualTo(AddressSpace.PROT_EXEC);
    }

    // ---- floating-point control

    @ParameterizedTest
    @CsvSource({"d51b4400, d53b4401, 07c00000", "d51b4420, d53b4421, f800009f"})
    void fpcr_and_fpsr_keep_the_bits_that_exist(final String write, final String read, final String bits) {
        machine.code(Integer.parseUnsignedInt(write, 16), Integer.parseUnsignedInt(read, 16), SVC_0)
                .set(0, -1)
                .run();
        assertThat(machine.get(1)).isEqualTo(Long.parseLong(bits, 16));
    }
}
