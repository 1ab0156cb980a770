package org.kernelentry.kernel.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.entry.Idle;
import org.kernelentry.kernel.step.Journal;
import org.kernelentry.kernel.testing.TestPort;
import org.kernelentry.kernel.testing.TestProgram;

@Isolated("counts the threads of this process")
final class SchedulerTests {
    private static final long MS = 1_000_000;

    private static void sleep(final Kernel k, final long nanoseconds) {
        k.current().state = TaskState.UNINTERRUPTIBLE;
        k.sched.scheduleTimeout(k.timers.now() + nanoseconds);
    }

    @Test
    void time_jumps_to_the_next_timer_while_nobody_can_run() {
        try (Kernel k = TestPort.kernel(1)) {
            k.processes.createHarness("harness");
            final Journal journal = new Journal();
            k.steps.observe(journal);

            sleep(k, 7 * MS);

            assertThat(k.timers.now()).isEqualTo(Timers.BOOT + 7 * MS);
            assertThat(journal.entries().stream().filter(e -> e.step() == Idle.DO_IDLE))
                    .as("enter and leave of one idle round")
                    .hasSize(2);
            assertThat(k.log.warnings()).isEmpty();
        }
    }

    @Test
    void two_guests_of_one_cpu_share_it_slice_by_slice() {
        try (Kernel k = TestPort.kernel(1)) {
            final Task harness = k.processes.createHarness("harness");
            final TestProgram p = TestPort.program(k);
            p.note("runs").spin(5 * MS).note("again").forever();
            TestPort.spawn(k, harness, "a");
            TestPort.spawn(k, harness, "b");

            sleep(k, 14 * MS);

            assertThat(p.notes).containsExactly("a/100 runs", "b/101 runs", "a/100 again", "b/101 again");
            assertThat(k.log.warnings()).isEmpty();
        }
    }

