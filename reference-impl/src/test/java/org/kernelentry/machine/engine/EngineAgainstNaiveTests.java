package org.kernelentry.machine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;

/** Blocks with dead operations removed and the rest joined do what the operations say one by one. */
@Execution(ExecutionMode.CONCURRENT)
final class EngineAgainstNaiveTests {
    private static final long CODE = 0x10000;
    private static final long DATA = 0x40000;
    private static final int CODE_BYTES = 0x800;

    private final PagedSpace engineSpace = PagedSpace.create(1L << 47);
    private final PagedSpace naiveSpace = PagedSpace.create(1L << 47);
    private final RandomIsa isa = new RandomIsa();
    private EngineCpu engine = new EngineCpu(isa);
    private NaiveCpu naive = new NaiveCpu(isa, naiveSpace);

    private void load(final PagedSpace space, final byte[] code, final byte[] data) {
        space.unmap(0, space.top());
        assertThat(space.map(CODE, 0x1000, 7)).isTrue();
        assertThat(space.map(DATA, 0x1000, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE))
                .isTrue();
        space.poke(CODE, code, 0, code.length);
        space.poke(DATA, data, 0, data.length);
    }

    private void place(final Random random) {
        final CpuState e = engine.state();
        final CpuState n = naive.state;
        for (int i = 0; i < RandomIsa.REGISTERS; i++) {
            e.r[i] = i == 0
                    ? CODE + random.nextInt(CODE_BYTES)
                    : i < RandomIsa.ADDRESSES ? DATA - 40 + random.nextInt(0x1000) : random.nextLong();
            n.r[i] = e.r[i];
        }
        e.mode = 0;
        n.mode = 0;
        e.pc = CODE + 4L * random.nextInt(CODE_BYTES / 4);
        n.pc = e.pc;
    }

    private static byte[] contents(final PagedSpace space, final long address) {
        final byte[] bytes = new byte[0x1000];
        space.peek(address, bytes, 0, bytes.length);
        return bytes;
    }

    private void compare(final int exit) {
        assertThat(engine.state().pc).isEqualTo(naive.state.pc);
        assertThat(engine.state().mode).isEqualTo(naive.state.mode);
        assertThat(engine.retired()).isEqualTo(naive.retired);
        for (int i = 0; i < RandomIsa.REGISTERS; i++) {
            assertThat(engine.state().r[i]).as("r%d at %x", i, naive.state.pc).isEqualTo(naive.state.r[i]);
        }
        assertThat(Flags.packed(engine.state()))
                .as("flags at %x", naive.state.pc)
                .isEqualTo(Flags.packed(naive.state));
        if (exit == CpuExit.PAGE_FAULT) {
            assertThat(engine.faultAddress()).isEqualTo(naiveSpace.fault().address);
            assertThat(engine.faultAccess()).isEqualTo(naiveSpace.fault().access);
        } else if (exit != CpuExit.INTERRUPT_WINDOW) {
            assertThat(engine.exitDetail()).isEqualTo(naive.detail);
        }
    }

    @ParameterizedTest(name = "seed {0}: the engine agrees with a naive evaluation")
    @ValueSource(longs = {31, 32, 33, 34, 35, 36})
    void theEngineAgreesWithANaiveEvaluation(final long seed) {
        engine.switchTo(engineSpace);
        agree(new Random(seed), 60);
    }

    @ParameterizedTest(name = "seed {0}: inlined code agrees with a naive evaluation")
    @ValueSource(longs = {41, 42, 43, 44})
    void inlinedCodeAgreesWithANaiveEvaluation(final long seed) {
        for (int round = 0; round < 3; round++) {
            // A new one each time, as the sequences that one knows are limited.
            engine = new EngineCpu(isa, Regions.NEVER, 0);
            engine.switchTo(engineSpace);
            naive = new NaiveCpu(isa, naiveSpace);
            agree(new Random(31 * seed + round), 12);
        }
    }

    private void agree(final Random random, final int rounds) {
        final int[] seen = new int[CpuExit.TRAP + 1];
        for (int round = 0; round < rounds; round++) {
            final byte[] code = new byte[CODE_BYTES];
            random.nextBytes(code);
            final byte[] data = new byte[AddressSpace.PAGE_SIZE];
            random.nextBytes(data);
            load(engineSpace, code, data);
            load(naiveSpace, code, data);
            for (int run = 0; run < 40; run++) {
                place(random);
                final long budget = 1L + random.nextInt(100);
                final int exit = engine.run(budget);
                final long goal = naive.retired + budget;
                int expected = CpuExit.INTERRUPT_WINDOW;
                while (expected == CpuExit.INTERRUPT_WINDOW && naive.retired < goal) {
                    expected = naive.step();
                }
                assertThat(CpuExit.name(exit)).isEqualTo(CpuExit.name(expected));
                compare(exit);
                seen[exit]++;
            }
            assertThat(contents(engineSpace, CODE)).isEqualTo(contents(naiveSpace, CODE));
            assertThat(contents(engineSpace, DATA)).isEqualTo(contents(naiveSpace, DATA));
        }
        // Each way out was taken often enough to mean something.
        assertThat(seen[CpuExit.INTERRUPT_WINDOW]).isGreaterThan(rounds / 3);
        assertThat(seen[CpuExit.SYSCALL]).isGreaterThan(rounds);
        assertThat(seen[CpuExit.PAGE_FAULT]).isGreaterThan(rounds);
        assertThat(seen[CpuExit.TRAP]).isGreaterThan(rounds);
    }
}
