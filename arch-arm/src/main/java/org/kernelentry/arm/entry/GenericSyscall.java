package org.kernelentry.arm.entry;

import org.kernelentry.arm.ArmPtRegs;
import org.kernelentry.arm.ArmThread;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.Irqs;
import org.kernelentry.kernel.entry.SyscallEntry;
import org.kernelentry.kernel.entry.SyscallExit;
import org.kernelentry.kernel.entry.UserTransition;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.syscall.SyscallBody;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;

/**
 * The system call path of an arm that has moved to the generic entry code.
 *
 * <p>No kernel does this yet. Where the move leaves a choice, this port takes what the generic contract says:
 *
 * <ul>
 *   <li>r0 is preset to -ENOSYS before the entry work, so a tracer finds argument 0 in ORIG_r0 only and the body takes it from there: filter and
 *       body can no longer disagree (DIF-ARM-02, DIF-ARM-04).
 *   <li>A number of -1 runs nothing and keeps what r0 holds, traced or not (DIF-ARM-03).
 *   <li>The result is always stored in the frame (DIF-ARM-25).
 *   <li>The table is remembered apart from the number, which loses its OABI marker in the generic code (DIF-ARM-23).
 *   <li>"Is a system call" is the saved number not being -1 (DIF-ARM-17).
 * </ul>
 */
final class GenericSyscall {
    static final Step VECTOR_SWI =
            Step.frame("vector_swi (generic entry)", "arch/arm/kernel/entry-common.S vector_swi");
    /** r0 = -ENOSYS. */
    static final Step PRESET_RESULT =
            Step.of("preset r0", "include/linux/entry-common.h syscall_enter_from_user_mode()");

    static final Step STORE_RESULT = Step.of("store r0", "arch/arm/kernel/entry-common.S vector_swi");
    /** The proposal: the call starts over without leaving the kernel. */
    static final Step RESTART_IN_KERNEL =
            Step.of("restart inside the kernel", "arch/arm/kernel/entry-common.S local_restart");

    private final Kernel k;
    private final SwiDecode decode;
    private final Dispatcher dispatcher;

    GenericSyscall(final Kernel k, final SwiDecode decode, final Dispatcher dispatcher) {
        this.k = k;
        this.decode = decode;
        this.dispatcher = dispatcher;
    }

    /** The whole call, from the vector to the restored registers. */
    void vectorSwi(final Task task) {
        // Read from where the exit reads it again: compiled code then knows that it is the same if nothing was called
        // meanwhile.
        final CpuLocal cpu = k.cpu;
        k.steps.enter(cpu, VECTOR_SWI, 0);
        final PtRegs regs = task.regs;
        UserRegisters.save(k, cpu, regs, true);
        boolean permit = enter(cpu, task, regs);
        while (true) {
            if (permit) {
                invoke(task, regs);
            }
            if (!SyscallExit.syscallExitToUserMode(k, task, regs)) {
                break;
            }
            k.steps.at(k.cpu, RESTART_IN_KERNEL, ArmThread.of(task).abiSyscall);
            preset(task, regs);
            permit = SyscallEntry.syscallEnterFromUserModeWork(k.cpu, task, regs);
        }
        UserRegisters.restore(k, k.cpu, task);
        k.steps.leave(k.cpu, VECTOR_SWI);
    }

    private boolean enter(final CpuLocal cpu, final Task task, final PtRegs regs) {
        if (!decode.readsInstruction()) {
            decode.decode(k, task, regs);
            preset(task, regs);
            return SyscallEntry.syscallEnterFromUserMode(cpu, task, regs);
        }
        // Reading the SWI may fault, so the kernel's state has to be established before.
        UserTransition.enterFromUserMode(cpu, regs);
        Irqs.localIrqEnable(cpu);
        if (!decode.decode(k, task, regs)) {
            ArmThread.of(task).abiSyscall = ArmThread.NO_SYSCALL;
            task.syscallNr = ArmThread.NO_SYSCALL;
            return false;
        }
        preset(task, regs);
        return SyscallEntry.syscallEnterFromUserModeWork(k.cpu, task, regs);
    }

    private void preset(final Task task, final PtRegs regs) {
        task.syscallNr = SwiDecode.syscallGetNr(k, ArmThread.of(task));
        regs.slot[ArmPtRegs.R0] = ArmPtRegs.u32(-Errno.ENOSYS);
        k.steps.at(k.cpu, PRESET_RESULT);
    }

    private void invoke(final Task task, final PtRegs regs) {
        final ArmThread thread = ArmThread.of(task);
        final int number = (int) task.syscallNr;
        dispatcher.loadArguments(task, regs, regs.slot[ArmPtRegs.ORIG_R0]);
        final long result;
        final SyscallBody body = dispatcher.find(k, thread, number);
        if (body != null) {
            result = Dispatcher.invoke(k, task, body, number);
        } else if (number != ArmThread.NO_SYSCALL && Dispatcher.isPrivate(number)) {
            result = privateCall(task, regs, number);
        } else {
            return;
        }
        regs.slot[ArmPtRegs.R0] = ArmPtRegs.u32(result);
        k.steps.at(k.cpu, STORE_RESULT);
    }

    /** Private calls that leave r0 alone mean the caller's, which the preset has moved to ORIG_r0. */
    private long privateCall(final Task task, final PtRegs regs, final int number) {
        regs.slot[ArmPtRegs.R0] = regs.slot[ArmPtRegs.ORIG_R0];
        return dispatcher.invokePrivate(task, regs, number);
    }
}
