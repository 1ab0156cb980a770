package org.kernelentry.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.x86.X86Exit;
import org.kernelentry.x86.X86Regs;

/** Where and how user code leaves to the kernel. */
class ExitTests {
    @Test
    void syscallKeepsReturnAddressAndFlagsInRcxAndR11() {
        final Guest g = Guest.x64("f9 0f05");
        assertThat(g.run(10)).isEqualTo(CpuExit.SYSCALL);
        assertThat(g.cpu.exitDetail()).isEqualTo(X86Exit.SYSCALL);
        assertThat(g.at()).isEqualTo(3);
        assertThat(g.s.r[X86Regs.RCX]).isEqualTo(Guest.CODE + 3);
        assertThat(g.s.r[X86Regs.R11]).isEqualTo(0x203);
    }

    @Test
    void syscallIsUndefinedIn32BitCode() {
        final Guest g = Guest.ia32("90 0f05");
        assertThat(g.run(10)).isEqualTo(CpuExit.UNDEFINED);
        assertThat(g.at()).isEqualTo(1);
    }

    @Test
    void sysenterChangesNoRegister() {
        final Guest g = Guest.ia32("0f34");
        assertThat(g.run(10)).isEqualTo(CpuExit.SYSCALL);
        assertThat(g.cpu.exitDetail()).isEqualTo(X86Exit.SYSENTER);
        assertThat(g.s.r[X86Regs.RCX]).isZero();
        assertThat(g.s.r[X86Regs.RSP]).isEqualTo(Guest.DATA + 0x800);
    }

    @ParameterizedTest
    @ValueSource(ints = {X86Regs.MODE_64, X86Regs.MODE_32})
    void int80EntersFromBothModes(final int mode) {
        final Guest g = new Guest(mode, "cd80");
        assertThat(g.run(10)).isEqualTo(CpuExit.SYSCALL);
        assertThat(g.cpu.exitDetail()).isEqualTo(X86Exit.INT80);
        assertThat(g.at()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"cc,1", "cd03,2"})
    void breakpointsLeaveThePcBehindThem(final String code, final int behind) {
        final Guest g = Guest.x64(code);
        assertThat(g.run(10)).isEqualTo(CpuExit.BREAKPOINT);
        assertThat(g.at()).isEqualTo(behind);
    }

    @ParameterizedTest
    @CsvSource({"cd00,2", "cd0e,0x72", "cdff,0x7fa", "cd01,0xa"})
    void otherGatesAreRefusedWithTheirNumberInTheErrorCode(final String code, final String error) {
        final Guest g = Guest.x64(code);
        assertThat(g.run(10)).isEqualTo(CpuExit.PROTECTION);
        assertThat(g.cpu.exitDetail()).isEqualTo(Long.decode(error));
        assertThat(g.at()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "f4", "fa", "fb", "ec", "e460", "6c", "0f20c0", "0f22d8", "0f30", "0f32", "0f01f8", "0f06", "0f00c0",
                "0f0108", "480f07"
            })
    void privilegedInstructionsRaiseGeneralProtection(final String code) {
        final Guest g = Guest.x64(code);
        assertThat(g.run(10)).isEqualTo(CpuExit.PROTECTION);
        assertThat(g.cpu.exitDetail()).isZero();
        assertThat(g.at()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0f0b", "06", "27", "60", "62", "82c001", "d6", "0fff00", "0fb9c0", "f0fec8", "f090", "f00f05",
                "0f20c8", "8ec8", "8cf8"
            })
    void whatIsNoInstructionOf64BitCodeIsUndefined(final String code) {
        final Guest g = Guest.x64(code);
        assertThat(g.run(10)).isEqualTo(CpuExit.UNDEFINED);
        assertThat(g.at()).isZero();
    }

    @Test
    void lockIsAllowedOnAMemoryDestination() {
        final Guest g = Guest.x64("f0 ff0424");
        assertThat(g.run(1)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(g.space.load32(Guest.DATA + 0x800)).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"f7f1", "48f7f9", "66f7f1", "f6f9"})
    void divisionByZeroLeavesRegistersAndPc(final String code) {
        final Guest g = Guest.x64(code);
        g.s.r[X86Regs.RAX] = 42;
        assertThat(g.run(10)).isEqualTo(CpuExit.DIVIDE_ERROR);
        assertThat(g.at()).isZero();
        assertThat(g.s.r[X86Regs.RAX]).isEqualTo(42);
    }

