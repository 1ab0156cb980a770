package org.kernelentry.arm;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.arm.abi.ArmAbi;
import org.kernelentry.arm.entry.EntryStubs;
import org.kernelentry.arm.ptrace.UserArea;
import org.kernelentry.arm.signal.DoSignal;
import org.kernelentry.arm.signal.SignalFrames;
import org.kernelentry.arm.signal.SignalPage;
import org.kernelentry.isa.aarch32.A32Assembler;
import org.kernelentry.isa.aarch32.A32Regs;
import org.kernelentry.isa.aarch32.A32T32Isa;
import org.kernelentry.isa.aarch32.T32Assembler;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.arch.Arch;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.exec.ElfAbi;
import org.kernelentry.kernel.signal.KSignal;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.Cpu;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.engine.EngineCpu;

/** The arm port of one kernel. Source of the small functions: linux v7.3 arch/arm/include/asm/syscall.h, kernel/process.c. */
final class ArmArch implements Arch {
    /** {@code TASK_SIZE} with the usual split at 3 GiB: 16 MiB below the kernel. */
    private static final long TASK_SIZE = 0xbf00_0000L;

    /** Above where stacks usually are. */
    private static final long SIGPAGE_HINT = 0xbefe_0000L;

    /** HALF, THUMB, FAST_MULT, VFP, EDSP, NEON, VFPv3, TLS, VFPv4, IDIVA, IDIVT, VFPD32, LPAE of uapi/asm/hwcap.h. */
    private static final long HWCAP = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 12 | 1 << 13 | 1 << 15 | 1 << 16
            | 1 << 17 | 1 << 18 | 1 << 19 | 1 << 20;

    /** The stack ends below the signal page, as one at a random place does. */
    private static final List<ElfAbi> ELF_ABIS =
            List.of(new ElfAbi("arm", ElfAbi.EM_ARM, false, SIGPAGE_HINT - 0x1000, 0x40_0000, HWCAP, 0, "v7l", 0));

    /** {@code personality(2)}: the persona's bits, and the flag that every EABI program has. */
    private static final int PER_MASK = 0xff;

    private static final int ADDR_LIMIT_32BIT = 0x80_0000;

    private static final String THUMB = "thumb";
    private static final String OABI = "oabi";
    private static final int PTRACE_OLDSETOPTIONS = 21;
    private static final int PTRACE_SINGLEBLOCK = 33;

    private static final A32Regs LIVE = A32T32Isa.REGS;

    private final Kernel k;
    private final boolean generic;
    private final SignalFrames frames;
    private final DoSignal signals;
    private final EntryStubs stubs;

    ArmArch(final Kernel k) {
        this.k = k;
        this.generic = k.config.generic();
        this.frames = new SignalFrames(k);
        this.signals = new DoSignal(k, frames);
        this.stubs = new EntryStubs(k, signals);
    }

    @Override
    public String name() {
        return "arm";
    }

    @Override
    public Cpu newCpu() {
        return new EngineCpu(new A32T32Isa());
    }

    @Override
    public PtRegs newPtRegs() {
        return new PtRegs(ArmPtRegs.SLOTS);
    }

    @Override
    public Object newThread() {
        return new ArmThread();
    }

    // ---- entry stubs

    @Override
    public void enterFromUser(final CpuLocal cpu, final Task task, final int exit) {
        stubs.enterFromUser(cpu, task, exit);
    }

    @Override
    public void interruptFromUser(final CpuLocal cpu, final Task task, final Irq irq) {
        stubs.interruptFromUser(cpu, task, irq);
    }

    @Override
    public void interruptFromKernel(final CpuLocal cpu, final Irq irq) {
        stubs.interruptFromKernel(cpu, irq);
    }

    @Override
    public void nmiFromUser(final CpuLocal cpu, final Task task, final Irq nmi) {
        stubs.nmiFromUser(cpu, task, nmi);
    }

    @Override
    public void nmiFromKernel(final CpuLocal cpu, final Irq nmi) {
        stubs.nmiFromKernel(cpu, nmi);
    }

