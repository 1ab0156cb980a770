package org.kernelentry.kernel.signal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PendingSignalsTests {
    private static final SigInfo SEGV_FAULT = SigInfo.fault(Signals.SIGSEGV, SigInfo.SEGV_MAPERR, 0x10);

    private final PendingSignals pending = new PendingSignals();

    private void queue(final SigInfo... infos) {
        for (final SigInfo info : infos) {
            pending.enqueue(info);
        }
    }

    @Test
    void low_numbers_come_first_but_synchronous_signals_before_all() {
        queue(SigInfo.user(34, 1), SigInfo.user(Signals.SIGHUP, 1), SigInfo.user(Signals.SIGSYS, 1));
        assertThat(pending.next(SigSet.EMPTY)).isEqualTo(Signals.SIGSYS);
        assertThat(pending.next(SigSet.of(Signals.SIGSYS))).isEqualTo(Signals.SIGHUP);
        assertThat(pending.next(SigSet.of(Signals.SIGSYS, Signals.SIGHUP))).isEqualTo(34);
        assertThat(pending.next(SigSet.EMPTY.complement())).isZero();
    }

    @Test
    void queued_instances_of_one_signal_come_out_in_order_and_keep_it_pending() {
        queue(SigInfo.user(40, 1), SigInfo.user(41, 2), SigInfo.user(40, 3));
        assertThat(pending.collect(40).pid()).isEqualTo(1);
        assertThat(pending.set.has(40)).isTrue();
        assertThat(pending.collect(40).pid()).isEqualTo(3);
        assertThat(pending.set).isEqualTo(SigSet.of(41));
    }

    @Test
    void a_signal_without_siginfo_looks_sent_by_nobody() {
        pending.set = SigSet.of(Signals.SIGKILL);
        assertThat(pending.collect(Signals.SIGKILL)).isEqualTo(SigInfo.user(Signals.SIGKILL, 0));
        assertThat(pending.set.isEmpty()).isTrue();
    }

    @Test
    void only_a_fault_code_makes_a_signal_synchronous() {
        queue(SigInfo.user(Signals.SIGSEGV, 7), SigInfo.user(Signals.SIGHUP, 7));
        assertThat(pending.collectSynchronous(SigSet.EMPTY)).isNull();
        queue(SEGV_FAULT);
        assertThat(pending.collectSynchronous(SigSet.EMPTY)).isEqualTo(SEGV_FAULT);
        assertThat(pending.collectSynchronous(SigSet.EMPTY)).isNull();
        assertThat(pending.queue).hasSize(2);
    }

    @Test
    void a_blocked_synchronous_signal_waits() {
        queue(SEGV_FAULT);
        assertThat(pending.collectSynchronous(SigSet.of(Signals.SIGSEGV))).isNull();
        assertThat(pending.set.has(Signals.SIGSEGV)).isTrue();
    }

    @Test
    void flushing_takes_every_instance_of_the_given_signals_only() {
        queue(SigInfo.user(40, 1), SigInfo.user(Signals.SIGCONT, 2), SigInfo.user(40, 3));
        pending.flush(SigSet.of(40, 41));
        assertThat(pending.queue).containsExactly(SigInfo.user(Signals.SIGCONT, 2));
        assertThat(pending.set).isEqualTo(SigSet.of(Signals.SIGCONT));
        pending.clear();
        assertThat(pending.set.isEmpty()).isTrue();
        assertThat(pending.queue).isEmpty();
    }
}
