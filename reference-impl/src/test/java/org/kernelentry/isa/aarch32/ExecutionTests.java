package org.kernelentry.isa.aarch32;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.engine.EngineCpu;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;

/** What cannot be seen one instruction at a time: exits, faults, IT blocks between instructions, interworking, exclusives. */
class ExecutionTests {
    private static final int CODE = 0x10000;
    private static final int DATA = 0x20000;
    private static final A32Regs REGS = A32T32Isa.REGS;

    private final AddressSpace space = PagedSpace.create(0xffff_0000L);
    private final EngineCpu cpu = new EngineCpu(new A32T32Isa());
    private final CpuState s = cpu.state();

    @BeforeEach
    void mapMemory() {
        space.map(CODE, 0x1000, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
        space.map(DATA, 0x1000, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
        cpu.switchTo(space);
        REGS.clearExclusive(s);
    }

    private void a32(final int... words) {
        final byte[] code = new byte[4 * words.length];
        for (int i = 0; i < code.length; i++) {
            code[i] = (byte) (words[i / 4] >>> 8 * (i % 4));
        }
        space.poke(CODE, code, 0, code.length);
        s.pc = CODE;
        s.mode = A32Regs.MODE_A32;
    }

    private void t32(final int... halfwords) {
        final byte[] code = new byte[2 * halfwords.length];
        for (int i = 0; i < code.length; i++) {
            code[i] = (byte) (halfwords[i / 2] >>> 8 * (i % 2));
        }
        space.poke(CODE, code, 0, code.length);
        s.pc = CODE;
        s.mode = A32Regs.MODE_T32;
    }

    @Test
    void svcOfA32LeavesItsImmediateAndThePcBehindIt() {
        a32(0xef900014);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.SYSCALL);
        assertThat(cpu.exitDetail()).isEqualTo(0x900014);
        assertThat(s.pc).isEqualTo(CODE + 4);
    }

    @Test
    void svcOfT32LeavesThePcTwoBytesOn() {
        t32(0xdf2a);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.SYSCALL);
        assertThat(cpu.exitDetail()).isEqualTo(0x2a);
        assertThat(s.pc).isEqualTo(CODE + 2);
    }

