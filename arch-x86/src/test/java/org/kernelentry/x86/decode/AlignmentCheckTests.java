package org.kernelentry.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.x86.X86Regs;

/** #AC by instruction and by how far its address is from a multiple of 16, as a processor (AMD EPYC) showed it. */
class AlignmentCheckTests {
    private static final long AC = 0x40000;
    private static final long UNMAPPED = 0x3000_0000;

    /** {@code outcomes}: for the offsets 0 to 15 a letter each; {@code A} is #AC, {@code G} is #GP, {@code .} neither. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "mov (%rdi) %al, 8a07, ................",
        "mov (%rdi) %ax, 668b07, .A.A.A.A.A.A.A.A",
        "mov (%rdi) %eax, 8b07, .AAA.AAA.AAA.AAA",
        "mov (%rdi) %rax, 488b07, .AAAAAAA.AAAAAAA",
        "mov %eax (%rdi), 8907, .AAA.AAA.AAA.AAA",
        "add %eax (%rdi), 0107, .AAA.AAA.AAA.AAA",
        "lock cmpxchg16b (%rdi), f0480fc70f, .GGGGGGGGGGGGGGG",
        "fxsave (%rdi), 0fae07, .AAAGAAAGAAAGAAA",
        "fxrstor (%rdi), 0fae0f, .AAAGAAAGAAAGAAA",
        "movupd (%rdi) %xmm0, 660f1007, .AAAAAAAAAAAAAAA",
        "movdqu %xmm0 (%rdi), f30f7f07, .AAAAAAAAAAAAAAA",
        "movaps (%rdi) %xmm0, 0f2807, .GGGGGGGGGGGGGGG",
        "addps (%rdi) %xmm0, 0f5807, .GGGGGGGGGGGGGGG",
        "movntdq %xmm0 (%rdi), 660fe707, .GGGGGGGGGGGGGGG",
        "movq (%rdi) %xmm0, f30f7e07, .AAAAAAA.AAAAAAA",
        "maskmovdqu %xmm1 %xmm0, 660ff7c1, .AAAAAAA.AAAAAAA",
        "maskmovq %mm1 %mm0, 0ff7c1, .AAAAAAA.AAAAAAA",
        "fnsave (%rdi), dd37, .AAA.AAA.AAA.AAA",
        "frstor (%rdi), dd27, .AAA.AAA.AAA.AAA",
        "fnstenv (%rdi), d937, .AAA.AAA.AAA.AAA",
        "fldt (%rdi), db2f, .AAAAAAA.AAAAAAA",
        "fbstp (%rdi), df37, .AAAAAAA.AAAAAAA",
    })
    void anAccessIsCheckedForTheAlignmentOfItsOperand(final String name, final String code, final String outcomes) {
        final StringBuilder mapped = new StringBuilder();
        final StringBuilder unmapped = new StringBuilder();
        for (int offset = 0; offset < 16; offset++) {
            mapped.append(letter(run(code, Guest.DATA + offset, AC)));
            unmapped.append(letter(run(code, UNMAPPED + offset, AC)));
            assertThat(run(code, Guest.DATA + offset, 0)).isNotEqualTo(CpuExit.ALIGNMENT);
        }
        assertThat(mapped).hasToString(outcomes);
        // The alignment is looked at before the page is.
        assertThat(unmapped).hasToString(outcomes);
    }

    private static int run(final String code, final long address, final long flags) {
        final Guest g = Guest.x64(code);
        g.s.r[X86Regs.RDI] = address;
        X86Regs.setRflags(g.s, X86Regs.rflags(g.s) | flags);
        return g.run(1);
    }

    private static char letter(final int exit) {
        return exit == CpuExit.ALIGNMENT ? 'A' : exit == CpuExit.PROTECTION ? 'G' : '.';
    }

    @ParameterizedTest
    @CsvSource({
        // the stack pointer, the frame pointer, the size of the frame, whether refused
        "0x800, 0x700, 0x10, 1, false",
        "0x804, 0x700, 0x10, 0, true",
        "0x800, 0x704, 0x10, 1, false",
        "0x800, 0x704, 0x10, 2, true",
        "0x800, 0x700, 0x11, 0, true",
    })
    void enterIsCheckedAtEachAccessAndAtTheEndOfTheFrame(
            final String sp, final String bp, final String size, final int level, final boolean refused) {
        final int bytes = Integer.decode(size);
        final Guest g = Guest.x64(String.format("c8%02x%02x%02x", bytes & 0xff, bytes >> 8, level));
        g.s.r[X86Regs.RSP] = Guest.DATA + Integer.decode(sp);
        g.s.r[X86Regs.RBP] = Guest.DATA + Integer.decode(bp);
        X86Regs.setRflags(g.s, X86Regs.rflags(g.s) | AC);
        assertThat(g.run(1)).isEqualTo(refused ? CpuExit.ALIGNMENT : CpuExit.INTERRUPT_WINDOW);
    }

    @Test
    void popfTurnsTheCheckOnForTheNextInstruction() {
        // orl $0x40000,(%rsp) between pushf and popf; mov 1(%rdi),%eax; the same before it is not refused
        final Guest g = Guest.x64("8b4701 9c 810c2400000400 9d 8b4701");
        g.s.r[X86Regs.RDI] = Guest.DATA;
        assertThat(g.run(100)).isEqualTo(CpuExit.ALIGNMENT);
        assertThat(g.at()).isEqualTo(12);
    }

    @Test
    void anAddressThatIsRefusedAnywayIsAProtectionFault() {
        final Guest g = Guest.x64("8b07");
        g.s.r[X86Regs.RDI] = 0x8000_0000_0000_0001L;
        X86Regs.setRflags(g.s, X86Regs.rflags(g.s) | AC);
        assertThat(g.run(1)).isNotEqualTo(CpuExit.ALIGNMENT);
    }
}
