package org.kernelentry.machine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.machine.engine.PlainIsa.insn;
import static org.kernelentry.machine.memory.AddressSpace.PROT_EXEC;
import static org.kernelentry.machine.memory.AddressSpace.PROT_READ;
import static org.kernelentry.machine.memory.AddressSpace.PROT_WRITE;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.PagedSpace;

/** Exits are at the instruction they name, with the registers of that boundary. */
final class EngineCpuTests extends EngineFixture {
    private static final byte[] INC_1 = insn(Op.ADDI, 1, 1, 0, 1);
    private static final byte[] SYSCALL = insn(Op.EXITI, 0, 0, 0, 77);

    @Test
    void aLoopRunsUntilItsSystemCall() {
        code(
                insn(Op.CONST, 1, 0, 0, 10),
                insn(Op.ADD, 2, 2, 1, 0),
                insn(Op.ADDI, 1, 1, 0, -1),
                insn(Op.JMP_IF, 0, 1, 0, at(1)),
                SYSCALL);
        runTo(CpuExit.SYSCALL, at(5));
        assertThat(cpu.exitDetail()).isEqualTo(77);
        assertThat(r[2]).isEqualTo(55);
        assertThat(cpu.retired()).isEqualTo(32);
    }

    @Test
    void anExitDetailMayComeFromARegisterOrUseAll32Bits() {
        code(insn(Op.EXIT, 0, 5, 0, 0), insn(Op.EXITI, 0, 0, 0, 0xf0_1234_5678L));
        r[5] = -3;
        runTo(CpuExit.SYSCALL, at(1));
        assertThat(cpu.exitDetail()).isEqualTo(-3);
        runTo(CpuExit.SYSCALL, at(2));
        assertThat(cpu.exitDetail()).isEqualTo(0x1234_5678);
    }

