package org.kernelentry.kernel.arch;

import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.signal.KSignal;
import org.kernelentry.kernel.signal.SigSet;
import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.Cpu;

/**
 * What the kernel model asks of a port: the contents of its {@code asm/} headers, its entry stubs and its signal code.
 *
 * <p>One instance per kernel. Methods take the task or registers explicitly; "the current CPU" is {@code kernel.cpu}, to be read afresh
 * after anything that may schedule.
 */
public interface Arch {
    /** {@code x86}, {@code arm64}, {@code arm}. */
    String name();

    /** A new CPU of this architecture. */
    Cpu newCpu();

    /** What the port's entry code keeps for a CPU, in its initial state; any object where it keeps nothing. */
    default Object newEntryState() {
        return new Object();
    }

    PtRegs newPtRegs();

    /** The port's {@code struct thread_struct}, in its initial state. */
    Object newThread();

    // ---- entry stubs

    /**
     * Handles one exit of the machine from user mode: the whole way from the entry stub over the kernel's work to the restored user registers.
     * Called on the task's own context with the live registers at the exit; returns when user instructions may run again.
     *
     * @param exit code of {@code CpuExit}
     */
    void enterFromUser(CpuLocal cpu, Task task, int exit);

    /** A device interrupt taken in user mode. As {@link #enterFromUser}. */
    void interruptFromUser(CpuLocal cpu, Task task, Irq irq);

    /** A device interrupt taken while kernel code of {@code cpu} runs with interrupts on; nests on the caller's stack. */
    void interruptFromKernel(CpuLocal cpu, Irq irq);

    /** A non-maskable interrupt taken in user mode. */
    void nmiFromUser(CpuLocal cpu, Task task, Irq nmi);

    /** A non-maskable interrupt (on arm a FIQ) taken while kernel code runs, at any point. */
    void nmiFromKernel(CpuLocal cpu, Irq nmi);

    /** The first return to user mode of a forked child ({@code ret_from_fork}): exit work, then restored user registers. */
    void returnFromFork(CpuLocal cpu, Task task);

    /**
     * An exception of kernel code, such as a fault on user memory, from the vector back to the code: {@code irqentry_enter()}, the handler, {@code
     * irqentry_exit()}. On return another CPU may be current.
     *
     * @param undefined an undefined instruction; else an abort. Ports whose vectors differ in nothing but their names need not tell them apart.
     */
    default void exceptionFromKernel(final CpuLocal cpu, final boolean undefined, final Runnable handler) {
        final PtRegs frame = newPtRegs();
        frame.user = false;
        frame.irqsOn = cpu.irqsEnabled;
        cpu.irqsEnabled = false;
        final boolean exitRcu = cpu.kernel.irqEntry.irqentryEnter(cpu, frame);
        handler.run();
        cpu.kernel.irqEntry.irqentryExit(frame, exitRcu);
        cpu.kernel.cpu.irqsEnabled = frame.irqsOn;
    }

    /** Loads the machine from {@code task.regs} without any exit work; for the start of a program made by exec. */
    void restoreUserRegisters(CpuLocal cpu, Task task);

    /** {@code __switch_to()}: what the port keeps per task in the CPU (TLS, segment bases, stepping). */
    void switchTo(CpuLocal cpu, Task previous, Task next);

    // ---- asm/syscall.h

    /** ABI of the call being executed or, outside of one, of the task. */
    Abi abi(Task task);

    /** Number in the saved registers; -1 when they are not from a system call. */
    long syscallGetNr(Task task, PtRegs regs);

    void syscallSetNr(Task task, PtRegs regs, long nr);

    /** Argument {@code i} (0..5) as seccomp and tracepoints see it. */
    long syscallGetArgument(Task task, PtRegs regs, int i);

    void syscallSetArgument(Task task, PtRegs regs, int i, long value);

    /** Puts the registers back to what they were at the system call instruction. */
    void syscallRollback(Task task, PtRegs regs);

    /** The error in the return register, or 0. */
    long syscallGetError(Task task, PtRegs regs);

    long syscallGetReturnValue(Task task, PtRegs regs);

    /** Stores {@code error} (negative) if it is not 0, else {@code value}. */
    void syscallSetReturnValue(Task task, PtRegs regs, int error, long value);

