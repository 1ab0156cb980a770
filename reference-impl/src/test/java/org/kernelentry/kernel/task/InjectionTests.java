package org.kernelentry.kernel.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.testing.TestPort.DATA;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.step.BalanceChecker;
import org.kernelentry.kernel.step.Injector;
import org.kernelentry.kernel.step.Injector.Event;
import org.kernelentry.kernel.step.StepObserver;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.testing.TestPort;
import org.kernelentry.kernel.testing.TestProgram;

/** Something happens at every single step of sleeping, forking, dying, waiting and idling; what the programs do stays the same. */
final class InjectionTests {
    private static final long MS = 1_000_000;
    private static final long TIME = DATA + 0x100;

    private record Outcome(List<String> notes, List<String> reaped, List<String> complaints) {}

    private static Outcome run(final int cpus, final Event event, final long target, final long[] count) {
        try (Kernel k = TestPort.kernel(cpus)) {
            final TestProgram p = TestPort.program(k);
            p.syscall("pipe2", DATA, 0).syscall("fork").jumpIfZero(0, "child");
            p.syscall("read", 3, DATA + 8, 8)
                    .note("read", 0)
                    .syscall("wait4", -1, 0, 0, 0)
                    .note("waited", 0);
            p.syscall("kill", 0, 0).exit(1);
            p.label("child")
                    .storeLong(TIME, 0)
                    .storeLong(TIME + 8, MS)
                    .syscall("nanosleep", TIME, 0)
                    .note("slept", 0);
            p.syscall("write", 4, DATA, 8).note("wrote", 0).exit(2);
            final Task harness = k.processes.createHarness("harness");
            final BalanceChecker balance = new BalanceChecker(null);
            final Injector injector = new Injector(event, target, balance);
            final StepObserver observer = injector;
            k.steps.observe(observer);
            TestPort.spawn(k, harness, "guest");
            final List<String> reaped = new ArrayList<>();
            final int[] status = new int[1];
            long pid = k.processes.wait4(harness, -1, 0, status);
            while (pid > 0) {
                reaped.add(pid + ":" + status[0]);
                pid = k.processes.wait4(harness, -1, 0, status);
            }
            assertThat(pid).isEqualTo(-Errno.ECHILD);
            count[0] = injector.count();
            assertThat(injector.fired()).isEqualTo(target > 0);
            final List<String> complaints = new ArrayList<>(k.log.warnings());
            complaints.addAll(balance.findings());
            return new Outcome(List.copyOf(p.notes), reaped, complaints);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, INTERRUPT", "1, NMI", "1, RESCHEDULE", "2, INTERRUPT", "2, NMI", "2, RESCHEDULE"})
    void what_is_injected_at_any_step_changes_nothing_the_programs_see(final int cpus, final Event event) {
        final long[] count = new long[1];
        final Outcome plain = run(cpus, event, 0, count);
        assertThat(plain.notes)
                .containsExactlyInAnyOrder(
                        "guest/101 slept 0", "guest/101 wrote 8", "guest/100 read 8", "guest/100 waited 101");
        assertThat(plain.complaints).isEmpty();
        final long steps = count[0];
        assertThat(steps).isGreaterThan(300);
        for (long step = 1; step <= steps; step++) {
            final Outcome outcome = run(cpus, event, step, count);
            assertThat(outcome.complaints).as("%s after step %d", event, step).isEmpty();
            assertThat(outcome.notes)
                    .as("%s after step %d", event, step)
                    .containsExactlyInAnyOrderElementsOf(plain.notes);
            assertThat(outcome.reaped).as("%s after step %d", event, step).isEqualTo(plain.reaped);
        }
    }
}
