package org.kernelentry.arm64.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BitMasksTests {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 3c, 5555555555555555",
        "0, 1, 3c, aaaaaaaaaaaaaaaa",
        "0, 8, 27, ff00ff00ff00ff00",
        "1, 1, 0, 8000000000000000",
        "1, 1, 1, 8000000000000001",
        "1, 0, 3e, 7fffffffffffffff",
        "0, 0, 0, 0000000100000001",
    })
    void fields_stand_for_the_mask_of_the_manual(
            final String n, final String immr, final String imms, final String mask) {
        assertThat(BitMasks.decode(hex(n), hex(immr), hex(imms))).isEqualTo(Long.parseUnsignedLong(mask, 16));
    }

    private static int hex(final String text) {
        return Integer.parseInt(text, 16);
    }

    @Test
    void there_are_5334_masks_and_each_encodes_to_fields_that_decode_to_it() {
        final Set<Long> masks = new HashSet<>();
        for (int fields = 0; fields < 1 << 13; fields++) {
            final long mask = BitMasks.decode(fields >> 12, fields >> 6 & 63, fields & 63);
            if (mask != BitMasks.NONE) {
                masks.add(mask);
            }
        }
        assertThat(masks).hasSize(5334).allSatisfy(mask -> {
            final int fields = BitMasks.encode(mask);
            assertThat(BitMasks.decode(fields >> 12, fields >> 6 & 63, fields & 63))
                    .isEqualTo(mask);
        });
    }

    @Test
    void zero_all_ones_and_broken_runs_have_no_encoding() {
        assertThat(BitMasks.encode(0)).isEqualTo(-1);
        assertThat(BitMasks.encode(-1)).isEqualTo(-1);
        assertThat(BitMasks.encode(0x1234)).isEqualTo(-1);
        assertThat(BitMasks.encode(5)).isEqualTo(-1);
    }
}
