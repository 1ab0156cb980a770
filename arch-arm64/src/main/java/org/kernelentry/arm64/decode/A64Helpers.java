package org.kernelentry.arm64.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.kernelentry.isa.LazyHelpers;
import org.kernelentry.machine.ir.Helper;

/** Helpers of A64 in the order of their numbers, which they get while the decoding tables are made. */
final class A64Helpers {
    private static final List<Function<FpSimdUnit, Helper>> MAKERS = new ArrayList<>();

    /** Added to the size of {@link #CRC32}. */
    static final int CRC_CASTAGNOLI = 4;

    /** Polynomials 0x04c11db7 and 0x1edc6f41, bit-reversed: DDI 0487 C6.2, CRC32B and CRC32CB. */
    private static final int POLY_REVERSED = 0xedb88320;

    private static final int POLY_CASTAGNOLI_REVERSED = 0x82f63b78;

    /** d = CRC of slot d with the low 1, 2, 4 or 8 bytes of slot a; b = log2 of the bytes, with {@link #CRC_CASTAGNOLI} added. */
    static final int CRC32 = add(unit -> (s, d, a, b) -> s.r[d] = crc32(
                    (int) s.r[d],
                    s.r[a],
                    8 << (b & 3),
                    (b & CRC_CASTAGNOLI) != 0 ? POLY_CASTAGNOLI_REVERSED : POLY_REVERSED)
            & 0xffff_ffffL);

    private A64Helpers() {}

    /** The number of a new helper; {@code maker} makes it for one CPU. */
    static int add(final Function<FpSimdUnit, Helper> maker) {
        MAKERS.add(maker);
        return MAKERS.size() - 1;
    }

    /** The helpers of one CPU by number. */
    static IntFunction<Helper> ofOneCpu() {
        final FpSimdUnit unit = new FpSimdUnit();
        return new LazyHelpers(number -> MAKERS.get(number).apply(unit));
    }

    private static int crc32(final int start, final long data, final int bits, final int poly) {
        int crc = start;
        for (int i = 0; i < bits; i++) {
            final int out = (crc ^ (int) (data >>> i)) & 1;
            crc = crc >>> 1 ^ (out != 0 ? poly : 0);
        }
        return crc;
    }
}
