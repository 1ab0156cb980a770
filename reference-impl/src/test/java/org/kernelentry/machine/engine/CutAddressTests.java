package org.kernelentry.machine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.machine.engine.PlainIsa.insn;
import static org.kernelentry.machine.engine.PlainIsa.program;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.PagedSpace;

final class CutAddressTests {
    private static final long CODE = 0x10000;
    private static final int LENGTH = PlainIsa.LENGTH;

    @ParameterizedTest(name = "translated after {0} runs")
    @ValueSource(ints = {Regions.NEVER, 3})
    void anAddressCutTo32BitsIsThatOfTheInterpreter(final int threshold) {
        final PagedSpace space = PagedSpace.create(1L << 47);
        final EngineCpu cpu = new EngineCpu(new PlainIsa(), threshold);
        space.map(CODE, 0x8000, 7);
        space.map(0x10010000L, 0x4000, 3);
        space.map(0x110010000L, 0x4000, 3);
        final byte[] bytes = program(
                insn(Op.ZX32, 2, 1, 0, 0),
                insn(Op.ADDI32, 4, 1, 0, 0x20000000),
                insn(Op.LD64, 5, 4, 0, 0),
                insn(Op.LD64, 6, 4, 0, 8),
                insn(Op.ADD, 8, 8, 5, 0),
                insn(Op.ADDI, 7, 7, 0, -1),
                insn(Op.JMP_IF, 0, 7, 0, CODE),
                insn(Op.EXITI, CpuExit.SYSCALL, 0, 0, CODE + 8 * LENGTH));
        space.poke(CODE, bytes, 0, bytes.length);
        cpu.switchTo(space);
        cpu.state().pc = CODE;
        cpu.state().r[1] = 0xF0010000L;
        cpu.state().r[7] = 200000;
        space.store64(0x10010000L, 1);
        space.store64(0x110010000L, 1000);
        cpu.run(10_000_000);
        assertThat(cpu.state().r[8]).isEqualTo(200000);
    }
}
