package org.kernelentry.machine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;

/** Every value operation against a computation of its own, {@link Meanings}. */
@Execution(ExecutionMode.CONCURRENT)
final class OperationTests {
    private static final long CODE = 0x10000;
    private static final long[] EDGES = {
        0,
        1,
        2,
        7,
        8,
        31,
        32,
        33,
        63,
        64,
        65,
        0x7f,
        0x80,
        0xff,
        0x100,
        0x7fff,
        0x8000,
        0xffff,
        0x10000,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        0x1_0000_0000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        -2,
        -64,
        0xffff_ffff_0000_0000L,
        0xffff_ffff_8000_0000L,
        0xffff_ffff_7fff_ffffL,
        0x0123_4567_89ab_cdefL
    };

    static Stream<Arguments> operations() {
        return Meanings.ALL.keySet().stream().map(opcode -> Arguments.of(Meanings.NAMES.get(opcode), opcode));
    }

    @ParameterizedTest(name = "{0} computes what a slow model computes")
    @MethodSource("operations")
    void computesWhatASlowModelComputes(final String name, final int opcode) {
        final Random random = new Random(opcode);
        final PagedSpace space = PagedSpace.create(1L << 47);
        space.map(CODE, 0x1000, AddressSpace.PROT_EXEC);
        final EngineCpu cpu = new EngineCpu(new PlainIsa());
        cpu.switchTo(space);
        for (int round = 0; round < 40; round++) {
            final long imm = round < EDGES.length ? EDGES[round] : random.nextLong();
            final byte[] insn = PlainIsa.insn(opcode, 3, 1, 2, imm);
            space.poke(CODE, insn, 0, insn.length);
            for (int pair = 0; pair < EDGES.length * EDGES.length / 4; pair++) {
                final long a = pick(random);
                final long b = pick(random);
                final long d = random.nextLong();
                check(name, cpu, opcode, a, b, imm, d);
            }
        }
    }

    private static long pick(final Random random) {
        return random.nextInt(4) == 0 ? random.nextLong() : EDGES[random.nextInt(EDGES.length)];
    }

    private static void check(
            final String name,
            final EngineCpu cpu,
            final int opcode,
            final long a,
            final long b,
            final long imm,
            final long d) {
        final long[] r = cpu.state().r;
        r[1] = a;
        r[2] = b;
        r[3] = d;
        cpu.state().pc = CODE;
        assertThat(cpu.run(1)).isEqualTo(CpuExit.INTERRUPT_WINDOW);
        final long constant = opcode == Op.INSERT ? PlainIsa.field(imm) : imm;
        assertThat(r[3])
                .as("%s a=%x b=%x imm=%x d=%x", name, a, b, imm, d)
                .isEqualTo(Meanings.value(opcode, a, b, constant, d));
        assertThat(r[1]).isEqualTo(a);
        assertThat(r[2]).isEqualTo(b);
    }
}
