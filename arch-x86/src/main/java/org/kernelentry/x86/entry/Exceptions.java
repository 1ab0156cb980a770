package org.kernelentry.x86.entry;

import static org.kernelentry.kernel.signal.Signals.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.Cpu;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.x86.X86Exit;
import org.kernelentry.x86.X86PtRegs;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.X86Thread;
import org.kernelentry.x86.decode.StackAccess;

/**
 * Exceptions of user mode and the signals they become.
 *
 * <p>Source: linux v7.3 arch/x86/kernel/traps.c; arch/x86/mm/fault.c.
 */
final class Exceptions {
    static final Step EXC_PAGE_FAULT = Step.frame("exc_page_fault", "arch/x86/mm/fault.c exc_page_fault()");
    static final Step EXC_INVALID_OP = Step.frame("exc_invalid_op", "arch/x86/kernel/traps.c exc_invalid_op()");
    static final Step EXC_DIVIDE_ERROR = Step.frame("exc_divide_error", "arch/x86/kernel/traps.c exc_divide_error()");
    static final Step EXC_GENERAL_PROTECTION =
            Step.frame("exc_general_protection", "arch/x86/kernel/traps.c exc_general_protection()");
    static final Step EXC_STACK_SEGMENT =
            Step.frame("exc_stack_segment", "arch/x86/kernel/traps.c exc_stack_segment()");
    static final Step EXC_INT3 = Step.frame("exc_int3", "arch/x86/kernel/traps.c exc_int3()");
    static final Step EXC_DEBUG = Step.frame("exc_debug_user", "arch/x86/kernel/traps.c exc_debug_user()");
    static final Step EXC_OVERFLOW = Step.frame("exc_overflow", "arch/x86/kernel/traps.c exc_overflow()");
    static final Step EXC_COPROCESSOR_ERROR =
            Step.frame("exc_coprocessor_error", "arch/x86/kernel/traps.c exc_coprocessor_error()");
    static final Step EXC_SIMD_COPROCESSOR_ERROR =
            Step.frame("exc_simd_coprocessor_error", "arch/x86/kernel/traps.c exc_simd_coprocessor_error()");
    static final Step EXC_BOUNDS = Step.frame("exc_bounds", "arch/x86/kernel/traps.c exc_bounds()");
    static final Step EXC_ALIGNMENT_CHECK =
            Step.frame("exc_alignment_check", "arch/x86/kernel/traps.c exc_alignment_check()");

    // Vectors. Source: linux v7.3 arch/x86/include/asm/trapnr.h.
    static final int X86_TRAP_DE = 0;
    static final int X86_TRAP_DB = 1;
    static final int X86_TRAP_BP = 3;
    /** Where MXCSR's masks of its exceptions begin. */
    private static final int MXCSR_MASKS = 7;

    static final int X86_TRAP_OF = 4;
    static final int X86_TRAP_BR = 5;
    static final int X86_TRAP_UD = 6;
    static final int X86_TRAP_SS = 12;
    static final int X86_TRAP_GP = 13;
    static final int X86_TRAP_PF = 14;
    static final int X86_TRAP_AC = 17;

    // Page-fault error code. Source: linux v7.3 arch/x86/include/asm/trap_pf.h.
    private static final int X86_PF_PROT = 1;
    private static final int X86_PF_WRITE = 1 << 1;
    private static final int X86_PF_USER = 1 << 2;
    private static final int X86_PF_INSTR = 1 << 4;

    private static final long DR_STEP = 1 << 14;
    private static final int ILL_ILLOPN = 2;

    private final Kernel k;
    private final ExceptionFrame frames;
    private final ReturnToUser returns;

    Exceptions(final Kernel k, final ExceptionFrame frames) {
        this.k = k;
        this.frames = frames;
        this.returns = new ReturnToUser(this::badIret);
    }

    ReturnToUser returns() {
        return returns;
    }

