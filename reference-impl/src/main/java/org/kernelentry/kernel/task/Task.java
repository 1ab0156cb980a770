package org.kernelentry.kernel.task;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.audit.AuditContext;
import org.kernelentry.kernel.dispatch.SyscallDispatchConfig;
import org.kernelentry.kernel.fs.FileTable;
import org.kernelentry.kernel.fs.FsStruct;
import org.kernelentry.kernel.ptrace.PtraceState;
import org.kernelentry.kernel.rseq.RseqState;
import org.kernelentry.kernel.seccomp.SeccompState;
import org.kernelentry.kernel.signal.PendingSignals;
import org.kernelentry.kernel.signal.SigHand;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.signal.SignalStruct;
import org.kernelentry.kernel.syscall.RestartBlock;

/**
 * A thread ({@code struct task_struct} with its {@code thread_info}).
 *
 * <p>Plain data: the code that changes it lives in the packages named like the kernel's files. Only the task that holds the simulation's
 * baton (see {@link Scheduler}) may touch any task, so no field is guarded.
 */
public final class Task {
    public final Kernel kernel;
    /** Changes only when a thread other than the leader executes a program. */
    public int pid;

    public int tgid;
    public String comm;

    // ---- thread_info
    /** TIF_* of {@link ThreadFlags}. */
    public int flags;
    /** SYSCALL_WORK_* of {@link ThreadFlags}. */
    public int syscallWork;
    /** Preempt count while the task is not running. */
    public int savedPreemptCount;
    /** CPU it runs or last ran on. */
    public int cpu;

    // ---- scheduling
    public TaskState state = TaskState.RUNNING;
    /** The Java side of its kernel stack, owned by the scheduler. */
    public @Nullable Object context;
    /** On a run queue or running ({@code on_rq}); stays set while a preempted task has another state than RUNNING. */
    boolean onRq;
    /** The one CPU it may run on, or -1 for any. */
    public int pinnedCpu = -1;
    /** The runner's own task: user mode is Java code, it has no memory and never runs guest instructions. */
    public boolean harness;
    /** Idle task of a CPU. */
    public boolean idle;

    // ---- processes
    public @Nullable Task realParent;
    /** The tracer while traced, else the real parent. */
    public @Nullable Task parent;

    public Task groupLeader;
    /** Children by {@code realParent}, in order of creation. */
    public final List<Task> children = new ArrayList<>();
    /** Tasks traced by this one, in order of attachment. */
    public final List<Task> ptraced = new ArrayList<>();

    public int exitSignal;
    public int exitCode;
    /** {@code PF_EXITING}. */
    public boolean exiting;
    /** Has entered do_exit(): no longer one of the group's {@code quick_threads}. */
    boolean inDoExit;
    /** Whom vfork(2) keeps waiting for this task. */
    @Nullable
    Completion vforkDone;
    /** PR_SET_CHILD_SUBREAPER, kept at the leader: orphans below come to this process. */
    public boolean childSubreaper;
    /** PR_SET_PDEATHSIG. */
    public int pdeathSignal;
    /** {@code PF_SIGNALED} and friends are not modelled; {@code PF_KTHREAD}. */
    public boolean kernelThread;

    /** {@code personality(2)}: the persona and its flags. */
    public int personality;

    public int pgid;
    public int sid;

    // ---- memory and registers
    public @Nullable Mm mm;
    /** Mode it was started in, of {@code Arch.modes()}; empty for tasks without user mode. */
    public String mode = "";

    public @Nullable FileTable files;
    /** Made when it is first asked for; see {@link org.kernelentry.kernel.fs.FileTree#fs}. */
    public @Nullable FsStruct fs;
    /** The user registers saved at the last entry from user mode ({@code task_pt_regs()}). */
    public final PtRegs regs;
    /** The port's {@code struct thread_struct} (TLS, stepping state, ...). */
    public final Object thread;
    /** Arguments of the system call being executed, filled by the port's dispatcher; preallocated. */
    public final long[] args = new long[7];

    /** Number of the system call being executed, as the entry path last read it. */
    public long syscallNr = -1;
    /** Open scopes of the journal while one is attached. */
    public int stepDepth;

    // ---- signals
    public SignalStruct signal;
    public SigHand sighand;
    public final PendingSignals pending = new PendingSignals();
    public SigSet blocked = SigSet.EMPTY;
    public SigSet realBlocked = SigSet.EMPTY;
    public SigSet savedSigmask = SigSet.EMPTY;
    /** Group-stop and ptrace-stop bookkeeping ({@code jobctl}), bits of {@code signal.JobControl}. */
    public long jobctl;

    public long sasSp;
    public long sasSize;
    public int sasFlags;
    public RestartBlock restartBlock = RestartBlock.NONE;
    /** Work queued by {@code task_work_add()}. */
    public final List<Runnable> taskWorks = new ArrayList<>();

    // ---- entry work
    public final PtraceState ptrace = new PtraceState();
    public final SeccompState seccomp = new SeccompState();
    public final SyscallDispatchConfig syscallDispatch = new SyscallDispatchConfig();
    public final RseqState rseq = new RseqState();
    public @Nullable AuditContext audit;

    public long setChildTid;
    public long clearChildTid;
    /** Head given to set_robust_list(2), 0 for none. */
    public long robustList;
    /** Word size of the ABI the head was given through. */
    public int robustListWord;

    public Task(
            final Kernel kernel,
            final int pid,
            final String comm,
            final PtRegs regs,
            final Object thread,
            final SignalStruct signal,
            final SigHand sighand) {
        this.kernel = kernel;
        this.pid = pid;
        this.tgid = pid;
        this.comm = comm;
        this.groupLeader = this;
        this.regs = regs;
        this.thread = thread;
        this.signal = signal;
        this.sighand = sighand;
    }

    static Task idle(final Kernel kernel, final int cpu) {
        final Task task = new Task(
                kernel,
                0,
                "swapper/" + cpu,
                kernel.arch.newPtRegs(),
                kernel.arch.newThread(),
                new SignalStruct(),
                new SigHand());
        task.idle = true;
        task.kernelThread = true;
        task.cpu = cpu;
        return task;
    }

    public boolean testTif(final int bit) {
        return (flags & bit) != 0;
    }

    public void setTif(final int bit) {
        flags |= bit;
    }

    public void clearTif(final int bit) {
        flags &= ~bit;
    }

    /** {@code test_and_clear_thread_flag()}. */
    public boolean testAndClearTif(final int bit) {
        final boolean was = (flags & bit) != 0;
        flags &= ~bit;
        return was;
    }

    public void setSyscallWork(final int bit) {
        syscallWork |= bit;
    }

    public void clearSyscallWork(final int bit) {
        syscallWork &= ~bit;
    }

    /** {@code is_compat_thread()}: the task's own ABI is the 32-bit one. */
    public boolean is32Bit() {
        return (flags & ThreadFlags.TIF_32BIT) != 0;
    }

    /** The memory of a task that has one; a kernel-side bug otherwise. */
    public Mm requireMm() {
        final Mm memory = mm;
        if (memory == null) {
            throw new IllegalStateException("task " + pid + " has no memory");
        }
        return memory;
    }

    @Override
    public String toString() {
        return comm + "/" + pid;
    }
}
