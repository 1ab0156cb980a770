package org.kernelentry.x86.entry;

import static org.kernelentry.x86.X86PtRegs.*;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.entry.SyscallEntry;
import org.kernelentry.kernel.entry.UserTransition;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;

/**
 * INT 0x80, of 32-bit and of 64-bit code: an interrupt gate whose handler makes a system call of the frame.
 *
 * <p>Source: linux v7.3 arch/x86/entry/entry_64.S asm_int80_emulation; arch/x86/entry/syscall_32.c do_int80_emulation().
 */
final class Int80 {
    static final Step ASM_INT80_EMULATION =
            Step.frame("asm_int80_emulation", "arch/x86/entry/entry_64.S asm_int80_emulation");
    static final Step DO_INT80_EMULATION =
            Step.of("do_int80_emulation", "arch/x86/entry/syscall_32.c do_int80_emulation()");
    /** Detail: the number. */
    static final Step SET_ORIG_AX = Step.of("orig_ax = number, ax = -ENOSYS", "arch/x86/entry/syscall_32.c");

    private final Kernel k;
    private final ExceptionFrame frames;
    private final Syscall32 calls;
    private final ReturnToUser returns;

    Int80(final Kernel k, final ExceptionFrame frames, final Syscall32 calls, final ReturnToUser returns) {
        this.k = k;
        this.frames = frames;
        this.calls = calls;
        this.returns = returns;
    }

    void enter(final CpuLocal cpu, final Task task) {
        final PtRegs regs = task.regs;
        final long[] frame = regs.slot;
        k.steps.enter(cpu, ASM_INT80_EMULATION, 0);
        frames.errorEntry(cpu, task);
        k.steps.enter(cpu, DO_INT80_EMULATION, 0);
        UserTransition.enterFromUserMode(cpu, regs);
        k.steps.at(cpu, SyscallEntry.ADD_RANDOM_KSTACK_OFFSET);
        // The gate's stub put -1 there (X86-10).
        frame[ORIG_AX] = frame[AX] & 0xffff_ffffL;
        frame[AX] = -Errno.ENOSYS;
        k.steps.at(cpu, SET_ORIG_AX, frame[ORIG_AX]);
        task.syscallNr = calls.enter(task);
        Irqs.localIrqEnable(cpu);
        calls.run(task, SyscallEntry.syscallEnterFromUserModeWork(k.cpu, task, regs));
        k.steps.leave(k.cpu, DO_INT80_EMULATION);
        returns.iret(k.cpu, task);
        k.steps.leave(k.cpu, ASM_INT80_EMULATION);
    }
}