    @Test
    void aBudgetIsKeptToOneInstruction() {
        code(INC_1, INC_1, insn(Op.JMP, 0, 0, 0, CODE));
        long expected = 0;
        for (int budget = 1; budget < 200; budget++) {
            cpu.state().pc = CODE;
            assertThat(cpu.run(budget)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
            expected += budget;
            assertThat(cpu.retired()).isEqualTo(expected);
            assertThat(cpu.state().pc).isEqualTo(at(budget % 3));
        }
    }

    @Test
    void aJumpToItselfSpendsAnyBudgetAtOnce() {
        code(INC_1, insn(PlainIsa.NOP, 0, 0, 0, 0), insn(Op.JMP, 0, 0, 0, at(1)));
        for (int odd = 0; odd < 2; odd++) {
            final long before = cpu.retired();
            cpu.state().pc = CODE;
            assertThat(cpu.run(Long.MAX_VALUE / 4 + odd)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
            assertThat(cpu.retired() - before).isEqualTo(Long.MAX_VALUE / 4 + odd);
            assertThat(cpu.state().pc).isEqualTo(at(1 + (int) ((Long.MAX_VALUE / 4 + odd - 1) % 2)));
        }
        assertThat(r[1]).isEqualTo(2);
    }

    @Test
    void aBudgetThatEndsBeforeASystemCallLeavesItToTheNextRun() {
        code(INC_1, SYSCALL);
        assertThat(cpu.run(1)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(cpu.run(1)).isEqualTo(CpuExit.SYSCALL);
        assertThat(cpu.retired()).isEqualTo(2);
    }

    @Test
    void aRefusedLoadLeavesEveryRegisterAlone() {
        code(INC_1, insn(PlainIsa.LOAD_ADD, 2, 3, 4, 0x10), SYSCALL);
        r[2] = 7;
        r[3] = 0x7000_0000;
        runTo(CpuExit.PAGE_FAULT, at(1));
        assertPageFault(0x7000_0010, PROT_READ, false);
        assertThat(r[1]).isEqualTo(1);
        assertThat(r[2]).isEqualTo(7);
        assertThat(r[4]).isZero();
        assertThat(cpu.retired()).isEqualTo(1);
        r[3] = DATA;
        space.store64(DATA + 0x10, 5);
        runTo(CpuExit.SYSCALL, at(3));
        assertThat(r[2]).isEqualTo(12);
        assertThat(r[4]).isEqualTo(1);
        assertThat(cpu.retired()).isEqualTo(3);
    }

    @Test
    void aProbeRefusesBeforeTheFirstStore() {
        code(insn(PlainIsa.STORE_PAIR, 1, 3, 2, 0), SYSCALL);
        r[1] = -1;
        r[2] = -2;
        r[3] = DATA + 0x2000 - 12;
        runTo(CpuExit.PAGE_FAULT, CODE);
        assertPageFault(DATA + 0x2000, PROT_WRITE, false);
        assertThat(space.load64(DATA + 0x2000 - 12)).isZero();
        assertThat(cpu.retired()).isZero();
        r[3] = DATA + 0x1000 - 12;
        runTo(CpuExit.SYSCALL, at(2));
        assertThat(space.load64(DATA + 0x1000 - 12)).isEqualTo(-1);
        assertThat(space.load64(DATA + 0x1000 - 4)).isEqualTo(-2);
    }

    @Test
    void aStoreToReadOnlyMemoryFaultsOnAPresentPage() {
        assertThat(space.protect(DATA, 0x1000, PROT_READ)).isTrue();
        code(insn(Op.ST32, 1, 3, 0, 4));
        r[3] = DATA;
        runTo(CpuExit.PAGE_FAULT, CODE);
        assertPageFault(DATA + 4, PROT_WRITE, true);
    }

    @Test
    void anInstructionThatReachesIntoAnUnmappedPageFaultsAtTheFirstMissingByte() {
        final long crossing = CODE + 0x2000 - 5;
        codeAt(crossing - 2 * PlainIsa.LENGTH, INC_1, INC_1);
        final byte[] inc = INC_1;
        space.poke(crossing, inc, 0, 5);
        cpu.state().pc = crossing - 2 * PlainIsa.LENGTH;
        runTo(CpuExit.PAGE_FAULT, crossing);
        assertPageFault(CODE + 0x2000, PROT_EXEC, false);
        assertThat(r[1]).isEqualTo(2);
        assertThat(cpu.retired()).isEqualTo(2);
        // The page appears without execute permission, then with it.
        assertThat(space.map(CODE + 0x2000, 0x1000, RW)).isTrue();
        runTo(CpuExit.PAGE_FAULT, crossing);
        assertPageFault(CODE + 0x2000, PROT_EXEC, true);
        space.poke(CODE + 0x2000, inc, 5, inc.length - 5);
        codeAt(crossing + PlainIsa.LENGTH, SYSCALL);
        assertThat(space.protect(CODE + 0x2000, 0x1000, RX)).isTrue();
        runTo(CpuExit.SYSCALL, crossing + 2 * PlainIsa.LENGTH);
        assertThat(r[1]).isEqualTo(3);
    }

    @Test
    void aJumpToNowhereFaultsThere() {
        code(insn(Op.JMPR, 0, 1, 0, 0));
        r[1] = 0xdead_0000_0000L;
        runTo(CpuExit.PAGE_FAULT, r[1]);
        assertPageFault(r[1], PROT_EXEC, false);
        assertThat(cpu.retired()).isEqualTo(1);
        cpu.state().pc = DATA + 3;
        runTo(CpuExit.PAGE_FAULT, DATA + 3);
        assertPageFault(DATA + 3, PROT_EXEC, true);
        cpu.state().pc = -1;
        runTo(CpuExit.PAGE_FAULT, -1);
        assertPageFault(-1, PROT_EXEC, false);
    }

    @Test
    void anUndefinedInstructionIsNotRetired() {
        code(INC_1, insn(0xff, 0, 0, 0, 0));
        runTo(CpuExit.UNDEFINED, at(1));
        runTo(CpuExit.UNDEFINED, at(1));
        assertThat(cpu.retired()).isEqualTo(1);
    }

    @Test
    void anExitInsideAnInstructionIsTakenOnlyWhenReached() {
        code(insn(PlainIsa.TRAP_IF_ZERO, 2, 1, 0, 0), INC_1, SYSCALL);
        runTo(CpuExit.DIVIDE_ERROR, CODE);
        assertThat(r[2]).isZero();
        r[1] = 9;
        runTo(CpuExit.SYSCALL, at(3));
        assertThat(r[2]).isEqualTo(1);
        assertThat(r[1]).isEqualTo(10);
        assertThat(cpu.retired()).isEqualTo(3);
    }

    @Test
    void aBranchOverAJumpContinuesBehindIt() {
        code(insn(PlainIsa.JUMP_ELSE, 2, 1, 0, at(3)), SYSCALL, SYSCALL, insn(Op.EXITI, 0, 0, 0, 5));
        runTo(CpuExit.SYSCALL, at(2));
        assertThat(r[2]).isEqualTo(1);
        r[1] = 1;
        r[2] = 0;
        cpu.state().pc = CODE;
        runTo(CpuExit.SYSCALL, at(4));
        assertThat(cpu.exitDetail()).isEqualTo(5);
        assertThat(r[2]).isZero();
    }

    @Test
    void eachSkipTestsWhatItsNameSays() {
        for (int kind = 0; kind < 4; kind++) {
            for (int value = 0; value < 2; value++) {
                code(insn(PlainIsa.SKIPPED, 2, 1, Cond.C, kind), SYSCALL);
                r[1] = value;
                Flags.set(cpu.state(), value == 1 ? Flags.C : 0);
                cpu.state().pc = CODE;
                runTo(CpuExit.SYSCALL, at(2));
                final boolean taken = kind == 0 || (kind == 2 ? value == 0 : value == 1);
                assertThat(r[2]).as("kind %d value %d", kind, value).isEqualTo(taken ? 2 : 1);
            }
        }
    }

    @Test
    void flagsAreReadInEachFormTheyWereWritten() {
        code(
                insn(Op.FLAGS, 1, 2, FlagKind.SUB | 3 << 3, 3),
                insn(Op.GETCOND, 4, 0, Cond.LT, 0),
                insn(Op.GETCOND, 5, 0, Cond.C, 0),
                insn(Op.GETFLAGS, 6, 0, 0, 0),
                insn(Op.PUTFLAGS, 0, 7, 0, 0),
                insn(Op.GETFLAGS, 8, 0, 0, 0),
                insn(Op.JMP_COND, 0, 0, Cond.P, at(7)),
                insn(Op.JMP_COND, 0, 0, Cond.NZ, CODE),
                SYSCALL);
        r[1] = Long.MIN_VALUE;
        r[2] = 1;
        r[3] = Long.MAX_VALUE;
        r[7] = -1;
        runTo(CpuExit.SYSCALL, at(9));
        assertThat(r[4]).isEqualTo(1);
        assertThat(r[5]).isZero();
        assertThat(r[6]).isEqualTo(Flags.V | Flags.P | Flags.A);
        assertThat(r[8]).isEqualTo(Flags.ALL);
    }

    @Test
    void aSelectTakesOneOfTwoSlots() {
        code(insn(Op.SELECT, 4, 1, 2, 3), SYSCALL);
        r[1] = 1L << 40;
        r[2] = 20;
        r[3] = 30;
        runTo(CpuExit.SYSCALL, at(2));
        assertThat(r[4]).isEqualTo(20);
        r[1] = 0;
        cpu.state().pc = CODE;
        runTo(CpuExit.SYSCALL, at(2));
        assertThat(r[4]).isEqualTo(30);
    }

    @Test
    void loadsAndStoresUseTheirWidthAndSign() {
        r[1] = DATA + 0xffd;
        r[2] = 0xf1e2_d3c4_b5a6_9788L;
        code(
                insn(Op.ST64, 2, 1, 0, 0),
                insn(Op.LD8U, 3, 1, 0, 0),
                insn(Op.LD8S, 4, 1, 0, 0),
                insn(Op.LD16U, 5, 1, 0, 0),
                insn(Op.LD16S, 6, 1, 0, 0),
                insn(Op.LD32U, 7, 1, 0, 4),
                insn(Op.LD32S, 8, 1, 0, 4),
                insn(Op.LD64, 9, 1, 0, 0),
                insn(Op.ST32, 2, 1, 0, 16),
                insn(Op.ST16, 2, 1, 0, 24),
                insn(Op.ST8, 2, 1, 0, 32),
                SYSCALL);
        runTo(CpuExit.SYSCALL, at(12));
        assertThat(r[3]).isEqualTo(0x88);
        assertThat(r[4]).isEqualTo((byte) 0x88);
        assertThat(r[5]).isEqualTo(0x9788);
        assertThat(r[6]).isEqualTo((short) 0x9788);
        assertThat(r[7]).isEqualTo(0xf1e2_d3c4L);
        assertThat(r[8]).isEqualTo(0xf1e2_d3c4);
        assertThat(r[9]).isEqualTo(r[2]);
        assertThat(space.load64(r[1] + 16)).isEqualTo(0xb5a6_9788L);
        assertThat(space.load64(r[1] + 24)).isEqualTo(0x9788L);
        assertThat(space.load64(r[1] + 32)).isEqualTo(0x88L);
    }

    @Test
    void aHelperFaultsTrapsJumpsAndSeesItsInstruction() {
        code(
                INC_1,
                insn(Op.HELPER, 2, 0, PlainIsa.HELPER_PC, 0),
                insn(Op.HELPER, 4, 3, PlainIsa.HELPER_LOAD, 0),
                insn(Op.HELPER, 0, 0, PlainIsa.HELPER_TRAP, 0),
                insn(Op.HELPER_END, 0, 5, PlainIsa.HELPER_JUMP, 0));
        r[3] = 0x1234_5678_0000L;
        runTo(CpuExit.PAGE_FAULT, at(2));
        assertPageFault(0x1234_5678_0000L, PROT_READ, false);
        assertThat(r[2]).isEqualTo(at(1));
        assertThat(cpu.retired()).isEqualTo(2);
        r[3] = DATA;
        space.store64(DATA, 99);
        runTo(CpuExit.TRAP, at(3));
        assertThat(r[4]).isEqualTo(99);
        assertThat(cpu.exitDetail()).isEqualTo(4);
        assertThat(cpu.retired()).isEqualTo(3);
        codeAt(at(3), insn(PlainIsa.NOP, 0, 0, 0, 0));
        r[5] = at(20);
        codeAt(at(20), SYSCALL);
        runTo(CpuExit.SYSCALL, at(21));
        assertThat(cpu.retired()).isEqualTo(6);
    }

    @Test
    void theSameBytesMeanWhatTheModeSays() {
        code(insn(PlainIsa.NOP, 0, 0, 0, 0), insn(Op.JMPR_MODE, 0, 1, 2, 0));
        codeAt(at(8), SYSCALL);
        r[1] = CODE;
        r[2] = 3;
        assertThat(cpu.run(2)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(r[15]).isZero();
        r[1] = at(8);
        runTo(CpuExit.SYSCALL, at(9));
        assertThat(r[15]).isEqualTo(3);
        assertThat(cpu.state().mode).isEqualTo(3);
        cpu.state().pc = CODE;
        cpu.state().mode = 0;
        r[15] = 0;
        assertThat(cpu.run(1)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(r[15]).isZero();
    }

    @Test
    void anInterruptRequestIsHonouredOnceBeforeTheNextInstruction() {
        code(INC_1, insn(Op.JMP, 0, 0, 0, CODE));
        cpu.requestInterrupt();
        cpu.requestInterrupt();
        runTo(CpuExit.INTERRUPT_WINDOW, CODE);
        assertThat(cpu.retired()).isZero();
        assertThat(cpu.run(10)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        assertThat(cpu.retired()).isEqualTo(10);
    }

    @Test
    void anInterruptRequestFromAnotherThreadStopsAnEndlessLoop() throws InterruptedException {
        code(INC_1, insn(Op.JMP, 0, 0, 0, CODE));
        final Thread other = new Thread(() -> {
            LockSupport.parkNanos(2_000_000);
            cpu.requestInterrupt();
        });
        other.start();
        assertThat(cpu.run(Long.MAX_VALUE)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        other.join();
        assertThat(r[1]).isEqualTo((cpu.retired() + 1) / 2);
    }

    @Test
    void switchingSpacesSwitchesCodeAndData() {
        final PagedSpace other = PagedSpace.create(1L << 47);
        assertThat(other.map(CODE, 0x1000, RX)).isTrue();
        code(INC_1, SYSCALL);
        final byte[] bytes = PlainIsa.program(insn(Op.ADDI, 1, 1, 0, 100), SYSCALL);
        other.poke(CODE, bytes, 0, bytes.length);
        for (int round = 1; round < 5; round++) {
            cpu.switchTo(space);
            cpu.state().pc = CODE;
            runTo(CpuExit.SYSCALL, at(2));
            cpu.state().memory = other;
            cpu.state().pc = CODE;
            runTo(CpuExit.SYSCALL, at(2));
            assertThat(r[1]).isEqualTo(round * 101L);
        }
    }

    @Test
    void aCpuThatRunsNobodyFaults() {
        final EngineCpu idle = new EngineCpu(new PlainIsa());
        assertThat(idle.run(1)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(idle.faultAddress()).isZero();
        assertThat(idle.faultAccess()).isEqualTo(PROT_EXEC);
        assertThat(idle.faultOnPresentPage()).isFalse();
    }
}
