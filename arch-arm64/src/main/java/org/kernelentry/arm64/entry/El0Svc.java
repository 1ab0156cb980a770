package org.kernelentry.arm64.entry;

import static org.kernelentry.arm64.Arm64PtRegs.NO_SYSCALL;
import static org.kernelentry.arm64.Arm64PtRegs.ORIG_X0;
import static org.kernelentry.arm64.Arm64PtRegs.SYSCALLNO;
import static org.kernelentry.kernel.task.ThreadFlags.TIF_SINGLESTEP;

import org.jspecify.annotations.Nullable;
import org.kernelentry.arm64.abi.Arm64Abi;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.SyscallEntry;
import org.kernelentry.kernel.entry.SyscallExit;
import org.kernelentry.kernel.entry.UserTransition;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.syscall.SyscallBody;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;

/**
 * System calls: {@code svc} from AArch64 and AArch32, by arm64's own code or around the generic one.
 *
 * <p>Source: linux v7.3 arch/arm64/kernel/entry-common.c el0_svc(), el0_svc_compat(); arch/arm64/kernel/syscall.c el0_svc_common(),
 * invoke_syscall().
 */
public final class El0Svc {
    /** Detail: the number. */
    public static final Step EL0_SVC = Step.frame("el0_svc", "arch/arm64/kernel/entry-common.c el0_svc()");

    public static final Step EL0_SVC_COMPAT =
            Step.frame("el0_svc_compat", "arch/arm64/kernel/entry-common.c el0_svc_compat()");
    public static final Step FPSIMD_SYSCALL_ENTER =
            Step.of("fpsimd_syscall_enter", "arch/arm64/kernel/entry-common.c fpsimd_syscall_enter()");
    /** Detail: the number. */
    public static final Step INVOKE_SYSCALL = Step.of("invoke_syscall", "arch/arm64/kernel/syscall.c invoke_syscall()");
    /** Detail: the result. */
    public static final Step SYSCALL_SET_RETURN_VALUE =
            Step.of("syscall_set_return_value", "arch/arm64/include/asm/syscall.h syscall_set_return_value()");

    /** The proposal: the call starts over without leaving the kernel. Detail: the number. */
    public static final Step RESTART_IN_KERNEL = Step.of("restart in kernel", "proposal, no kernel has it");

    private static final int X8 = 8;
    private static final int R7 = 7;

    private final SyscallTrace trace;
    private final CompatPrivateCalls privateCalls;
    private @Nullable SyscallTable nativeTable;
    private @Nullable SyscallTable compatTable;

    El0Svc(final Kernel kernel) {
        this.trace = new SyscallTrace(kernel);
        this.privateCalls = new CompatPrivateCalls(kernel);
    }

    /** From saved registers to the end of the exit work; the immediate of the instruction does not matter (A64-01, A32-01). */
    void handle(final Kernel k, final Task task) {
        final CpuLocal cpu = k.cpu;
        final PtRegs regs = task.regs;
        final boolean compat = task.is32Bit();
        final int nr = (int) regs.slot[compat ? R7 : X8];
        final Step scope = compat ? EL0_SVC_COMPAT : EL0_SVC;
        k.steps.enter(cpu, scope, nr);
        task.syscallNr = nr;
        if (k.config.generic()) {
            handleGeneric(k, task, regs, nr, compat);
        } else {
            handleNative(k, task, regs, nr, compat);
        }
        k.steps.leave(k.cpu, scope);
    }

    private void handleNative(final Kernel k, final Task task, final PtRegs regs, final int nr, final boolean compat) {
        final CpuLocal cpu = k.cpu;
        UserTransition.enterFromUserMode(cpu, regs);
        k.steps.at(cpu, FPSIMD_SYSCALL_ENTER);
        UserExit.daifRestoreProcctx(cpu);
        svcCommon(k, task, regs, nr, compat);
        UserExit.syscallExitToUserMode(k, task, regs);
    }

    /** {@code el0_svc_common()}. */
    private void svcCommon(final Kernel k, final Task task, final PtRegs regs, final int nr, final boolean compat) {
        final boolean work = (task.syscallWork & SyscallTrace.SYSCALL_WORK) != 0;
        regs.slot[ORIG_X0] = regs.slot[0];
        regs.slot[SYSCALLNO] = nr;
        int run = nr;
        if (work) {
            // A number of -1 of the user's own looks like the tracer's "skip", which keeps x0: it is preset here
            // (A64-09).
            if (nr == NO_SYSCALL) {
                setReturnValue(k, task, regs, -Errno.ENOSYS);
            }
            run = trace.enter(task, regs);
        }
        if (!work || run != NO_SYSCALL) {
            invoke(k, task, regs, run, compat);
            // Traced at entry means traced at exit; otherwise the flags of now decide (A64-11).
            if (!work && (task.syscallWork & SyscallTrace.SYSCALL_WORK) == 0 && !task.testTif(TIF_SINGLESTEP)) {
                return;
            }
        }
        trace.exit(task, regs);
    }

