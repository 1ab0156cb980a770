package org.kernelentry.arm.entry;

import org.jspecify.annotations.Nullable;
import org.kernelentry.arm.ArmThread;
import org.kernelentry.arm.abi.ArmAbi;
import org.kernelentry.arm.abi.SyscallTable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.syscall.SyscallBody;
import org.kernelentry.kernel.task.Task;

/** From a number to a body: {@code invoke_syscall} and the tables. Source: linux v7.3 arch/arm/kernel/entry-header.S invoke_syscall. */
final class Dispatcher {
    /** Detail: the number. */
    static final Step INVOKE_SYSCALL = Step.of("invoke_syscall", "arch/arm/kernel/entry-header.S invoke_syscall");

    private final PrivateCalls privateCalls;
    private @Nullable SyscallTable eabi;
    private @Nullable SyscallTable oabi;

    Dispatcher(final Kernel k) {
        this.privateCalls = new PrivateCalls(k);
    }

    /** The table of the current call; built at the first use, when the kernel's bodies are complete. */
    private SyscallTable table(final Kernel k, final ArmThread thread) {
        SyscallTable table = thread.oabi ? oabi : eabi;
        if (table == null) {
            table = new SyscallTable(k, thread.oabi ? ArmAbi.OABI : ArmAbi.EABI);
            if (thread.oabi) {
                oabi = table;
            } else {
                eabi = table;
            }
        }
        return table;
    }

    /** The body of the current call, or null when the number is beyond its table. */
    @Nullable
    SyscallBody find(final Kernel k, final ArmThread thread, final int nr) {
        return table(k, thread).find(nr);
    }

    /** Whether a number outside of the table goes to the private calls: unsigned, so that -1 does (ARM-07). */
    static boolean isPrivate(final int nr) {
        return Integer.compareUnsigned(nr, ArmAbi.ARM_NR_BASE) >= 0;
    }

    /** Fills the arguments: argument 0 as given, the others from the saved r1 to r6. */
    void loadArguments(final Task task, final PtRegs regs, final long argument0) {
        final long[] args = task.args;
        final long[] slot = regs.slot;
        args[0] = argument0;
        args[1] = slot[1];
        args[2] = slot[2];
        args[3] = slot[3];
        args[4] = slot[4];
        args[5] = slot[5];
        args[6] = slot[6];
    }

    /** Runs the body of a number. */
    static long invoke(final Kernel k, final Task task, final SyscallBody body, final int nr) {
        k.steps.at(k.cpu, INVOKE_SYSCALL, nr);
        return body.invoke(task);
    }

    long invokePrivate(final Task task, final PtRegs regs, final int nr) {
        return privateCalls.invoke(task, regs, nr);
    }
}