    @Test
    void aQuotientThatDoesNotFitIsADivisionError() {
        final Guest g = Guest.x64("48f7f9");
        g.s.r[X86Regs.RAX] = Long.MIN_VALUE;
        g.s.r[X86Regs.RDX] = -1;
        g.s.r[X86Regs.RCX] = -1;
        assertThat(g.run(10)).isEqualTo(CpuExit.DIVIDE_ERROR);
    }

    @Test
    void int1AndIntoTrapBehindThemselves() {
        final Guest one = Guest.x64("f1");
        assertThat(one.run(10)).isEqualTo(CpuExit.TRAP);
        assertThat(one.cpu.exitDetail()).isEqualTo(X86Exit.VECTOR_DB);
        assertThat(one.at()).isOne();
        final Guest into = Guest.ia32("ce b07f 0401 ce");
        assertThat(into.run(10)).isEqualTo(CpuExit.TRAP);
        assertThat(into.cpu.exitDetail()).isEqualTo(X86Exit.VECTOR_OF);
        assertThat(into.at()).isEqualTo(6);
    }

    @Test
    void boundFaultsAtItself() {
        final Guest g = Guest.ia32("62 0424");
        g.space.store32(Guest.DATA + 0x800, -5);
        g.space.store32(Guest.DATA + 0x804, 5);
        g.s.r[X86Regs.RAX] = 0xffff_fffbL;
        assertThat(g.run(1)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        g.s.pc = Guest.CODE;
        g.s.r[X86Regs.RAX] = 6;
        assertThat(g.run(1)).isEqualTo(CpuExit.TRAP);
        assertThat(g.cpu.exitDetail()).isEqualTo(X86Exit.VECTOR_BR);
        assertThat(g.at()).isZero();
    }

    @Test
    void anInstructionOfSixteenBytesIsRefusedWithoutReadingOn() {
        final Guest g = Guest.x64("90");
        final byte[] prefixes = new byte[15];
        Arrays.fill(prefixes, (byte) 0x66);
        final long end = Guest.CODE + AddressSpace.PAGE_SIZE;
        g.space.poke(end - 15, prefixes, 0, 15);
        g.s.pc = end - 15;
        assertThat(g.run(1)).isEqualTo(CpuExit.PROTECTION);
        // One byte less, and the page ends first.
        g.s.pc = end - 14;
        assertThat(g.run(1)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(g.cpu.faultAddress()).isEqualTo(end);
        assertThat(g.cpu.faultAccess()).isEqualTo(AddressSpace.PROT_EXEC);
        assertThat(g.s.pc).isEqualTo(end - 14);
    }

    @Test
    void aReadModifyWriteFaultsAsAWriteAndChangesNothing() {
        // add %rax,(%rbx) on unmapped memory, then on the read-only code page
        final Guest g = Guest.x64("480103");
        g.s.r[X86Regs.RBX] = 0x3000_0000;
        assertThat(g.run(1)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(g.cpu.faultAccess()).isEqualTo(AddressSpace.PROT_WRITE);
        assertThat(g.cpu.faultOnPresentPage()).isFalse();
        g.s.r[X86Regs.RBX] = Guest.CODE;
        assertThat(g.run(1)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(g.cpu.faultAccess()).isEqualTo(AddressSpace.PROT_WRITE);
        assertThat(g.cpu.faultOnPresentPage()).isTrue();
        assertThat(X86Regs.rflags(g.s)).isEqualTo(0x202);
    }

    @Test
    void aFaultingPushLeavesTheStackPointer() {
        final Guest g = Guest.x64("50");
        g.s.r[X86Regs.RSP] = Guest.DATA + 4;
        assertThat(g.run(1)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(g.cpu.faultAddress()).isEqualTo(Guest.DATA - 4);
        assertThat(g.s.r[X86Regs.RSP]).isEqualTo(Guest.DATA + 4);
    }

    @Test
    void aJumpToNoCanonicalAddressIsRefusedAtTheJump() {
        // ret
        final Guest g = Guest.x64("c3");
        g.space.store64(Guest.DATA + 0x800, 0x0000_8000_0000_0000L);
        assertThat(g.run(1)).isEqualTo(CpuExit.PROTECTION);
        assertThat(g.at()).isZero();
        assertThat(g.s.r[X86Regs.RSP]).isEqualTo(Guest.DATA + 0x800);
        // An address of the kernel's half is canonical: the fetch faults.
        g.space.store64(Guest.DATA + 0x800, 0xffff_8000_0000_0000L);
        assertThat(g.run(2)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(g.s.pc).isEqualTo(0xffff_8000_0000_0000L);
        assertThat(g.cpu.faultAccess()).isEqualTo(AddressSpace.PROT_EXEC);
    }
}
