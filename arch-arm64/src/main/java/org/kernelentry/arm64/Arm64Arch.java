package org.kernelentry.arm64;

import static org.kernelentry.arm64.Arm64PtRegs.ORIG_X0;
import static org.kernelentry.arm64.Arm64PtRegs.PC;
import static org.kernelentry.arm64.Arm64PtRegs.PSTATE;
import static org.kernelentry.arm64.Arm64PtRegs.SYSCALLNO;
import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SYSCALL_EXIT_TRAP;
import static org.kernelentry.kernel.task.ThreadFlags.TIF_SINGLESTEP;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kernelentry.arm64.abi.Arm64Abi;
import org.kernelentry.arm64.abi.CompatPtrace;
import org.kernelentry.arm64.abi.RegisterSets;
import org.kernelentry.arm64.asm.A64Assembler;
import org.kernelentry.arm64.decode.A64Feature;
import org.kernelentry.arm64.entry.Entries;
import org.kernelentry.arm64.signal.DoSignal;
import org.kernelentry.arm64.signal.KuserPage;
import org.kernelentry.arm64.signal.VdsoImages;
import org.kernelentry.isa.aarch32.A32Assembler;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.Arch;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.exec.ElfAbi;
import org.kernelentry.kernel.signal.KSignal;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.Cpu;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.engine.EngineCpu;
import org.kernelentry.machine.memory.AddressSpace;

/** The port of arm64: asm/ headers as methods, everything longer in its own class. */
final class Arm64Arch implements Arch {
    private static final long LOW = 0xffff_ffffL;
    private static final int ARGUMENTS = 6;
    /** TASK_SIZE: 48-bit user addresses, and 4 GiB for compat tasks. */
    private static final long TASK_SIZE_64 = 1L << 48;

    private static final long TASK_SIZE_32 = 1L << 32;
    /** Where the search for the page of the vDSO or of the compat trampolines starts. */
    private static final long VDSO_HINT_64 = TASK_SIZE_64 - (64L << 20);

    private static final long VDSO_HINT_32 = TASK_SIZE_32 - (64L << 20);
    private static final long MINSIGSTKSZ = 5120;
    private static final long COMPAT_MINSIGSTKSZ = 2048;

    private final Kernel k;
    private final Entries entries;
    private final DoSignal signals;
    private final RegisterSets registerSets;
    private final CompatPtrace compatPtrace;
    private final Threads threads;

    Arm64Arch(final Kernel kernel) {
        this.k = kernel;
        this.entries = new Entries(kernel);
        this.signals = new DoSignal(kernel);
        this.registerSets = new RegisterSets(kernel);
        this.threads = new Threads(kernel);
        this.compatPtrace = new CompatPtrace(kernel, registerSets);
    }

    private static Arm64Thread thread(final Task task) {
        return (Arm64Thread) task.thread;
    }

    @Override
    public String name() {
        return "arm64";
    }

    @Override
    public Cpu newCpu() {
        return new EngineCpu(new Arm64Isa(features(k.config)));
    }

    /** The CPU has what the kernel is to make use of. */
    private static Set<A64Feature> features(final KernelConfig config) {
        final Set<A64Feature> on = EnumSet.noneOf(A64Feature.class);
        if (config.has(Option.ARM64_BTI)) {
            on.add(A64Feature.BTI);
        }
        if (config.has(Option.ARM64_MTE)) {
            on.add(A64Feature.MTE);
        }
        return on;
    }

    @Override
    public PtRegs newPtRegs() {
        final PtRegs regs = new PtRegs(Arm64PtRegs.SLOTS);
        Arm64PtRegs.forgetSyscall(regs);
        return regs;
    }

    @Override
    public Object newThread() {
        return new Arm64Thread();
    }

    // ---- entry stubs

    @Override
    public void enterFromUser(final CpuLocal cpu, final Task task, final int exit) {
        entries.fromUser(task, exit);
    }

    @Override
    public void interruptFromUser(final CpuLocal cpu, final Task task, final Irq irq) {
        entries.interruptFromUser(cpu, task, irq);
    }

    @Override
    public void interruptFromKernel(final CpuLocal cpu, final Irq irq) {
        entries.interruptFromKernel(cpu, irq);
    }

    /** User mode has interrupts on, so the pseudo-NMI is an interrupt like any other (NMI-10). */
    @Override
    public void nmiFromUser(final CpuLocal cpu, final Task task, final Irq nmi) {
        entries.interruptFromUser(cpu, task, nmi);
    }

