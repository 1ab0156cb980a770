package org.kernelentry.kernel.signal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code siginfo_t} as bytes, in the layout of 64-bit or of 32-bit user space (the native one of arm, the compat one of x86 and arm64).
 *
 * <p>Source: linux v7.3 include/uapi/asm-generic/siginfo.h; include/linux/compat.h struct compat_siginfo; kernel/signal.c
 * copy_siginfo_to_user(), copy_siginfo_to_external32(), post_copy_siginfo_from_user32(). Members a {@link SigInfo} does not carry
 * ({@code si_utime}, bounds, keys) are written as 0.
 */
public final class SigInfoCodec {
    /** {@code sizeof(siginfo_t)}, both layouts. */
    public static final int SIZE = 128;
    /** {@code sizeof(struct kernel_siginfo)} of 64-bit kernels: what of it may be other than 0. */
    private static final int KERNEL_SIZE_64 = 48;

    private SigInfoCodec() {}

    /** The bytes of {@code info} in the layout of {@code wordSize} 8 or 4. */
    public static byte[] encode(final SigInfo info, final int wordSize) {
        final byte[] bytes = new byte[SIZE];
        encode(info, wordSize, bytes, 0);
        return bytes;
    }

    /** Writes all {@link #SIZE} bytes of {@code info} at {@code offset}. */
    public static void encode(final SigInfo info, final int wordSize, final byte[] into, final int offset) {
        java.util.Arrays.fill(into, offset, offset + SIZE, (byte) 0);
        final ByteBuffer out = buffer(into, offset);
        out.putInt(0, info.signo());
        out.putInt(4, info.errno());
        out.putInt(8, info.code());
        final int at = fields(wordSize);
        switch (SigInfoLayout.of(info)) {
            case KILL -> putPair(out, at, info.pid(), info.uid());
            case TIMER, RT -> {
                putPair(out, at, info.pid(), info.uid());
                putWord(out, at + 8, wordSize, info.addr());
            }
            case CHLD -> {
                putPair(out, at, info.pid(), info.uid());
                out.putInt(at + 8, info.value());
            }
            case FAULT, POLL -> {
                putWord(out, at, wordSize, info.addr());
                out.putInt(at + wordSize, info.value());
            }
            case SYS -> {
                putWord(out, at, wordSize, info.addr());
                putPair(out, at + wordSize, info.value(), info.arch());
            }
        }
    }

    /** The siginfo that {@code bytes} hold in the layout of {@code wordSize}. */
    public static SigInfo decode(final byte[] bytes, final int wordSize) {
        final ByteBuffer in = buffer(bytes, 0);
        final SigInfo head = new SigInfo(in.getInt(0), in.getInt(4), in.getInt(8), 0, 0, 0, 0, 0);
        final int at = fields(wordSize);
        final int first = in.getInt(at);
        final int second = in.getInt(at + 4);
        return switch (SigInfoLayout.of(head)) {
            case KILL -> head.with(first, second, 0, 0, 0);
            case TIMER, RT -> head.with(first, second, getWord(in, at + 8, wordSize), 0, 0);
            case CHLD -> head.with(first, second, 0, in.getInt(at + 8), 0);
            case FAULT, POLL -> head.with(0, 0, getWord(in, at, wordSize), in.getInt(at + wordSize), 0);
            case SYS ->
                head.with(0, 0, getWord(in, at, wordSize), in.getInt(at + wordSize), in.getInt(at + wordSize + 4));
        };
    }

    /**
     * {@code post_copy_siginfo_from_user()}: whether the kernel would take these bytes from 64-bit user space; false is -E2BIG, for a code it
     * does not know with something behind the part it keeps.
     */
    public static boolean fits(final byte[] bytes, final int signo) {
        if (SigInfoLayout.known(signo, buffer(bytes, 0).getInt(8))) {
            return true;
        }
        for (int i = KERNEL_SIZE_64; i < SIZE; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Where the union starts: the 64-bit one is aligned to 8. */
    private static int fields(final int wordSize) {
        return wordSize == 8 ? 16 : 12;
    }

    private static ByteBuffer buffer(final byte[] bytes, final int offset) {
        return ByteBuffer.wrap(bytes, offset, SIZE).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void putPair(final ByteBuffer out, final int at, final int first, final int second) {
        out.putInt(at, first);
        out.putInt(at + 4, second);
    }

    private static void putWord(final ByteBuffer out, final int at, final int wordSize, final long value) {
        if (wordSize == 8) {
            out.putLong(at, value);
        } else {
            out.putInt(at, (int) value);
        }
    }

    private static long getWord(final ByteBuffer in, final int at, final int wordSize) {
        return wordSize == 8 ? in.getLong(at) : in.getInt(at) & 0xffff_ffffL;
    }
}
