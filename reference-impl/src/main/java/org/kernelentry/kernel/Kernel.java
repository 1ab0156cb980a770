package org.kernelentry.kernel;

import org.kernelentry.kernel.arch.Arch;
import org.kernelentry.kernel.arch.Port;
import org.kernelentry.kernel.audit.Audit;
import org.kernelentry.kernel.dispatch.SyscallUserDispatch;
import org.kernelentry.kernel.entry.Idle;
import org.kernelentry.kernel.entry.IrqEntry;
import org.kernelentry.kernel.entry.NmiEntry;
import org.kernelentry.kernel.entry.Softirqs;
import org.kernelentry.kernel.entry.TaskWork;
import org.kernelentry.kernel.fs.Console;
import org.kernelentry.kernel.fs.FileTree;
import org.kernelentry.kernel.ptrace.Ptrace;
import org.kernelentry.kernel.rseq.Rseq;
import org.kernelentry.kernel.seccomp.Seccomp;
import org.kernelentry.kernel.signal.SignalCore;
import org.kernelentry.kernel.step.Steps;
import org.kernelentry.kernel.syscall.Futexes;
import org.kernelentry.kernel.syscall.RandomBytes;
import org.kernelentry.kernel.syscall.SyscallBodies;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Processes;
import org.kernelentry.kernel.task.Scheduler;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.Timers;
import org.kernelentry.kernel.task.UserAccess;
import org.kernelentry.kernel.task.UserLoop;
import org.kernelentry.kernel.tracing.KernelLog;
import org.kernelentry.kernel.tracing.RawSyscalls;
import org.kernelentry.kernel.tracing.TraceEvents;

/**
 * One running kernel: configuration, CPUs and the parts of the model, each named after the kernel's own file.
 *
 * <p>The whole kernel is a deterministic simulation: exactly one Java thread at a time holds its baton (see {@link Scheduler}); same input, same
 * trace.
 */
public final class Kernel implements AutoCloseable {
    public final KernelConfig config;
    public final KernelLog log = new KernelLog();
    public final TraceEvents trace = new TraceEvents();
    public final Steps steps = new Steps();
    public final Arch arch;

    public final IrqEntry irqEntry = new IrqEntry(this);
    public final NmiEntry nmiEntry = new NmiEntry(this);
    public final Softirqs softirqs = new Softirqs(this);
    public final TaskWork taskWork = new TaskWork(this);
    public final Idle idle = new Idle(this);
    public final UserLoop userLoop = new UserLoop(this);

    public final SyscallUserDispatch dispatch = new SyscallUserDispatch(this);
    public final Seccomp seccomp = new Seccomp(this);
    public final Ptrace ptrace = new Ptrace(this);
    public final SignalCore signals = new SignalCore(this);
    public final Rseq rseq = new Rseq(this);
    public final Audit audit = new Audit(this);
    public final RawSyscalls rawSyscalls = new RawSyscalls(this);

    public final UserAccess user = new UserAccess(this);
    public final Timers timers = new Timers(this);
    public final Console console = new Console(this);
    public final RandomBytes random = new RandomBytes();
    public final FileTree tree = new FileTree(this);
    public final Futexes futexes = new Futexes(this);
    public final Processes processes = new Processes(this);
    public final SyscallBodies bodies = new SyscallBodies(this);
    public final Scheduler sched = new Scheduler(this);
    public final CpuLocal[] cpus;
    /** The CPU whose current task holds the baton. Read it afresh after anything that may schedule. */
    public CpuLocal cpu;

    /** Boots a kernel of this configuration on the architecture of {@code port}. */
    public Kernel(final KernelConfig config, final Port port) {
        this.config = config;
        this.arch = port.create(this);
        this.cpus = new CpuLocal[config.cpus()];
        for (int i = 0; i < cpus.length; i++) {
            cpus[i] = new CpuLocal(this, i, arch.newCpu());
        }
        this.cpu = cpus[0];
    }

    /** {@code current}. */
    public Task current() {
        return cpu.current;
    }

    /** Whether kernel code, as opposed to user instructions, is what runs on {@code cpu} now. */
    public boolean inKernel(final CpuLocal which) {
        return !which.inUser;
    }

    /** Ends the threads of all tasks. The kernel cannot run any more; what it logged and traced stays readable. Closing twice is fine. */
    @Override
    public void close() {
        sched.shutdown();
    }
}
