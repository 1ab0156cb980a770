package org.kernelentry.machine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.machine.engine.PlainIsa.insn;
import static org.kernelentry.machine.engine.PlainIsa.program;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.junit.jupiter.api.Test;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.PagedSpace;

/** What is translated, and that translated code is left exactly where interpreted code is. */
final class TranslatedTests {
    private static final long CODE = 0x10000;
    private static final long DATA = 0x40000;
    private static final int LENGTH = PlainIsa.LENGTH;
    /** So many turns of a loop are beyond any threshold here. */
    private static final long LONG_TRANSLATED = 1_000_000;

    private static final VarHandle REGISTER = MethodHandles.arrayElementVarHandle(long[].class);

    private final PagedSpace space = PagedSpace.create(1L << 47);
    private EngineCpu cpu = new EngineCpu(new PlainIsa(), 3);

    private void code(final int threshold, final byte[]... insns) {
        cpu = new EngineCpu(new PlainIsa(), threshold);
        space.map(CODE, 0x8000, 7);
        space.map(DATA, 0x2000, 3);
        final byte[] bytes = program(insns);
        space.poke(CODE, bytes, 0, bytes.length);
        cpu.switchTo(space);
        cpu.state().pc = CODE;
        cpu.state().r[3] = DATA;
    }

    private void countDown(final int threshold) {
        code(
                threshold,
                insn(Op.ADDI, 1, 1, 0, -1),
                insn(Op.JMP_IF, 0, 1, 0, CODE),
                insn(Op.EXITI, CpuExit.SYSCALL, 0, 0, CODE + 3 * LENGTH));
        cpu.state().r[1] = 1000;
    }

    @Test
    void aHotLoopRunsInTranslatedCode() {
        countDown(3);
        cpu.run(100_000);
        assertThat(cpu.translated()).isGreaterThan(cpu.retired() * 9 / 10);
    }

    @Test
    void aColdLoopIsInterpreted() {
        countDown(1_000_000);
        cpu.run(100_000);
        assertThat(cpu.translated()).isZero();
    }

    @Test
    void aCpuThatNeverTranslatesDoesNot() {
        countDown(Regions.NEVER);
        cpu.run(100_000);
        assertThat(cpu.translated()).isZero();
    }

    @Test
    void theBudgetEndsALoopAtTheVeryInstruction() {
        countDown(3);
        cpu.run(501);
        assertThat(cpu.retired()).isEqualTo(501);
        assertThat(cpu.state().r[1]).isEqualTo(1000 - 251);
        assertThat(cpu.state().pc).isEqualTo(CODE + LENGTH);
    }