    @Override
    public void exceptionFromKernel(final CpuLocal cpu, final boolean undefined, final Runnable handler) {
        stubs.exceptionFromKernel(cpu, undefined, handler);
    }

    @Override
    public void returnFromFork(final CpuLocal cpu, final Task task) {
        stubs.returnFromFork(task);
    }

    @Override
    public void restoreUserRegisters(final CpuLocal cpu, final Task task) {
        stubs.restoreUserRegisters(cpu, task);
    }

    /** {@code __switch_to}: the thread registers; {@code vfp_notifier()}, without its laziness, which nobody can see. */
    @Override
    public void switchTo(final CpuLocal cpu, final Task previous, final Task next) {
        final CpuState live = cpu.live;
        if (previous.mm != null) {
            ArmThread.of(previous).save(live);
        }
        if (next.mm != null) {
            ArmThread.of(next).loadVfp(live);
        }
        live.r[LIVE.tpidrurw] = ArmThread.of(next).tpUser;
        live.r[LIVE.tpidruro] = ArmThread.of(next).tpValue;
        LIVE.clearExclusive(live);
    }

    // ---- asm/syscall.h

    @Override
    public Abi abi(final Task task) {
        return ArmThread.of(task).oabi ? ArmAbi.OABI : ArmAbi.EABI;
    }

    @Override
    public long syscallGetNr(final Task task, final PtRegs regs) {
        return EntryStubs.syscallGetNr(k, ArmThread.of(task));
    }

    /** A skip needs a result, or argument 0 would be one (INF-12). */
    @Override
    public void syscallSetNr(final Task task, final PtRegs regs, final long nr) {
        final ArmThread thread = ArmThread.of(task);
        if ((int) nr == ArmThread.NO_SYSCALL) {
            thread.abiSyscall = ArmThread.NO_SYSCALL;
            syscallSetReturnValue(task, regs, -Errno.ENOSYS, 0);
        } else if (k.config.has(Option.OABI_COMPAT)) {
            thread.abiSyscall = thread.abiSyscall & ~ArmAbi.NR_SYSCALL_MASK | (int) nr & ArmAbi.NR_SYSCALL_MASK;
        } else {
            thread.abiSyscall = (int) nr;
        }
    }

    /** Argument 0 is what the user passed, whatever became of r0 (PTR-40). */
    @Override
    public long syscallGetArgument(final Task task, final PtRegs regs, final int i) {
        return regs.slot[i == 0 ? ArmPtRegs.ORIG_R0 : i];
    }

    /** Both places of argument 0 (INF-13); in the generic flavour r0 is the result's alone. */
    @Override
    public void syscallSetArgument(final Task task, final PtRegs regs, final int i, final long value) {
        if (i == 0) {
            regs.slot[ArmPtRegs.ORIG_R0] = ArmPtRegs.u32(value);
        }
        if (i != 0 || !generic) {
            regs.slot[i] = ArmPtRegs.u32(value);
        }
    }

    @Override
    public void syscallRollback(final Task task, final PtRegs regs) {
        regs.slot[ArmPtRegs.R0] = regs.slot[ArmPtRegs.ORIG_R0];
    }

    @Override
    public long syscallGetError(final Task task, final PtRegs regs) {
        final long value = syscallGetReturnValue(task, regs);
        return Errno.isError(value) ? value : 0;
    }

    @Override
    public long syscallGetReturnValue(final Task task, final PtRegs regs) {
        final int r0 = (int) regs.slot[ArmPtRegs.R0];
        return r0;
    }

    @Override
    public void syscallSetReturnValue(final Task task, final PtRegs regs, final int error, final long value) {
        regs.slot[ArmPtRegs.R0] = ArmPtRegs.u32(error != 0 ? error : value);
    }

    @Override
    public int syscallGetArch(final Task task) {
        return ArmAbi.AUDIT_ARCH_ARM;
    }

    // ---- asm/ptrace.h

    @Override
    public long instructionPointer(final PtRegs regs) {
        return regs.slot[ArmPtRegs.PC];
    }