    @Override
    public void nmiFromKernel(final CpuLocal cpu, final Irq nmi) {
        entries.nmiFromKernel(cpu, nmi);
    }

    @Override
    public void returnFromFork(final CpuLocal cpu, final Task task) {
        entries.returnFromFork(cpu, task);
    }

    @Override
    public void restoreUserRegisters(final CpuLocal cpu, final Task task) {
        entries.restoreUserRegisters(cpu, task);
    }

    @Override
    public void switchTo(final CpuLocal cpu, final Task previous, final Task next) {
        threads.switchTo(cpu.live, previous, next);
    }

    // ---- asm/syscall.h

    @Override
    public Abi abi(final Task task) {
        return task.is32Bit() ? Arm64Abi.A32 : Arm64Abi.A64;
    }

    @Override
    public long syscallGetNr(final Task task, final PtRegs regs) {
        return Arm64PtRegs.syscallno(regs);
    }

    /** With -1 the call is skipped and x0 is its result, so an error goes there (INF-12). */
    @Override
    public void syscallSetNr(final Task task, final PtRegs regs, final long nr) {
        regs.slot[SYSCALLNO] = (int) nr;
        if ((int) nr == Arm64PtRegs.NO_SYSCALL) {
            syscallSetReturnValue(task, regs, -Errno.ENOSYS, 0);
        }
    }

    @Override
    public long syscallGetArgument(final Task task, final PtRegs regs, final int i) {
        final long value = i == 0 ? regs.slot[ORIG_X0] : regs.slot[i];
        return task.is32Bit() ? value & LOW : value;
    }

    /** Argument 0 in both places (INF-13). */
    @Override
    public void syscallSetArgument(final Task task, final PtRegs regs, final int i, final long value) {
        if (i < 0 || i >= ARGUMENTS) {
            throw new IllegalArgumentException("argument " + i);
        }
        regs.slot[i] = value;
        if (i == 0) {
            regs.slot[ORIG_X0] = value;
        }
    }

    @Override
    public void syscallRollback(final Task task, final PtRegs regs) {
        regs.slot[0] = regs.slot[ORIG_X0];
    }

    @Override
    public long syscallGetError(final Task task, final PtRegs regs) {
        final long value = syscallGetReturnValue(task, regs);
        return Errno.isError(value) ? value : 0;
    }

    @Override
    public long syscallGetReturnValue(final Task task, final PtRegs regs) {
        return task.is32Bit() ? (int) regs.slot[0] : regs.slot[0];
    }

    @Override
    public void syscallSetReturnValue(final Task task, final PtRegs regs, final int error, final long value) {
        final long result = error != 0 ? error : value;
        regs.slot[0] = task.is32Bit() ? result & LOW : result;
    }

    @Override
    public int syscallGetArch(final Task task) {
        return abi(task).auditArch();
    }

