package org.kernelentry.isa.aarch32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.machine.memory.AddressSpace.PROT_EXEC;
import static org.kernelentry.machine.memory.AddressSpace.PROT_READ;
import static org.kernelentry.machine.memory.AddressSpace.PROT_WRITE;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.engine.EngineCpu;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;

/** Code that changes, moves or ends at a page, and accesses at the edges of pages and of the address space. */
class CodeAndMemoryTests {
    private static final long PAGE = AddressSpace.PAGE_SIZE;
    private static final long CODE = 0x10000;
    private static final long DATA = 0x20000;
    private static final int SVC = 0xef000000;
    private static final int MOV_R0_1 = 0xe3a00001;
    private static final int MOV_R0_2 = 0xe3a00002;

    private final AddressSpace space = PagedSpace.create(0x1_0000_0000L);
    private final EngineCpu cpu = new EngineCpu(new A32T32Isa());
    private final CpuState s = cpu.state();

    @BeforeEach
    void mapMemory() {
        space.map(CODE, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
        space.map(DATA, PAGE, PROT_READ | PROT_WRITE);
        cpu.switchTo(space);
        s.mode = A32Regs.MODE_A32;
    }

    private void a32(final long at, final int... words) {
        final byte[] code = new byte[4 * words.length];
        for (int i = 0; i < code.length; i++) {
            code[i] = (byte) (words[i / 4] >>> 8 * (i % 4));
        }
        space.poke(at, code, 0, code.length);
    }

    private int runAt(final long pc) {
        s.pc = pc;
        return cpu.run(20);
    }

    @Test
    void anInstructionOverwrittenByTheOneBeforeItIsTheNewOne() {
        // str r1, [pc, #-4] writes the next instruction
        a32(CODE, 0xe50f1004, MOV_R0_1, SVC);
        s.r[1] = Bits.u32(MOV_R0_2);
        assertThat(runAt(CODE)).isEqualTo(CpuExit.SYSCALL);
        assertThat(s.r[0]).isEqualTo(2);
    }

    @Test
    void codeThatHasRunAndIsOverwrittenRunsAnew() {
        a32(CODE, MOV_R0_1, SVC);
        runAt(CODE);
        space.store32(CODE, MOV_R0_2);
        runAt(CODE);
        assertThat(s.r[0]).isEqualTo(2);
    }

    @Test
    void aPageMappedOverCodeRunsItsOwnCode() {
        a32(CODE, MOV_R0_1, SVC);
        runAt(CODE);
        space.map(CODE, PAGE, PROT_READ | PROT_EXEC);
        a32(CODE, MOV_R0_2, SVC);
        runAt(CODE);
        assertThat(s.r[0]).isEqualTo(2);
    }

    @Test
    void codeThatLostItsPermissionFaultsAtTheFetch() {
        a32(CODE, MOV_R0_1, SVC);
        runAt(CODE);
        space.protect(CODE, PAGE, PROT_READ);
        assertThat(runAt(CODE)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(cpu.faultAddress()).isEqualTo(CODE);
        assertThat(cpu.faultAccess()).isEqualTo(PROT_EXEC);
    }

    @Test
    void aT32InstructionThatCrossesIntoNothingFaultsAtItsSecondHalf() {
        final long at = CODE + PAGE - 2;
        // the first half of nop.w
        space.poke(at, new byte[] {(byte) 0xaf, (byte) 0xf3}, 0, 2);
        s.mode = A32Regs.MODE_T32;
        assertThat(runAt(at)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(cpu.faultAddress()).isEqualTo(CODE + PAGE);
        assertThat(s.pc).isEqualTo(at);
    }

    @Test
    void aNarrowT32InstructionAtTheEndOfAPageRuns() {
        final long at = CODE + PAGE - 2;
        // movs r0, #7
        space.poke(at, new byte[] {0x07, 0x20}, 0, 2);
        s.mode = A32Regs.MODE_T32;
        assertThat(runAt(at)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(s.r[0]).isEqualTo(7);
        assertThat(s.pc).isEqualTo(CODE + PAGE);
    }

    @Test
    void aWordMayLieAcrossTwoPages() {
        space.map(DATA + PAGE, PAGE, PROT_READ | PROT_WRITE);
        space.store32(DATA + PAGE - 2, 0x12345678);
        a32(CODE, 0xe5910000, SVC);
        s.r[1] = DATA + PAGE - 2;
        assertThat(runAt(CODE)).isEqualTo(CpuExit.SYSCALL);
        assertThat(s.r[0]).isEqualTo(0x12345678);
    }

    @Test
    void aStoreThatRunsIntoNothingChangesNothing() {
        // str r0, [r1]
        a32(CODE, 0xe5810000, SVC);
        s.r[0] = 0xffff_ffffL;
        s.r[1] = DATA + PAGE - 2;
        assertThat(runAt(CODE)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(cpu.faultAddress()).isEqualTo(DATA + PAGE);
        assertThat(space.load16(DATA + PAGE - 2)).isZero();
    }

    @Test
    void anUnalignedVectorLoadNeedsAnElementThatMayBeUnaligned() {
        // vld1.8 {d0}, [r1]
        a32(CODE, 0xf421070f, SVC);
        space.store64(DATA + 3, 0x1122334455667788L);
        s.r[1] = DATA + 3;
        assertThat(runAt(CODE)).isEqualTo(CpuExit.SYSCALL);
        assertThat(s.r[A32T32Isa.REGS.vfp]).isEqualTo(0x1122334455667788L);
    }

    @Test
    void anUnalignedVldrIsAnAlignmentFault() {
        // vldr d0, [r1]
        a32(CODE, 0xed910b00, SVC);
        s.r[1] = DATA + 2;
        assertThat(runAt(CODE)).isEqualTo(CpuExit.ALIGNMENT);
        assertThat(cpu.faultAddress()).isEqualTo(DATA + 2);
    }

    @Test
    void addressesOfLoadsWrapAtTheTopOfTheAddressSpace() {
        space.map(0, PAGE, PROT_READ | PROT_WRITE);
        space.store32(4, 77);
        // ldr r0, [r1, #8]
        a32(CODE, 0xe5910008, SVC);
        s.r[1] = 0xffff_fffcL;
        assertThat(runAt(CODE)).isEqualTo(CpuExit.SYSCALL);
        assertThat(s.r[0]).isEqualTo(77);
    }

    @Test
    void structuresOfALoadWrapAtTheTopOfTheAddressSpace() {
        space.map(0, PAGE, PROT_READ | PROT_WRITE);
        space.map(0xffff_f000L, PAGE, PROT_READ | PROT_WRITE);
        space.store32(0xffff_fffcL, 1);
        space.store32(0, 2);
        // vld1.32 {d0}, [r1]
        a32(CODE, 0xf421078f, SVC);
        s.r[1] = 0xffff_fffcL;
        assertThat(runAt(CODE)).isEqualTo(CpuExit.SYSCALL);
        assertThat(s.r[A32T32Isa.REGS.vfp]).isEqualTo(0x2_0000_0001L);
    }

    @Test
    void aBranchWrapsAtTheTopOfTheAddressSpace() {
        space.map(0xffff_f000L, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
        space.map(0, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
        // b to address 0 from 0xfffffff0
        a32(0xffff_fff0L, 0xea000002);
        a32(0, SVC);
        assertThat(runAt(0xffff_fff0L)).isEqualTo(CpuExit.SYSCALL);
        assertThat(s.pc).isEqualTo(4);
    }
}