    /** {@code invoke_syscall()}: any number that has no body gives -ENOSYS (ENT-24). */
    private void invoke(final Kernel k, final Task task, final PtRegs regs, final int nr, final boolean compat) {
        // After the entry work, unlike the generic code (A64-26, DIF-A64-20).
        k.steps.at(k.cpu, SyscallEntry.ADD_RANDOM_KSTACK_OFFSET);
        final SyscallTable table = table(k, compat);
        final SyscallBody body = table.find(nr);
        setReturnValue(
                k, task, regs, body != null ? run(k, table, body, task, regs, nr) : unmatched(task, regs, nr, compat));
    }

    private static long run(
            final Kernel k,
            final SyscallTable table,
            final SyscallBody body,
            final Task task,
            final PtRegs regs,
            final int nr) {
        table.arguments(task, regs, nr);
        k.steps.enter(k.cpu, INVOKE_SYSCALL, nr);
        final long result = body.invoke(task);
        k.steps.leave(k.cpu, INVOKE_SYSCALL);
        return result;
    }

    /** {@code do_ni_syscall()}. */
    private long unmatched(final Task task, final PtRegs regs, final int nr, final boolean compat) {
        return compat ? privateCalls.invoke(task, regs, nr) : -Errno.ENOSYS;
    }

    /**
     * The same call around the generic entry code.
     *
     * <p>DIF-A64-05: the generic contract is a preset of -ENOSYS before any work, as the ports that share one register between argument 0 and
     * result do it (riscv, loongarch): argument 0 then lives in {@code orig_x0} alone, and a tracer at the entry-stop sees -38 in x0. DIF-A64-06:
     * skip is a decision of its own, and a number without a body leaves x0 as it is. DIF-A64-20: the stack offset comes before the work.
     */
    private void handleGeneric(final Kernel k, final Task task, final PtRegs regs, final int nr, final boolean compat) {
        final CpuLocal cpu = k.cpu;
        regs.slot[ORIG_X0] = regs.slot[0];
        regs.slot[SYSCALLNO] = nr;
        setReturnValue(k, task, regs, -Errno.ENOSYS);
        boolean permit = SyscallEntry.syscallEnterFromUserMode(cpu, task, regs);
        while (true) {
            if (permit) {
                invokeGeneric(k, task, regs, compat);
            }
            if (!SyscallExit.syscallExitToUserMode(k, task, regs)) {
                return;
            }
            // Only with PROPOSED_GENERIC_FAST_RESTART: the signal code has left the number to run in the frame.
            k.steps.at(k.cpu, RESTART_IN_KERNEL, regs.slot[SYSCALLNO]);
            task.syscallNr = (int) regs.slot[SYSCALLNO];
            setReturnValue(k, task, regs, -Errno.ENOSYS);
            permit = SyscallEntry.syscallEnterFromUserModeWork(k.cpu, task, regs);
        }
    }

    private void invokeGeneric(final Kernel k, final Task task, final PtRegs regs, final boolean compat) {
        final int run = (int) task.syscallNr;
        final SyscallTable table = table(k, compat);
        final SyscallBody body = table.find(run);
        if (body != null) {
            setReturnValue(k, task, regs, run(k, table, body, task, regs, run));
        } else if (compat && CompatPrivateCalls.known(run)) {
            setReturnValue(k, task, regs, privateCalls.invoke(task, regs, run));
        }
    }

    /** {@code syscall_set_return_value()} with no error. */
    private static void setReturnValue(final Kernel k, final Task task, final PtRegs regs, final long value) {
        regs.slot[0] = task.is32Bit() ? value & 0xffff_ffffL : value;
        k.steps.at(k.cpu, SYSCALL_SET_RETURN_VALUE, value);
    }

    /** Built on first use: the bodies exist only once the kernel is complete. */
    private SyscallTable table(final Kernel k, final boolean compat) {
        final SyscallTable known = compat ? compatTable : nativeTable;
        if (known != null) {
            return known;
        }
        final SyscallTable made = new SyscallTable(k, compat ? Arm64Abi.A32 : Arm64Abi.A64);
        if (compat) {
            compatTable = made;
        } else {
            nativeTable = made;
        }
        return made;
    }
}