    // ---- asm/ptrace.h

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
        return Arm64PtRegs.compat(regs) ? regs.slot[Arm64PtRegs.COMPAT_SP] : regs.slot[Arm64PtRegs.SP];
    }

    // ---- asm/entry-common.h

    /** The reports of generic entry know no x7 hint (DIF-A64-04); arm64's own are in {@code SyscallTrace}. */
    @Override
    public boolean ptraceReportSyscallEntry(final Task task, final PtRegs regs) {
        return k.ptrace.reportSyscallEntry(task, regs);
    }

    @Override
    public void ptraceReportSyscallExit(final Task task, final PtRegs regs, final boolean step) {
        k.ptrace.reportSyscallExit(task, regs, step);
    }

    /** Not in arm64's own code (A64-24); with the generic one a port may opt in (DIF-A64-14). */
    @Override
    public boolean supportsSyscallUserDispatch() {
        return k.config.generic();
    }

    /** Top byte ignore: bit 55 says which half the address is of. */
    @Override
    public long untaggedAddr(final long address) {
        return address & (address << 8 >> 8);
    }

    /** Private in 7.3; the slice extension needs the generic ones (DIF-A64-13). */
    @Override
    public boolean hasGenericTifBits() {
        return k.config.generic();
    }

    // ---- signals

    @Override
    public boolean doSignalOrRestart(final Task task, final PtRegs regs) {
        return signals.doSignalOrRestart(task, regs);
    }

    @Override
    public boolean setupRtFrame(final Task task, final PtRegs regs, final KSignal signal, final SigSet mask) {
        return signals.setupFrame(task, regs, signal, mask);
    }

    @Override
    public long sigreturn(final Task task, final boolean rt) {
        return signals.sigreturn(task, rt);
    }

    @Override
    public long minSigStackSize(final Task task) {
        return task.is32Bit() ? COMPAT_MINSIGSTKSZ : MINSIGSTKSZ;
    }

    // ---- stepping

    @Override
    public boolean hasSingleStep() {
        return true;
    }

    /** The next return to user mode executes one instruction; nothing new if stepping was on already. */
    @Override
    public void userEnableSingleStep(final Task task) {
        if (!task.testTif(TIF_SINGLESTEP)) {
            task.setTif(TIF_SINGLESTEP);
            task.regs.slot[PSTATE] |= A64Regs.PSR_SS;
        }
        if (k.config.generic()) {
            task.setSyscallWork(SYSCALL_WORK_SYSCALL_EXIT_TRAP);
        }
    }

    @Override
    public void userDisableSingleStep(final Task task) {
        task.clearTif(TIF_SINGLESTEP);
        task.clearSyscallWork(SYSCALL_WORK_SYSCALL_EXIT_TRAP);
    }

    /** The default: a SIGTRAP that looks as if a process had sent it (STP-05). */
    @Override
    public void userSingleStepReport(final Task task, final PtRegs regs) {
        k.signals.force(task, SigInfo.user(Signals.SIGTRAP, 0));
    }

    // ---- ptrace register access

    @Override
    public long peekUser(final Task task, final long offset, final long[] result) {
        return registerSets.peekUser(task, offset, result);
    }

    @Override
    public long pokeUser(final Task task, final long offset, final long value) {
        return registerSets.pokeUser(task, offset, value);
    }

    @Override
    public byte @Nullable [] getRegset(final Task task, final int noteType) {
        return registerSets.get(task, noteType);
    }

    @Override
    public long setRegset(final Task task, final int noteType, final byte[] bytes) {
        return registerSets.set(task, noteType, bytes);
    }

    @Override
    public long archPtrace(
            final Task tracer, final Task tracee, final int request, final long address, final long data) {
        return compatPtrace.request(tracer, tracee, request, data);
    }

    @Override
    public int registerOffset(final Task task, final String register) {
        return RegisterSets.offset(task.is32Bit(), register);
    }

    @Override
    public int registerSize(final Task task) {
        return task.is32Bit() ? Integer.BYTES : Long.BYTES;
    }

    // ---- processes

    @Override
    public List<String> modes() {
        return Arm64Port.MODES;
    }

    private static boolean compat(final String mode) {
        if (!Arm64Port.MODES.contains(mode)) {
            throw new IllegalArgumentException("arm64 has no mode " + mode);
        }
        return mode.equals("a32");
    }

    @Override
    public long taskSize(final String mode) {
        return compat(mode) ? TASK_SIZE_32 : TASK_SIZE_64;
    }

    @Override
    public Abi abi(final String mode) {
        return compat(mode) ? Arm64Abi.A32 : Arm64Abi.A64;
    }

    @Override
    public List<ElfAbi> elfAbis() {
        return Arm64Programs.ELF_ABIS;
    }

    @Override
    public boolean hasGenericOpenFlags() {
        return false;
    }

    @Override
    public void mapVdso(final Mm mm, final String mode) {
        final boolean compat = compat(mode);
        final long hint = compat ? VDSO_HINT_32 : VDSO_HINT_64;
        VdsoImages.map(mm, compat, mm.space.findGap(hint, AddressSpace.PAGE_SIZE));
        if (compat && k.config.has(Option.KUSER_HELPERS)) {
            KuserPage.map(mm);
        }
    }

    @Override
    public void startThread(final Task task, final String mode, final long pc, final long sp) {
        threads.start(task, compat(mode), pc, sp);
    }

    @Override
    public void copyThread(
            final Task parent, final Task child, final long childSp, final boolean setTls, final long tls) {
        threads.copy(parent, child, childSp);
        if (setTls) {
            thread(child).tpValue = tls;
        }
    }

    @Override
    public GuestAssembler assembler(final String mode, final long origin, final Mm mm) {
        return compat(mode) ? new A32Assembler(origin, false) : new A64Assembler(origin);
    }
}