    void enter(final CpuLocal cpu, final Task task, final int exit) {
        final Cpu machine = cpu.machine;
        final long detail = machine.exitDetail();
        final long address = machine.faultAddress();
        final boolean canonical = address << 16 >> 16 == address;
        if (exit == CpuExit.PAGE_FAULT && canonical) {
            final long error = pageFaultError(machine);
            run(cpu, task, EXC_PAGE_FAULT, () -> pageFault(task, address, error));
            return;
        }
        final Runnable handler;
        final Step step;
        switch (exit) {
            case CpuExit.UNDEFINED -> {
                step = EXC_INVALID_OP;
                handler = () -> trap(task, X86_TRAP_UD, 0, fault(SIGILL, ILL_ILLOPN, task));
            }
            case CpuExit.DIVIDE_ERROR -> {
                step = EXC_DIVIDE_ERROR;
                handler = () -> trap(task, X86_TRAP_DE, 0, fault(SIGFPE, SigInfo.FPE_INTDIV, task));
            }
            case CpuExit.BREAKPOINT -> {
                step = EXC_INT3;
                handler = () -> trap(task, X86_TRAP_BP, 0, SigInfo.kernel(SIGTRAP));
            }
            case CpuExit.SINGLE_STEP -> {
                step = EXC_DEBUG;
                handler = () -> debug(task, DR_STEP, SigInfo.TRAP_TRACE);
            }
            case CpuExit.ALIGNMENT -> {
                step = EXC_ALIGNMENT_CHECK;
                handler = () -> trap(task, X86_TRAP_AC, 0, SigInfo.fault(SIGBUS, SigInfo.BUS_ADRALN, 0));
            }
            case CpuExit.TRAP -> {
                switch ((int) detail) {
                    case X86Exit.VECTOR_DB -> {
                        step = EXC_DEBUG;
                        handler = () -> debug(task, 0, SigInfo.TRAP_BRKPT);
                    }
                    case X86Exit.VECTOR_OF -> {
                        step = EXC_OVERFLOW;
                        handler = () -> trap(task, X86_TRAP_OF, 0, SigInfo.kernel(SIGSEGV));
                    }
                    case X86Exit.VECTOR_MF -> {
                        step = EXC_COPROCESSOR_ERROR;
                        handler = () -> mathError(task, X86Exit.VECTOR_MF);
                    }
                    case X86Exit.VECTOR_XM -> {
                        step = EXC_SIMD_COPROCESSOR_ERROR;
                        handler = () -> mathError(task, X86Exit.VECTOR_XM);
                    }
                    default -> {
                        step = EXC_BOUNDS;
                        handler = () -> trap(task, X86_TRAP_BR, 0, SigInfo.kernel(SIGSEGV));
                    }
                }
            }
            // No page fault is raised for an address that is not canonical.
            case CpuExit.PAGE_FAULT -> {
                if (StackAccess.isStackFault(machine.state())) {
                    step = EXC_STACK_SEGMENT;
                    handler = () -> trap(task, X86_TRAP_SS, 0, SigInfo.kernel(SIGBUS));
                } else {
                    step = EXC_GENERAL_PROTECTION;
                    handler = () -> trap(task, X86_TRAP_GP, 0, SigInfo.kernel(SIGSEGV));
                }
            }
            default -> {
                step = EXC_GENERAL_PROTECTION;
                handler = () -> trap(task, X86_TRAP_GP, detail, SigInfo.kernel(SIGSEGV));
            }
        }
        run(cpu, task, step, handler);
    }

    /** #GP of an IRET to user mode, delivered as if user mode had raised it at the address that was to be returned to (FRM-06, X86-32). */
    private void badIret(final CpuLocal cpu, final Task task, final long errorCode) {
        k.steps.enter(cpu, EXC_GENERAL_PROTECTION, 0);
        frames.errorEntryBadIret(cpu, task);
        handle(cpu, task, () -> trap(task, X86_TRAP_GP, errorCode, SigInfo.kernel(SIGSEGV)));
        k.steps.leave(k.cpu, EXC_GENERAL_PROTECTION);
    }