    @Override
    public void setInstructionPointer(final PtRegs regs, final long pc) {
        regs.slot[ArmPtRegs.PC] = ArmPtRegs.u32(pc);
    }

    @Override
    public long userStackPointer(final PtRegs regs) {
        return regs.slot[ArmPtRegs.SP];
    }

    @Override
    public boolean ptraceReportSyscallEntry(final Task task, final PtRegs regs) {
        return stubs.reportSyscallEntry(task, regs);
    }

    @Override
    public void ptraceReportSyscallExit(final Task task, final PtRegs regs, final boolean step) {
        stubs.reportSyscallExit(task, regs, step);
    }

    // ---- what the port opted in to: nothing natively, and with generic entry what it makes selectable

    /** A decision of the converted port, see {@link #syscallIsVdsoSigreturn} and {@link #syscallRollback} (DIF-ARM-18). */
    @Override
    public boolean supportsSyscallUserDispatch() {
        return generic;
    }

    @Override
    public boolean syscallIsVdsoSigreturn(final Task task, final PtRegs regs) {
        return SignalPage.contains(task.requireMm(), regs.slot[ArmPtRegs.PC]);
    }

    @Override
    public boolean selectsGenericIrqEntry() {
        return generic;
    }

    @Override
    public boolean hasGenericTifBits() {
        return generic;
    }

    // ---- signals

    /**
     * The generic loop's call. The saved number says whether this is a system call, and is forgotten with the first decision (DIF-ARM-17,
     * RST-23). Without handler the registers stay at the SWI and the user executes it again (RST-39); a BLOCK call becomes restart_syscall in
     * r7, which an OABI call, whose number is in its instruction, cannot: that one starts from its beginning (DIF-ARM-06).
     */
    @Override
    public boolean doSignalOrRestart(final Task task, final PtRegs regs) {
        final ArmThread thread = ArmThread.of(task);
        final int restart = signals.doSignal(task, regs, thread.abiSyscall != ArmThread.NO_SYSCALL);
        if (restart != 0 && k.config.has(Option.PROPOSED_GENERIC_FAST_RESTART)) {
            if (restart < 0) {
                thread.abiSyscall = ArmAbi.NR_RESTART_SYSCALL;
            }
            return true;
        }
        if (restart != 0) {
            regs.slot[ArmPtRegs.PC] = ArmPtRegs.u32(regs.slot[ArmPtRegs.PC] - ArmPtRegs.swiSize(regs));
            if (restart < 0) {
                regs.slot[ArmPtRegs.R7] = ArmAbi.NR_RESTART_SYSCALL;
            }
        }
        thread.abiSyscall = ArmThread.NO_SYSCALL;
        return false;
    }

    @Override
    public boolean setupRtFrame(final Task task, final PtRegs regs, final KSignal signal, final SigSet mask) {
        return frames.setup(task, regs, signal, mask);
    }

    /** Never restarted: "why" is cleared, or the number forgotten (RST-22, DIF-ARM-09). */
    @Override
    public long sigreturn(final Task task, final boolean rt) {
        final ArmThread thread = ArmThread.of(task);
        thread.why = false;
        if (generic) {
            thread.abiSyscall = ArmThread.NO_SYSCALL;
        }
        return frames.sigreturn(task, task.regs, rt);
    }

    @Override
    public long uapiSigactionFlags() {
        return SigAction.SA_THIRTYTWO;
    }

    // ---- stepping: arm has none

    @Override
    public boolean hasSingleStep() {
        return false;
    }

    @Override
    public void userEnableSingleStep(final Task task) {
        throw new IllegalStateException("arm cannot step");
    }

    @Override
    public void userDisableSingleStep(final Task task) {
        // Nothing could be on.
    }

    @Override
    public void userSingleStepReport(final Task task, final PtRegs regs) {
        throw new IllegalStateException("arm cannot step");
    }

    // ---- ptrace register access

    @Override
    public long peekUser(final Task task, final long offset, final long[] result) {
        return UserArea.peek(task, offset, result);
    }

