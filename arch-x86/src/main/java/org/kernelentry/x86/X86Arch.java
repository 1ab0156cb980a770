package org.kernelentry.x86;

import static org.kernelentry.x86.X86PtRegs.*;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.Arch;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.exec.ElfAbi;
import org.kernelentry.kernel.signal.KSignal;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.syscall.SyscallBody;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.Cpu;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.engine.EngineCpu;
import org.kernelentry.x86.abi.X86Abi;
import org.kernelentry.x86.decode.X86Isa;
import org.kernelentry.x86.entry.X86Entry;
import org.kernelentry.x86.ptrace.X86Ptrace;
import org.kernelentry.x86.ptrace.X86Stepping;
import org.kernelentry.x86.signal.X86Signals;
import org.kernelentry.x86.vdso.Vdso32;

/**
 * x86 as the kernel model asks for it. What takes more than a line is in the packages of this module.
 *
 * <p>Source: linux v7.3 arch/x86/include/asm/syscall.h, ptrace.h, entry-common.h, thread_info.h; arch/x86/kernel/process_64.c.
 */
final class X86Arch implements Arch {
    private final Kernel k;
    private final X86Isa isa = new X86Isa();
    private final X86Signals signals;
    private final X86Ptrace ptrace;
    private final X86Stepping stepping;
    private final X86Entry entry;
    private final X86Programs programs;
    private final Map<String, SyscallBody> archSyscalls;

    X86Arch(final Kernel k) {
        this.k = k;
        this.signals = new X86Signals(k, this);
        this.ptrace = new X86Ptrace(k);
        this.stepping = new X86Stepping(k);
        this.programs = new X86Programs(k, ptrace.calls());
        this.archSyscalls = Map.of(
                "rt_sigreturn", task -> sigreturn(task, true),
                "sigreturn", task -> sigreturn(task, false),
                "arch_prctl", ptrace.calls()::sysArchPrctl,
                "set_thread_area", ptrace.calls()::sysSetThreadArea,
                "get_thread_area", ptrace.calls()::sysGetThreadArea);
        this.entry = new X86Entry(k);
    }

    private static X86Thread thread(final Task task) {
        return (X86Thread) task.thread;
    }

    @Override
    public String name() {
        return X86Port.NAME;
    }

    @Override
    public Cpu newCpu() {
        final Cpu cpu = new EngineCpu(isa);
        X86Regs.reset(cpu.state(), X86Regs.MODE_64);
        return cpu;
    }

    @Override
    public Object newEntryState() {
        return X86Entry.newEntryState();
    }

    @Override
    public PtRegs newPtRegs() {
        return new PtRegs(SLOTS);
    }

    @Override
    public Object newThread() {
        return new X86Thread();
    }

    // ---- entry stubs

    @Override
    public void enterFromUser(final CpuLocal cpu, final Task task, final int exit) {
        entry.enterFromUser(cpu, task, exit);
    }

    @Override
    public void interruptFromUser(final CpuLocal cpu, final Task task, final Irq irq) {
        entry.interruptFromUser(cpu, task, irq);
    }

    @Override
    public void interruptFromKernel(final CpuLocal cpu, final Irq irq) {
        entry.interruptFromKernel(cpu, irq);
    }

    @Override
    public boolean hasContextTrackingUserOffstack() {
        return true;
    }

    @Override
    public void nmiFromUser(final CpuLocal cpu, final Task task, final Irq nmi) {
        entry.nmiFromUser(cpu, task, nmi);
    }

    @Override
    public void nmiFromKernel(final CpuLocal cpu, final Irq nmi) {
        entry.nmiFromKernel(cpu, nmi);
    }

    @Override
    public void returnFromFork(final CpuLocal cpu, final Task task) {
        entry.returnFromFork(cpu, task);
    }

    @Override
    public void restoreUserRegisters(final CpuLocal cpu, final Task task) {
        entry.restoreUserRegisters(cpu, task);
    }

