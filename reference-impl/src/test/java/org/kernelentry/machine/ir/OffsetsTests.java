package org.kernelentry.machine.ir;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OffsetsTests {
    private static final int A = 0;
    private static final int B = 1;
    private static final int T = 4;

    private Offsets offsets = new Offsets(8, 4, false);

    private void follow(final int opcode, final int d, final int a, final long imm) {
        offsets.follow(opcode, d, a, imm, true);
    }

    private boolean comparable(final int one, final int other) {
        return offsets.family(one) == offsets.family(other);
    }

    @Test
    void sumsWithConstantsCanBeComparedUntilTheSlotIsWritten() {
        follow(Op.ADDI, T, A, 16);
        follow(Op.MOV, B, T, 0);
        follow(Op.ADDI, B, B, -24);
        assertThat(comparable(B, A)).isTrue();
        assertThat(offsets.offset(B, 4) - offsets.offset(A, 0)).isEqualTo(-4);
        follow(Op.LD64, A, B, 0);
        assertThat(comparable(B, A)).isFalse();
        assertThat(comparable(B, T)).isTrue();
    }

    @Test
    void whatWasCutIsComparedOnlyWithWhatWasCut() {
        follow(Op.ADDI32, B, A, 8);
        follow(Op.ZX32, T, A, 0);
        assertThat(comparable(B, A)).isFalse();
        assertThat(comparable(B, T)).isTrue();
        assertThat(offsets.offset(B, 0) - offsets.offset(T, 0)).isEqualTo(8);
        // 64 bits of a sum that has overflown are not those of the sum.
        follow(Op.ADDI, B, B, 8);
        assertThat(comparable(B, T)).isFalse();
        assertThat(comparable(B, A)).isFalse();
    }

    @Test
    void aconstantOf32BitsIsSigned() {
        follow(Op.ADDI32, B, A, 0xffff_fff8L);
        follow(Op.ZX32, T, A, 0);
        assertThat(offsets.offset(B, 0) - offsets.offset(T, 0)).isEqualTo(-8);
    }

    @Test
    void narrowRegistersCanBeComparedWithTheirSums() {
        offsets = new Offsets(8, 4, true);
        follow(Op.ADDI32, T, A, 8);
        assertThat(comparable(T, A)).isTrue();
        assertThat(offsets.alike(T, 4)).isEqualTo(A);
        follow(Op.CONST, A, 0, 1);
        assertThat(offsets.alike(T, 4)).isEqualTo(T);
    }

    @Test
    void nothingIsKnownOfWhatMayBeWrittenAndBehindAHelper() {
        offsets.follow(Op.MOV, B, A, 0, false);
        assertThat(comparable(B, A)).isFalse();
        follow(Op.MOV, B, A, 0);
        offsets.forgetAll();
        assertThat(comparable(B, A)).isFalse();
    }

    @ParameterizedTest(name = "{0} behind a slot that was cut: {1}")
    @CsvSource({"0, true", "4095, true", "-4095, true", "4096, false", "-4096, false"})
    void displacementsOfLessThanAPageAreAllowedBehindWhatWasCut(final long displacement, final boolean known) {
        follow(Op.ZX32, T, A, 0);
        assertThat(offsets.isKnown(T, displacement)).isEqualTo(known);
        assertThat(offsets.isKnown(A, displacement)).isTrue();
    }

    @Test
    void acopyOfWhatWasCutIsCut() {
        follow(Op.ZX32, T, A, 0);
        follow(Op.MOV, B, T, 0);
        assertThat(comparable(B, T)).isTrue();
        assertThat(comparable(B, A)).isFalse();
        assertThat(offsets.isKnown(B, 4096)).isFalse();
    }

    @Test
    void onlySlotsBelowTheEndAreAlike() {
        follow(Op.ADDI, T, B, 8);
        assertThat(offsets.alike(T, 4)).isEqualTo(B);
        assertThat(offsets.alike(T, 1)).isEqualTo(T);
    }
}