    @Test
    void aConditionalSvcThatFailsRunsOn() {
        // cmp r0, #1; svceq 0; mov r1, #5; svc 7
        a32(0xe3500001, 0x0f000000, 0xe3a01005, 0xef000007);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.SYSCALL);
        assertThat(cpu.exitDetail()).isEqualTo(7);
        assertThat(s.r[1]).isEqualTo(5);
        assertThat(s.pc).isEqualTo(CODE + 16);
    }

    @Test
    void bkptIsReportedAtTheInstruction() {
        a32(0xe1212374);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.BREAKPOINT);
        assertThat(cpu.exitDetail()).isEqualTo(0x1234);
        assertThat(s.pc).isEqualTo(CODE);
        t32(0xbe07);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.BREAKPOINT);
        assertThat(s.pc).isEqualTo(CODE);
    }

    @Test
    void theKernelsBreakpointEncodingsAreUndefinedInstructions() {
        a32(0xe7f001f0);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.UNDEFINED);
        assertThat(s.pc).isEqualTo(CODE);
        t32(0xde01);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.UNDEFINED);
        t32(0xf7f0, 0xa000);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.UNDEFINED);
        assertThat(s.pc).isEqualTo(CODE);
    }

    @Test
    void foreignCoprocessorsAndPrivilegedRegistersAreUndefined() {
        // mrc p14; mrc p15 c0 (MIDR); vmrs fpexc; vmrs mvfr0
        for (final int insn : new int[] {0xee100e10, 0xee100f10, 0xeef80a10, 0xeef70a10}) {
            a32(insn);
            assertThat(cpu.run(10)).as("%08x", insn).isEqualTo(CpuExit.UNDEFINED);
        }
    }

    @Test
    void theItStateIsExactBetweenTheInstructionsOfABlock() {
        // cmp r0, #0; itte eq; moveq r1, #1; moveq r2, #2; movne r3, #3; nop
        t32(0x2800, 0xbf06, 0x2101, 0x2202, 0x2303, 0xbf00);
        assertThat(cpu.run(1)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(itOf(REGS.cpsr(s))).isZero();
        cpu.run(1);
        assertThat(itOf(REGS.cpsr(s))).isEqualTo(0x06);
        cpu.run(1);
        assertThat(itOf(REGS.cpsr(s))).isEqualTo(0x0c);
        cpu.run(1);
        assertThat(itOf(REGS.cpsr(s))).isEqualTo(0x18);
        cpu.run(1);
        assertThat(itOf(REGS.cpsr(s))).isZero();
        assertThat(s.r[1]).isEqualTo(1);
        assertThat(s.r[2]).isEqualTo(2);
        assertThat(s.r[3]).isZero();
        assertThat(s.pc).isEqualTo(CODE + 10);
    }

    private static int itOf(final int cpsr) {
        return cpsr >>> 25 & 3 | cpsr >>> 8 & 0xfc;
    }

    @Test
    void anItBlockGoesOnAfterItsStateWentThroughCpsr() {
        // it ne; movne r1, #1; nop
        t32(0xbf18, 0x2101, 0xbf00);
        cpu.run(1);
        final int cpsr = REGS.cpsr(s);
        REGS.setCpsr(s, A32Regs.CPSR_MODE_USR);
        assertThat(s.mode).isEqualTo(A32Regs.MODE_A32);
        REGS.setCpsr(s, cpsr | A32Regs.CPSR_Z);
        cpu.run(1);
        assertThat(s.r[1]).isZero();
        assertThat(REGS.cpsr(s)).isEqualTo(A32Regs.CPSR_MODE_USR | A32Regs.CPSR_T | A32Regs.CPSR_Z);
    }

    @Test
    void svcInsideAnItBlockLeavesTheAdvancedStateBehind() {
        // cmp r0, r0; itt eq; svceq 1; moveq r1, #9; nop
        t32(0x4280, 0xbf04, 0xdf01, 0x2109, 0xbf00);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.SYSCALL);
        assertThat(s.pc).isEqualTo(CODE + 6);
        assertThat(itOf(REGS.cpsr(s))).isEqualTo(0x08);
        cpu.run(1);
        assertThat(s.r[1]).isEqualTo(9);
        assertThat(itOf(REGS.cpsr(s))).isZero();
    }

    @Test
    void aFaultInsideAnItBlockKeepsTheStateOfTheInstruction() {
        // cmp r0, r0; it eq; ldreq r1, [r2]
        t32(0x4280, 0xbf08, 0x6811);
        s.r[2] = 0x123400;
        assertThat(cpu.run(10)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(s.pc).isEqualTo(CODE + 4);
        assertThat(itOf(REGS.cpsr(s))).isEqualTo(0x08);
        assertThat(cpu.faultAddress()).isEqualTo(0x123400);
    }

    @Test
    void bxAndBlxChangeTheInstructionSet() {
        // blx r3 to Thumb; there: movs r0, #7; bx lr; back: svc
        a32(0xe12fff33, 0xef000000);
        space.poke(CODE + 0x100, new byte[] {0x07, 0x20, 0x70, 0x47}, 0, 4);
        s.r[3] = CODE + 0x101;
        assertThat(cpu.run(10)).isEqualTo(CpuExit.SYSCALL);
        assertThat(s.r[0]).isEqualTo(7);
        assertThat(s.mode).isEqualTo(A32Regs.MODE_A32);
        assertThat(s.pc).isEqualTo(CODE + 8);
    }

    @Test
    void blxImmediateOfT32RoundsThePcDown() {
        // nop; blx +8 (to CODE + 0xc); at CODE + 0xc in A32: bx lr; back at CODE + 6: svc
        t32(0xbf00, 0xf000, 0xe804, 0xdf00, 0xbf00, 0xbf00, 0xff1e, 0xe12f);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.SYSCALL);
        assertThat(s.r[14]).isEqualTo(CODE + 7);
        assertThat(s.pc).isEqualTo(CODE + 8);
    }

    @Test
    void popOfThePcInterworks() {
        // pop {pc}
        a32(0xe49df004);
        space.store32(DATA, CODE + 0x41);
        s.r[13] = DATA;
        cpu.run(1);
        assertThat(s.pc).isEqualTo(CODE + 0x40);
        assertThat(s.mode).isEqualTo(A32Regs.MODE_T32);
        assertThat(s.r[13]).isEqualTo(DATA + 4);
    }

    @Test
    void anA32BranchToHalfAWordIsAnAlignmentFaultOfThePc() {
        a32(0xe12fff10);
        s.r[0] = CODE + 2;
        assertThat(cpu.run(10)).isEqualTo(CpuExit.ALIGNMENT);
        assertThat(cpu.faultAddress()).isEqualTo(CODE + 2);
        assertThat(s.pc).isEqualTo(CODE + 2);
    }

    @Test
    void literalsAreRelativeToTheRoundedPc() {
        // nop; ldr r0, [pc, #4]; (pad) ; word at CODE + 8
        t32(0xbf00, 0x4801, 0xdf00, 0xbf00, 0x5678, 0x1234);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.SYSCALL);
        assertThat(s.r[0]).isEqualTo(0x12345678);
        // ldr r0, [pc, #-4]: the word behind it
        a32(0xe51f0004, 0xef000001);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.SYSCALL);
        assertThat(s.r[0]).isEqualTo(0xef000001L);
        // ldr.w r1, [pc, #-4]: itself
        t32(0xf85f, 0x1004, 0xdf00);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.SYSCALL);
        assertThat(s.r[1]).isEqualTo(0x1004f85fL);
    }

    @Test
    void tableBranchesCountHalfwords() {
        // tbb [pc, r0]; table 2, 3; svc 1; svc 2 (at pc + 6)
        t32(0xe8df, 0xf000, 0x0302, 0xdf01, 0xdf02, 0xdf03);
        s.r[0] = 1;
        assertThat(cpu.run(10)).isEqualTo(CpuExit.SYSCALL);
        assertThat(cpu.exitDetail()).isEqualTo(3);
        s.pc = CODE;
        s.r[0] = 0;
        assertThat(cpu.run(10)).isEqualTo(CpuExit.SYSCALL);
        assertThat(cpu.exitDetail()).isEqualTo(2);
    }

    @Test
    void aLoadThatFaultsChangesNoRegister() {
        // ldmia r0!, {r1-r3} over the end of the page; ldrd r2, [r0], #8 likewise
        a32(0xe8b0000e);
        s.r[0] = DATA + 0xffc;
        s.r[1] = 11;
        assertThat(cpu.run(10)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(cpu.faultAddress()).isEqualTo(DATA + 0x1000);
        assertThat(s.r[0]).isEqualTo(DATA + 0xffc);
        assertThat(s.r[1]).isEqualTo(11);
        a32(0xe0c020d8);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(s.r[0]).isEqualTo(DATA + 0xffc);
        assertThat(s.r[2]).isZero();
    }

    @Test
    void theAddressSpaceOfLoadsIs32BitsWide() {
        // ldr r1, [r0, #8] with r0 close to the top: the sum wraps to the word at 4
        a32(0xe5901008);
        s.r[0] = 0xffff_fffcL;
        assertThat(cpu.run(10)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(cpu.faultAddress()).isEqualTo(4);
    }

    @Test
    void doublewordsMultiplesAndExclusivesMustBeAligned() {
        s.r[0] = DATA + 2;
        // ldm r0, {r1}; stm r0, {r1, r2}; ldrd r2, [r0]; strd r2, [r0]; ldrex r1, [r0]; swp r1, r2, [r0]
        for (final int insn : new int[] {0xe8900002, 0xe8800006, 0xe1c020d0, 0xe1c020f0, 0xe1901f9f, 0xe1001092}) {
            a32(insn);
            assertThat(cpu.run(10)).as("%08x", insn).isEqualTo(CpuExit.ALIGNMENT);
            assertThat(cpu.faultAddress()).isEqualTo(DATA + 2);
            assertThat(s.pc).isEqualTo(CODE);
        }
        // ldrexd wants a doubleword
        s.r[0] = DATA + 4;
        a32(0xe1b02f9f);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.ALIGNMENT);
        // ldr and ldrh do not mind
        s.r[0] = DATA + 1;
        space.store32(DATA + 1, 0xcafebabe);
        a32(0xe5901000, 0xe1d020b0);
        assertThat(cpu.run(2)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(s.r[1]).isEqualTo(0xcafebabeL);
        assertThat(s.r[2]).isEqualTo(0xbabe);
    }

    @Test
    void anExclusiveStoreFailsWithoutReservationAndAfterClrex() {
        // strex r2, r1, [r0]; ldrex r3, [r0]; strex r4, r1, [r0]; ldrex r3, [r0]; clrex; strex r5, r1, [r0]
        a32(0xe1802f91, 0xe1903f9f, 0xe1804f91, 0xe1903f9f, 0xf57ff01f, 0xe1805f91);
        s.r[0] = DATA;
        s.r[1] = 42;
        space.store32(DATA, 7);
        cpu.run(6);
        assertThat(s.r[2]).isEqualTo(1);
        assertThat(s.r[3]).isEqualTo(42);
        assertThat(s.r[4]).isZero();
        assertThat(s.r[5]).isEqualTo(1);
        assertThat(space.load32(DATA)).isEqualTo(42);
    }

    @Test
    void anExclusiveStoreSeesThatMemoryChangedMeanwhile() {
        // ldrexd r2, [r0]; then another writer; strexd r6, r4, [r0]
        a32(0xe1b02f9f, 0xe1a06f94);
        s.r[0] = DATA;
        cpu.run(1);
        space.store32(DATA + 4, 99);
        cpu.run(1);
        assertThat(s.r[6]).isEqualTo(1);
        assertThat(space.load32(DATA + 4)).isEqualTo(99);
    }

    @Test
    void cpsrIsComposedOfFlagsModeAndInstructionSet() {
        REGS.setCpsr(s, 0xf80f_0030);
        assertThat(REGS.cpsr(s)).isEqualTo(0xf80f_0030);
        // Bits that are no user state are not taken over: E, A, I, F, J and the mode.
        REGS.setCpsr(s, 0x0100_03d3);
        assertThat(REGS.cpsr(s)).isEqualTo(A32Regs.CPSR_MODE_USR);
        // IT is state of T32 only, and a condition without a mask is no state.
        REGS.setCpsr(s, 0x0600_fc10);
        assertThat(REGS.cpsr(s)).isEqualTo(A32Regs.CPSR_MODE_USR);
        REGS.setCpsr(s, 0x0000_e030);
        assertThat(REGS.cpsr(s)).isEqualTo(A32Regs.CPSR_MODE_USR | A32Regs.CPSR_T);
    }

    @Test
    void theThreadPointerIsReadOnlyAndItsSiblingIsNot() {
        // mrc p15, 0, r0, c13, c0, 3; mcr p15, 0, r1, c13, c0, 2; mrc p15, 0, r2, c13, c0, 2; mcr ... c13, c0, 3
        a32(0xee1d0f70, 0xee0d1f50, 0xee1d2f50, 0xee0d1f70);
        s.r[REGS.tpidruro] = 0x7000;
        s.r[1] = 5;
        assertThat(cpu.run(10)).isEqualTo(CpuExit.UNDEFINED);
        assertThat(s.r[0]).isEqualTo(0x7000);
        assertThat(s.r[2]).isEqualTo(5);
        assertThat(s.pc).isEqualTo(CODE + 12);
    }
}
