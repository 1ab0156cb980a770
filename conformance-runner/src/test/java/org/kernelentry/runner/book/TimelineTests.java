package org.kernelentry.runner.book;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A journal cut into stays in the kernel, and the drawing of one. */
final class TimelineTests {
    /** The shapes of all ports: a stub that is one scope, one that ends with its return, one interrupted by the tracer. */
    private static final String JOURNAL = """
            -- cpu0 observer/1
              __schedule (1)
                context_switch (100)
            -- cpu0 guest/100
              switch_to
              exit_to_user_mode_prepare
                exit_to_user_mode_loop (TIF_SIGPENDING)
              exit_to_user_mode
                lockdep_hardirqs_on
              iretq
              entry_SYSCALL_64 (110)
                swapgs
                syscall_trace_enter (SYSCALL_TRACE | SECCOMP)
                  ptrace_report_syscall_entry (SYSCALL_TRACE)
            -- cpu0 observer/1
              __schedule (1)
            -- cpu0 guest/100
                  <body>
                lockdep_hardirqs_off
                trace_hardirqs_off
              asm_exc_page_fault
                swapgs
              take exception to EL1 (1)
              el0_svc (110)
                eret to nowhere
              eret
              take exception to EL1 (4)
            """;

    private static EntryPath most() {
        return EntryPath.mostWork(JOURNAL).orElseThrow();
    }

    private static List<String> all(String svg, String pattern) {
        return Pattern.compile(pattern)
                .matcher(svg)
                .results()
                .map((MatchResult m) -> m.group(1))
                .toList();
    }

    @Test
    void a_stay_ends_where_user_code_runs_again_and_the_harness_is_left_out() {
        assertThat(EntryPath.all(JOURNAL)).extracting(EntryPath::task).containsOnly("guest/100");
        assertThat(EntryPath.all(JOURNAL).stream()
                        .map(p -> p.lines().stream()
                                .filter(l -> l.depth() == 0)
                                .map(EntryPath.Line::name)
                                .toList()))
                .containsExactly(
                        List.of("switch_to", "exit_to_user_mode_prepare", "exit_to_user_mode", "iretq"),
                        List.of("entry_SYSCALL_64"),
                        List.of("asm_exc_page_fault"),
                        List.of("take exception to EL1", "el0_svc", "eret"),
                        List.of("take exception to EL1"));
    }

    @Test
    void the_stay_with_the_most_work_bits_is_drawn() {
        assertThat(most().work()).isEqualTo(2);
        assertThat(EntryPath.mostWork("")).isEmpty();
    }

    @Test
    void every_step_is_a_row_with_its_work_bits_and_bookkeeping_shares_rows() {
        assertThat(all(Timeline.draw(most()), "<text[^>]*>([^<]*)</text>"))
                .containsExactly(
                        "user code",
                        "entry_SYSCALL_64",
                        "110",
                        "swapgs",
                        "syscall_trace_enter",
                        "SYSCALL_TRACE | SECCOMP",
                        "ptrace_report_syscall_entry",
                        "SYSCALL_TRACE",
                        "&lt;body&gt;",
                        "lockdep_hardirqs_off, trace_hardirqs_off",
                        "user code");
    }

    @Test
    void a_scope_is_a_bar_as_long_as_the_rows_within() {
        assertThat(all(Timeline.draw(most()), "rect class=\"k-[^>]*height=\"(\\d+)\" rx"))
                .containsExactly("104", "14", "50", "14", "14", "14");
    }

    @Test
    void bars_inside_stand_right_of_those_around() {
        assertThat(all(Timeline.draw(most()), "rect class=\"k-[^>]* x=\"(\\d+)\"[^>]*rx"))
                .containsExactly("6", "20", "20", "34", "34", "20");
    }

    @Test
    void a_long_stay_is_cut_and_says_so() {
        EntryPath stay =
                EntryPath.mostWork("  scope\n" + "    step\n".repeat(500)).orElseThrow();
        assertThat(Timeline.draw(stay)).contains(">" + (501 - Timeline.MOST_ROWS) + " more rows<");
    }
}
