package org.kernelentry.runner.book;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The drawing of a journal. */
final class TimelineTests {
    private static final String JOURNAL = """
            -- cpu0 guest/100
              entry_SYSCALL_64 (110)
                swapgs
                syscall_trace_enter (SYSCALL_TRACE | SECCOMP)
                  ptrace_report_syscall_entry
                <body>
              asm_exc_page_fault
                swapgs
            """;

    private static List<String> all(String svg, String pattern) {
        return Pattern.compile(pattern)
                .matcher(svg)
                .results()
                .map((MatchResult m) -> m.group(1))
                .toList();
    }

    @Test
    void every_line_is_a_row_and_user_code_runs_between_the_outermost_scopes() {
        assertThat(all(Timeline.draw(JOURNAL), "<text[^>]*>([^<]*)</text>"))
                .containsExactly(
                        "cpu0 guest/100",
                        "entry_SYSCALL_64",
                        "110",
                        "swapgs",
                        "syscall_trace_enter",
                        "SYSCALL_TRACE | SECCOMP",
                        "ptrace_report_syscall_entry",
                        "&lt;body&gt;",
                        "user code",
                        "asm_exc_page_fault",
                        "swapgs");
    }

    @Test
    void a_scope_is_a_bar_as_long_as_the_rows_within() {
        List<String> heights = all(Timeline.draw(JOURNAL), "rect class=\"k-[^>]*height=\"(\\d+)\" rx");
        assertThat(heights).containsExactly("86", "14", "32", "14", "14", "32", "14");
    }

    @Test
    void bars_inside_stand_right_of_those_around() {
        List<String> lefts = all(Timeline.draw(JOURNAL), "rect class=\"k-[^>]* x=\"(\\d+)\"[^>]*rx");
        assertThat(lefts).containsExactly("6", "20", "20", "34", "20", "6", "20");
    }

    @Test
    void a_long_journal_is_cut_and_says_so() {
        String svg = Timeline.draw("  step\n".repeat(500).indent(0).replace("  step", "    step"));
        assertThat(svg).contains(">436 more steps<");
    }

    @Test
    void an_empty_journal_is_an_empty_drawing() {
        assertThat(Timeline.draw("")).startsWith("<svg").endsWith("</svg>\n").doesNotContain("<rect");
    }
}