    @Override
    public void switchTo(final CpuLocal cpu, final Task previous, final Task next) {
        final CpuState live = cpu.live;
        thread(previous).saveSegments(live);
        thread(previous).saveFpu(live);
        thread(next).loadSegments(live);
        thread(next).loadFpu(live);
        entry.switchedTo(cpu, thread(previous), thread(next));
    }

    // ---- asm/syscall.h

    /** The call's, by its mark and not by the task (X86-20); a 32-bit task between calls has the 32-bit one. */
    @Override
    public Abi abi(final Task task) {
        final X86Thread thread = thread(task);
        return thread.compat || task.is32Bit() && !thread.longCall ? X86Abi.IA32 : X86Abi.X64;
    }

    @Override
    public long syscallGetNr(final Task task, final PtRegs regs) {
        return (int) regs.slot[ORIG_AX];
    }

    @Override
    public void syscallSetNr(final Task task, final PtRegs regs, final long nr) {
        regs.slot[ORIG_AX] = (int) nr;
    }

    private static final int[] ARGUMENTS_64 = {DI, SI, DX, R10, R8, R9};
    private static final int[] ARGUMENTS_32 = {BX, CX, DX, SI, DI, BP};

    private static int argumentSlot(final Task task, final int i) {
        return thread(task).compat ? ARGUMENTS_32[i] : ARGUMENTS_64[i];
    }

    @Override
    public long syscallGetArgument(final Task task, final PtRegs regs, final int i) {
        return regs.slot[argumentSlot(task, i)];
    }

    @Override
    public void syscallSetArgument(final Task task, final PtRegs regs, final int i, final long value) {
        regs.slot[argumentSlot(task, i)] = value;
    }

    @Override
    public void syscallRollback(final Task task, final PtRegs regs) {
        regs.slot[AX] = regs.slot[ORIG_AX];
    }

    @Override
    public long syscallGetError(final Task task, final PtRegs regs) {
        final X86Thread thread = thread(task);
        // A 32-bit call's -ERESTARTSYS may have lost its upper half on the way through a tracer (RST-27).
        final long value = thread.compat || thread.i386RegsPoked ? (int) regs.slot[AX] : regs.slot[AX];
        return Errno.isError(value) ? value : 0;
    }

    @Override
    public long syscallGetReturnValue(final Task task, final PtRegs regs) {
        return regs.slot[AX];
    }

    @Override
    public void syscallSetReturnValue(final Task task, final PtRegs regs, final int error, final long value) {
        regs.slot[AX] = error != 0 ? error : value;
    }

    @Override
    public int syscallGetArch(final Task task) {
        return thread(task).compat ? X86Abi.AUDIT_ARCH_I386 : X86Abi.AUDIT_ARCH_X86_64;
    }

    // ---- asm/ptrace.h

    @Override
    public long instructionPointer(final PtRegs regs) {
        return regs.slot[IP];
    }

    @Override
    public void setInstructionPointer(final PtRegs regs, final long pc) {
        regs.slot[IP] = pc;
    }

    @Override
    public long userStackPointer(final PtRegs regs) {
        return regs.slot[SP];
    }

    // ---- asm/entry-common.h

    @Override
    public void enterFromUserMode(final CpuLocal cpu, final PtRegs regs) {
        entry.enterFromUserMode(cpu);
    }

