package org.kernelentry.arm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.step.BalanceChecker;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.step.StepObserver;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.kernel.tracking.ContextTracking;
import org.kernelentry.machine.asm.Label;

/** Interrupts and FIQs at every step of the paths of a call, a fault and a signal. */
class InterruptTests {
    private static ArmGuest guest(final Flavour flavour) {
        final Label handler = new Label("handler");
        return new ArmGuest(flavour, "arm", p -> {
            p.handle(org.kernelentry.kernel.signal.Signals.SIGUSR1, handler, 0);
            p.call("getppid").result(0);
            p.raise(org.kernelentry.kernel.signal.Signals.SIGUSR1);
            p.exit(0);
            p.a.bind(handler);
            p.a.handlerEntry(ArmGuest.variableAddress(1), ArmGuest.variableAddress(1), ArmGuest.variableAddress(1));
            p.a.handlerReturn();
        });
    }

    /** Does something at step number {@code target} of the guest's own. */
    private static final class At implements StepObserver {
        private final int target;
        private final java.util.function.Consumer<CpuLocal> what;
        private int seen;
        private boolean inside;

        At(final int target, final java.util.function.Consumer<CpuLocal> what) {
            this.target = target;
            this.what = what;
        }

        @Override
        public void at(final CpuLocal cpu, final Step step, final long detail) {
            if (!inside && !cpu.current.harness && seen++ == target) {
                inside = true;
                what.accept(cpu);
                inside = false;
            }
        }

        @Override
        public void enter(final CpuLocal cpu, final Step scope, final long detail) {}

        @Override
        public void leave(final CpuLocal cpu, final Step scope) {}
    }

    private static int stepsOf(final Flavour flavour) {
        final At counter = new At(-1, cpu -> {});
        try (ArmGuest g = guest(flavour)) {
            g.k.steps.observe(counter);
            g.runToExit();
        }
        return counter.seen;
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void anInterruptAFiqOrARescheduleAtAnyStepLeavesAllBalanced(final Flavour flavour) {
        final int steps = stepsOf(flavour);
        assertThat(steps).isGreaterThan(100);
        final List<String> handled = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            for (final String what : new String[] {"irq", "fiq", "resched"}) {
                try (ArmGuest g = guest(flavour)) {
                    final At at = new At(i, cpu -> {
                        switch (what) {
                            case "irq" -> Irqs.raise(cpu, new Irq("device", () -> handled.add("irq")));
                            case "fiq" -> g.k.arch.nmiFromKernel(cpu, new Irq("watchdog", () -> handled.add("fiq")));
                            default -> cpu.current.setTif(ThreadFlags.TIF_NEED_RESCHED);
                        }
                    });
                    final BalanceChecker checker = new BalanceChecker(at);
                    g.k.steps.observe(checker);
                    final int before = handled.size();
                    g.runToExit();
                    assertThat(findings(checker, what.equals("fiq") && flavour == Flavour.GENERIC))
                            .as("%s at step %d", what, i)
                            .isEmpty();
                    assertThat(g.variable(0)).isEqualTo(1);
                    if (!what.equals("resched") && i < steps - 30) {
                        assertThat(handled.size()).as("%s at step %d", what, i).isEqualTo(before + 1);
                    }
                }
            }
        }
    }

    /**
     * All but the tracer's state after an NMI of generic entry: it goes by lockdep, so one that comes between the two being told (while
     * entering, or on the last steps to user mode) leaves the tracer at "off" (NMI-02).
     */
    private static List<String> findings(final BalanceChecker checker, final boolean nmi) {
        return checker.findings().stream()
                .filter(f -> !nmi || !f.contains("the traced hardirqs off"))
                .toList();
    }

    @Test
    void nativelyAnInterruptInTheEntryWindowSeesTheUserContext() {
        final List<ContextTracking.State> seen = new ArrayList<>();
        try (ArmGuest g =
                new ArmGuest(Flavour.NATIVE, "arm", p -> p.call("getppid").exit(0))) {
            final StepObserver raise = new StepObserver() {
                private boolean done;

                @Override
                public void at(final CpuLocal cpu, final Step step, final long detail) {
                    if (!done && step.name().equals("enable_irq_notrace")) {
                        done = true;
                        Irqs.raise(cpu, new Irq("device", () -> seen.add(cpu.ct.state())));
                    }
                }

                @Override
                public void enter(final CpuLocal cpu, final Step scope, final long detail) {}

                @Override
                public void leave(final CpuLocal cpu, final Step scope) {}
            };
            g.k.steps.observe(raise);
            g.runToExit();
        }
        assertThat(seen).containsExactly(ContextTracking.State.USER);
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void aFiqFromUserModeReturnsWithoutALookAtPendingWork(final Flavour flavour) {
        try (ArmGuest g =
                new ArmGuest(flavour, "arm", p -> p.call("getppid").result(0).exit(0))) {
            final List<String> steps = new ArrayList<>();
            g.k.steps.observe(new StepObserver() {
                @Override
                public void at(final CpuLocal cpu, final Step step, final long detail) {
                    steps.add(step.name());
                }

                @Override
                public void enter(final CpuLocal cpu, final Step scope, final long detail) {}

                @Override
                public void leave(final CpuLocal cpu, final Step scope) {}
            });
            g.main.setTif(ThreadFlags.TIF_NOTIFY_RESUME);
            g.k.arch.startThread(g.main, "arm", ArmGuest.CODE, ArmGuest.STACK_TOP);
            g.k.arch.restoreUserRegisters(g.k.cpu, g.main);
            final long sp = g.k.cpu.machine.state().r[13];
            steps.clear();
            g.k.arch.nmiFromUser(g.k.cpu, g.main, new Irq("watchdog", () -> steps.add("handler")));
            assertThat(steps).contains("handler").doesNotContain("resume_user_mode_work", "schedule");
            assertThat(g.main.testTif(ThreadFlags.TIF_NOTIFY_RESUME)).isTrue();
            assertThat(g.k.cpu.machine.state().r[13]).isEqualTo(sp);
        }
    }
}
