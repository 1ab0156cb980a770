package org.kernelentry.x86.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.machine.asm.GuestAssembler.T0;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.x86.X86Process;

/** A call's way into the kernel and back, without observer, allocates nothing. */
@Isolated("it counts what every thread allocates")
class RoundTripTests {
    private static final long WARM_UP = 1_000_000;
    private static final long MEASURED = 4_000_000;

    @ParameterizedTest
    @CsvSource({"x64,syscall", "x64,int80", "ia32,sysenter", "ia32,int80"})
    void aRoundTripAllocatesNothing(final String mode, final String entry) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (X86Process p = new X86Process(mode, a -> {
            final Label top = new Label("top");
            a.bind(top);
            X86Process.callBy(a, entry, "getppid");
            a.loadVariable(T0, X86Process.DATA);
            a.addConst(T0, 1);
            a.storeVariable(X86Process.DATA, T0);
            a.jump(top);
        })) {
            p.start();
            p.k.processes.sleep(p.harness, WARM_UP);
            final long callsBefore = p.word(X86Process.DATA);
            final long before = allocated(threads);
            p.k.processes.sleep(p.harness, MEASURED);
            final long bytes = allocated(threads) - before;
            final long calls = p.word(X86Process.DATA) - callsBefore;
            assertThat(calls).isGreaterThan(100_000);
            // An object for each call would be 16 bytes. What is left is a few timer ticks, and threads around the test
            // that allocate by the clock.
            assertThat((double) bytes / calls).isLessThan(1);
            p.k.signals.send(p.task, SigInfo.kernel(Signals.SIGKILL), true);
            assertThat(p.waitStop()).isEqualTo(Signals.SIGKILL);
        }
    }

    private static long allocated(final ThreadMXBean threads) {
        long sum = 0;
        for (final long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }
}
