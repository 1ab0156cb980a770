package org.kernelentry.x86.entry;

import java.util.BitSet;
import java.util.List;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.machine.CpuState;
import org.kernelentry.x86.X86PtRegs;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.X86Thread;
import org.kernelentry.x86.abi.X86Abi;

/**
 * The {@code pt_regs} that SYSCALL built before Linux 4.16: rbx, rbp and r12 to r15, which C code preserves, stay in the CPU and are saved only for
 * those who look at the frame. It saves six pushes and six pops, and costs everything below (X86-60).
 *
 * <p>On only with {@code PARTIAL_PT_REGS}. Whoever looks at another place sees old values; PTRACE_EVENT_EXIT of a call of exit is one. What 4.2
 * showed there has not been looked up.
 *
 * <p>Source: linux v4.2 arch/x86/entry/entry_64.S entry_SYSCALL_64, tracesys, FORK_LIKE, stub_rt_sigreturn, stub_execve; calling.h SAVE_C_REGS,
 * SAVE_EXTRA_REGS.
 */
final class PartialFrame {
    static final Step SAVE_C_REGS =
            Step.of("save registers that C code destroys", "linux v4.2 arch/x86/entry/calling.h SAVE_C_REGS");
    static final Step SAVE_EXTRA_REGS =
            Step.of("save registers that C code preserves", "linux v4.2 arch/x86/entry/calling.h SAVE_EXTRA_REGS");

    /**
     * Those whose stubs save the rest first, and clone3 of later kernels. The stubs of execve and execveat save nothing: a new program's registers
     * are all new, and after an error the caller's are still in the CPU.
     */
    private static final List<String> STUBBED = List.of("rt_sigreturn", "clone", "fork", "vfork", "clone3");

    private final boolean on;
    private final BitSet stubbed = new BitSet();

    PartialFrame(final Kernel k) {
        this.on = k.config.has(Option.PARTIAL_PT_REGS);
        for (final String name : STUBBED) {
            stubbed.set(X86Abi.X64.number(name));
        }
    }

    /** Whether this call may go without: nobody looks at its entry. */
    boolean suffices(final Task task) {
        return on && (task.syscallWork & ThreadFlags.SYSCALL_WORK_ENTER) == 0;
    }

    /** Saves and clears the nine registers that C code destroys; the kernel then runs with six of the user's values. */
    static void pushAndClearRegs(final Kernel k, final CpuLocal cpu, final Task task) {
        final CpuState live = cpu.live;
        ((X86Thread) task.thread).partialRegs = true;
        X86PtRegs.pushCallerSaved(task.regs.slot, live.r);
        k.steps.at(cpu, SAVE_C_REGS);
        live.r[X86Regs.RAX] = 0;
        live.r[X86Regs.RCX] = 0;
        live.r[X86Regs.RDX] = 0;
        live.r[X86Regs.RSI] = 0;
        live.r[X86Regs.RDI] = 0;
        for (int r = X86Regs.R8; r <= X86Regs.R11; r++) {
            live.r[r] = 0;
        }
        k.steps.at(cpu, Stub.CLEAR_REGISTERS);
    }

    /** The stub of a call, if it has one. */
    void stub(final Kernel k, final Task task, final int number) {
        if (stubbed.get(number)) {
            complete(k, task);
        }
    }

    /**
     * Saves the rest, for somebody who looks at the frame of the running task: signal code and IRET. The stop of a tracer at the exit finds all there
     * already, since it is asked for before the entry or at a stop inside a stubbed call.
     */
    static void complete(final Kernel k, final Task task) {
        final X86Thread thread = (X86Thread) task.thread;
        if (thread.partialRegs) {
            thread.partialRegs = false;
            X86PtRegs.pushCalleeSaved(task.regs.slot, k.cpu.live.r);
            k.steps.at(k.cpu, SAVE_EXTRA_REGS);
        }
    }

    /** The registers for the way back: what is not in the frame is in the CPU still. */
    static void popRegs(final Task task, final CpuState live) {
        final X86Thread thread = (X86Thread) task.thread;
        if (thread.partialRegs) {
            thread.partialRegs = false;
            X86PtRegs.popCallerSaved(task.regs.slot, live.r);
        } else {
            X86PtRegs.popGeneral(task.regs.slot, live.r);
        }
    }

    /** {@code __switch_to_asm}: what C code preserves goes with the task. */
    static void switchTo(final CpuState live, final X86Thread previous, final X86Thread next) {
        if (previous.partialRegs) {
            X86PtRegs.pushCalleeSaved(previous.inactiveFrame, live.r);
        }
        if (next.partialRegs) {
            X86PtRegs.popCalleeSaved(next.inactiveFrame, live.r);
        }
    }
}