    @Override
    public long pokeUser(final Task task, final long offset, final long value) {
        return UserArea.poke(task, offset, value);
    }

    @Override
    public byte @Nullable [] getRegset(final Task task, final int noteType) {
        return UserArea.getRegset(task, noteType);
    }

    @Override
    public long setRegset(final Task task, final int noteType, final byte[] bytes) {
        return UserArea.setRegset(task, noteType, bytes);
    }

    /** Native arm has no SYSEMU (EMU-10); with generic entry both come as soon as their usual numbers are defined (DIF-ARM-05). */
    @Override
    public boolean definesRequest(final int request) {
        return request == PTRACE_OLDSETOPTIONS || generic && request != PTRACE_SINGLEBLOCK;
    }

    @Override
    public long archPtrace(
            final Task tracer, final Task tracee, final int request, final long address, final long data) {
        return UserArea.archPtrace(k, tracer, tracee, request, data);
    }

    @Override
    public int registerOffset(final Task task, final String register) {
        return UserArea.registerOffset(register);
    }

    @Override
    public int registerSize(final Task task) {
        return 4;
    }

    // ---- processes

    @Override
    public List<String> modes() {
        return ArmPort.MODES;
    }

    @Override
    public long taskSize(final String mode) {
        return TASK_SIZE;
    }

    @Override
    public Abi abi(final String mode) {
        return mode.equals(OABI) ? ArmAbi.OABI : ArmAbi.EABI;
    }

    @Override
    public List<ElfAbi> elfAbis() {
        return ELF_ABIS;
    }

    @Override
    public boolean hasGenericOpenFlags() {
        return false;
    }

    @Override
    public void mapVdso(final Mm mm, final String mode) {
        SignalPage.map(mm, SIGPAGE_HINT);
    }

    @Override
    public void startThread(final Task task, final String mode, final long pc, final long sp) {
        final PtRegs regs = task.regs;
        java.util.Arrays.fill(regs.slot, 0);
        final boolean thumb = mode.equals(THUMB) || (pc & 1) != 0;
        regs.slot[ArmPtRegs.PC] = ArmPtRegs.u32(pc) & ~1L;
        regs.slot[ArmPtRegs.SP] = ArmPtRegs.u32(sp);
        regs.slot[ArmPtRegs.CPSR] = ArmPtRegs.PSR_USR_MODE | (thumb ? ArmPtRegs.PSR_T_BIT : 0);
        regs.user = true;
        regs.irqsOn = true;
        final ArmThread thread = ArmThread.of(task);
        thread.tpValue = 0;
        thread.tpUser = 0;
        thread.flushVfp();
        if (task == k.current()) {
            thread.loadVfp(k.cpu.live);
        }
        thread.oabi = mode.equals(OABI);
        // elf_set_personality(): flags survive exec.
        task.personality = task.personality & ~PER_MASK | ADDR_LIMIT_32BIT;
    }

    @Override
    public void copyThread(
            final Task parent, final Task child, final long childSp, final boolean setTls, final long tls) {
        child.regs.copyFrom(parent.regs);
        child.regs.slot[ArmPtRegs.R0] = 0;
        if (childSp != 0) {
            child.regs.slot[ArmPtRegs.SP] = ArmPtRegs.u32(childSp);
        }
        final ArmThread from = ArmThread.of(parent);
        final ArmThread to = ArmThread.of(child);
        to.abiSyscall = from.abiSyscall;
        to.oabi = from.oabi;
        to.scno = from.scno;
        to.tpValue = setTls ? ArmPtRegs.u32(tls) : from.tpValue;
        final CpuState live = k.cpu.live;
        to.tpUser = live.r[LIVE.tpidrurw];
        from.saveVfp(live);
        to.copyVfp(from);
    }

    @Override
    public GuestAssembler assembler(final String mode, final long origin, final Mm mm) {
        return mode.equals(THUMB) ? new T32Assembler(origin) : new A32Assembler(origin, mode.equals(OABI));
    }
}