    /** The marks of a 32-bit call end here (X86-55). */
    @Override
    public void exitToUserModePrepare(final CpuLocal cpu, final Task task, final PtRegs regs) {
        final X86Thread thread = thread(task);
        thread.compat = false;
        thread.longCall = false;
        thread.i386RegsPoked = false;
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
    public void setRestartData(final Task task) {
        thread(task).restartCompat = thread(task).compat;
    }

    @Override
    public Map<String, SyscallBody> archSyscalls() {
        return archSyscalls;
    }

    @Override
    public boolean supportsSyscallUserDispatch() {
        return true;
    }

    @Override
    public boolean syscallIsVdsoSigreturn(final Task task, final PtRegs regs) {
        final Mm mm = task.mm;
        return mm != null && mm.vdso != 0 && task.is32Bit() && Vdso32.isSigreturnLandingPad(mm.vdso, regs.slot[IP]);
    }

    @Override
    public boolean hasGenericTifBits() {
        return true;
    }

    // ---- signals

    @Override
    public boolean doSignalOrRestart(final Task task, final PtRegs regs) {
        entry.completePtRegs(task);
        return signals.doSignalOrRestart(task, regs);
    }

    @Override
    public boolean setupRtFrame(final Task task, final PtRegs regs, final KSignal signal, final SigSet mask) {
        return signals.setupRtFrame(task, regs, signal, mask);
    }

    @Override
    public long sigreturn(final Task task, final boolean rt) {
        return signals.sigreturn(task, rt);
    }

    @Override
    public long sigactionAbiFlags(final Task task) {
        return thread(task).compat ? X86Signals.SA_IA32_ABI : 0;
    }

    // ---- stepping

    @Override
    public boolean hasSingleStep() {
        return true;
    }

    @Override
    public void userEnableSingleStep(final Task task) {
        stepping.enable(task);
    }

    @Override
    public void userDisableSingleStep(final Task task) {
        stepping.disable(task);
    }

    @Override
    public void userSingleStepReport(final Task task, final PtRegs regs) {
        stepping.report(task);
    }

    // ---- ptrace

    @Override
    public long peekUser(final Task task, final long offset, final long[] result) {
        return ptrace.peekUser(task, offset, result);
    }

    @Override
    public long pokeUser(final Task task, final long offset, final long value) {
        return ptrace.pokeUser(task, offset, value);
    }

    @Override
    public byte @Nullable [] getRegset(final Task task, final int noteType) {
        return ptrace.getRegset(task, noteType);
    }

    @Override
    public long setRegset(final Task task, final int noteType, final byte[] bytes) {
        return ptrace.setRegset(task, noteType, bytes);
    }

    /** PTRACE_OLDSETOPTIONS, SYSEMU, SYSEMU_SINGLESTEP, SINGLEBLOCK. */
    @Override
    public boolean definesRequest(final int request) {
        return request == 21 || request >= 31 && request <= 33;
    }

    @Override
    public long archPtrace(
            final Task tracer, final Task tracee, final int request, final long address, final long data) {
        return ptrace.archPtrace(tracer, tracee, request, address, data);
    }

    @Override
    public int registerOffset(final Task task, final String name) {
        return ptrace.registerOffset(task, name);
    }

    @Override
    public int registerSize(final Task task) {
        return ptrace.registerSize(task);
    }

    // ---- processes

    @Override
    public List<String> modes() {
        return X86Port.MODES;
    }

    @Override
    public long taskSize(final String mode) {
        return X86Programs.taskSize(mode);
    }

    @Override
    public Abi abi(final String mode) {
        return mode.equals(X86Programs.IA32) ? X86Abi.IA32 : X86Abi.X64;
    }

    @Override
    public List<ElfAbi> elfAbis() {
        return X86Programs.ELF_ABIS;
    }

    @Override
    public void mapVdso(final Mm mm, final String mode) {
        X86Programs.mapVdso(mm, mode);
    }

    @Override
    public void startThread(final Task task, final String mode, final long pc, final long sp) {
        programs.startThread(task, mode, pc, sp);
    }

    @Override
    public void copyThread(
            final Task parent, final Task child, final long childSp, final boolean setTls, final long tls) {
        programs.copyThread(parent, child, childSp, setTls, tls);
    }

    @Override
    public long vdsoSyscall(final Mm mm, final String mode) {
        return X86Programs.vdsoSyscall(mm, mode);
    }

    @Override
    public GuestAssembler assembler(final String mode, final long origin, final Mm mm) {
        return X86Programs.assembler(mode, origin, mm);
    }
}