    private void run(final CpuLocal cpu, final Task task, final Step step, final Runnable handler) {
        k.steps.enter(cpu, step, 0);
        frames.errorEntry(cpu, task);
        if (step != EXC_INT3 && step != EXC_OVERFLOW && step != EXC_DEBUG) {
            // A fault's frame has RF set, a trap's has not. Source: Intel SDM volume 3, 19.3.1.1.
            task.regs.slot[X86PtRegs.FLAGS] |= X86Regs.RF;
        }
        handle(cpu, task, handler);
        k.steps.leave(k.cpu, step);
    }

    /** Handlers run with interrupts on: user mode always had them on (X86-37). */
    private void handle(final CpuLocal cpu, final Task task, final Runnable handler) {
        k.irqEntry.irqentryEnter(cpu, task.regs);
        Irqs.localIrqEnable(cpu);
        handler.run();
        Irqs.localIrqDisable(k.cpu);
        k.irqEntry.irqentryExit(task.regs, false);
        returns.iret(k.cpu, task);
    }

    // ---- signals

    private static SigInfo fault(final int sig, final int code, final Task task) {
        return SigInfo.fault(sig, code, task.regs.slot[X86PtRegs.IP]);
    }

    /** {@code do_trap()}. */
    private void trap(final Task task, final int vector, final long errorCode, final SigInfo info) {
        final X86Thread thread = (X86Thread) task.thread;
        thread.trapNr = vector;
        thread.errorCode = errorCode;
        k.signals.force(task, info);
    }

    /** {@code exc_debug_user()}, {@code send_sigtrap()} (X86-38). */
    private void debug(final Task task, final long dr6, final int code) {
        ((X86Thread) task.thread).virtualDr6 = dr6;
        trap(task, X86_TRAP_DB, 0, fault(SIGTRAP, code, task));
    }

    /** {@code math_error()}: the reasons are in the registers that the exception came from. */
    private void mathError(final Task task, final int vector) {
        final CpuState live = k.cpu.live;
        final long mxcsr = live.r[X86Regs.MXCSR];
        final long raised = vector == X86Exit.VECTOR_XM
                ? mxcsr & ~(mxcsr >> MXCSR_MASKS)
                : live.r[X86Regs.FSW] & ~live.r[X86Regs.FCW];
        trap(task, vector, 0, fault(SIGFPE, floatingPointCode(raised), task));
    }

    /** {@code fpu__exception_code()}: the first that applies. */
    private static int floatingPointCode(final long raised) {
        if ((raised & 0x01) != 0) {
            return SigInfo.FPE_FLTINV;
        }
        if ((raised & 0x04) != 0) {
            return SigInfo.FPE_FLTDIV;
        }
        if ((raised & 0x08) != 0) {
            return SigInfo.FPE_FLTOVF;
        }
        return (raised & 0x12) != 0 ? SigInfo.FPE_FLTUND : SigInfo.FPE_FLTRES;
    }

    private static long pageFaultError(final Cpu machine) {
        final int access = machine.faultAccess();
        return (machine.faultOnPresentPage() ? X86_PF_PROT : 0)
                | (access == AddressSpace.PROT_WRITE ? X86_PF_WRITE : 0)
                | (access == AddressSpace.PROT_EXEC ? X86_PF_INSTR : 0)
                | X86_PF_USER;
    }

    /** {@code bad_area()}: what the kernel's page tables hold is not told, so its addresses always look like protected ones. */
    private void pageFault(final Task task, final long address, final long errorCode) {
        final X86Thread thread = (X86Thread) task.thread;
        final boolean kernelAddress = Long.compareUnsigned(address, X86Regs.TASK_SIZE_MAX) >= 0;
        thread.cr2 = address;
        final boolean protectedPage = !kernelAddress && (errorCode & X86_PF_PROT) != 0;
        trap(
                task,
                X86_TRAP_PF,
                kernelAddress ? errorCode | X86_PF_PROT : errorCode,
                SigInfo.fault(SIGSEGV, protectedPage ? SigInfo.SEGV_ACCERR : SigInfo.SEGV_MAPERR, address));
    }
}
