package org.kernelentry.kernel.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import org.junit.jupiter.api.Test;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.step.Journal.Entry;
import org.kernelentry.kernel.step.Journal.Kind;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.testing.TestPort;

final class JournalTests {
    private static final Step OUTER = Step.of("outer", "a test");
    private static final Step INNER = Step.of("inner", "a test");

    private final Journal journal = new Journal();

    @Test
    void an_entry_is_what_was_reported() {
        try (Kernel k = TestPort.kernel(1)) {
            final Task task = k.processes.createHarness("first");
            final CpuLocal cpu = k.cpu;
            journal.enter(cpu, OUTER, -1);
            journal.at(cpu, INNER, Long.MIN_VALUE);
            journal.leave(cpu, OUTER);

            assertThat(journal.entries())
                    .containsExactly(
                            new Entry(cpu.id, task.pid, "first", 0, Kind.ENTER, OUTER, -1),
                            new Entry(cpu.id, task.pid, "first", 1, Kind.STEP, INNER, Long.MIN_VALUE),
                            new Entry(cpu.id, task.pid, "first", 0, Kind.LEAVE, OUTER, 0));
        }
    }

    @Test
    void a_task_that_changes_its_name_or_number_has_the_old_one_in_old_entries() {
        try (Kernel k = TestPort.kernel(1)) {
            final Task task = k.processes.createHarness("before");
            final int pid = task.pid;
            journal.at(k.cpu, INNER, 0);
            task.comm = "after";
            journal.at(k.cpu, INNER, 0);
            task.pid = pid + 1;
            journal.at(k.cpu, INNER, 0);
            task.pid = pid;

            assertThat(journal.entries()).extracting(Entry::task).containsExactly("before", "after", "after");
            assertThat(journal.entries()).extracting(Entry::pid).containsExactly(pid, pid, pid + 1);
        }
    }

    @Test
    void a_full_journal_keeps_its_beginning_and_says_so() {
        try (Kernel k = TestPort.kernel(1)) {
            k.processes.createHarness("writer");
            for (int i = 0; i < Journal.LIMIT; i++) {
                journal.at(k.cpu, INNER, i);
            }
            assertThat(journal.truncated()).isFalse();
            journal.at(k.cpu, OUTER, 7);

            assertThat(journal.truncated()).isTrue();
            assertThat(journal.entries()).hasSize(Journal.LIMIT);
            assertThat(journal.entries().get(Journal.LIMIT - 1).detail()).isEqualTo(Journal.LIMIT - 1);
        }
    }

    @Test
    void a_cleared_journal_begins_anew() {
        try (Kernel k = TestPort.kernel(1)) {
            k.processes.createHarness("writer");
            journal.at(k.cpu, INNER, 1);
            journal.clear();
            assertThat(journal.entries()).isEmpty();
            assertThat(journal.render()).isEmpty();

            journal.at(k.cpu, OUTER, 2);
            assertThat(journal.entries()).extracting(Entry::task, Entry::step).containsExactly(tuple("writer", OUTER));
        }
    }
}
