package org.kernelentry.machine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.machine.engine.PlainIsa.insn;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.PagedSpace;

/** Once its blocks are decoded, running allocates nothing, whatever the exits are. */
@Isolated("it counts what every thread allocates")
final class AllocationTests extends EngineFixture {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final PagedSpace other = PagedSpace.create(1L << 47);

    private int round() {
        int exits = 0;
        cpu.switchTo(other);
        cpu.switchTo(space);
        cpu.state().pc = CODE;
        r[1] = 20;
        r[3] = DATA;
        exits += cpu.run(1000) == CpuExit.SYSCALL ? 1 : 0;
        exits += cpu.run(1000) == CpuExit.PAGE_FAULT ? 1 : 0;
        cpu.state().pc = CODE;
        exits += cpu.run(3) == CpuExit.INTERRUPT_WINDOW ? 1 : 0;
        cpu.requestInterrupt();
        exits += cpu.run(3) == CpuExit.INTERRUPT_WINDOW ? 1 : 0;
        cpu.state().singleStep = true;
        exits += cpu.run(3) == CpuExit.SINGLE_STEP ? 1 : 0;
        cpu.state().singleStep = false;
        return exits;
    }

    @Test
    void runningAllocatesNothing() {
        code(
                insn(Op.LD64, 2, 3, 0, 0xffd),
                insn(PlainIsa.ADD_FLAGS, 2, 2, 1, 0),
                insn(Op.ST64, 2, 3, 0, 0xffd),
                insn(Op.HELPER, 5, 3, PlainIsa.HELPER_LOAD, 0),
                insn(Op.ADDI, 1, 1, 0, -1),
                insn(Op.JMP_IF, 0, 1, 0, CODE),
                insn(Op.JMP_COND, 0, 0, Cond.NZ, at(7)),
                insn(Op.EXITI, 0, 0, 0, 1),
                insn(Op.LD64, 2, 1, 0, 0));
        // Past the point where everything that gets hot has been translated.
        final int warm = 20_000;
        for (int i = 0; i < warm; i++) {
            assertThat(round()).isEqualTo(5);
        }
        long allocated = -THREADS.getCurrentThreadAllocatedBytes();
        int exits = 0;
        for (int i = 0; i < 2000; i++) {
            exits += round();
        }
        allocated += THREADS.getCurrentThreadAllocatedBytes();
        assertThat(exits).isEqualTo(10_000);
        assertThat(allocated).isZero();
    }
}
