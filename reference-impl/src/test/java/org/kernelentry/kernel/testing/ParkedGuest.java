package org.kernelentry.kernel.testing;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.task.Task;

/** A kernel with a process that never runs: tests call what the entry code would call for it, on saved registers they made. */
public final class ParkedGuest implements AutoCloseable {
    public final Kernel k;
    public final Task harness;
    public final Task task;

    public ParkedGuest() {
        this(KernelConfig.of(Flavour.GENERIC));
    }

    public ParkedGuest(final KernelConfig config) {
        k = new Kernel(config, new TestPort());
        harness = k.processes.createHarness("harness");
        task = k.processes.create(harness, "guest", "test", TestPort.memory(k), TestProgram.TEXT, TestPort.STACK_TOP);
    }

    /** Saved registers of a call at {@code pc}, which is after the instruction. */
    public ParkedGuest call(final long pc, final long nr, final long... args) {
        task.regs.slot[TestArch.PC] = pc;
        task.regs.slot[TestArch.ORIG_NR] = nr;
        java.util.Arrays.fill(task.regs.slot, 0, 6, 0);
        System.arraycopy(args, 0, task.regs.slot, 0, args.length);
        task.regs.slot[TestArch.ORIG_ARG0] = args.length > 0 ? args[0] : 0;
        return this;
    }

    public long result() {
        return task.regs.slot[0];
    }

    public void result(final long value) {
        task.regs.slot[0] = value;
    }

    /** The oldest pending signal; fails when there is none. */
    public SigInfo signal() {
        return task.pending.queue.get(0);
    }

    public boolean signalled() {
        return !task.pending.set.isEmpty();
    }

    @Override
    public void close() {
        k.close();
    }
}
