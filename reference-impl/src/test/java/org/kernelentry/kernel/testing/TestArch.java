package org.kernelentry.kernel.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.Arch;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.entry.SyscallEntry;
import org.kernelentry.kernel.entry.SyscallExit;
import org.kernelentry.kernel.signal.KSignal;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.syscall.RestartBlock;
import org.kernelentry.kernel.syscall.SyscallBody;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.machine.Cpu;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.asm.GuestAssembler;

/**
 * A port around {@link TestCpu}, on the generic entry code: restart rules as x86 has them (decided after the signal is chosen), signal frames
 * outside of guest memory.
 */
public final class TestArch implements Arch {
    /** Saved registers: the general ones, then these. */
    public static final int PC = TestCpu.REGISTERS;

    public static final int ORIG_ARG0 = PC + 1;
    /** Number of the call, -1 when the registers are not from one. */
    public static final int ORIG_NR = PC + 2;

    private static final int SLOTS = ORIG_NR + 1;
    private static final long TASK_SIZE = 1L << 40;

    private final Kernel k;
    private final TestAbi abi = new TestAbi("test", 8);
    private final TestAbi compat = new TestAbi("test32", 4);
    final TestProgram program = new TestProgram(abi);
    private final @Nullable SyscallBody[] table = new SyscallBody[abi.tableSize()];

