package org.kernelentry.runner.steps;

import io.cucumber.java.en.Given;
import java.util.Arrays;
import java.util.List;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.entry.TaskWork;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.tracking.ContextTracking;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.system.SetupException;
import org.opentest4j.TestAbortedException;

/** What there is before anything runs. */
public final class SetupSteps {
    private static final List<Step> FORGETTABLE = List.of(
            ContextTracking.IRQ_ENTER,
            ContextTracking.IRQ_EXIT,
            ContextTracking.NMI_ENTER,
            ContextTracking.NMI_EXIT,
            ContextTracking.USER_ENTER,
            ContextTracking.USER_EXIT);

    private final World world = World.current();

    /** The guest program of the scenario, in the guest notation. */
    @Given("a guest program on {word}:")
    public void aGuestProgram(final String mode, final String text) {
        final Mode m = Mode.find(mode).orElseThrow(() -> new SetupException("there is no mode '" + mode + "'"));
        if (!world.system.runs(m)) {
            throw new TestAbortedException(
                    world.system.name() + " has no " + m.architecture().label());
        }
        world.program(m, text);
    }

    /** A program that the first one may execute by this path, of the same mode. */
    @Given("it may execute {string}:")
    public void executable(final String path, final String text) {
        world.options.executables.put(path, text);
    }

    /** PTRACE_SEIZE before the first instruction; options by name, separated by blanks. */
    @Given("the tracer has seized it with {string}")
    public void seized(final String options) {
        world.trace("seize", words(options));
    }

    /** PTRACE_ATTACH before the first instruction. */
    @Given("the tracer has attached to it with {string}")
    public void attached(final String options) {
        world.trace("attach", words(options));
    }

    /** Trace events recorded from the start: {@code raw_syscalls}, {@code rcu:rcu_watching}, ... */
    @Given("the trace events {string} are on")
    public void traceEvents(final String names) {
        world.options.traceEvents.addAll(words(names));
    }

    @Given("system call audit is on")
    public void audit() {
        world.options.audit = true;
    }

    /** Kernel options in the form {@code PREEMPTION=n}. */
    @Given("a kernel with {string}")
    public void kernelWith(final String options) {
        world.options.kernelOptions.addAll(words(options));
    }

    @Given("a kernel of version {int}.{int}")
    public void version(final int major, final int minor) {
        world.options.version = major * 100 + minor;
    }

    @Given("{int} CPUs")
    public void cpus(final int count) {
        world.options.cpus = count;
    }

    /**
     * An interrupt, NMI or reschedule request right after a step has run for the first time; after its end, where it is a scope. An NMI of user mode
     * waits for the next user instruction.
     */
    @Given("^(an interrupt|an NMI|an NMI of user mode|a reschedule request) arrives after the first \"([^\"]+)\"$")
    public void arrivesAfterFirst(final String event, final String step) {
        arrivesAfter(event, 1, step);
    }

    /** The same after the n-th run. */
    @Given("^(an interrupt|an NMI|an NMI of user mode|a reschedule request) arrives after run (\\d+) of \"([^\"]+)\"$")
    public void arrivesAfter(final String event, final int occurrence, final String step) {
        injectable();
        world.inject(ActionSteps.kind(event), step, occurrence);
    }

    /** The same in user mode: so many instructions, of any task, after the n-th run. */
    @Given("a reschedule request arrives {int} instructions after run {int} of {string}")
    public void arrivesLater(final int instructions, final int occurrence, final String step) {
        injectable();
        world.injectLater(instructions, step, occurrence);
    }

    private void injectable() {
        if (!world.system.internal()) {
            throw new TestAbortedException("steps can be injected into on the reference only");
        }
    }

    /** A deliberate mistake in the entry code: the next call of a context tracking function is left out. */
    @Given("entry code that forgets {word} once")
    public void forgets(final String name) {
        if (!world.system.internal()) {
            throw new TestAbortedException("mistakes can be planted in the reference only");
        }
        final Step step = FORGETTABLE.stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new SetupException("'" + name + "' cannot be forgotten; known are " + FORGETTABLE));
        world.preparations.add(guest -> guest.kernel().cpus[0].ct.omitOnce(step));
    }

    /** Work on the way to user mode that is on CPU 1 when it undoes what it did on CPU 0, as code that sleeps there would be. */
    @Given("exit work that goes to CPU 1 between ct_irq_enter and ct_irq_exit")
    public void migration() {
        if (!world.system.internal()) {
            throw new TestAbortedException("mistakes can be planted in the reference only");
        }
        world.preparations.add(guest -> {
            final Kernel k = guest.kernel();
            final Task task = guest.mainTask();
            k.taskWork.add(
                    task,
                    () -> {
                        withIrqsOff(k, () -> k.cpu.ct.irqEnter(k.cpu));
                        task.pinnedCpu = 1;
                        k.sched.migrate(task);
                        k.sched.condResched();
                        withIrqsOff(k, () -> k.cpu.ct.irqExit(k.cpu));
                    },
                    TaskWork.Notify.RESUME);
        });
    }

    private static void withIrqsOff(final Kernel k, final Runnable action) {
        Irqs.localIrqDisable(k.cpu);
        action.run();
        Irqs.localIrqEnable(k.cpu);
    }

    /** A rolled-back mark that no exit work has taken yet, as a call rolled back before would have left it. */
    @Given("a rolled-back mark left over from user dispatch")
    public void rolledBackMark() {
        if (!world.system.internal()) {
            throw new TestAbortedException("marks can be planted in the reference only");
        }
        world.preparations.add(guest -> guest.mainTask().syscallDispatch.onDispatch = true);
    }

    /** A soft interrupt is pending from the start; while its work runs, a device interrupt nests. */
    @Given("pending soft interrupt work that is itself interrupted")
    public void softInterrupt() {
        world.preparations.add(guest -> {
            final Kernel k = guest.kernel();
            k.softirqs.raise(() -> Irqs.raise(k.cpu, new Irq("nested interrupt", () -> {})));
        });
    }

    private static List<String> words(final String text) {
        return text.isBlank() ? List.of() : Arrays.asList(text.trim().split("[\\s,|]+"));
    }
}