    /** AUDIT_ARCH_* of the call ({@code syscall_get_arch()}). */
    int syscallGetArch(Task task);

    // ---- asm/ptrace.h

    long instructionPointer(PtRegs regs);

    void setInstructionPointer(PtRegs regs, long pc);

    long userStackPointer(PtRegs regs);

    // ---- asm/entry-common.h

    /** {@code arch_enter_from_user_mode()}. */
    default void enterFromUserMode(final CpuLocal cpu, final PtRegs regs) {}

    /** {@code arch_exit_to_user_mode_work()}: at the end of each pass of the loop. */
    default void exitToUserModeWork(final CpuLocal cpu, final Task task, final PtRegs regs, final int work) {}

    /** {@code arch_exit_to_user_mode_prepare()}: after the loop, interrupts off. */
    default void exitToUserModePrepare(final CpuLocal cpu, final Task task, final PtRegs regs) {}

    /** {@code arch_exit_to_user_mode()}: after context tracking has left the kernel. */
    default void exitToUserMode(final CpuLocal cpu) {}

    /** {@code CONFIG_HAVE_CONTEXT_TRACKING_USER_OFFSTACK}: entry code never runs on a task's stack with the context still "user". */
    default boolean hasContextTrackingUserOffstack() {
        return false;
    }

    /** {@code arch_in_rcu_eqs()}. */
    default boolean inRcuEqs(final CpuLocal cpu) {
        return false;
    }

    /** {@code arch_irqentry_exit_need_resched()}. */
    default boolean irqentryExitNeedResched(final CpuLocal cpu) {
        return true;
    }

    /** {@code arch_ptrace_report_syscall_entry()}; returns whether a fatal signal is pending. Default of the ports: the generic report. */
    boolean ptraceReportSyscallEntry(Task task, PtRegs regs);

    /** {@code arch_ptrace_report_syscall_exit()}. */
    void ptraceReportSyscallExit(Task task, PtRegs regs, boolean step);

    /** {@code arch_set_restart_data()}: notes with which ABI a restart block is armed. */
    default void setRestartData(final Task task) {}

    /** Bodies of the system calls only this port has ({@code arch_prctl}, {@code set_thread_area}), by name. */
    default java.util.Map<String, org.kernelentry.kernel.syscall.SyscallBody> archSyscalls() {
        return java.util.Map.of();
    }

    // ---- what the port opted in to

    /** Whether the port takes part in syscall user dispatch; generic entry alone does not bring it (DIF-ARM-18, DIF-A64-14). */
    default boolean supportsSyscallUserDispatch() {
        return false;
    }

    /** {@code arch_syscall_is_vdso_sigreturn()}: the call comes from a sigreturn landing pad of the vDSO, which dispatch never takes (SUD-19). */
    default boolean syscallIsVdsoSigreturn(final Task task, final PtRegs regs) {
        return false;
    }

    /** {@code untagged_addr()}: a user address without the tag bits the hardware ignores. */
    default long untaggedAddr(final long address) {
        return address;
    }

    /** CONFIG_GENERIC_IRQ_ENTRY: interrupts from user mode are noted for rseq, which brings its second ABI version (RSQ-09). */
    default boolean selectsGenericIrqEntry() {
        return true;
    }

    /** CONFIG_HAVE_GENERIC_TIF_BITS: TIF_RSEQ is a bit of its own; without it, it is TIF_NOTIFY_RESUME (RSQ-19). */
    default boolean hasGenericTifBits() {
        return false;
    }

    // ---- signals

    /**
     * {@code arch_do_signal_or_restart()}: chooses a signal, sets up its frame, or does the restart rules.
     *
     * @return whether the call is to be restarted inside the kernel (arm native, or the proposed generic fast restart)
     */
    boolean doSignalOrRestart(Task task, PtRegs regs);

    /**
     * Builds the signal frame in guest memory and points {@code regs} at the handler.
     *
     * @param mask signal mask to be restored by sigreturn
     * @return whether it succeeded; false forces SIGSEGV
     */
    boolean setupRtFrame(Task task, PtRegs regs, KSignal signal, SigSet mask);

    /** Body of rt_sigreturn ({@code rt} true) or sigreturn. */
    long sigreturn(Task task, boolean rt);

    /** {@code __ARCH_UAPI_SA_FLAGS} beyond SA_RESTORER (arm: SA_THIRTYTWO). */
    default long uapiSigactionFlags() {
        return 0;
    }