    TestArch(final Kernel kernel) {
        this.k = kernel;
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public Cpu newCpu() {
        return new TestCpu(k, program);
    }

    @Override
    public PtRegs newPtRegs() {
        return new PtRegs(SLOTS);
    }

    @Override
    public Object newThread() {
        return new TestThread();
    }

    private static TestThread thread(final Task task) {
        return (TestThread) task.thread;
    }

    // ---- entry stubs

    private static void save(final CpuLocal cpu, final Task task, final long origNr) {
        final CpuState live = cpu.machine.state();
        final PtRegs regs = task.regs;
        System.arraycopy(live.r, 0, regs.slot, 0, TestCpu.REGISTERS);
        regs.slot[PC] = live.pc;
        regs.slot[ORIG_ARG0] = live.r[0];
        regs.slot[ORIG_NR] = origNr;
        regs.user = true;
        regs.irqsOn = true;
    }

    @Override
    public void restoreUserRegisters(final CpuLocal cpu, final Task task) {
        final CpuState live = cpu.machine.state();
        System.arraycopy(task.regs.slot, 0, live.r, 0, TestCpu.REGISTERS);
        live.pc = task.regs.slot[PC];
        live.singleStep = thread(task).stepping;
    }

    @Override
    public void enterFromUser(final CpuLocal cpu, final Task task, final int exit) {
        if (exit == CpuExit.SYSCALL) {
            syscall(cpu, task);
            return;
        }
        save(cpu, task, -1);
        k.irqEntry.irqentryEnter(cpu, task.regs);
        Irqs.localIrqEnable(cpu);
        k.signals.force(task, trap(cpu, exit));
        Irqs.localIrqDisable(k.cpu);
        k.irqEntry.irqentryExit(task.regs, false);
        restoreUserRegisters(k.cpu, task);
    }

    private static SigInfo trap(final CpuLocal cpu, final int exit) {
        final long pc = cpu.machine.state().pc;
        return switch (exit) {
            case CpuExit.PAGE_FAULT ->
                SigInfo.fault(
                        Signals.SIGSEGV,
                        cpu.machine.faultOnPresentPage() ? SigInfo.SEGV_ACCERR : SigInfo.SEGV_MAPERR,
                        cpu.machine.faultAddress());
            case CpuExit.SINGLE_STEP -> SigInfo.fault(Signals.SIGTRAP, SigInfo.TRAP_TRACE, pc);
            case CpuExit.BREAKPOINT -> SigInfo.fault(Signals.SIGTRAP, SigInfo.TRAP_BRKPT, pc);
            default -> SigInfo.fault(Signals.SIGILL, SigInfo.ILL_ILLOPC, pc);
        };
    }

    private void syscall(final CpuLocal cpu, final Task task) {
        final PtRegs regs = task.regs;
        final int nr32 = (int) cpu.machine.state().r[TestCpu.NR];
        save(cpu, task, nr32);
        regs.slot[0] = -Errno.ENOSYS;
        task.syscallNr = regs.slot[ORIG_NR];
        if (SyscallEntry.syscallEnterFromUserMode(cpu, task, regs)) {
            final long nr = task.syscallNr;
            final SyscallBody body = nr >= 0 && nr < table.length ? body((int) nr) : null;
            if (body != null) {
                task.args[0] = regs.slot[ORIG_ARG0];
                System.arraycopy(regs.slot, 1, task.args, 1, 5);
                regs.slot[0] = body.invoke(task);
            }
        }
        SyscallExit.syscallExitToUserMode(k, task, regs);
        restoreUserRegisters(k.cpu, task);
    }

    private @Nullable SyscallBody body(final int nr) {
        final String name = abi.name(nr);
        if (table[nr] == null && name != null) {
            table[nr] = k.bodies.find(name);
        }
        return table[nr];
    }

    @Override
    public void interruptFromUser(final CpuLocal cpu, final Task task, final Irq irq) {
        save(cpu, task, -1);
        k.irqEntry.irqentryEnter(cpu, task.regs);
        k.irqEntry.handle(cpu, irq);
        k.irqEntry.irqentryExit(task.regs, false);
        restoreUserRegisters(k.cpu, task);
    }

    @Override
    public void interruptFromKernel(final CpuLocal cpu, final Irq irq) {
        final PtRegs frame = newPtRegs();
        frame.user = false;
        frame.irqsOn = cpu.irqsEnabled;
        cpu.irqsEnabled = false;
        final boolean exitRcu = k.irqEntry.irqentryEnter(cpu, frame);
        k.irqEntry.handle(cpu, irq);
        k.irqEntry.irqentryExit(frame, exitRcu);
        k.cpu.irqsEnabled = frame.irqsOn;
    }

    @Override
    public void nmiFromUser(final CpuLocal cpu, final Task task, final Irq nmi) {
        save(cpu, task, -1);
        nmi(cpu, nmi);
        restoreUserRegisters(cpu, task);
    }

    @Override
    public void nmiFromKernel(final CpuLocal cpu, final Irq nmi) {
        nmi(cpu, nmi);
    }

    private void nmi(final CpuLocal cpu, final Irq nmi) {
        final boolean irqs = cpu.irqsEnabled;
        cpu.irqsEnabled = false;
        final boolean lockdep = k.nmiEntry.irqentryNmiEnter(cpu);
        nmi.handler().run();
        k.nmiEntry.irqentryNmiExit(cpu, lockdep);
        cpu.irqsEnabled = irqs;
    }

    @Override
    public void returnFromFork(final CpuLocal cpu, final Task task) {
        SyscallExit.syscallExitToUserMode(k, task, task.regs);
        restoreUserRegisters(k.cpu, task);
    }

    @Override
    public void switchTo(final CpuLocal cpu, final Task previous, final Task next) {}

    // ---- asm/syscall.h

    @Override
    public Abi abi(final Task task) {
        return task.is32Bit() ? compat : abi;
    }

    @Override
    public long syscallGetNr(final Task task, final PtRegs regs) {
        return regs.slot[ORIG_NR];
    }

    @Override
    public void syscallSetNr(final Task task, final PtRegs regs, final long nr) {
        regs.slot[ORIG_NR] = (int) nr;
    }

    @Override
    public long syscallGetArgument(final Task task, final PtRegs regs, final int i) {
        return i == 0 ? regs.slot[ORIG_ARG0] : regs.slot[i];
    }

    @Override
    public void syscallSetArgument(final Task task, final PtRegs regs, final int i, final long value) {
        regs.slot[i == 0 ? ORIG_ARG0 : i] = value;
    }

    @Override
    public void syscallRollback(final Task task, final PtRegs regs) {
        regs.slot[0] = regs.slot[ORIG_ARG0];
    }

    @Override
    public long syscallGetError(final Task task, final PtRegs regs) {
        return Errno.isError(regs.slot[0]) ? regs.slot[0] : 0;
    }

    @Override
    public long syscallGetReturnValue(final Task task, final PtRegs regs) {
        return regs.slot[0];
    }

    @Override
    public void syscallSetReturnValue(final Task task, final PtRegs regs, final int error, final long value) {
        regs.slot[0] = error != 0 ? error : value;
    }

    @Override
    public int syscallGetArch(final Task task) {
        return abi(task).auditArch();
    }

    @Override
    public long instructionPointer(final PtRegs regs) {
        return regs.slot[PC];
    }

    @Override
    public void setInstructionPointer(final PtRegs regs, final long pc) {
        regs.slot[PC] = pc;
    }

    @Override
    public long userStackPointer(final PtRegs regs) {
        return regs.slot[TestCpu.SP];
    }

    @Override
    public boolean ptraceReportSyscallEntry(final Task task, final PtRegs regs) {
        return k.ptrace.reportSyscallEntry(task, regs);
    }

    @Override
    public void ptraceReportSyscallExit(final Task task, final PtRegs regs, final boolean step) {
        k.ptrace.reportSyscallExit(task, regs, step);
    }

    @Override
    public boolean supportsSyscallUserDispatch() {
        return true;
    }

    @Override
    public boolean hasGenericTifBits() {
        return true;
    }

    // ---- signals

    @Override
    public boolean doSignalOrRestart(final Task task, final PtRegs regs) {
        final KSignal signal = k.signals.getSignal(task, regs);
        if (signal == null) {
            restart(regs, null);
            k.signals.restoreSavedSigmask(task);
            return false;
        }
        restart(regs, signal.action());
        k.rseq.signalDeliver(task, regs, signal.sig());
        final boolean built = setupRtFrame(task, regs, signal, k.signals.sigmaskToSave(task));
        k.signals.setupDone(task, signal, !built, thread(task).stepping);
        return false;
    }

    private void restart(final PtRegs regs, final @Nullable SigAction handler) {
        if (regs.slot[ORIG_NR] < 0) {
            return;
        }
        final boolean again;
        switch ((int) -regs.slot[0]) {
            case Errno.ERESTARTNOINTR -> again = true;
            case Errno.ERESTARTSYS -> again = handler == null || handler.has(SigAction.SA_RESTART);
            case Errno.ERESTARTNOHAND, Errno.ERESTART_RESTARTBLOCK -> again = handler == null;
            default -> {
                return;
            }
        }
        if (!again) {
            regs.slot[0] = -Errno.EINTR;
            return;
        }
        if (regs.slot[0] == -Errno.ERESTART_RESTARTBLOCK) {
            regs.slot[TestCpu.NR] = abi.number("restart_syscall");
        }
        regs.slot[0] = regs.slot[ORIG_ARG0];
        regs.slot[PC] -= 4;
    }

    @Override
    public boolean setupRtFrame(final Task task, final PtRegs regs, final KSignal signal, final SigSet mask) {
        final PtRegs saved = newPtRegs();
        saved.copyFrom(regs);
        thread(task).frames.push(new TestThread.Frame(saved, mask));
        regs.slot[0] = signal.sig();
        regs.slot[PC] = signal.action().handler();
        return true;
    }

    @Override
    public long sigreturn(final Task task, final boolean rt) {
        task.restartBlock = RestartBlock.NONE;
        final TestThread.Frame frame = thread(task).frames.poll();
        if (frame == null) {
            k.signals.force(task, SigInfo.kernel(Signals.SIGSEGV));
            return 0;
        }
        k.signals.setCurrentBlocked(task, frame.mask());
        task.regs.copyFrom(frame.regs());
        task.regs.slot[ORIG_NR] = -1;
        return task.regs.slot[0];
    }

    // ---- stepping and ptrace

    @Override
    public boolean hasSingleStep() {
        return true;
    }

    /** All of them, so that block step is a request the port knows and cannot do. */
    @Override
    public boolean definesRequest(final int request) {
        return true;
    }

    @Override
    public void userEnableSingleStep(final Task task) {
        thread(task).stepping = true;
        task.setSyscallWork(ThreadFlags.SYSCALL_WORK_SYSCALL_EXIT_TRAP);
    }

    @Override
    public void userDisableSingleStep(final Task task) {
        thread(task).stepping = false;
        task.clearSyscallWork(ThreadFlags.SYSCALL_WORK_SYSCALL_EXIT_TRAP);
    }

    @Override
    public void userSingleStepReport(final Task task, final PtRegs regs) {
        k.signals.force(task, SigInfo.fault(Signals.SIGTRAP, SigInfo.TRAP_TRACE, regs.slot[PC]));
    }

    @Override
    public long peekUser(final Task task, final long offset, final long[] result) {
        if ((offset & 7) != 0 || offset < 0 || offset >= 8L * SLOTS) {
            return -Errno.EIO;
        }
        result[0] = task.regs.slot[(int) (offset >> 3)];
        return 0;
    }

    @Override
    public long pokeUser(final Task task, final long offset, final long value) {
        if ((offset & 7) != 0 || offset < 0 || offset >= 8L * SLOTS) {
            return -Errno.EIO;
        }
        task.regs.slot[(int) (offset >> 3)] = value;
        return 0;
    }

    @Override
    public byte @Nullable [] getRegset(final Task task, final int noteType) {
        if (noteType != 1) {
            return null;
        }
        final ByteBuffer bytes = ByteBuffer.allocate(8 * SLOTS).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(task.regs.slot);
        return bytes.array();
    }

    @Override
    public long setRegset(final Task task, final int noteType, final byte[] bytes) {
        if (noteType != 1 || (bytes.length & 7) != 0 || bytes.length > 8 * SLOTS) {
            return -Errno.EINVAL;
        }
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(task.regs.slot, 0, bytes.length >> 3);
        return 0;
    }

    @Override
    public long archPtrace(
            final Task tracer, final Task tracee, final int request, final long address, final long data) {
        return -Errno.EIO;
    }

    @Override
    public int registerOffset(final Task task, final String name) {
        return switch (name) {
            case "pc" -> 8 * PC;
            case "orig_nr" -> 8 * ORIG_NR;
            default -> name.startsWith("r") ? 8 * Integer.parseInt(name.substring(1)) : -1;
        };
    }

    @Override
    public int registerSize(final Task task) {
        return 8;
    }

    // ---- processes

    @Override
    public List<String> modes() {
        return List.of("test", "test32");
    }

    @Override
    public long taskSize(final String mode) {
        return TASK_SIZE;
    }

    @Override
    public Abi abi(final String mode) {
        return "test32".equals(mode) ? compat : abi;
    }

    @Override
    public void mapVdso(final Mm mm, final String mode) {}

    @Override
    public void startThread(final Task task, final String mode, final long pc, final long sp) {
        java.util.Arrays.fill(task.regs.slot, 0);
        task.regs.slot[PC] = pc;
        task.regs.slot[TestCpu.SP] = sp;
        task.regs.slot[ORIG_NR] = -1;
        if ("test32".equals(mode)) {
            task.setTif(ThreadFlags.TIF_32BIT);
        }
    }

    @Override
    public void copyThread(
            final Task parent, final Task child, final long childSp, final boolean setTls, final long tls) {
        child.regs.copyFrom(parent.regs);
        child.regs.slot[0] = 0;
        if (childSp != 0) {
            child.regs.slot[TestCpu.SP] = childSp;
        }
        thread(parent).frames.descendingIterator().forEachRemaining(thread(child).frames::push);
        thread(child).tls = setTls ? tls : thread(parent).tls;
    }

    @Override
    public GuestAssembler assembler(final String mode, final long origin, final Mm mm) {
        throw new UnsupportedOperationException("programs of the scripted CPU are written with TestProgram");
    }
}
