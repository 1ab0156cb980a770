package org.kernelentry.machine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.machine.engine.PlainIsa.insn;
import static org.kernelentry.machine.memory.AddressSpace.PROT_EXEC;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.PagedSpace;

/** Instructions are what memory says at the moment they start. */
final class ChangedCodeTests extends EngineFixture {
    private static final byte[] INC_1 = insn(Op.ADDI, 1, 1, 0, 1);
    private static final byte[] SYSCALL = insn(Op.EXITI, 0, 0, 0, 77);
    /** Offset of the constant within an instruction. */
    private static final int IMM = 4;

    @Test
    void aStoreIntoTheSameBlockIsSeenByTheNextInstruction() {
        code(INC_1, insn(Op.ST64, 2, 3, 0, 0), insn(Op.ADDI, 1, 1, 0, 1000), SYSCALL);
        r[2] = 5;
        r[3] = at(2) + IMM;
        runTo(CpuExit.SYSCALL, at(4));
        assertThat(r[1]).isEqualTo(6);
        assertThat(cpu.retired()).isEqualTo(4);
        r[2] = 7;
        cpu.state().pc = CODE;
        runTo(CpuExit.SYSCALL, at(4));
        assertThat(r[1]).isEqualTo(14);
    }

    @Test
    void flagsThatTheNextInstructionWouldHaveReplacedAreThereWhenItBecomesAnother() {
        code(insn(PlainIsa.STORE_FLAGS, 2, 3, 4, 0), insn(PlainIsa.ADD_FLAGS, 5, 6, 6, 0), SYSCALL);
        r[2] = ByteBuffer.wrap(insn(Op.GETFLAGS, 5, 0, 0, 0))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        r[3] = at(1);
        r[4] = -1;
        r[6] = 1;
        runTo(CpuExit.SYSCALL, at(3));
        assertThat(r[5]).isEqualTo(Flags.N | Flags.P);
    }

    @Test
    void aStoreByAHelperIsSeenByTheNextInstruction() {
        code(insn(Op.HELPER, 2, 3, PlainIsa.HELPER_STORE, 0), insn(Op.ADDI, 1, 1, 0, 1000), SYSCALL);
        r[2] = 5;
        r[3] = at(1) + IMM;
        runTo(CpuExit.SYSCALL, at(3));
        assertThat(r[1]).isEqualTo(5);
    }

    @Test
    void anInstructionThatOverwritesItselfCompletesAsItWas() {
        code(insn(PlainIsa.STORE_PAIR, 2, 3, 2, 0), INC_1, SYSCALL);
        r[2] = 0;
        r[3] = CODE;
        // 16 bytes: this instruction becomes CONST r0 = 0, and so do opcode and slots of the next.
        runTo(CpuExit.SYSCALL, at(3));
        assertThat(r[1]).isZero();
        assertThat(r[0]).isEqualTo(1);
        r[0] = 9;
        cpu.state().pc = CODE;
        runTo(CpuExit.SYSCALL, at(3));
        assertThat(r[0]).isEqualTo(1);
        assertThat(cpu.retired()).isEqualTo(6);
    }

    @Test
    void aStoreThatChangesTheTargetOfItsOwnJumpIsSeenThere() {
        code(insn(PlainIsa.STORE_JUMP, 2, 3, 4, 0));
        codeAt(at(9), insn(Op.ADDI, 1, 1, 0, 1), SYSCALL);
        r[3] = at(9) + IMM;
        r[4] = at(9);
        for (long value = 1; value < 6; value++) {
            r[1] = 0;
            r[2] = value;
            cpu.state().pc = CODE;
            runTo(CpuExit.SYSCALL, at(11));
            assertThat(r[1]).isEqualTo(value);
        }
    }

    @Test
    void aLoopThatRewritesItselfCountsItsOwnConstants() {
        code(
                insn(Op.ADDI, 1, 1, 0, 0),
                insn(Op.ADDI, 2, 2, 0, 1),
                insn(Op.ST32, 2, 3, 0, 0),
                insn(Op.XORI, 4, 2, 0, 100),
                insn(Op.JMP_IF, 0, 4, 0, CODE),
                SYSCALL);
        r[3] = CODE + IMM;
        runTo(CpuExit.SYSCALL, at(6));
        // Round k adds the constant stored by round k - 1.
        assertThat(r[1]).isEqualTo(99 * 100 / 2);
        assertThat(cpu.retired()).isEqualTo(501);
    }

