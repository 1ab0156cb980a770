package org.kernelentry.machine.ir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.machine.CpuExit;

class KnownAlignmentTests {
    private static final int SP = 1;
    private static final int OTHER = 2;
    private static final long PC = 0x1000;

    private final BlockBuilder out = new BlockBuilder(4);

    private void next() {
        out.beginInstruction(PC + 4L * out.instructionCount());
    }

    private void check(final int slot, final long mask) {
        final int t = out.temp();
        out.alui(Op.ANDI, t, slot, mask);
        final int fine = out.skipIfZero(t);
        out.op(Op.EXIT, CpuExit.ALIGNMENT, slot, 0, PC);
        out.bind(fine);
    }

    private int checksLeft() {
        final Block block = Block.of(out, PC + 4L * out.instructionCount(), 0, 0);
        return (int) IntStream.range(0, block.ops())
                .filter(i -> Block.opcode(block.program()[2 * i]) == Op.EXIT)
                .count();
    }

    @ParameterizedTest(name = "a check of bits {0}, the slot moved by {1}, a check of bits {2}: {3} are left")
    @CsvSource({
        "0xf, 0, 0xf, 1",
        "0xf, 16, 0xf, 1",
        "0xf, -32, 0xf, 1",
        "0xf, 8, 0xf, 2",
        "0xf, 8, 0x7, 1",
        "0xf, 0, 0x7, 1",
        "0x7, 0, 0xf, 2",
        // Eight more carry into the bit that was clear.
        "0x10, 0, 0x10, 2",
        "0x10, 8, 0x10, 2"
    })
    void whatFollowsFromAnEarlierCheckIsNotCheckedAgain(
            final String first, final long moved, final String second, final int left) {
        next();
        check(SP, Long.decode(first));
        next();
        out.alui(Op.ADDI, SP, SP, moved);
        check(SP, Long.decode(second));
        assertThat(checksLeft()).isEqualTo(left);
    }

    @Test
    void acopyIsAsAlignedAsTheSlot() {
        next();
        check(SP, 15);
        next();
        out.mov(OTHER, SP);
        check(OTHER, 15);
        assertThat(checksLeft()).isEqualTo(1);
    }

    @Test
    void nothingIsKnownOfWhatWasLoaded() {
        next();
        check(SP, 15);
        next();
        out.load(Op.LD64, SP, OTHER, 0);
        check(SP, 15);
        assertThat(checksLeft()).isEqualTo(2);
    }

    @Test
    void nothingIsKnownBehindAHelper() {
        next();
        check(SP, 15);
        next();
        out.helper(0, 0, 0, 0);
        next();
        check(SP, 15);
        assertThat(checksLeft()).isEqualTo(2);
    }

    @Test
    void nothingIsKnownOfASlotThatMayHaveBeenWritten() {
        next();
        check(SP, 15);
        next();
        final int skip = out.skipIfZero(OTHER);
        out.alui(Op.ADDI, SP, SP, 16);
        out.bind(skip);
        check(SP, 15);
        assertThat(checksLeft()).isEqualTo(2);
    }

    @Test
    void acheckThatMayBeSkippedShowsNothing() {
        next();
        final int skip = out.skipIfZero(OTHER);
        check(SP, 15);
        out.bind(skip);
        next();
        check(SP, 15);
        next();
        check(SP, 15);
        assertThat(checksLeft()).isEqualTo(2);
    }

    @Test
    void nothingFollowsForAnotherSlot() {
        next();
        check(SP, 15);
        next();
        check(OTHER, 15);
        assertThat(checksLeft()).isEqualTo(2);
    }

    @Test
    void lowBitsOfWhatWasCutAreThoseOfTheSlot() {
        next();
        check(SP, 15);
        next();
        out.alui(Op.ADDI32, OTHER, SP, 32);
        check(OTHER, 15);
        assertThat(checksLeft()).isEqualTo(1);
    }
}
