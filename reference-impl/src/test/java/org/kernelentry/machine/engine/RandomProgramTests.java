package org.kernelentry.machine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.machine.engine.PlainIsa.LENGTH;
import static org.kernelentry.machine.engine.PlainIsa.insn;

import java.util.Random;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;

/** Random programs and random bytes: however a run is cut into pieces, the same happens, and nothing but exits comes out. */
@Execution(ExecutionMode.CONCURRENT)
final class RandomProgramTests {
    private static final long CODE = 0x10000;
    private static final long DATA = 0x40000;
    private static final int CODE_BYTES = 0x2000;
    private static final int INSTRUCTIONS = 120;

    /** One of several equal machines. */
    private static final class Machine {
        final PagedSpace space = PagedSpace.create(1L << 47);
        final EngineCpu cpu;
        final CpuState state;

        Machine(final byte[] code, final long[] registers) {
            this(code, registers, new EngineCpu(new PlainIsa()));
        }

        Machine(final byte[] code, final long[] registers, final EngineCpu cpu) {
            this.cpu = cpu;
            state = cpu.state();
            space.map(CODE, CODE_BYTES, 7);
            space.map(DATA, 0x2000, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
            space.map(DATA + 0x2000, 0x1000, AddressSpace.PROT_READ);
            space.poke(CODE, code, 0, code.length);
            cpu.switchTo(space);
            System.arraycopy(registers, 0, state.r, 0, registers.length);
            state.pc = CODE;
        }

        /** Runs a number of instructions in slices of random length, or one by one; continues at a random place after an exit. */
        int run(final long instructions, final Random cuts, final Random places, final boolean stepping) {
            final long goal = cpu.retired() + instructions;
            int exits = 0;
            while (cpu.retired() < goal && exits < 100) {
                final long before = cpu.retired();
                final long budget = Math.min(goal - before, cuts == null ? Long.MAX_VALUE : 1 + cuts.nextInt(90));
                state.singleStep = stepping;
                final int exit = cpu.run(budget);
                assertThat(cpu.retired() - before).isBetween(0L, budget);
                if (exit == CpuExit.INTERRUPT_WINDOW) {
                    assertThat(cpu.retired() - before).isEqualTo(budget);
                } else if (exit != CpuExit.SINGLE_STEP) {
                    // A program may set the step bit itself, so steps are no news.
                    exits++;
                    state.r[14] = state.r[14] * 31 + exit * 7L + cpu.exitDetail();
                    if (exit == CpuExit.PAGE_FAULT) {
                        state.r[14] += cpu.faultAddress() * 13 + cpu.faultAccess() + (cpu.faultOnPresentPage() ? 5 : 0);
                    }
                    state.pc = CODE + (long) places.nextInt(INSTRUCTIONS) * LENGTH;
                }
            }
            return exits;
        }

        void assertSameAs(final Machine other, final String what) {
            assertThat(state.pc).as(what).isEqualTo(other.state.pc);
            assertThat(state.mode).as(what).isEqualTo(other.state.mode);
            assertThat(cpu.retired()).as(what).isEqualTo(other.cpu.retired());
            for (int i = 0; i < PlainIsa.REGISTERS; i++) {
                assertThat(state.r[i]).as("%s r%d", what, i).isEqualTo(other.state.r[i]);
            }
            assertThat(Flags.packed(state)).as(what).isEqualTo(Flags.packed(other.state));
            assertThat(contents(CODE, CODE_BYTES)).isEqualTo(other.contents(CODE, CODE_BYTES));
            assertThat(contents(DATA, 0x3000)).isEqualTo(other.contents(DATA, 0x3000));
        }

        private byte[] contents(final long address, final int length) {
            final byte[] bytes = new byte[length];
            space.peek(address, bytes, 0, length);
            return bytes;
        }
    }

    private static long[] registers(final Random random) {
        final long[] r = new long[PlainIsa.REGISTERS];
        for (int i = 0; i < r.length; i++) {
            // Some registers point into data or code, the others hold anything.
            r[i] = i < 4
                    ? DATA + random.nextInt(0x3000)
                    : i < 6 ? CODE + random.nextInt(CODE_BYTES) : random.nextLong();
        }
        return r;
    }

    private static byte[] program(final Random random) {
        final byte[][] insns = new byte[INSTRUCTIONS][];
        for (int i = 0; i < insns.length; i++) {
            insns[i] = instruction(random);
        }
        return PlainIsa.program(insns);
    }

