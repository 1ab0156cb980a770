package org.kernelentry.arm64.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.arm64.Arm64Guest.DATA;
import static org.kernelentry.machine.asm.GuestAssembler.T0;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.arm64.Arm64Guest;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.entry.IrqEntry;
import org.kernelentry.kernel.entry.NmiEntry;
import org.kernelentry.kernel.step.BalanceChecker;
import org.kernelentry.kernel.step.Injector;
import org.kernelentry.kernel.step.Journal;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.step.StepObserver;
import org.kernelentry.kernel.task.CpuLocal;

/** An interrupt, an NMI and a reschedule request at every step of calls, a fault and a fork: everything must balance. */
final class InjectionTests {
    /**
     * Notes whether an NMI came while lockdep believed interrupts off and the tracer had been told nothing yet (on the way in) or "on" already (on
     * the way out). It tells the tracer "off" and, going by lockdep (NMI-02), not "on" again: a window of the real kernel.
     */
    private static final class WindowWatch implements StepObserver {
        boolean hit;

        @Override
        public void at(final CpuLocal cpu, final Step step, final long detail) {}

        @Override
        public void enter(final CpuLocal cpu, final Step scope, final long detail) {
            hit |= scope == Interrupts.EL1_PNMI && !cpu.lockdep.hardirqsEnabled() && !cpu.tracedHardirqsOff;
        }

        @Override
        public void leave(final CpuLocal cpu, final Step scope) {}
    }

    private static Arm64Guest guest(final Flavour flavour, final String mode) {
        return new Arm64Guest(KernelConfig.of(flavour), mode, (a, p) -> {
            p.call("getppid").result(0);
            a.loadConst(T0, 0);
            a.storeVariable(DATA + 0x200, T0);
            a.loadConst(T0, 1000);
            a.storeVariable(DATA + 0x200 + a.wordSize(), T0);
            p.call("nanosleep", DATA + 0x200, 0).result(1);
            p.exit(0);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "NATIVE, a64, INTERRUPT",
        "NATIVE, a64, NMI",
        "NATIVE, a64, RESCHEDULE",
        "NATIVE, a32, INTERRUPT",
        "NATIVE, a32, NMI",
        "NATIVE, a32, RESCHEDULE",
        "GENERIC, a64, INTERRUPT",
        "GENERIC, a64, NMI",
        "GENERIC, a64, RESCHEDULE",
        "GENERIC, a32, INTERRUPT",
        "GENERIC, a32, NMI",
        "GENERIC, a32, RESCHEDULE"
    })
    void nothing_that_hits_any_step_unbalances_the_path(
            final Flavour flavour, final String mode, final Injector.Event event) {
        final long steps = run(flavour, mode, event, 0);
        assertThat(steps).isGreaterThan(100);
        for (long target = 1; target <= steps; target++) {
            run(flavour, mode, event, target);
        }
    }

    private static long run(final Flavour flavour, final String mode, final Injector.Event event, final long target) {
        try (Arm64Guest g = guest(flavour, mode)) {
            final WindowWatch window = new WindowWatch();
            final BalanceChecker balance = new BalanceChecker(window);
            final Injector injector = new Injector(event, target, balance);
            g.k.steps.observe(injector);
            g.runToExit();
            assertThat(injector.fired()).isEqualTo(target != 0);
            final List<String> findings = new ArrayList<>(balance.findings());
            if (window.hit) {
                // Of the NMI's frame, and of the user's frame that ends or begins with what it left.
                findings.removeIf(finding -> finding.contains(" the traced hardirqs off is "));
            }
            assertThat(findings).as("%s at %s", event, injector.where()).isEmpty();
            assertThat(g.k.log.warnings())
                    .as("%s at %s", event, injector.where())
                    .isEmpty();
            assertThat(g.variable(0)).isEqualTo(g.harness.pid);
            assertThat(g.variable(1)).isZero();
            return injector.count();
        }
    }

    private static List<String> path(final Journal journal, final Step frame) {
        final List<String> names = new ArrayList<>();
        boolean inside = false;
        for (final Journal.Entry entry : journal.entries()) {
            if (entry.step() == frame) {
                inside = entry.kind() == Journal.Kind.ENTER;
                if (!inside && !names.isEmpty()) {
                    break;
                }
            } else if (inside && entry.kind() != Journal.Kind.LEAVE) {
                names.add(entry.step().name());
            }
        }
        return names;
    }

    @Test
    void an_untraced_native_call_runs_these_steps() {
        try (Arm64Guest g = guest(Flavour.NATIVE, "a64")) {
            final Journal journal = new Journal();
            g.k.steps.observe(journal);
            g.runToExit();
            assertThat(path(journal, Entries.EL0T_64_SYNC))
                    .containsExactly(
                            "take exception to EL1",
                            "save x0-x30, sp, elr, spsr",
                            "syscallno = NO_SYSCALL",
                            "el0_svc",
                            "enter_from_user_mode",
                            "arch_enter_from_user_mode",
                            "lockdep_hardirqs_off",
                            "user_exit_irqoff",
                            "trace_hardirqs_off",
                            "fpsimd_syscall_enter",
                            "local_daif_restore(DAIF_PROCCTX)",
                            "trace_hardirqs_on",
                            "lockdep_hardirqs_on_prepare",
                            "lockdep_hardirqs_on",
                            "local_irq_enable",
                            "add_random_kstack_offset",
                            "invoke_syscall",
                            "syscall_set_return_value",
                            "lockdep_hardirqs_off",
                            "trace_hardirqs_off",
                            "local_irq_disable",
                            "exit_to_user_mode_prepare",
                            "arch_exit_to_user_mode_prepare",
                            "exit_to_user_mode_validate",
                            "local_daif_mask",
                            "mte_check_tfsr_exit",
                            "exit_to_user_mode",
                            "trace_hardirqs_on",
                            "lockdep_hardirqs_on_prepare",
                            "user_enter_irqoff",
                            "arch_exit_to_user_mode",
                            "lockdep_hardirqs_on",
                            "restore x0-x30, sp, elr, spsr",
                            "eret");
        }
    }

    /** The journal of a run with an NMI right after the first step of that name. */
    private static Journal nmiAt(final String step) {
        final Journal plain = new Journal();
        try (Arm64Guest g = guest(Flavour.NATIVE, "a64")) {
            g.k.steps.observe(plain);
            g.runToExit();
            final List<String> counted = plain.entries().stream()
                    .filter(e -> e.pid() != g.harness.pid)
                    .map(e -> e.step().name())
                    .toList();
            assertThat(counted).contains(step);
            final Journal journal = new Journal();
            try (Arm64Guest hit = guest(Flavour.NATIVE, "a64")) {
                final Injector injector = new Injector(Injector.Event.NMI, counted.indexOf(step) + 1L, journal);
                hit.k.steps.observe(injector);
                hit.runToExit();
                assertThat(injector.where()).isEqualTo(step);
            }
            return journal;
        }
    }

    @Test
    void a_pseudo_nmi_counts_as_nmi_only_where_interrupts_were_off() {
        final Journal masked = nmiAt("user_exit_irqoff");
        assertThat(path(masked, Interrupts.EL1_PNMI)).contains(NmiEntry.IRQENTRY_NMI_ENTER.name());
        final Journal open = nmiAt("local_irq_enable");
        assertThat(path(open, Interrupts.EL1_PNMI)).isEmpty();
        assertThat(path(open, Interrupts.EL1_IRQ)).contains(IrqEntry.IRQENTRY_ENTER.name());
    }
}
