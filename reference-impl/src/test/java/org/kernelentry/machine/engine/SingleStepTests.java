package org.kernelentry.machine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.machine.engine.PlainIsa.insn;

import org.junit.jupiter.api.Test;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.Op;

/** Stepping is sampled when an instruction starts and reported when it has completed. */
final class SingleStepTests extends EngineFixture {
    private static final byte[] INC_1 = insn(Op.ADDI, 1, 1, 0, 1);
    private static final byte[] SYSCALL = insn(Op.EXITI, 0, 0, 0, 77);

    @Test
    void eachInstructionIsReportedWithThePcOfTheNext() {
        code(INC_1, insn(Op.JMP, 0, 0, 0, at(5)));
        codeAt(at(5), insn(Op.JMP_IF, 0, 2, 0, CODE), insn(Op.JMPR, 0, 3, 0, 0));
        r[3] = at(1);
        cpu.state().singleStep = true;
        final long[] pcs = {at(1), at(5), at(6), at(1), at(5)};
        for (int i = 0; i < pcs.length; i++) {
            runTo(CpuExit.SINGLE_STEP, pcs[i]);
            assertThat(cpu.retired()).isEqualTo(i + 1);
        }
        cpu.state().singleStep = false;
        assertThat(cpu.run(3)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
    }

    @Test
    void aStepReportsThatTheStepIsDoneAlsoWhenTheBudgetIs() {
        code(INC_1, INC_1);
        cpu.state().singleStep = true;
        assertThat(cpu.run(1)).isEqualTo(CpuExit.SINGLE_STEP);
    }

    @Test
    void anInstructionThatExitsIsNotAStep() {
        code(SYSCALL, insn(Op.LD64, 1, 1, 0, 0), insn(0xff, 0, 0, 0, 0));
        cpu.state().singleStep = true;
        runTo(CpuExit.SYSCALL, at(1));
        runTo(CpuExit.PAGE_FAULT, at(1));
        assertThat(cpu.retired()).isEqualTo(1);
        cpu.state().pc = at(2);
        runTo(CpuExit.UNDEFINED, at(2));
    }

    @Test
    void anInterruptRequestComesBeforeTheStep() {
        code(INC_1, INC_1);
        cpu.state().singleStep = true;
        cpu.requestInterrupt();
        runTo(CpuExit.INTERRUPT_WINDOW, CODE);
        runTo(CpuExit.SINGLE_STEP, at(1));
    }

    @Test
    void anInstructionThatSetsTheStepBitIsNotSteppedItself() {
        code(insn(Op.HELPER, 0, 2, PlainIsa.HELPER_STEP, 0), INC_1, INC_1, SYSCALL);
        r[2] = 1;
        runTo(CpuExit.SINGLE_STEP, at(2));
        assertThat(r[1]).isEqualTo(1);
        assertThat(cpu.retired()).isEqualTo(2);
    }

    @Test
    void anInstructionThatClearsTheStepBitIsStepped() {
        code(insn(Op.HELPER, 0, 2, PlainIsa.HELPER_STEP, 0), INC_1, SYSCALL);
        cpu.state().singleStep = true;
        runTo(CpuExit.SINGLE_STEP, at(1));
        runTo(CpuExit.SYSCALL, at(3));
    }

    @Test
    void aStepBitSetByTheLastInstructionOfABlockCounts() {
        code(insn(Op.HELPER_END, 0, 2, PlainIsa.HELPER_STEP, 0), INC_1);
        r[2] = 1;
        runTo(CpuExit.SINGLE_STEP, CODE);
        // HELPER_STEP does not set the pc, so the instruction above was run twice: unstepped, then stepped.
        assertThat(cpu.retired()).isEqualTo(2);
    }
}