    @Test
    void aRequestFromAnotherThreadEndsAnEndlessLoop() throws InterruptedException {
        code(3, insn(Op.ADDI, 1, 1, 0, 1), insn(Op.JMP, 0, 0, 0, CODE));
        final Thread other = new Thread(() -> {
            // Not before the loop is translated; the read is one that a compiler does not move out of this loop.
            while ((long) REGISTER.getOpaque(cpu.state().r, 1) < LONG_TRANSLATED) {
                Thread.onSpinWait();
            }
            cpu.requestInterrupt();
        });
        other.start();
        assertThat(cpu.run(Long.MAX_VALUE)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        other.join();
        assertThat(cpu.translated()).isPositive();
    }

    @Test
    void aFaultInALoopLeavesTheRegistersOfItsInstruction() {
        // r2 walks over two pages of data; the store that leaves them faults.
        code(
                3,
                insn(Op.ADDI, 4, 4, 0, 1),
                insn(Op.ST64, 4, 3, 0, 0),
                insn(Op.ADDI, 3, 3, 0, 8),
                insn(Op.JMP, 0, 0, 0, CODE));
        assertThat(cpu.run(100_000)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(cpu.state().pc).isEqualTo(CODE + LENGTH);
        assertThat(cpu.state().r[3]).isEqualTo(DATA + 0x2000);
        assertThat(cpu.state().r[4]).isEqualTo(0x2000 / 8 + 1);
        assertThat(cpu.retired()).isEqualTo(4L * 0x2000 / 8 + 1);
        assertThat(cpu.faultAddress()).isEqualTo(DATA + 0x2000);
        assertThat(cpu.translated()).isGreaterThan(1000);
    }

    @Test
    void aLoopThatRewritesItselfRunsWhatItWrote() {
        // The store changes the constant of the instruction behind it.
        code(
                3,
                insn(Op.ADDI, 2, 2, 0, 1),
                insn(Op.ST32, 2, 5, 0, 0),
                insn(Op.ADDI, 1, 1, 0, 1000),
                insn(Op.ADDI, 6, 6, 0, -1),
                insn(Op.JMP_IF, 0, 6, 0, CODE),
                insn(Op.EXITI, CpuExit.SYSCALL, 0, 0, CODE + 6 * LENGTH));
        cpu.state().r[5] = CODE + 2 * LENGTH + 4;
        cpu.state().r[6] = 50;
        assertThat(cpu.run(100_000)).isEqualTo(CpuExit.SYSCALL);
        // 1 + 2 + ... + 50
        assertThat(cpu.state().r[1]).isEqualTo(50 * 51 / 2);
    }

    @Test
    void aRegionTooLargeForTheJvmIsCutUntilItFits() {
        final byte[][] insns = new byte[1200][];
        for (int i = 0; i < insns.length; i++) {
            // Every other instruction ends a block.
            insns[i] = i % 2 == 0
                    ? insn(PlainIsa.ADD_FLAGS, 2 + i % 8, 2, 4, 0)
                    : insn(Op.JMP_COND, 0, 0, Cond.V, CODE + (i + 1) * (long) LENGTH);
        }
        insns[1198] = insn(Op.ADDI, 1, 1, 0, -1);
        insns[1199] = insn(Op.JMP_IF, 0, 1, 0, CODE);
        code(3, insns);
        cpu.state().r[1] = 100;
        cpu.state().r[4] = 1;
        cpu.run(1200L * 60);
        assertThat(cpu.translated()).isGreaterThan(cpu.retired() / 2);
    }

    /** As an IT block of T32: each instruction of it has a mode of its own. */
    private void loopOverModes() {
        code(
                3,
                insn(Op.ADDI, 1, 1, 0, -1),
                insn(PlainIsa.JUMP_MODE, 0, 0, 5, CODE + 2 * LENGTH),
                insn(Op.ST64, 1, 3, 0, 0),
                insn(PlainIsa.JUMP_MODE, 0, 0, 6, CODE + 4 * LENGTH),
                insn(PlainIsa.NOP, 0, 0, 0, 0),
                insn(PlainIsa.JUMP_MODE, 0, 0, 0, CODE + 6 * LENGTH),
                insn(Op.ADDI, 3, 3, 0, 8),
                insn(Op.JMP_IF, 0, 1, 0, CODE),
                insn(Op.EXITI, CpuExit.SYSCALL, 0, 0, CODE + 9 * LENGTH));
    }

    /** Each jump passes over an instruction. */
    private void loopOverModesAndPlaces() {
        final byte[] nop = insn(PlainIsa.NOP, 0, 0, 0, 0);
        code(
                3,
                insn(Op.ADDI, 1, 1, 0, -1),
                insn(PlainIsa.JUMP_MODE, 0, 0, 5, CODE + 3 * LENGTH),
                nop,
                insn(Op.ST64, 1, 3, 0, 0),
                insn(PlainIsa.JUMP_MODE, 0, 0, 6, CODE + 6 * LENGTH),
                nop,
                nop,
                insn(PlainIsa.JUMP_MODE, 0, 0, 0, CODE + 9 * LENGTH),
                nop,
                insn(Op.ADDI, 3, 3, 0, 8),
                insn(Op.JMP_IF, 0, 1, 0, CODE),
                insn(Op.EXITI, CpuExit.SYSCALL, 0, 0, CODE + 12 * LENGTH));
    }

    @Test
    void jumpsToConstantsInConstantModesStayInOneRegion() {
        loopOverModesAndPlaces();
        cpu.state().r[1] = 500;
        assertThat(cpu.run(100_000)).isEqualTo(CpuExit.SYSCALL);
        assertThat(cpu.state().r[15]).isEqualTo(6);
        assertThat(cpu.state().mode).isZero();
        assertThat(cpu.translated()).isGreaterThan(cpu.retired() * 9 / 10);
        assertThat(cpu.cached(CODE + 6 * LENGTH, 6).region).isNull();
    }

    @Test
    void aJumpToTheNextInstructionInAnotherModeDoesNotEndTheBlock() {
        loopOverModes();
        cpu.state().r[1] = 500;
        assertThat(cpu.run(100_000)).isEqualTo(CpuExit.SYSCALL);
        assertThat(cpu.state().r[15]).isEqualTo(6);
        assertThat(cpu.state().mode).isZero();
        assertThat(cpu.cached(CODE, 0).instructions).isEqualTo(8);
        assertThat(cpu.cached(CODE + 2 * LENGTH, 5)).isNull();
    }

    @Test
    void aFaultHasTheModeOfItsInstruction() {
        loopOverModes();
        assertThat(cpu.run(100_000)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(cpu.state().pc).isEqualTo(CODE + 2 * LENGTH);
        assertThat(cpu.state().mode).isEqualTo(5);
        assertThat(cpu.state().r[3]).isEqualTo(DATA + 0x2000);
    }

    /** Every other turn comes to the same place in another mode, where its first instruction is another. */
    @Test
    void anIndirectJumpGoesOnInTheModeOfItsOwnBlock() {
        code(
                3,
                insn(Op.ADDI, 1, 1, 0, -1),
                insn(Op.CONST, 15, 0, 0, 0),
                insn(Op.XORI, 2, 2, 0, 1),
                insn(Op.JMP_IF, 0, 2, 0, CODE + 6 * LENGTH),
                insn(PlainIsa.JUMP_MODE, 0, 0, 7, CODE + 5 * LENGTH),
                insn(Op.JMPR, 0, 6, 0, 0),
                insn(Op.JMPR, 0, 6, 0, 0),
                insn(PlainIsa.NOP, 0, 0, 0, 0),
                insn(Op.ADD, 8, 8, 15, 0),
                insn(PlainIsa.JUMP_MODE, 0, 0, 0, CODE + 10 * LENGTH),
                insn(Op.JMP_IF, 0, 1, 0, CODE),
                insn(Op.EXITI, CpuExit.SYSCALL, 0, 0, CODE + 12 * LENGTH));
        cpu.state().r[1] = 1000;
        cpu.state().r[6] = CODE + 7 * LENGTH;
        assertThat(cpu.run(100_000)).isEqualTo(CpuExit.SYSCALL);
        assertThat(cpu.state().r[8]).isEqualTo(7 * 500);
    }

    @Test
    void aHelperSeesAndChangesRegistersThatTheRegionKeeps() {
        code(
                3,
                insn(Op.ADDI, 4, 4, 0, 1),
                insn(Op.ADDI, 5, 5, 0, 2),
                insn(Op.ADD, 6, 4, 5, 0),
                insn(Op.HELPER, 6, 3, PlainIsa.HELPER_STORE, 0),
                insn(Op.HELPER, 7, 3, PlainIsa.HELPER_LOAD, 0),
                insn(Op.ADD, 8, 8, 7, 0),
                insn(Op.ADDI, 1, 1, 0, -1),
                insn(Op.ADD, 9, 8, 4, 0),
                insn(Op.ADD, 10, 9, 5, 0),
                insn(Op.ADD, 11, 10, 6, 0),
                insn(Op.JMP_IF, 0, 1, 0, CODE),
                insn(Op.EXITI, CpuExit.SYSCALL, 0, 0, CODE + 12 * LENGTH));
        cpu.state().r[1] = 100;
        assertThat(cpu.run(100_000)).isEqualTo(CpuExit.SYSCALL);
        // 3 + 6 + ... + 300
        assertThat(cpu.state().r[8]).isEqualTo(3 * 5050);
        assertThat(cpu.state().r[11]).isEqualTo(3 * 5050 + 100 + 200 + 300);
        assertThat(cpu.translated()).isGreaterThan(cpu.retired() * 9 / 10);
    }

    @Test
    void aCallAndItsReturnStayInOneRegion() {
        code(
                3,
                insn(Op.CONST, 5, 0, 0, CODE + 4 * LENGTH),
                insn(PlainIsa.STORE_JUMP, 4, 3, 5, 16),
                insn(Op.ADDI, 1, 1, 0, 1),
                insn(Op.NOT, 1, 1, 0, 0),
                insn(Op.CONST, 6, 0, 0, CODE),
                insn(Op.LD64, 7, 3, 0, 16),
                insn(Op.JMPR, 0, 6, 0, 0));
        cpu.run(100_000);
        assertThat(cpu.retired()).isEqualTo(100_000);
        assertThat(cpu.translated()).isGreaterThan(90_000);
        assertThat(cpu.state().r[1]).isZero();
    }

    @Test
    void anAccessThatItsWindowKeepsMissingIsNotLeftForInTheEnd() {
        final long far = 1 << 24;
        code(
                3,
                insn(Op.LD64, 5, 3, 0, 8),
                insn(Op.ADD, 6, 6, 5, 0),
                insn(Op.XOR, 3, 3, 7, 0),
                insn(Op.ADDI, 1, 1, 0, -1),
                insn(Op.JMP_IF, 0, 1, 0, CODE),
                insn(Op.EXITI, CpuExit.SYSCALL, 0, 0, CODE + 6 * LENGTH));
        space.map(DATA ^ far, 0x1000, 3);
        space.store64(DATA + 8, 1);
        space.store64((DATA ^ far) + 8, 1000);
        cpu.state().r[7] = far;
        cpu.state().r[1] = 4000;
        assertThat(cpu.run(100_000)).isEqualTo(CpuExit.SYSCALL);
        assertThat(cpu.state().r[6]).isEqualTo(2000 * 1001);
        assertThat(cpu.retired()).isEqualTo(5 * 4000 + 1);
        assertThat(cpu.translated()).isGreaterThan(cpu.retired() * 9 / 10);
    }

    @Test
    void aSumThatOverflows32BitsIsNotLookedForAbove() {
        final long below = 0x1001_0000L;
        final long above = below + (1L << 32);
        code(
                3,
                insn(Op.ZX32, 2, 1, 0, 0),
                insn(Op.ADDI32, 4, 1, 0, 0x2000_0000),
                insn(Op.LD64, 5, 4, 0, 0),
                insn(Op.LD64, 6, 4, 0, 8),
                insn(Op.ADD, 8, 8, 5, 0),
                insn(Op.ADDI, 7, 7, 0, -1),
                insn(Op.JMP_IF, 0, 7, 0, CODE),
                insn(Op.EXITI, CpuExit.SYSCALL, 0, 0, CODE + 8 * LENGTH));
        space.map(below, 0x4000, 3);
        space.map(above, 0x4000, 3);
        space.store64(below, 1);
        space.store64(above, 1000);
        cpu.state().r[1] = below - 0x2000_0000 & 0xffff_ffffL;
        cpu.state().r[7] = 200_000;
        cpu.run(10 * LONG_TRANSLATED);
        assertThat(cpu.state().r[8]).isEqualTo(200_000);
        assertThat(cpu.translated()).isGreaterThan(LONG_TRANSLATED);
    }

    @Test
    void whatIsInsertedOnAConditionIsNotTakenForTheRegistersPart() {
        final long lowByte = 7 << 8;
        code(
                3,
                insn(Op.INSERT, 4, 5, 0, lowByte),
                insn(PlainIsa.INSERT_IF, 6, 7, 8, lowByte),
                insn(Op.ZX8, 9, 4, 0, 0),
                insn(Op.ADD, 10, 10, 9, 0),
                insn(PlainIsa.INSERT_IF, 11, 7, 12, lowByte),
                insn(Op.ZX8, 9, 11, 0, 0),
                insn(Op.ADD, 13, 13, 9, 0),
                insn(Op.ADDI, 1, 1, 0, -1),
                insn(Op.JMP_IF, 0, 1, 0, CODE),
                insn(Op.EXITI, CpuExit.SYSCALL, 0, 0, CODE + 10 * LENGTH));
        final long[] r = cpu.state().r;
        r[1] = 4000;
        r[5] = 0x105;
        r[7] = 0x207;
        r[8] = 1;
        r[11] = 0x30b;
        assertThat(cpu.run(100_000)).isEqualTo(CpuExit.SYSCALL);
        assertThat(r[10]).as("inserted always, then another on a condition").isEqualTo(4000 * 5);
        assertThat(r[13]).as("not inserted").isEqualTo(4000 * 0xb);
        assertThat(cpu.translated()).isGreaterThan(cpu.retired() * 9 / 10);
    }
}
