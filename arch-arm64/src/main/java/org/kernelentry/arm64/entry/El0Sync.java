package org.kernelentry.arm64.entry;

import static org.kernelentry.arm64.Arm64PtRegs.PC;
import static org.kernelentry.arm64.Arm64PtRegs.PSTATE;

import org.kernelentry.arm64.A64Regs;
import org.kernelentry.arm64.Arm64PtRegs;
import org.kernelentry.arm64.Arm64Thread;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.machine.Cpu;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.memory.AddressSpace;

/**
 * Synchronous exceptions of EL0 other than system calls.
 *
 * <p>Source: linux v7.3 arch/arm64/kernel/entry-common.c el0_da() to el0_brk64(); arch/arm64/mm/fault.c; arch/arm64/kernel/traps.c;
 * arch/arm64/kernel/debug-monitors.c.
 */
public final class El0Sync {
    public static final Step EL0_DA = Step.frame("el0_da", "arch/arm64/kernel/entry-common.c el0_da()");
    public static final Step EL0_IA = Step.frame("el0_ia", "arch/arm64/kernel/entry-common.c el0_ia()");
    public static final Step EL0_UNDEF = Step.frame("el0_undef", "arch/arm64/kernel/entry-common.c el0_undef()");
    public static final Step EL0_BRK64 = Step.frame("el0_brk64", "arch/arm64/kernel/entry-common.c el0_brk64()");
    public static final Step EL0_BKPT32 = Step.frame("el0_bkpt32", "arch/arm64/kernel/entry-common.c el0_bkpt32()");
    public static final Step EL0_SOFTSTP = Step.frame("el0_softstp", "arch/arm64/kernel/entry-common.c el0_softstp()");
    public static final Step EL0_PC = Step.frame("el0_pc", "arch/arm64/kernel/entry-common.c el0_pc()");
    public static final Step EL0_SP = Step.frame("el0_sp", "arch/arm64/kernel/entry-common.c el0_sp()");
    public static final Step APPLY_BP_HARDENING =
            Step.of("arm64_apply_bp_hardening", "arch/arm64/include/asm/spectre.h arm64_apply_bp_hardening()");

    private final Kernel k;
    private final UndefinedInstructions undefined;

    El0Sync(final Kernel kernel) {
        this.k = kernel;
        this.undefined = new UndefinedInstructions(kernel);
    }

    /** From saved registers to the end of the exit work. */
    void handle(final CpuLocal cpu, final Task task, final int exit) {
        final PtRegs regs = task.regs;
        final Step scope = scope(cpu.machine, regs, exit);
        k.steps.enter(cpu, scope, 0);
        // An address outside of user space is the branch predictor's doing or an attack: before anything else (A64-18).
        final long suspect = scope == EL0_IA ? cpu.machine.faultAddress() : regs.slot[PC];
        if ((scope == EL0_IA || scope == EL0_PC || scope == EL0_SOFTSTP) && (suspect & 1L << 55) != 0) {
            k.steps.at(cpu, APPLY_BP_HARDENING);
        }
        k.irqEntry.irqentryEnterFromUserMode(cpu, regs);
        UserExit.daifRestoreProcctx(cpu);
        act(cpu.machine, task, scope, exit == CpuExit.ALIGNMENT);
        UserExit.exitToUserMode(k, task, regs);
        k.steps.leave(k.cpu, scope);
    }

    private static Step scope(final Cpu machine, final PtRegs regs, final int exit) {
        return switch (exit) {
            case CpuExit.PAGE_FAULT -> machine.faultAccess() == AddressSpace.PROT_EXEC ? EL0_IA : EL0_DA;
            case CpuExit.UNDEFINED -> EL0_UNDEF;
            case CpuExit.BREAKPOINT -> Arm64PtRegs.compat(regs) ? EL0_BKPT32 : EL0_BRK64;
            case CpuExit.SINGLE_STEP -> EL0_SOFTSTP;
            case CpuExit.ALIGNMENT -> alignmentScope(machine, regs);
            default -> throw new IllegalStateException("no exception of EL0: " + CpuExit.name(exit));
        };
    }

