package org.kernelentry.kernel.syscall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.BalanceChecker;
import org.kernelentry.kernel.step.Injector;
import org.kernelentry.kernel.step.Journal;
import org.kernelentry.kernel.step.StepObserver;
import org.kernelentry.kernel.task.Exec;
import org.kernelentry.kernel.task.GuestEvent;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.Wait;
import org.kernelentry.kernel.testing.TestCpu;
import org.kernelentry.kernel.testing.TestPort;
import org.kernelentry.kernel.testing.TestProgram;

/** Programs that make random calls with random arguments: whatever they do, it is an event of the guest and never a mistake of the model. */
@Execution(ExecutionMode.CONCURRENT)
final class RandomCallsTests {
    private static final int STATE = 9;
    private static final long DATA = TestPort.DATA;

    /** Calls that end most programs: made less often. */
    private static final Set<String> DEADLY = Set.of(
            "exit",
            "exit_group",
            "rt_sigreturn",
            "sigreturn",
            "seccomp",
            "pause",
            "execve",
            "ssetmask",
            "munmap",
            "kill");

    private static long next(final TestCpu cpu) {
        final long[] r = cpu.state().r;
        r[STATE] = r[STATE] * 6364136223846793005L + 1442695040888963407L;
        return r[STATE] >>> 24;
    }

    private static long argument(final TestCpu cpu) {
        final long random = next(cpu);
        final long more = next(cpu);
        return switch ((int) (random % 14)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> more % 40;
            case 3 -> 1L << more % 64;
            case 4 -> 0x7fff_ffff_ffff_ffffL;
            case 5 -> 0xffff_ffffL - more % 4;
            case 6 -> 100 + more % 6;
            case 7 -> more;
            case 8 -> -(more % 200);
            case 9 -> DATA + 8 * 4096 - more % 20;
            default -> DATA + (more % 0x8000 & -4);
        };
    }

    private static void program(final Kernel k, final long seed) {
        final TestProgram p = TestPort.program(k);
        final List<String> names = new ArrayList<>(k.bodies.names());
        final List<Integer> numbers = new ArrayList<>();
        names.forEach(name -> numbers.add(k.arch.abi("test").number(name)));
        k.processes.exec.register(
                "x", () -> new Exec.Image("test", TestPort.memory(k), TestProgram.TEXT, TestPort.STACK_TOP));
        p.set(STATE, seed * 0x9e37_79b9_7f4a_7c15L).string(DATA + 0x100, "x");
        // Memory full of what might be taken for times, actions, lists and program text.
        p.op(cpu -> {
            for (int i = 0; i < 0x1000; i += 8) {
                cpu.state().memory.store64(DATA + 0x200 + i, argument(cpu));
            }
            return TestProgram.NEXT;
        });
        for (final int sig :
                new int[] {Signals.SIGUSR1, Signals.SIGSEGV, Signals.SIGALRM, Signals.SIGTRAP, Signals.SIGSYS}) {
            p.sigaction(sig, "handler", seed % 2 == 0 ? SigAction.SA_RESTART : 0, DATA);
        }
        p.jump("top").label("handler").syscall("rt_sigreturn");
        p.label("top").op(cpu -> {
            for (int i = 0; i < 6; i++) {
                cpu.state().r[i] = argument(cpu);
            }
            // Each task goes its own way from a fork on.
            cpu.state().r[STATE] += k.current().pid;
            int call = (int) (next(cpu) % numbers.size());
            if (DEADLY.contains(names.get(call)) && next(cpu) % 12 != 0) {
                call = (int) (next(cpu) % numbers.size());
            }
            cpu.state().r[TestCpu.NR] = numbers.get(call);
            return TestProgram.NEXT;
        });
        p.svc().spin(50).jump("top");
    }

    /** Drives the guests as a tracer that continues whatever stops, and kills the rest in the end. */
    private static String run(
            final long seed, final int cpus, final boolean journalled, final @Nullable StepObserver observer) {
        final Kernel k = TestPort.kernel(cpus);
        final String seen;
        try (k) {
            seen = drive(k, seed, journalled, observer);
        }
        assertThat(k.sched.liveStacks()).as("seed %d on %d CPUs", seed, cpus).isZero();
        return seen;
    }

    private static String drive(
            final Kernel k, final long seed, final boolean journalled, final @Nullable StepObserver observer) {
        program(k, seed);
        final Task harness = k.processes.createHarness("harness");
        final Journal journal = new Journal();
        k.steps.observe(journalled ? journal : observer);
        final StringBuilder seen = new StringBuilder();
        final Task first = TestPort.spawn(k, harness, "random");
        if (seed % 3 == 0) {
            k.ptrace.ptrace(harness, 0x4206, first.pid, 0, seed % 2 == 0 ? 0x7f : 1);
        }
        k.sched.setBudget(15_000);
        final int[] status = new int[1];
        int stuck = 0;
        for (int event = 0; event < 400; event++) {
            try {
                final long pid = k.processes.wait4(harness, -1, Wait.WALL | Wait.WUNTRACED, status);
                seen.append(pid).append(':').append(status[0]).append(' ');
                if (pid < 0) {
                    break;
                }
                if ((status[0] & 0xff) == 0x7f) {
                    final long request = event % 5 == 4 ? 17 : seed % 2 == 0 ? 24 : 7;
                    k.ptrace.ptrace(harness, (int) request, (int) pid, 0, status[0] >> 8 & 0x1f);
                }
            } catch (final GuestEvent what) {
                seen.append(what.getClass().getSimpleName());
                final int signal = stuck++ < 10 ? Signals.SIGUSR1 : Signals.SIGKILL;
                for (final Task task : k.processes.all()) {
                    if (!task.harness) {
                        k.signals.send(task, SigInfo.kernel(signal), true);
                    }
                }
                k.sched.setBudget(15_000);
            }
        }
        assertThat(k.log.warnings())
                .as("seed %d on %d CPUs", seed, k.cpus.length)
                .isEmpty();
        return seen + journal.render();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 101, 201, 301, 401})
    void a_hundred_random_programs_do_the_model_no_harm(final long from) {
        for (long seed = from; seed < from + 100; seed++) {
            assertThat(run(seed, 1 + (int) (seed % 3), false, null)).isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Injector.Event.class)
    void nothing_is_out_of_balance_when_something_is_injected_into_random_programs(final Injector.Event event) {
        for (long seed = 1; seed <= 60; seed++) {
            final BalanceChecker balance = new BalanceChecker(null);
            final Injector injector = new Injector(event, 500 + seed * 37, balance);
            run(seed, 1 + (int) (seed % 3), false, injector);
            assertThat(balance.findings())
                    .as("seed %d, after %s", seed, injector.where())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"7, 1", "12, 1", "8, 2", "9, 3"})
    void the_same_random_program_leaves_the_same_journal(final long seed, final int cpus) {
        final String once = run(seed, cpus, true, null);
        assertThat(once).contains("-- cpu0 random/100");
        assertThat(run(seed, cpus, true, null)).isEqualTo(once);
    }
}