    /** Flags {@code sigaction_compat_abi()} adds to an action by the ABI it is installed through (x86: which frame its handler gets). */
    default long sigactionAbiFlags(final Task task) {
        return 0;
    }

    /** {@code MINSIGSTKSZ} of the task's ABI. */
    default long minSigStackSize(final Task task) {
        return 2048;
    }

    // ---- stepping

    /** {@code arch_has_single_step()}. */
    boolean hasSingleStep();

    /** {@code arch_has_block_step()}. */
    default boolean hasBlockStep() {
        return false;
    }

    void userEnableSingleStep(Task task);

    void userDisableSingleStep(Task task);

    /** {@code user_enable_block_step()}; called only where {@link #hasBlockStep}. */
    default void userEnableBlockStep(final Task task) {
        throw new UnsupportedOperationException(name() + " has no block step");
    }

    /** {@code force_sig} details of {@code user_single_step_report()}: the siginfo code and address of a step report at syscall exit. */
    void userSingleStepReport(Task task, PtRegs regs);

    // ---- ptrace register access

    /** PTRACE_PEEKUSR; the word at {@code offset} of the user area, in {@code result[0]}; returns 0 or a negative error. */
    long peekUser(Task task, long offset, long[] result);

    long pokeUser(Task task, long offset, long value);

    /**
     * A register set by its note type: NT_PRSTATUS, and the port's own.
     *
     * @return bytes in the layout of {@code struct user_regs_struct}, none for a set that the processor does not have, or null for an unknown type
     */
    byte @org.jspecify.annotations.Nullable [] getRegset(Task task, int noteType);

    /** Stores a register set (or its leading part); 0 or a negative error. */
    long setRegset(Task task, int noteType, byte[] bytes);

    /**
     * Whether the port's asm/ptrace.h gives the generic request its usual number: PTRACE_SYSEMU (31), PTRACE_SYSEMU_SINGLESTEP (32),
     * PTRACE_SINGLEBLOCK (33), PTRACE_OLDSETOPTIONS (21). Others go to {@link #archPtrace}. Default is what arm64 has.
     */
    default boolean definesRequest(final int request) {
        return request == 31 || request == 32;
    }

    /** Requests only this port knows ({@code arch_ptrace()}); -EIO for an unknown one. */
    long archPtrace(Task tracer, Task tracee, int request, long address, long data);

    /** Byte offset of a register inside NT_PRSTATUS by the port's own name ({@code orig_rax}, {@code x0}, {@code r7}), or -1. */
    int registerOffset(Task task, String name);

    /** Bytes of one register of NT_PRSTATUS of this task. */
    int registerSize(Task task);

    // ---- processes

    /** Modes this port can run, default first: {@code x64 ia32}, {@code a64 a32}, {@code arm thumb oabi}. */
    java.util.List<String> modes();

    /** TASK_SIZE of a mode. */
    long taskSize(String mode);

    /** The modes that programs from ELF files can start in, by {@code asm/elf.h}. */
    default java.util.List<org.kernelentry.kernel.exec.ElfAbi> elfAbis() {
        return java.util.List.of();
    }

    /** Whether O_DIRECTORY and its neighbours have x86's values ({@code asm/fcntl.h}); both arm have others. */
    default boolean hasGenericOpenFlags() {
        return true;
    }

    /** ABI of a mode. */
    Abi abi(String mode);

    /** Maps the vDSO or signal page into a new address space and notes it in {@code mm}. */
    void mapVdso(Mm mm, String mode);

    /** {@code start_thread()}: user registers of a fresh program: all zero but pc, sp and the mode's status bits; sets TIF_32BIT. */
    void startThread(Task task, String mode, long pc, long sp);

    /** {@code copy_thread()}: user registers and thread state of a child; its return register is 0. */
    void copyThread(Task parent, Task child, long childSp, boolean setTls, long tls);

    /** The vDSO's system call entry of a mode ({@code AT_SYSINFO} of ia32), or 0. */
    default long vdsoSyscall(final Mm mm, final String mode) {
        return 0;
    }

    /** A guest assembler for {@code mode}, code at {@code origin}. */
    org.kernelentry.machine.asm.GuestAssembler assembler(String mode, long origin, Mm mm);
}
