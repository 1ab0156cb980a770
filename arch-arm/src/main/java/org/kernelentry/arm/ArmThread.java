package org.kernelentry.arm;

import org.kernelentry.kernel.task.Task;

/** What arm keeps per task beside the saved registers: {@code struct thread_info} and {@code struct thread_struct}. */
public final class ArmThread {
    /** {@code abi_syscall} of a task that is not in a system call, as far as the port says so. */
    public static final int NO_SYSCALL = -1;

    /** {@code thread_info.abi_syscall}: number of the call, with the OABI marker where that entry was used. */
    public int abiSyscall = NO_SYSCALL;
    /** Which table the call uses; the marker in {@link #abiSyscall} may get lost on the way (RST-26, DIF-ARM-23). */
    public boolean oabi;
    /** The register {@code scno} of the entry code: number of the call as entry work left it, as the table counts. */
    public int scno = NO_SYSCALL;
    /** The register {@code why} of the entry code: this is a real system call, so it may be restarted. */
    public boolean why;
    /** {@code tp_value[0]}: the thread pointer. */
    public long tpValue;
    /** {@code tp_value[1]}: TPIDRURW while the task does not run. */
    public long tpUser;
    /** {@code thread.trap_no}, {@code thread.error_code} and {@code thread.address} as signal frames show them. */
    public int trapNo;

    public int errorCode;
    public long address;

    /** The arm part of a task. */
    public static ArmThread of(final Task task) {
        return (ArmThread) task.thread;
    }
}
