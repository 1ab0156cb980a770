package org.kernelentry.arm;

import java.util.Arrays;
import org.kernelentry.isa.aarch32.A32Regs;
import org.kernelentry.isa.aarch32.A32T32Isa;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuState;

/** What arm keeps per task beside the saved registers: {@code struct thread_info} and {@code struct thread_struct}. */
public final class ArmThread {
    /** {@code abi_syscall} of a task that is not in a system call, as far as the port says so. */
    public static final int NO_SYSCALL = -1;

    /** Double registers of VFPv3-D32. */
    public static final int VFP_REGISTERS = 32;

    private static final A32Regs LIVE = A32T32Isa.REGS;

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
    /** {@code vfpstate.hard.fpregs} while the task does not run: D0 to D31. */
    public final long[] fpregs = new long[VFP_REGISTERS];
    /** {@code vfpstate.hard.fpscr} while the task does not run. */
    public int fpscr;
    /** {@code thread.trap_no}, {@code thread.error_code} and {@code thread.address} as signal frames show them. */
    public int trapNo;

    public int errorCode;
    public long address;

    /** {@code vfp_sync_hwstate()} and the user's thread register: takes what the task left in the CPU. */
    public void save(final CpuState s) {
        tpUser = s.r[LIVE.tpidrurw];
        saveVfp(s);
    }

    /** {@code vfp_sync_hwstate()}. */
    public void saveVfp(final CpuState s) {
        System.arraycopy(s.r, LIVE.vfp, fpregs, 0, VFP_REGISTERS);
        fpscr = LIVE.fpscr(s);
    }

    /** Puts the floating-point state into the CPU. */
    public void loadVfp(final CpuState s) {
        System.arraycopy(fpregs, 0, s.r, LIVE.vfp, VFP_REGISTERS);
        LIVE.setFpscr(s, fpscr);
    }

    /** {@code vfp_thread_flush()}: exec. */
    public void flushVfp() {
        Arrays.fill(fpregs, 0);
        fpscr = 0;
    }

    /** {@code vfp_thread_copy()}: fork. */
    public void copyVfp(final ArmThread from) {
        System.arraycopy(from.fpregs, 0, fpregs, 0, VFP_REGISTERS);
        fpscr = from.fpscr;
    }

    /** The arm part of a task. */
    public static ArmThread of(final Task task) {
        return (ArmThread) task.thread;
    }
}
