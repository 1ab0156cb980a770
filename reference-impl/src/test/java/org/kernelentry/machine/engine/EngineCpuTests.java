package org.kernelentry.machine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.machine.engine.PlainIsa.insn;
import static org.kernelentry.machine.engine.PlainIsa.program;

import org.junit.jupiter.api.Test;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;

final class EngineCpuTests {
    static final long CODE = 0x10000;
    static final long DATA = 0x40000;
    static final int RX = AddressSpace.PROT_READ | AddressSpace.PROT_EXEC;
    static final int RW = AddressSpace.PROT_READ | AddressSpace.PROT_WRITE;
    static final int RWX = RX | RW;

    final PagedSpace space = PagedSpace.create(1L << 47);
    final EngineCpu cpu = new EngineCpu(new PlainIsa());
    final long[] r = cpu.state().r;

    EngineCpuTests() {
        assertThat(space.map(CODE, 0x2000, RX)).isTrue();
        assertThat(space.map(DATA, 0x2000, RW)).isTrue();
        cpu.switchTo(space);
        cpu.state().pc = CODE;
    }

    private void code(final byte[]... insns) {
        final byte[] bytes = program(insns);
        space.poke(CODE, bytes, 0, bytes.length);
    }

    private static long at(final int instruction) {
        return CODE + (long) instruction * PlainIsa.LENGTH;
    }

    @Test
    void aLoopRunsUntilItsSystemCall() {
        code(
                insn(Op.CONST, 1, 0, 0, 10),
                insn(Op.ADD, 2, 2, 1, 0),
                insn(Op.ADDI, 1, 1, 0, -1),
                insn(Op.JMP_IF, 0, 1, 0, at(1)),
                insn(Op.EXITI, 0, 0, 0, 77));
        assertThat(cpu.run(1000)).isEqualTo(CpuExit.SYSCALL);
        assertThat(cpu.exitDetail()).isEqualTo(77);
        assertThat(r[2]).isEqualTo(55);
        assertThat(cpu.state().pc).isEqualTo(at(5));
        assertThat(cpu.retired()).isEqualTo(32);
    }

    @Test
    void aBudgetIsKeptToOneInstruction() {
        code(insn(Op.ADDI, 1, 1, 0, 1), insn(Op.ADDI, 1, 1, 0, 1), insn(Op.JMP, 0, 0, 0, CODE));
        long expected = 0;
        for (int budget = 1; budget < 200; budget++) {
            cpu.state().pc = CODE;
            assertThat(cpu.run(budget)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
            expected += budget;
            assertThat(cpu.retired()).isEqualTo(expected);
            assertThat(cpu.state().pc).isEqualTo(at(budget % 3));
        }
    }
}
