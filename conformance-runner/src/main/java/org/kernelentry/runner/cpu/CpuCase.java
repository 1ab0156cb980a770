package org.kernelentry.runner.cpu;

import java.util.Arrays;
import java.util.Random;

/**
 * Code that runs from a state. State and memory before follow from the seed alone.
 *
 * <p>Code stands at {@link #CODE_START} in a page whose rest ends every run; one page of data is at {@link #DATA}. The pages around
 * them are not mapped.
 */
public final class CpuCase {
    /** Bytes of a page. */
    public static final int PAGE = 4096;
    /** The page of code. */
    public static final long CODE = 0x2000_0000L;
    /** Where the code of a case begins. */
    public static final long CODE_START = CODE + 0x400;
    /** The page of data. */
    public static final long DATA = 0x2001_0000L;
    /** Where most pointers point to. */
    public static final long CENTRE = DATA + PAGE / 2;

    /** No instruction is longer, and every filler is a part of it. */
    private static final int LONGEST = 16;

    /** Bytes around the centre that hold values of interest. */
    private static final int INTERESTING = 512;

    private static final long[] VALUES = {
        0,
        -1,
        0x3ff0_0000_0000_0000L,
        0x7ff0_0000_0000_0000L,
        0x7ff8_0000_0000_0001L,
        0x8000_0000_0000_0001L,
        0x3f80_0000_bf80_0000L,
        0x7f80_0000_7fc0_0000L,
        0x0000_0001_8000_0000L,
        0x7fff_ffff_8000_0000L,
        0x7f7f_8080_ff00_0180L,
        0x3c00_7c00_fc01_0001L
    };

    private final CpuMode mode;
    private final long seed;
    private final byte[] code;

    /**
     * @param seed what state and memory are made from
     * @param code at most 64 bytes
     */
    public CpuCase(CpuMode mode, long seed, byte[] code) {
        this.mode = mode;
        this.seed = seed;
        this.code = code;
    }

    /** The instruction set. */
    public CpuMode mode() {
        return mode;
    }

    /** What state and memory are made from. */
    public long seed() {
        return seed;
    }

    /** The bytes of the code; not a copy. */
    public byte[] code() {
        return code;
    }

    /** The code from {@code pc} on with what follows it in the page; all of it when {@code pc} is elsewhere. */
    byte[] codeAt(long pc) {
        long at = pc - CODE_START;
        if (at <= 0 || at >= code.length) {
            return code;
        }
        byte[] filler = mode.filler();
        byte[] page = Arrays.copyOf(code, code.length + LONGEST);
        for (int i = code.length; i < page.length; i++) {
            page[i] = filler[i % filler.length];
        }
        return Arrays.copyOfRange(page, (int) at, page.length);
    }

    /** Whether an address is in the code of the case. */
    boolean contains(long pc) {
        return pc >= CODE_START && pc < CODE_START + code.length;
    }

    /** The state before. */
    public long[] before() {
        long[] state = mode.state(new Random(seed));
        state[mode.pc()] = CODE_START;
        return state;
    }

    /** The page of data before. */
    public byte[] memory() {
        byte[] page = new byte[PAGE];
        Random random = new Random(~seed);
        for (int at = 0; at < PAGE; at += 8) {
            put64(page, at, (at + 8L) * 0x9e37_79b9_7f4a_7c15L);
        }
        for (int at = (PAGE - INTERESTING) / 2; at < (PAGE + INTERESTING) / 2; at += 8) {
            put64(page, at, random.nextInt(4) == 0 ? VALUES[random.nextInt(VALUES.length)] : random.nextLong());
        }
        return page;
    }

    static void put64(byte[] bytes, int at, long value) {
        for (int i = 0; i < 8; i++) {
            bytes[at + i] = (byte) (value >>> 8 * i);
        }
    }
}
