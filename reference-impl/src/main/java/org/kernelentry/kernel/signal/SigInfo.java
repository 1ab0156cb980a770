package org.kernelentry.kernel.signal;

/**
 * What a signal carries ({@code kernel_siginfo_t}), the members the entry paths use.
 *
 * @param signo signal number
 * @param errno {@code si_errno}
 * @param code {@code si_code}
 * @param pid {@code si_pid} of user-sent signals and SIGCHLD; {@code si_tid} of timers
 * @param uid {@code si_uid}; {@code si_overrun} of timers
 * @param addr {@code si_addr} of faults; {@code si_call_addr} of SIGSYS; {@code si_value} of queued and timer
 *     signals; {@code si_band} of SIGIO
 * @param value {@code si_status} of SIGCHLD; {@code si_syscall} of SIGSYS; {@code si_fd} of SIGIO;
 *     trap number
 * @param arch {@code si_arch} of SIGSYS
 */
public record SigInfo(int signo, int errno, int code, int pid, int uid, long addr, int value, int arch) {
    public static final int SI_USER = 0;
    public static final int SI_KERNEL = 0x80;
    public static final int SI_QUEUE = -1;
    public static final int SI_TIMER = -2;
    public static final int SI_SIGIO = -5;
    public static final int SI_TKILL = -6;
    public static final int SI_DETHREAD = -7;
    public static final int SI_ASYNCNL = -60;
    public static final int TRAP_BRKPT = 1;
    public static final int TRAP_TRACE = 2;
    public static final int TRAP_HWBKPT = 4;
    public static final int SYS_SECCOMP = 1;
    public static final int SYS_USER_DISPATCH = 2;
    public static final int SEGV_MAPERR = 1;
    public static final int SEGV_ACCERR = 2;
    public static final int ILL_ILLOPC = 1;
    public static final int ILL_ILLTRP = 4;
    public static final int BUS_ADRALN = 1;
    public static final int FPE_INTDIV = 1;
    public static final int FPE_FLTDIV = 3;
    public static final int FPE_FLTOVF = 4;
    public static final int FPE_FLTUND = 5;
    public static final int FPE_FLTRES = 6;
    public static final int FPE_FLTINV = 7;
    public static final int CLD_EXITED = 1;
    public static final int CLD_KILLED = 2;
    public static final int CLD_DUMPED = 3;
    public static final int CLD_TRAPPED = 4;
    public static final int CLD_STOPPED = 5;
    public static final int CLD_CONTINUED = 6;

    /** From kill(2) by {@code pid}. */
    public static SigInfo user(final int signo, final int pid) {
        return new SigInfo(signo, 0, SI_USER, pid, 0, 0, 0, 0);
    }

    /** From tkill(2) or tgkill(2) by {@code pid}. */
    public static SigInfo tkill(final int signo, final int pid) {
        return new SigInfo(signo, 0, SI_TKILL, pid, 0, 0, 0, 0);
    }

    /** {@code SEND_SIG_PRIV}: from the kernel itself. */
    public static SigInfo kernel(final int signo) {
        return new SigInfo(signo, 0, SI_KERNEL, 0, 0, 0, 0, 0);
    }

    /** A fault at {@code addr}. */
    public static SigInfo fault(final int signo, final int code, final long addr) {
        return new SigInfo(signo, 0, code, 0, 0, addr, 0, 0);
    }

    /** {@code SI_FROMUSER()}: a process sent it, so the sender's permission counts. */
    public boolean fromUser() {
        return code <= 0;
    }

    /** The same signal, errno and code with other members. */
    SigInfo with(final int newPid, final int newUid, final long newAddr, final int newValue, final int newArch) {
        return new SigInfo(signo, errno, code, newPid, newUid, newAddr, newValue, newArch);
    }

    /** The same siginfo for another signal number. */
    SigInfo withSigno(final int newSigno) {
        return new SigInfo(newSigno, errno, code, pid, uid, addr, value, arch);
    }
}
