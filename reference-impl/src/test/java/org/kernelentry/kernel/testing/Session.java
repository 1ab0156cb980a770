package org.kernelentry.kernel.testing;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.ptrace.PtraceRequest;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.Wait;

/** One kernel, a harness task that may trace, and words for what tests of signals and ptrace do all the time. */
public final class Session implements AutoCloseable {
    public final Kernel k;
    public final Task harness;
    public final TestProgram p;

    public Session() {
        this(1);
    }

    public Session(final int cpus) {
        this.k = TestPort.kernel(cpus);
        this.harness = k.processes.createHarness("harness");
        this.p = TestPort.program(k);
        // A program that never ends shows as a failure of its test, not as a hang.
        k.sched.setBudget(10_000_000);
    }

    @Override
    public void close() {
        k.close();
    }

    public Task spawn(final String comm) {
        return TestPort.spawn(k, harness, comm);
    }

    /** A process that is traced from its first instruction on, by SEIZE, and stands in its first PTRACE_EVENT_STOP. */
    public Task spawnSeized(final String comm, final long options) {
        final Task task = spawn(comm);
        require(k.ptrace.ptrace(harness, PtraceRequest.PTRACE_SEIZE, task.pid, 0, options));
        require(k.ptrace.ptrace(harness, PtraceRequest.PTRACE_INTERRUPT, task.pid, 0, 0));
        requireStop(task, Signals.SIGTRAP | 128 << 8);
        return task;
    }

    /** A process that is traced from its first instruction on, by ATTACH, and stands in the stop of SIGSTOP. */
    public Task spawnAttached(final String comm, final long options) {
        final Task task = spawn(comm);
        require(k.ptrace.ptrace(harness, PtraceRequest.PTRACE_ATTACH, task.pid, 0, 0));
        requireStop(task, Signals.SIGSTOP);
        require(k.ptrace.ptrace(harness, PtraceRequest.PTRACE_SETOPTIONS, task.pid, 0, options));
        return task;
    }

    private static void require(final long result) {
        if (result != 0) {
            throw new AssertionError("failed with " + result);
        }
    }

    private void requireStop(final Task task, final int code) {
        final String seen = await(task);
        if (!seen.equals(show(code << 8 | 0x7f))) {
            throw new AssertionError("first stop is " + seen);
        }
    }

    /** The next thing wait4 reports of a task, in words. */
    public String await(final Task task) {
        return await(task, Wait.WALL);
    }

    /** The same with options; {@code nothing} for WNOHANG without news. */
    public String await(final Task task, final int options) {
        final int[] status = new int[1];
        final long pid = k.processes.wait4(harness, task.pid, options, status);
        if (pid == 0) {
            return "nothing";
        }
        return pid < 0 ? "error " + -pid : show(status[0]);
    }

    /** {@code exited 3}, {@code killed SIGKILL}, {@code stopped SIGUSR1}, {@code stopped SIGTRAP|0x80}, {@code event 4}, {@code event 128 SIGSTOP}. */
    private static String show(final int status) {
        final int low = status & 0x7f;
        if (status == 0xffff) {
            return "continued";
        }
        if (low == 0) {
            return "exited " + (status >> 8);
        }
        if (low != 0x7f) {
            return "killed " + Signals.name(low);
        }
        final int event = status >> 16;
        final int code = status >> 8 & 0xff;
        if (event != 0) {
            return "event " + event + (code == Signals.SIGTRAP ? "" : " " + Signals.name(code));
        }
        return "stopped " + Signals.name(code & 0x7f) + ((code & 0x80) != 0 ? "|0x80" : "");
    }

    /** A request without data; result. */
    public long request(final int request, final Task task, final long data) {
        return k.ptrace.ptrace(harness, request, task.pid, 0, data);
    }

    /** Resumes with a signal (0 for none) and waits for what comes. */
    public String resume(final int request, final Task task, final int signal) {
        require(request(request, task, signal));
        return await(task);
    }

    public String resume(final int request, final Task task) {
        return resume(request, task, 0);
    }

    /** Kills and buries. */
    public String kill(final Task task) {
        k.signals.send(task, SigInfo.user(Signals.SIGKILL, harness.pid), true);
        return await(task);
    }

    public long message(final Task task) {
        final long[] message = new long[1];
        require(k.ptrace.getEventMessage(harness, task.pid, message));
        return message[0];
    }

    public SigInfo sigInfo(final Task task) {
        final SigInfo[] info = new SigInfo[1];
        require(k.ptrace.getSigInfo(harness, task.pid, info));
        return info[0];
    }

    /** A register by the port's name. */
    public long register(final Task task, final String name) {
        final long[] value = new long[1];
        require(k.ptrace.peekUser(harness, task.pid, k.arch.registerOffset(task, name), value));
        return value[0];
    }

    public void setRegister(final Task task, final String name, final long value) {
        require(k.ptrace.ptrace(
                harness, PtraceRequest.PTRACE_POKEUSR, task.pid, k.arch.registerOffset(task, name), value));
    }

    /** kill(2) from the runner. */
    public void send(final Task task, final int signal) {
        k.signals.send(task, SigInfo.user(signal, harness.pid), true);
    }

    /** Lets guests run until they all sleep or this much time has passed. */
    public void sleep(final long nanoseconds) {
        harness.state = org.kernelentry.kernel.task.TaskState.UNINTERRUPTIBLE;
        k.sched.scheduleTimeout(k.timers.now() + nanoseconds);
    }

    public List<String> notes() {
        return p.notes;
    }

    // ---- program parts

    /** rt_sigaction: handler at a label (null for SIG_IGN), flags and mask. Uses register 8 and the start of the data. */
    public void action(final int signal, final @Nullable String handler, final long flags, final int... mask) {
        long bits = 0;
        for (final int sig : mask) {
            bits |= 1L << sig - 1;
        }
        if (handler == null) {
            p.set(8, SigAction.SIG_IGN);
        } else {
            p.setAddress(8, handler);
        }
        p.store(TestPort.DATA, 8);
        p.set(8, flags).store(TestPort.DATA + 8, 8);
        p.set(8, 0).store(TestPort.DATA + 16, 8);
        p.set(8, bits).store(TestPort.DATA + 24, 8);
        p.syscall("rt_sigaction", signal, TestPort.DATA, 0, 8);
    }

    /** rt_sigprocmask with a set given by its members. Uses register 8 and the start of the data. */
    public void mask(final int how, final int... signals) {
        storeSet(signals);
        p.syscall("rt_sigprocmask", how, TestPort.DATA, 0, 8);
    }

    /** A set at the start of the data. */
    public void storeSet(final int... signals) {
        long bits = 0;
        for (final int sig : signals) {
            bits |= 1L << sig - 1;
        }
        p.set(8, bits).store(TestPort.DATA, 8);
    }

    /** A handler that notes its name and the signal and returns. */
    public void handler(final String label) {
        p.label(label).note(label, 0).syscall("rt_sigreturn");
    }
}
