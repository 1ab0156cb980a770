package org.kernelentry.runner.steps;

import io.cucumber.datatable.DataTable;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.step.Journal;
import org.kernelentry.kernel.step.Journal.Entry;
import org.kernelentry.kernel.step.Journal.Kind;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.kernel.tracking.ContextTracking;
import org.kernelentry.runner.system.SetupException;
import org.opentest4j.TestAbortedException;

/** The inner order of things, visible on the reference only: the steps of the entry and exit paths. */
public final class InternalSteps {
    private final World world = World.current();

    private List<Entry> entries() {
        if (!world.system.internal()) {
            throw new TestAbortedException("internal steps can be seen on the reference only");
        }
        return world.journal().entries();
    }

    /**
     * The steps directly inside the n-th run of a scope, whole and in order. Column {@code step}; column {@code because} (optional) is the detail
     * in words, for example the work bits.
     */
    @Then("inside {string} number {int} these steps run:")
    public void inside(final String scope, final int number, final DataTable table) {
        compare(scope, children(entries(), scope, number), table);
    }

    @Then("inside {string} these steps run:")
    public void insideFirst(final String scope, final DataTable table) {
        inside(scope, 1, table);
    }

    /** The same, of the first call with this name: the scope is looked for inside the scopes that carry its number. */
    @Then("inside {string} of {word} these steps run:")
    public void insideOfCall(final String scope, final String call, final DataTable table) {
        compare(scope, children(ofCall(Values.of("nr." + call, world.guest())), scope, 1), table);
    }

    /** A scope does not run in the first call with this name. */
    @Then("{string} does not run in {word}")
    public void doesNotRun(final String scope, final String call) {
        for (final Entry entry : ofCall(Values.of("nr." + call, world.guest()))) {
            if (entry.step().name().equals(scope)) {
                throw new AssertionError(
                        scope + " runs in " + call + " (" + Journal.detailInWords(entry.step(), entry.detail()) + ")");
            }
        }
    }

    private static void compare(final String scope, final List<Entry> seen, final DataTable table) {
        final List<Map<String, String>> expected = table.asMaps();
        for (int i = 0; i < Math.max(seen.size(), expected.size()); i++) {
            final String want = i < expected.size() ? cell(expected.get(i), "step") : "no further step";
            final String have = i < seen.size() ? seen.get(i).step().name() : "no further step";
            final String because = i < expected.size() ? expected.get(i).get("because") : null;
            final String detail = i < seen.size()
                    ? Journal.detailInWords(seen.get(i).step(), seen.get(i).detail())
                    : "";
            if (!want.equals(have) || because != null && !because.equals(detail)) {
                throw new AssertionError("step " + (i + 1) + " inside " + scope + ": expected | seen\n  " + want
                        + (because == null ? "" : " (" + because + ")") + " | " + have
                        + (detail.isEmpty() ? "" : " (" + detail + ")"));
            }
        }
    }

    /** The entries of the outermost scopes that carry a call's number, for its first run: its entry half and its exit half. */
    private List<Entry> ofCall(final long number) {
        final List<Entry> inside = new ArrayList<>();
        int depth = -1;
        int pid = -1;
        boolean otherCall = false;
        for (final Entry entry : entries()) {
            final boolean numbered = entry.kind() == Kind.ENTER
                    && entry.detail() != 0
                    && entry.step().detail() == Step.Detail.NUMBER;
            if (depth < 0 && numbered && entry.detail() == number && (pid < 0 || pid == entry.pid() && !otherCall)) {
                depth = entry.depth();
                pid = entry.pid();
            } else if (depth < 0 && numbered && entry.pid() == pid) {
                otherCall = true;
            }
            if (depth >= 0 && entry.pid() == pid) {
                inside.add(entry);
                if (entry.kind() == Kind.LEAVE && entry.depth() == depth) {
                    depth = -1;
                }
            }
        }
        if (inside.isEmpty()) {
            throw new AssertionError("no scope carries the number " + number);
        }
        return inside;
    }

    /** How often steps or scopes run in the whole scenario: columns {@code step} and {@code times}. */
    @Then("these steps run this often:")
    public void counts(final DataTable table) {
        for (final Map<String, String> row : table.asMaps()) {
            final String name = cell(row, "step");
            final long times = entries().stream()
                    .filter(e -> e.kind() != Kind.LEAVE && e.step().name().equals(name))
                    .count();
            ObservationSteps.same("runs of " + name, cell(row, "times"), Long.toString(times));
        }
    }

