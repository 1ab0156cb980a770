package org.kernelentry.kernel.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Offsets are those a C compiler gives for {@code siginfo_t}, 64 bit and 32 bit. */
final class SigInfoCodecTests {
    private static final SigInfo KILL = new SigInfo(Signals.SIGUSR1, 0, SigInfo.SI_USER, 0x51, 0x52, 0, 0, 0);
    private static final SigInfo QUEUE =
            new SigInfo(Signals.SIGRTMIN, 0, SigInfo.SI_QUEUE, 0x51, 0x52, 0x1234_5678_9abcL, 0, 0);
    private static final SigInfo TIMER = new SigInfo(Signals.SIGALRM, 0, SigInfo.SI_TIMER, 0x61, 0x62, 0x63, 0, 0);
    private static final SigInfo CHILD =
            new SigInfo(Signals.SIGCHLD, 0, SigInfo.CLD_KILLED, 0x51, 0x52, 0, Signals.SIGTERM, 0);
    private static final SigInfo FAULT = new SigInfo(Signals.SIGSEGV, 0, SigInfo.SEGV_ACCERR, 0, 0, 0x7fff_1000L, 0, 0);
    private static final SigInfo POLL = new SigInfo(Signals.SIGIO, 0, 2, 0, 0, 0x41, 5, 0);
    private static final SigInfo SYS =
            new SigInfo(Signals.SIGSYS, 7, SigInfo.SYS_SECCOMP, 0, 0, 0x40_1003L, 39, 0xc000_003e);

    private static String words(final byte[] bytes) {
        final ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        final TreeMap<Integer, String> words = new TreeMap<>();
        for (int i = 0; i < bytes.length; i += 4) {
            if (in.getInt(i) != 0) {
                words.put(i, Integer.toHexString(in.getInt(i)));
            }
        }
        return words.toString();
    }

    static Stream<Arguments> layouts() {
        return Stream.of(
                Arguments.of(KILL, "{0=a, 16=51, 20=52}", "{0=a, 12=51, 16=52}"),
                Arguments.of(
                        QUEUE,
                        "{0=20, 8=ffffffff, 16=51, 20=52, 24=56789abc, 28=1234}",
                        "{0=20, 8=ffffffff, 12=51, 16=52, 20=56789abc}"),
                Arguments.of(TIMER, "{0=e, 8=fffffffe, 16=61, 20=62, 24=63}", "{0=e, 8=fffffffe, 12=61, 16=62, 20=63}"),
                Arguments.of(CHILD, "{0=11, 8=2, 16=51, 20=52, 24=f}", "{0=11, 8=2, 12=51, 16=52, 20=f}"),
                Arguments.of(FAULT, "{0=b, 8=2, 16=7fff1000}", "{0=b, 8=2, 12=7fff1000}"),
                Arguments.of(POLL, "{0=1d, 8=2, 16=41, 24=5}", "{0=1d, 8=2, 12=41, 16=5}"),
                Arguments.of(
                        SYS,
                        "{0=1f, 4=7, 8=1, 16=401003, 24=27, 28=c000003e}",
                        "{0=1f, 4=7, 8=1, 12=401003, 16=27, 20=c000003e}"));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void members_lie_where_user_space_expects_them(final SigInfo info, final String wide, final String narrow) {
        assertThat(words(SigInfoCodec.encode(info, 8))).isEqualTo(wide);
        assertThat(words(SigInfoCodec.encode(info, 4))).isEqualTo(narrow);
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void what_is_written_is_read_back(final SigInfo info, final String wide, final String narrow) {
        assertThat(SigInfoCodec.decode(SigInfoCodec.encode(info, 8), 8)).isEqualTo(info);
        final SigInfo narrowed =
                info.with(info.pid(), info.uid(), info.addr() & 0xffff_ffffL, info.value(), info.arch());
        assertThat(SigInfoCodec.decode(SigInfoCodec.encode(info, 4), 4)).isEqualTo(narrowed);
    }

    @Test
    void a_syscall_stop_shows_its_code_and_the_tracee_as_sender() {
        final SigInfo stop = new SigInfo(Signals.SIGTRAP, 0, Signals.SIGTRAP | 0x80, 0x77, 0, 0, 0, 0);
        assertThat(words(SigInfoCodec.encode(stop, 8))).isEqualTo("{0=5, 8=85, 16=77}");
    }

    @Test
    void the_code_decides_the_layout_together_with_the_signal() {
        final List<SigInfo> infos = List.of(
                SigInfo.user(Signals.SIGSEGV, 1),
                SigInfo.kernel(Signals.SIGSEGV),
                SigInfo.fault(Signals.SIGSEGV, 10, 0),
                SigInfo.fault(Signals.SIGSEGV, 11, 0),
                SigInfo.fault(Signals.SIGUSR1, 6, 0),
                SigInfo.fault(Signals.SIGUSR1, 7, 0),
                SigInfo.fault(Signals.SIGSYS, 2, 0),
                SigInfo.fault(Signals.SIGSYS, 3, 0),
                SigInfo.tkill(Signals.SIGUSR1, 1));
        assertThat(infos)
                .extracting(SigInfoLayout::of)
                .containsExactly(
                        SigInfoLayout.KILL,
                        SigInfoLayout.KILL,
                        SigInfoLayout.FAULT,
                        SigInfoLayout.KILL,
                        SigInfoLayout.POLL,
                        SigInfoLayout.KILL,
                        SigInfoLayout.SYS,
                        SigInfoLayout.POLL,
                        SigInfoLayout.RT);
    }

    @ParameterizedTest
    @ValueSource(ints = {47, 48, 127})
    void an_unknown_code_may_not_use_more_than_the_kernel_keeps(final int at) {
        final byte[] bytes = SigInfoCodec.encode(SigInfo.fault(Signals.SIGUSR1, 0x1234, 0), 8);
        bytes[at] = 1;
        assertThat(SigInfoCodec.fits(bytes, Signals.SIGUSR1)).isEqualTo(at < 48);
        final byte[] known = SigInfoCodec.encode(QUEUE, 8);
        known[at] = 1;
        assertThat(SigInfoCodec.fits(known, Signals.SIGRTMIN)).isTrue();
    }

    @Test
    void encoding_overwrites_what_was_there() {
        final byte[] bytes = new byte[SigInfoCodec.SIZE + 8];
        java.util.Arrays.fill(bytes, (byte) 0x55);
        SigInfoCodec.encode(KILL, 4, bytes, 4);
        assertThat(bytes[3]).isEqualTo((byte) 0x55);
        assertThat(bytes[4]).isEqualTo((byte) Signals.SIGUSR1);
        assertThat(bytes[SigInfoCodec.SIZE + 3]).isZero();
        assertThat(bytes[SigInfoCodec.SIZE + 4]).isEqualTo((byte) 0x55);
    }
}
