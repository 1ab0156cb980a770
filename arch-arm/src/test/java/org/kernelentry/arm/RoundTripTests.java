package org.kernelentry.arm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;

/** The system call round trip. */
@Isolated("it counts what every thread allocates")
class RoundTripTests {
    private static final int CALLS = 200_000;

    static java.util.stream.Stream<org.junit.jupiter.params.provider.Arguments> everywhere() {
        return SyscallTests.everywhere();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everywhere")
    void aCallAllocatesNothing(final Flavour flavour, final String mode) {
        final Label loop = new Label("loop");
        final Label rest = new Label("rest");
        final long counter = ArmGuest.variableAddress(0);
        final long[] allocated = new long[2];
        final com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        try (ArmGuest g = new ArmGuest(flavour, mode, p -> {
            p.a.bind(loop);
            p.call("getppid");
            p.a.loadVariable(GuestAssembler.T0, counter);
            p.a.addConst(GuestAssembler.T0, 1);
            p.a.storeVariable(counter, GuestAssembler.T0);
            p.a.loadConst(GuestAssembler.T1, CALLS);
            p.a.branch(GuestAssembler.Rel.LTU, GuestAssembler.T0, GuestAssembler.T1, loop);
            p.a.bind(rest);
            p.exit(0);
        })) {
            final int warm = CALLS / 10;
            g.k.sched.setBudget(100_000_000);
            g.k.timers.at(g.k.timers.now() + 20L * warm, () -> allocated[0] = threads.getCurrentThreadAllocatedBytes());
            g.k.timers.at(
                    g.k.timers.now() + 20L * (CALLS / 2),
                    () -> allocated[1] = threads.getCurrentThreadAllocatedBytes());
            g.k.processes.startFirst(g.main);
            assertThat(g.waitStatus()).isZero();
            assertThat(g.variable(0)).isEqualTo(CALLS);
            assertThat(allocated[0]).isPositive();
            // A few timer objects and interrupt frames, but nothing per call.
            assertThat(allocated[1] - allocated[0]).isLessThan(CALLS / 4L);
        }
    }
}
