package org.kernelentry.isa.aarch32;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.engine.EngineCpu;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.CodeWindow;
import org.kernelentry.machine.memory.PagedSpace;

/** Nothing that a guest can put into memory or registers gets out as a Java exception. */
@Execution(ExecutionMode.CONCURRENT)
class RobustnessTests {
    private static final int CODE = 0x10000;
    private static final int[] MODES = {A32Regs.MODE_A32, A32Regs.MODE_T32, A32Regs.MODE_T32 | 0x0c << 8};

    private final AddressSpace space = PagedSpace.create(0xffff_0000L);
    private final A32T32Isa isa = new A32T32Isa();
    private final CodeWindow window = new CodeWindow(space);
    private final BlockBuilder builder = new BlockBuilder(isa.registerSlots());

    private int decode(final int word, final int mode) {
        space.store32(CODE, word);
        builder.reset();
        builder.beginInstruction(CODE);
        window.reset(space, CODE);
        isa.decode(window, mode, builder);
        return window.length();
    }

    @Test
    void everyClassOfEncodingsDecodes() {
        space.map(CODE, 0x1000, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE | AddressSpace.PROT_EXEC);
        final Random random = new Random(1);
        // Every combination of the upper 12 bits with bits 7:4, the fields that select an instruction; the rest at
        // random.
        for (int upper = 0; upper < 1 << 12; upper++) {
            for (int op = 0; op < 16; op++) {
                final int word = upper << 20 | op << 4 | random.nextInt() & 0x000f_ff0f;
                for (final int mode : MODES) {
                    final int bytes = decode(mode == A32Regs.MODE_A32 ? word : word >>> 16 | word << 16, mode);
                    assertThat(bytes).isIn(2, 4);
                }
            }
        }
    }

    @Test
    void everyHalfwordDecodesInAndOutOfAnItBlock() {
        space.map(CODE, 0x1000, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE | AddressSpace.PROT_EXEC);
        for (int halfword = 0; halfword < 1 << 16; halfword++) {
            final int expected = halfword >= 0xe800 ? 4 : 2;
            assertThat(decode(halfword, A32Regs.MODE_T32)).isEqualTo(expected);
            assertThat(decode(halfword, A32Regs.MODE_T32 | 0x0c << 8)).isEqualTo(expected);
        }
    }

    @Test
    void randomBytesRunUntilAGuestEvent() {
        space.map(CODE, 0x4000, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE | AddressSpace.PROT_EXEC);
        final Random random = new Random(2);
        final byte[] bytes = new byte[0x4000];
        final EngineCpu cpu = new EngineCpu(isa);
        final CpuState s = cpu.state();
        cpu.switchTo(space);
        int exits = 0;
        for (int round = 0; round < 300; round++) {
            random.nextBytes(bytes);
            space.poke(CODE, bytes, 0, bytes.length);
            for (int i = 0; i < 15; i++) {
                s.r[i] = random.nextInt(3) == 0 ? Bits.u32(random.nextInt()) : CODE + random.nextInt(0x4000);
            }
            A32T32Isa.REGS.setCpsr(s, random.nextInt());
            s.pc = CODE + random.nextInt(0x1000) * 4L;
            for (int entry = 0; entry < 20; entry++) {
                final int exit = cpu.run(100);
                assertThat(exit)
                        .isIn(
                                CpuExit.INTERRUPT_WINDOW,
                                CpuExit.SYSCALL,
                                CpuExit.PAGE_FAULT,
                                CpuExit.UNDEFINED,
                                CpuExit.BREAKPOINT,
                                CpuExit.ALIGNMENT);
                for (int i = 0; i < 15; i++) {
                    assertThat(s.r[i] >>> 32).as("r%d", i).isZero();
                }
                exits++;
                s.pc = CODE + random.nextInt(0x1000) * 4L;
            }
        }
        assertThat(exits).isEqualTo(6000);
    }
}