    @Test
    void a_guest_alone_is_not_interrupted_by_slices() {
        try (Kernel k = TestPort.kernel(1)) {
            final Task harness = k.processes.createHarness("harness");
            TestPort.program(k).forever();
            TestPort.spawn(k, harness, "a");
            final Journal journal = new Journal();
            k.steps.observe(journal);

            sleep(k, 40 * MS);

            assertThat(journal.entries().stream()
                            .filter(e -> e.step() == Scheduler.CONTEXT_SWITCH)
                            .map(Journal.Entry::detail))
                    .containsExactly(100L, 1L);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void the_same_run_gives_the_same_journal(final int cpus) {
        final String first = threeSpinners(cpus);
        assertThat(first).contains("context_switch", "a/100", "b/101", "c/102");
        assertThat(threeSpinners(cpus)).isEqualTo(first);
    }

    private static String threeSpinners(final int cpus) {
        try (Kernel k = TestPort.kernel(cpus)) {
            final Task harness = k.processes.createHarness("harness");
            TestPort.program(k).label("top").spin(300_001).note("round").jump("top");
            final Journal journal = new Journal();
            k.steps.observe(journal);
            for (final String comm : List.of("a", "b", "c")) {
                TestPort.spawn(k, harness, comm);
            }
            sleep(k, 20 * MS);
            assertThat(k.log.warnings()).isEmpty();
            return journal.render() + TestPort.program(k).notes;
        }
    }

    @Test
    void two_cpus_run_two_guests_without_a_context_switch() {
        try (Kernel k = TestPort.kernel(2)) {
            final Task harness = k.processes.createHarness("harness");
            TestPort.program(k).forever();
            final Task a = TestPort.spawn(k, harness, "a");
            final Task b = TestPort.spawn(k, harness, "b");

            sleep(k, 10 * MS);

            assertThat(a.cpu).isNotEqualTo(b.cpu);
            final long ofA = k.cpus[a.cpu].machine.retired();
            final long ofB = k.cpus[b.cpu].machine.retired();
            assertThat(ofA + ofB).isBetween(10 * MS, 10 * MS + k.sched.turn);
            assertThat(Math.abs(ofA - ofB)).isLessThanOrEqualTo(k.sched.turn);
        }
    }

    @Test
    void waking_a_task_of_an_idle_cpu_interrupts_that_cpu() {
        try (Kernel k = TestPort.kernel(2)) {
            final Task harness = k.processes.createHarness("harness");
            TestPort.program(k).note("runs").forever();
            final Journal journal = new Journal();
            k.steps.observe(journal);
            TestPort.spawn(k, harness, "a");
            final Task b = TestPort.spawn(k, harness, "b");
            assertThat(b.cpu).isEqualTo(1);
            sleep(k, MS);

            assertThat(journal.entries().stream().filter(e -> e.step() == Idle.DO_IDLE && e.cpu() == 1))
                    .isNotEmpty();
            assertThat(TestPort.program(k).notes).contains("b/101 runs");
            assertThat(k.log.warnings()).isEmpty();
        }
    }

    @Test
    void a_wait_that_nothing_can_end_comes_back_as_guest_stuck() {
        try (Kernel k = TestPort.kernel(1)) {
            final Task harness = k.processes.createHarness("harness");
            final WaitQueue never = new WaitQueue();

            assertThatThrownBy(() -> k.sched.waitOn(never, TaskState.INTERRUPTIBLE))
                    .isInstanceOf(GuestEvent.GuestStuck.class)
                    .hasMessageContaining("harness/1");
            assertThat(never.waiters).isEmpty();
            assertThat(harness.state).isEqualTo(TaskState.RUNNING);

            sleep(k, MS);
            assertThat(k.timers.now()).isEqualTo(Timers.BOOT + MS);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void a_guest_that_loops_forever_ends_as_budget_exceeded(final int cpus) {
        try (Kernel k = TestPort.kernel(cpus)) {
            final Task harness = k.processes.createHarness("harness");
            TestPort.program(k).forever();
            for (int i = 0; i < 4; i++) {
                TestPort.spawn(k, harness, "guest");
            }
            final WaitQueue never = new WaitQueue();
            k.sched.setBudget(3 * MS);

            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> k.sched.waitOn(never, TaskState.INTERRUPTIBLE))
                        .isInstanceOf(GuestEvent.BudgetExceeded.class);
            }
            k.sched.setBudget(MS);
            final long before = k.timers.now();
            assertThatThrownBy(() -> k.sched.waitOn(never, TaskState.INTERRUPTIBLE))
                    .isInstanceOf(GuestEvent.BudgetExceeded.class);
            assertThat(k.timers.now() - before).isBetween(MS, MS + cpus * k.sched.turn);
        }
    }

    @Test
    void timers_that_only_rearm_themselves_use_up_the_budget_too() {
        try (Kernel k = TestPort.kernel(1)) {
            k.processes.createHarness("harness");
            k.sched.setBudget(MS);
            rearm(k);

            assertThatThrownBy(() -> k.sched.waitOn(new WaitQueue(), TaskState.INTERRUPTIBLE))
                    .isInstanceOf(GuestEvent.BudgetExceeded.class);
        }
    }

    private static void rearm(final Kernel k) {
        k.timers.at(k.timers.now() + 1, () -> rearm(k));
    }

    @Test
    void a_mistake_of_the_model_reaches_the_harness_with_its_cause() {
        try (Kernel k = TestPort.kernel(1)) {
            final Task harness = k.processes.createHarness("harness");
            final IllegalStateException mistake = new IllegalStateException("wrong");
            TestPort.program(k).op(cpu -> {
                throw mistake;
            });
            TestPort.spawn(k, harness, "guest");

            assertThatThrownBy(() -> sleep(k, MS))
                    .isInstanceOf(ModelError.class)
                    .hasMessageContaining("guest/100")
                    .hasCause(mistake);
            assertThatThrownBy(() -> sleep(k, MS)).isInstanceOf(ModelError.class);
        }
    }

    @Test
    void closing_ends_every_kernel_stack_and_may_be_repeated() {
        final Kernel k = TestPort.kernel(2);
        final Task harness = k.processes.createHarness("harness");
        TestPort.program(k).forever();
        for (int i = 0; i < 5; i++) {
            TestPort.spawn(k, harness, "guest");
        }
        sleep(k, 30 * MS);
        assertThat(k.sched.liveStacks()).isEqualTo(5);

        k.close();
        k.close();

        assertThat(k.sched.liveStacks()).isZero();
    }

    @Test
    void a_thousand_kernels_leave_no_stack_and_reuse_their_threads() {
        final Set<String> threadsBefore = stackThreads();
        for (int i = 0; i < 1000; i++) {
            final Kernel k = TestPort.kernel(1);
            try (k) {
                final Task harness = k.processes.createHarness("harness");
                TestPort.program(k).forever();
                TestPort.spawn(k, harness, "guest");
                TestPort.spawn(k, harness, "guest");
                sleep(k, 5 * MS);
            }
            assertThat(k.sched.liveStacks()).isZero();
        }
        final Set<String> started = stackThreads();
        started.removeAll(threadsBefore);
        assertThat(started).hasSizeLessThan(50);
    }

    private static Set<String> stackThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("kernel-stack-"))
                .collect(Collectors.toSet());
    }
}