    /** One exit code of the machine, three exceptions: the pc's, the stack pointer's, and that of an access. */
    private static Step alignmentScope(final Cpu machine, final PtRegs regs) {
        final long pc = regs.slot[PC];
        final long unit = Arm64PtRegs.compatThumb(regs) ? 1 : 3;
        if ((pc & unit) != 0) {
            return EL0_PC;
        }
        final long sp = regs.slot[Arm64PtRegs.SP];
        return !Arm64PtRegs.compat(regs) && (sp & 15) != 0 && machine.faultAddress() == sp ? EL0_SP : EL0_DA;
    }

    private void act(final Cpu machine, final Task task, final Step scope, final boolean alignment) {
        final PtRegs regs = task.regs;
        final long pc = regs.slot[PC];
        if (scope == EL0_DA || scope == EL0_IA) {
            memoryAbort(machine, task, scope == EL0_IA, alignment);
        } else if (scope == EL0_UNDEF) {
            undefined.handle(task, regs);
        } else if (scope == EL0_BRK64) {
            k.signals.force(task, SigInfo.fault(Signals.SIGTRAP, SigInfo.TRAP_BRKPT, pc));
        } else if (scope == EL0_BKPT32) {
            notifyDie(task, Signals.SIGTRAP, SigInfo.TRAP_BRKPT, pc, Esr.BKPT32);
        } else if (scope == EL0_PC) {
            notifyDie(task, Signals.SIGBUS, SigInfo.BUS_ADRALN, machine.faultAddress(), Esr.PC_ALIGN);
        } else if (scope == EL0_SP) {
            notifyDie(task, Signals.SIGBUS, SigInfo.BUS_ADRALN, regs.slot[Arm64PtRegs.SP], Esr.SP_ALIGN);
        } else {
            k.signals.force(task, SigInfo.fault(Signals.SIGTRAP, SigInfo.TRAP_TRACE, pc));
            rewindSingleStep(task);
        }
    }

    /** {@code arm64_notify_die()} of user mode: the frame's fault address is for memory faults only. */
    private void notifyDie(final Task task, final int signal, final int code, final long address, final long esr) {
        final Arm64Thread thread = (Arm64Thread) task.thread;
        thread.faultAddress = 0;
        thread.faultCode = esr;
        k.signals.force(task, SigInfo.fault(signal, code, address));
    }

    /**
     * {@code do_mem_abort()}: this model has no demand paging, so every refused access is a signal. Its address is shown without the tag, as to a
     * handler without SA_EXPOSE_TAGBITS (kernel/signal.c hide_si_addr_tag_bits()).
     */
    private void memoryAbort(final Cpu machine, final Task task, final boolean instruction, final boolean alignment) {
        final long address = k.arch.untaggedAddr(machine.faultAddress());
        final Arm64Thread thread = (Arm64Thread) task.thread;
        thread.faultAddress = address;
        thread.faultCode = Esr.abort(machine, instruction, alignment);
        if (alignment) {
            k.signals.force(task, SigInfo.fault(Signals.SIGBUS, SigInfo.BUS_ADRALN, address));
        } else {
            final int code = machine.faultOnPresentPage() ? SigInfo.SEGV_ACCERR : SigInfo.SEGV_MAPERR;
            k.signals.force(task, SigInfo.fault(Signals.SIGSEGV, code, address));
        }
    }

    /** {@code user_rewind_single_step()}: the next return to user mode executes an instruction before the next step report. */
    static void rewindSingleStep(final Task task) {
        if (task.testTif(ThreadFlags.TIF_SINGLESTEP)) {
            task.regs.slot[PSTATE] |= A64Regs.PSR_SS;
        }
    }
}
