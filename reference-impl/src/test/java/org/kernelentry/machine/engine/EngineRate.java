package org.kernelentry.machine.engine;

import static org.kernelentry.machine.engine.PlainIsa.insn;
import static org.kernelentry.machine.engine.PlainIsa.program;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;

/** Prints how many instructions a second the engine executes in a few loops; run its {@code main} without C1-only options. */
final class EngineRate {
    private static final long CODE = 0x10000;
    private static final long DATA = 0x40000;
    private static final int LENGTH = PlainIsa.LENGTH;

    private EngineRate() {}

    /** The thread's own time: other work on the machine does not count. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void measure(final String name, final byte[]... insns) {
        final PagedSpace space = PagedSpace.create(1L << 47);
        space.map(CODE, 0x2000, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
        space.map(DATA, 0x10000, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
        final byte[] bytes = program(insns);
        space.poke(CODE, bytes, 0, bytes.length);
        final EngineCpu cpu = new EngineCpu(new PlainIsa());
        cpu.switchTo(space);
        cpu.state().pc = CODE;
        cpu.state().r[3] = DATA;
        cpu.state().r[4] = 1;
        double best = 0;
        for (int round = 0; round < 8; round++) {
            final long budget = 40_000_000;
            final long start = cpuNanos();
            long left = budget;
            while (left > 0) {
                // A slice as a scheduler would give it.
                if (cpu.run(Math.min(left, 1_000_000)) != CpuExit.INTERRUPT_WINDOW) {
                    throw new IllegalStateException("the loop ended");
                }
                left -= 1_000_000;
            }
            best = Math.max(best, budget * 1e3 / (cpuNanos() - start));
        }
        System.out.printf(Locale.ROOT, "%-28s %7.1f million instructions/s%n", name, best);
    }

    public static void main(final String[] arguments) {
        measure("count down", insn(Op.ADDI, 1, 1, 0, -1), insn(Op.JMP_IF, 0, 1, 0, CODE), insn(Op.JMP, 0, 0, 0, CODE));
        measure(
                "arithmetic, ten",
                insn(Op.ADD, 2, 2, 1, 0),
                insn(Op.XOR, 5, 2, 1, 0),
                insn(Op.SHLI, 6, 5, 0, 3),
                insn(Op.ADD, 7, 6, 2, 0),
                insn(Op.AND, 8, 7, 5, 0),
                insn(Op.SUB, 9, 8, 2, 0),
                insn(Op.OR, 10, 9, 5, 0),
                insn(Op.ADD32, 11, 10, 2, 0),
                insn(Op.ADDI, 1, 1, 0, -1),
                insn(Op.JMP_IF, 0, 1, 0, CODE),
                insn(Op.JMP, 0, 0, 0, CODE));
        measure(
                "load, add, store",
                insn(Op.LD64, 2, 3, 0, 8),
                insn(Op.ADD, 2, 2, 4, 0),
                insn(Op.ST64, 2, 3, 0, 8),
                insn(Op.ADDI, 1, 1, 0, -1),
                insn(Op.JMP_IF, 0, 1, 0, CODE),
                insn(Op.JMP, 0, 0, 0, CODE));
        measure(
                "flags and condition",
                insn(PlainIsa.ADD_FLAGS, 2, 2, 4, 0),
                insn(PlainIsa.SUB_FLAGS, 1, 1, 4, 0),
                insn(Op.JMP_COND, 0, 0, Cond.NZ, CODE),
                insn(Op.JMP, 0, 0, 0, CODE));
        measure(
                "call and return",
                insn(Op.CONST, 5, 0, 0, CODE + 4 * LENGTH),
                insn(PlainIsa.STORE_JUMP, 4, 3, 5, 16),
                insn(Op.NOT, 1, 1, 0, 0),
                insn(Op.NOT, 1, 1, 0, 0),
                insn(Op.CONST, 6, 0, 0, CODE),
                insn(Op.LD64, 7, 3, 0, 16),
                insn(Op.JMPR, 0, 6, 0, 0));
    }
}