    /** The given steps run in this order, others may run between them. Starts at the first step after the guest's first instruction. */
    @Then("these steps run in this order:")
    public void order(final DataTable table) {
        final List<String> wanted = table.asList();
        int at = 0;
        for (final Entry entry : entries()) {
            if (at < wanted.size() && entry.kind() != Kind.LEAVE && entry.text().equals(wanted.get(at))
                    || at < wanted.size()
                            && entry.kind() != Kind.LEAVE
                            && entry.step().name().equals(wanted.get(at))) {
                at++;
            }
        }
        if (at < wanted.size()) {
            throw new AssertionError("step " + (at + 1) + " of the order, " + wanted.get(at) + ", did not run"
                    + (at == 0 ? "" : " after " + wanted.get(at - 1)));
        }
    }

    /**
     * Kernel code of the observer takes an exception, as the port's entry code handles it, nothing being delivered: the state of the interrupted
     * context is given, the steps are in the journal. The handler may ask for the observer to be rescheduled.
     */
    @When(
            "^kernel code with interrupts (on|off) takes (an exception|an undefined instruction)( that asks to reschedule)?$")
    public void kernelException(final String interrupts, final String exception, final @Nullable String reschedule) {
        final Kernel k = world.reference().kernel();
        final boolean on = "on".equals(interrupts);
        final CpuLocal cpu = k.cpu;
        if (!on) {
            Irqs.localIrqDisable(cpu);
        }
        k.arch.exceptionFromKernel(cpu, exception.endsWith("undefined instruction"), () -> {
            if (reschedule != null) {
                k.current().setTif(ThreadFlags.TIF_NEED_RESCHED);
            }
        });
        if (!on) {
            Irqs.localIrqEnable(k.cpu);
        }
    }

    /** As {@link #kernelException}, of a CPU that idles: RCU does not watch what is interrupted. */
    @When("an idle CPU with interrupts off takes an exception")
    public void idleException() {
        final Kernel k = world.reference().kernel();
        final CpuLocal cpu = k.cpu;
        final Task observer = cpu.current;
        cpu.current = cpu.idle;
        k.idle.doIdle(cpu, () -> {
            cpu.irqsEnabled = false;
            cpu.lockdep.hardirqsOff(cpu);
            k.arch.exceptionFromKernel(cpu, false, () -> {});
            cpu.lockdep.hardirqsOnPrepare(cpu);
            cpu.lockdep.hardirqsOn(cpu);
            cpu.irqsEnabled = true;
        });
        cpu.current = observer;
    }

    /** Context tracking of CPU 0 while the kernel runs a task. */
    @Then("context tracking is at rest: process nesting {int}, interrupt nesting {word}")
    public void atRest(final int nesting, final String nmiNesting) {
        final ContextTracking ct = world.reference().kernel().cpu.ct;
        ObservationSteps.same("process nesting", Integer.toString(nesting), Long.toString(ct.nesting()));
        ObservationSteps.same("interrupt nesting", nmiNesting, ContextTracking.relative(ct.nmiNesting()));
    }

    /**
     * The balance check's findings, whole; each row's words are contained in one finding, in order. An empty row is none: some ports have one
     * frame inside another where the rest have one.
     */
    @Then("these imbalances are found:")
    public void imbalances(final DataTable table) {
        entries();
        world.imbalanceAsserted = true;
        final var balance = world.balance();
        final List<String> seen = balance == null ? List.of() : balance.findings();
        final List<String> expected = new ArrayList<>();
        for (final String row : table.asList()) {
            if (row != null && !row.isEmpty()) {
                expected.add(row);
            }
        }
        for (int i = 0; i < Math.max(seen.size(), expected.size()); i++) {
            final String want = i < expected.size() ? expected.get(i) : "nothing further";
            final String have = i < seen.size() ? seen.get(i) : "nothing further";
            if (!have.contains(want)) {
                throw new AssertionError("imbalance " + (i + 1) + ": expected | seen\n  " + want + " | " + have);
            }
        }
    }

    private static String cell(final Map<String, String> row, final String column) {
        final String cell = row.get(column);
        if (cell == null) {
            throw new SetupException("the table has no column '" + column + "', or a cell of it is empty");
        }
        return cell;
    }

    private static List<Entry> children(final List<Entry> entries, final String scope, final int number) {
        final List<Entry> children = new ArrayList<>();
        int found = 0;
        int depth = -1;
        int pid = -1;
        for (final Entry entry : entries) {
            if (depth < 0) {
                if (entry.kind() == Kind.ENTER && entry.step().name().equals(scope) && ++found == number) {
                    depth = entry.depth();
                    pid = entry.pid();
                }
            } else if (entry.pid() == pid) {
                if (entry.kind() == Kind.LEAVE && entry.depth() == depth) {
                    return children;
                }
                if (entry.kind() != Kind.LEAVE && entry.depth() == depth + 1) {
                    children.add(entry);
                }
            }
        }
        if (depth < 0) {
            throw new AssertionError("the scope " + scope + " ran " + found + " time(s), not " + number);
        }
        return children;
    }
}
