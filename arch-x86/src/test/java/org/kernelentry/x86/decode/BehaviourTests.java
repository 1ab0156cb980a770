package org.kernelentry.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.x86.X86Exit;
import org.kernelentry.x86.X86Regs;

/** What a single step on another processor cannot show: stepping, repeats over page ends, segments, changes of mode. */
class BehaviourTests {
    @Test
    void theTrapOfPopfComesAfterTheNextInstruction() {
        // pushf; orl $0x100,(%rsp); popf; inc %eax; inc %eax
        final Guest g = Guest.x64("9c 810c2400010000 9d ffc0 ffc0");
        assertThat(g.run(100)).isEqualTo(CpuExit.SINGLE_STEP);
        assertThat(g.s.r[X86Regs.RAX]).isOne();
        assertThat(g.at()).isEqualTo(11);
        assertThat(X86Regs.rflags(g.s) & X86Regs.TF).isNotZero();
    }

    @Test
    void popfOfUserModeChangesNeitherInterruptFlagNorPrivilege() {
        // push $0x...; popf
        final Guest g = Guest.x64("68 d53c2400 9d");
        assertThat(g.run(2)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(X86Regs.rflags(g.s))
                .isEqualTo(0x24_3cd5L & ~X86Regs.IOPL & ~X86Regs.TF & ~X86Regs.RF | X86Regs.IF | X86Regs.FIXED);
        assertThat(X86Regs.rflags(g.s) & X86Regs.IOPL).isZero();
    }

    @Test
    void aRepeatedMoveStopsAtThePageEndAndGoesOn() {
        // rep movsb
        final Guest g = Guest.x64("f3a4 90");
        for (int n = 0; n < 8; n++) {
            g.space.store8(Guest.DATA + n, n + 1);
        }
        final long end = Guest.DATA + AddressSpace.PAGE_SIZE;
        g.s.r[X86Regs.RSI] = Guest.DATA;
        g.s.r[X86Regs.RDI] = end - 5;
        g.s.r[X86Regs.RCX] = 8;
        assertThat(g.run(100)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(g.cpu.faultAddress()).isEqualTo(end);
        assertThat(g.at()).isZero();
        assertThat(g.s.r[X86Regs.RCX]).isEqualTo(3);
        assertThat(g.s.r[X86Regs.RSI]).isEqualTo(Guest.DATA + 5);
        g.space.map(end, AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
        assertThat(g.run(3)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(g.at()).isEqualTo(2);
        assertThat(g.s.r[X86Regs.RCX]).isZero();
        assertThat(g.space.load8(end + 2)).isEqualTo(8);
    }

    @Test
    void aRepeatedInstructionStepsOnceAnIteration() {
        final Guest g = Guest.x64("f3aa");
        g.s.r[X86Regs.RDI] = Guest.DATA;
        g.s.r[X86Regs.RCX] = 3;
        X86Regs.setRflags(g.s, X86Regs.IF | X86Regs.TF);
        for (int left = 2; left >= 0; left--) {
            assertThat(g.run(100)).isEqualTo(CpuExit.SINGLE_STEP);
            assertThat(g.s.r[X86Regs.RCX]).isEqualTo(left);
            assertThat(g.at()).isEqualTo(left == 0 ? 2 : 0);
        }
    }

    @Test
    void aSegmentPrefixAddsTheBase() {
        // mov %fs:0x10,%rax; mov %gs:(%ecx),%edx
        final Guest g = Guest.x64("64488b042510000000 65678b11");
        g.s.r[X86Regs.FS_BASE] = Guest.DATA;
        g.s.r[X86Regs.GS_BASE] = Guest.DATA + 0x100;
        g.s.r[X86Regs.RCX] = 0xdead_0000_0000_0008L;
        g.space.store64(Guest.DATA + 0x10, 0x1234_5678_9abcL);
        g.space.store32(Guest.DATA + 0x108, 77);
        assertThat(g.run(2)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(g.s.r[X86Regs.RAX]).isEqualTo(0x1234_5678_9abcL);
        assertThat(g.s.r[X86Regs.RDX]).isEqualTo(77);
    }

    @ParameterizedTest
    @CsvSource({
        // mov %ax,%ds/%es/%ss/%fs/%gs: selector, error code or -1
        "8ed8, 0x2b, -1",
        "8ed8, 0, -1",
        "8ed8, 0x33, -1",
        "8ed8, 0x10, 0x10",
        "8ed8, 0x2f, 0x2c",
        "8ee0, 0x63, -1",
        "8ee0, 0x6b, 0x68",
        "8ed0, 0x2b, -1",
        "8ed0, 0, 0",
        "8ed0, 0x23, 0x20"
    })
    void onlyUserSegmentsCanBeLoaded(final String code, final String selector, final String error) {
        final Guest g = Guest.x64(code);
        g.s.r[X86Regs.TLS] = X86Regs.TLS_PRESENT | 0x1234_5000;
        g.s.r[X86Regs.RAX] = Long.decode(selector);
        final int exit = g.run(1);
        if (error.equals("-1")) {
            assertThat(exit).isEqualTo(CpuExit.INTERRUPT_WINDOW);
            assertThat(g.s.r[X86Regs.FS_BASE]).isEqualTo(selector.equals("0x63") ? 0x1234_5000 : 0);
        } else {
            assertThat(exit).isEqualTo(CpuExit.PROTECTION);
            assertThat(g.cpu.exitDetail()).isEqualTo(Long.decode(error));
        }
    }

    @Test
    void aFarJumpGoesFrom32To64BitCodeAndAFarReturnBack() {
        // 32: ljmp $0x33,$next   64: inc %r8; push $0x23; push $back; lretq   32: int $0x80
        final Guest g = Guest.ia32("ea07000010 3300 49ffc0 6a23 6813000010 48cb cd80");
        assertThat(g.run(100)).isEqualTo(CpuExit.SYSCALL);
        assertThat(g.cpu.exitDetail()).isEqualTo(X86Exit.INT80);
        assertThat(g.s.mode).isEqualTo(X86Regs.MODE_32);
        assertThat(g.s.r[X86Regs.CS]).isEqualTo(X86Regs.USER32_CS);
        assertThat(g.s.r[X86Regs.R8]).isOne();
        assertThat(g.s.r[X86Regs.RSP]).isEqualTo(Guest.DATA + 0x800);
    }

    @Test
    void aFarJumpToAKernelSegmentIsRefused() {
        final Guest g = Guest.ia32("ea00000010 1000");
        assertThat(g.run(1)).isEqualTo(CpuExit.PROTECTION);
        assertThat(g.cpu.exitDetail()).isEqualTo(0x10);
        assertThat(g.at()).isZero();
    }

    @Test
    void iretLoadsFlagsAndStack() {
        // push $0x2b; push %rax; push $0x8d7 (flags); push $0x33; push $back; iretq; back: nop
        final Guest g = Guest.x64("6a2b 50 68d7080000 6a33 6811000010 48cf 90");
        g.s.r[X86Regs.RAX] = Guest.DATA + 0x100;
        assertThat(g.run(6)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(g.at()).isEqualTo(0x11);
        assertThat(g.s.r[X86Regs.RSP]).isEqualTo(Guest.DATA + 0x100);
        assertThat(X86Regs.rflags(g.s)).isEqualTo(0x8d7 | X86Regs.IF);
    }

    @Test
    void fsBaseIsWrittenOnlyWithACanonicalAddress() {
        // wrfsbase %rax; rdfsbase %rcx
        final Guest g = Guest.x64("f3480faed0 f3480faec1");
        g.s.r[X86Regs.RAX] = 0x7000_0000_0000L;
        assertThat(g.run(2)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(g.s.r[X86Regs.RCX]).isEqualTo(0x7000_0000_0000L);
        g.s.pc = Guest.CODE;
        g.s.r[X86Regs.RAX] = 0x8000_0000_0000L;
        assertThat(g.run(1)).isEqualTo(CpuExit.PROTECTION);
        assertThat(g.s.r[X86Regs.FS_BASE]).isEqualTo(0x7000_0000_0000L);
    }

    @Test
    void ripRelativeAddressesCountFromBehindTheImmediate() {
        // movl $0x11223344,0xfffff6(%rip): 10 bytes, so 0x10000000 + 10 + 0x0ffffff6 = DATA
        final Guest g = Guest.x64("c705 f6ffff0f 44332211");
        assertThat(g.run(1)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(g.space.load32(Guest.DATA)).isEqualTo(0x1122_3344);
    }

    @Test
    void enterCopiesTheFramePointersOfItsLevel() {
        // enter $0x20,$3
        final Guest g = Guest.x64("c8200003");
        final long rbp = Guest.DATA + 0x900;
        g.s.r[X86Regs.RBP] = rbp;
        g.space.store64(rbp - 8, 111);
        g.space.store64(rbp - 16, 222);
        assertThat(g.run(1)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        final long frame = Guest.DATA + 0x7f8;
        assertThat(g.s.r[X86Regs.RBP]).isEqualTo(frame);
        assertThat(g.space.load64(frame)).isEqualTo(rbp);
        assertThat(g.space.load64(frame - 8)).isEqualTo(111);
        assertThat(g.space.load64(frame - 16)).isEqualTo(222);
        assertThat(g.space.load64(frame - 24)).isEqualTo(frame);
        assertThat(g.s.r[X86Regs.RSP]).isEqualTo(frame - 24 - 0x20);
    }

    @Test
    void rdtscReadsLaterEveryTime() {
        final Guest g = Guest.x64("0f31 89c1 0f31");
        g.s.r[X86Regs.TSC] = 0xffff_ffffL;
        assertThat(g.run(3)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(g.s.r[X86Regs.RCX]).isZero();
        assertThat(g.s.r[X86Regs.RAX]).isOne();
        assertThat(g.s.r[X86Regs.RDX]).isOne();
    }

    @Test
    void cpuidNamesAnIntelProcessorWithSysenterAndSyscall() {
        final Guest g = Guest.x64("0fa2");
        assertThat(g.run(1)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(g.s.r[X86Regs.RBX]).isEqualTo(0x756e_6547);
        g.s.pc = Guest.CODE;
        g.s.r[X86Regs.RAX] = 1;
        assertThat(g.run(1)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(g.s.r[X86Regs.RDX] >> 11 & 1).isOne();
        g.s.pc = Guest.CODE;
        g.s.r[X86Regs.RAX] = 0x8000_0001L;
        assertThat(g.run(1)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(g.s.r[X86Regs.RDX] >> 11 & 1).isOne();
    }
}