    private static byte[] instruction(final Random random) {
        // Registers 0 to 5 are addresses and mostly kept.
        final int d = random.nextInt(16) == 0 ? random.nextInt(6) : 6 + random.nextInt(10);
        final int a = random.nextInt(16);
        final int b = random.nextInt(256);
        final long target = CODE + (long) random.nextInt(INSTRUCTIONS) * LENGTH;
        return switch (random.nextInt(22)) {
            case 0, 1 -> insn(Op.LD8U + random.nextInt(7), d, random.nextInt(4), b, random.nextInt(32));
            case 2 -> insn(Op.ST8 + random.nextInt(4), a, random.nextInt(6), b, random.nextInt(32));
            case 3 ->
                insn(PlainIsa.STORE_PAIR + random.nextInt(2), d, random.nextInt(4), 8 + (b & 7), random.nextInt(32));
            case 4, 5 -> insn(PlainIsa.ADD_FLAGS + random.nextInt(2), d, a, b, 0);
            case 6 -> insn(Op.FLAGS, a, a, b, random.nextInt());
            case 7 -> insn(Op.JMP_COND, 0, 0, b, target);
            case 8 -> insn(Op.GETCOND, d, 0, b, 0);
            case 9 -> insn(Op.JMP_IF, 0, a, 0, target);
            case 10 -> insn(random.nextBoolean() ? Op.GETFLAGS : Op.PUTFLAGS, d, a, 0, random.nextInt(2));
            case 11 -> insn(PlainIsa.SKIPPED, d, a, b, random.nextInt());
            case 12 -> insn(PlainIsa.TRAP_IF_ZERO + 5 * random.nextInt(2), d, a, b, target);
            case 13 -> insn(Op.HELPER, d, random.nextInt(6), random.nextInt(PlainIsa.HELPERS), 0);
            case 14 -> random.nextInt(8) == 0 ? insn(Op.EXIT, 0, a, 0, 0) : insn(Op.PROBE_WRITE, 0, a & 3, b, b);
            case 15 -> insn(PlainIsa.JUMP_MODE, 0, 0, random.nextInt(3), target);
            case 16 -> insn(PlainIsa.NOP, 0, 0, 0, 0);
            default -> insn(random.nextInt(Op.LD8U), d, a, b, random.nextLong());
        };
    }

    @ParameterizedTest(name = "seed {0}: slices of any length and single steps lead to the same state")
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void slicesOfAnyLengthAndSingleStepsLeadToTheSameState(final long seed) {
        final Random random = new Random(seed);
        int exits = 0;
        for (int round = 0; round < 40; round++) {
            final byte[] code = program(random);
            final long[] registers = registers(random);
            final Machine whole = new Machine(code, registers);
            final Machine sliced = new Machine(code, registers);
            final Machine stepped = new Machine(code, registers);
            final long places = random.nextLong();
            exits += whole.run(2000, null, new Random(places), false);
            sliced.run(2000, new Random(random.nextLong()), new Random(places), false);
            stepped.run(2000, new Random(random.nextLong()), new Random(places), true);
            sliced.assertSameAs(whole, "sliced, round " + round);
            stepped.assertSameAs(whole, "stepped, round " + round);
            if (round % 4 == 0) {
                // Not always, as it makes many classes.
                final Machine inlined = new Machine(code, registers, new EngineCpu(new PlainIsa(), Regions.NEVER, 0));
                inlined.run(2000, new Random(random.nextLong()), new Random(places), false);
                inlined.assertSameAs(whole, "inlined, round " + round);
            }
        }
        assertThat(exits).isGreaterThan(40);
    }

    @ParameterizedTest(name = "seed {0}: random bytes end as exits")
    @ValueSource(longs = {21, 22, 23, 24})
    void randomBytesEndAsExits(final long seed) {
        final Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            final byte[] code = new byte[CODE_BYTES];
            random.nextBytes(code);
            final Machine machine = new Machine(code, registers(random));
            int exits = 0;
            for (int k = 0; k < 60; k++) {
                machine.state.pc = random.nextInt(8) == 0 ? random.nextLong() : CODE + random.nextInt(CODE_BYTES);
                machine.state.singleStep = false;
                exits += machine.cpu.run(200) == CpuExit.INTERRUPT_WINDOW ? 0 : 1;
            }
            assertThat(exits).isPositive();
        }
    }
}
