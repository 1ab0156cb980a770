package org.kernelentry.runner.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KernelReportsTests {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[    1.0] WARNING: CPU: 0 PID: 1 at kernel/entry/common.c:100 x+0x1/0x2",
                "[    1.0] WARNING: kernel/entry/common.c:100 at x+0x1/0x2, CPU#0: guest/100",
                "[    1.0] WARNING: possible recursive locking detected",
                "[    1.0] WARNING: suspicious RCU usage",
                "[    1.0] BUG: kernel NULL pointer dereference, address: 0000000000000000",
                "[    1.0] BUG: scheduling while atomic: guest/100/0x00000002",
                "[    1.0] kernel BUG at kernel/signal.c:1!",
                "[    1.0] Internal error: Oops - undefined instruction: 0 [#1] SMP ARM",
                "[    1.0] Unable to handle kernel paging request at virtual address dead000000000100",
                "[    1.0] rcu: INFO: rcu_preempt self-detected stall on CPU",
                "[    1.0] INFO: task guest:100 blocked for more than 120 seconds.",
                "[    1.0] watchdog: BUG: soft lockup - CPU#0 stuck for 32s! [guest:100]",
                "[    1.0] Kernel panic - not syncing: Attempted to kill init!"
            })
    void a_report_is_seen(final String line) {
        assertThat(KernelReports.in(List.of("[    0.9] before", line, "[    1.1] after")))
                .containsExactly(line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[    0.0] ..MP-BIOS bug: 8254 timer not connected to IO-APIC",
                "[    0.0] guest[100]: segfault at 0 ip 0 sp 0 error 14",
                "[    0.0] audit: type=1326 audit(1.0:1): syscall=39",
                "kernel-entry-init: started, line /dev/vport0p1"
            })
    void what_is_no_fault_of_the_kernel_is_no_report(final String line) {
        assertThat(KernelReports.in(List.of(line))).isEmpty();
    }

    @Test
    void a_report_goes_to_the_end_of_its_trace() {
        assertThat(KernelReports.in(List.of(
                        "WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2",
                        "Call Trace:",
                        "---[ end trace 0000000000000000 ]---",
                        "something else")))
                .containsExactly("""
                        WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2
                        Call Trace:
                        ---[ end trace 0000000000000000 ]---""");
    }

    @Test
    void a_report_of_lockdep_goes_to_the_end_of_its_stack() {
        final List<String> report = List.of(
                "[    6.2] WARNING: possible circular locking dependency detected",
                "[    6.2] agent/30 is trying to acquire lock:",
                "[    6.2] stack backtrace:",
                "[    6.2]  <TASK>",
                "[    6.2]  do_syscall_64+0xab/0x180",
                "[    6.2]  </TASK>");
        final List<String> log = new ArrayList<>(report);
        log.add("[    6.3] something else");
        assertThat(KernelReports.in(log)).containsExactly(String.join("\n", report));
    }

    @Test
    void two_reports_in_a_row_are_two() {
        final String first = "[    1.0] WARNING: suspicious RCU usage";
        final String second = "[    1.1] BUG: scheduling while atomic: guest/100/0x00000002";
        assertThat(KernelReports.in(List.of(first, second, "[    1.1]  </TASK>")))
                .containsExactly(first, second + "\n[    1.1]  </TASK>");
    }
}