    @Test
    void aStoreThroughAnAliasOrAnotherSpaceIsSeen() {
        final PagedSpace other = PagedSpace.create(1L << 47);
        assertThat(space.share(DATA, 0x1000, RW, space, CODE)).isTrue();
        assertThat(other.share(0x9000, 0x1000, RW, space, CODE)).isTrue();
        other.store64(0x9000 + IMM, 0);
        code(insn(Op.ADDI, 1, 1, 0, 1), insn(Op.ST64, 2, 3, 0, 0), insn(Op.ADDI, 1, 1, 0, 1000), SYSCALL);
        r[2] = 5;
        r[3] = DATA + at(2) - CODE + IMM;
        runTo(CpuExit.SYSCALL, at(4));
        assertThat(r[1]).isEqualTo(6);
        other.store64(0x9000 + IMM, 50);
        cpu.state().pc = CODE;
        r[1] = 0;
        runTo(CpuExit.SYSCALL, at(4));
        assertThat(r[1]).isEqualTo(55);
    }

    @Test
    void twoCpusOfOneSpaceSeeEachOthersStores() {
        final EngineCpu second = new EngineCpu(new PlainIsa());
        second.switchTo(space);
        code(INC_1, insn(Op.JMP, 0, 0, 0, CODE));
        codeAt(at(8), insn(Op.ST64, 2, 3, 0, 0), SYSCALL);
        assertThat(cpu.run(101)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        second.state().pc = at(8);
        second.state().r[2] = 1000;
        second.state().r[3] = CODE + IMM;
        assertThat(second.run(10)).isEqualTo(CpuExit.SYSCALL);
        assertThat(cpu.run(2)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(r[1]).isEqualTo(1051);
    }

    @Test
    void aDebuggersPokeIsSeenByChainedBlocks() {
        code(INC_1, insn(Op.JMP, 0, 0, 0, CODE));
        assertThat(cpu.run(1000)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        codeAt(at(1), SYSCALL);
        assertThat(cpu.run(1000)).isEqualTo(CpuExit.SYSCALL);
        assertThat(r[1]).isEqualTo(501);
    }

    @Test
    void codeThatIsUnmappedOrLosesPermissionFaultsAtItsNextInstruction() {
        code(INC_1, insn(Op.JMP, 0, 0, 0, CODE));
        assertThat(cpu.run(1001)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(space.protect(CODE, 0x1000, RW)).isTrue();
        runTo(CpuExit.PAGE_FAULT, at(1));
        assertPageFault(at(1), PROT_EXEC, true);
        assertThat(space.protect(CODE, 0x1000, RX)).isTrue();
        assertThat(cpu.run(1)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        space.unmap(CODE, 0x1000);
        runTo(CpuExit.PAGE_FAULT, CODE);
        assertPageFault(CODE, PROT_EXEC, false);
        assertThat(space.map(CODE, 0x1000, RX)).isTrue();
        code(SYSCALL);
        runTo(CpuExit.SYSCALL, at(1));
    }

    @Test
    void theSecondPageOfACrossingInstructionCountsAsItsCode() {
        final long crossing = CODE + 0x1000 - 2;
        codeAt(crossing, insn(Op.ADDI, 1, 1, 0, 1), insn(Op.JMP, 0, 0, 0, crossing));
        cpu.state().pc = crossing;
        assertThat(cpu.run(10)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        space.store64(crossing + IMM, 100);
        assertThat(cpu.run(10)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(r[1]).isEqualTo(505);
        space.unmap(CODE + 0x1000, 0x1000);
        runTo(CpuExit.PAGE_FAULT, crossing);
        assertPageFault(CODE + 0x1000, PROT_EXEC, false);
    }

    @Test
    void aForkRunsItsOwnCopyOfTheCode() {
        code(INC_1, SYSCALL);
        runTo(CpuExit.SYSCALL, at(2));
        final PagedSpace child = (PagedSpace) space.fork();
        child.store64(CODE + IMM, 10);
        cpu.switchTo(child);
        cpu.state().pc = CODE;
        runTo(CpuExit.SYSCALL, at(2));
        assertThat(r[1]).isEqualTo(11);
        cpu.switchTo(space);
        cpu.state().pc = CODE;
        runTo(CpuExit.SYSCALL, at(2));
        assertThat(r[1]).isEqualTo(12);
    }
}
