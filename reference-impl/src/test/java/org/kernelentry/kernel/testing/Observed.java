package org.kernelentry.kernel.testing;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.task.Task;

/** A kernel, its harness task and one guest that runs a {@link TestProgram} when told to. */
public final class Observed implements AutoCloseable {
    public static final int PTRACE_CONT = 7;
    public static final int PTRACE_SYSCALL = 24;
    public static final int PTRACE_SEIZE = 0x4206;

    public final Kernel k;
    public final Task harness;
    public final TestProgram p;
    public final Task guest;
    private final int[] status = new int[1];

    public Observed() {
        this(KernelConfig.of(Flavour.GENERIC));
    }

    public Observed(final KernelConfig config) {
        k = new Kernel(config, new TestPort());
        harness = k.processes.createHarness("harness");
        p = TestPort.program(k);
        guest = k.processes.create(harness, "guest", "test", TestPort.memory(k), TestProgram.TEXT, TestPort.STACK_TOP);
    }

    public int nr(final String name) {
        return k.arch.abi("test").number(name);
    }

    /** Becomes the tracer; before {@link #start}. */
    public void seize(final long options) {
        check(k.ptrace.ptrace(harness, PTRACE_SEIZE, guest.pid, 0, options));
    }

    public void start() {
        k.processes.startFirst(guest);
    }

    /** The next stop or death of the guest: the wait status. */
    public int await() {
        final long pid = k.processes.wait4(harness, guest.pid, 0x4000_0000, status);
        if (pid != guest.pid) {
            throw new AssertionError("wait4 says " + pid);
        }
        return status[0];
    }

    /** {@link #await}, which has to be the stop of an event. */
    public void awaitEvent(final int event) {
        final int seen = await();
        if (seen != (event << 16 | 5 << 8 | 0x7f)) {
            throw new AssertionError("status 0x" + Integer.toHexString(seen) + ", not event " + event);
        }
    }

    public void resume(final int request) {
        check(k.ptrace.ptrace(harness, request, guest.pid, 0, 0));
    }

    private static void check(final long result) {
        if (result != 0) {
            throw new AssertionError("ptrace says " + result);
        }
    }

    /** Runs to the end: the wait status. */
    public int run() {
        start();
        return await();
    }

    /** Lets virtual milliseconds pass. */
    public void sleep(final int milliseconds) {
        k.processes.sleep(harness, milliseconds * 1_000_000L);
    }

    @Override
    public void close() {
        k.close();
    }
}
