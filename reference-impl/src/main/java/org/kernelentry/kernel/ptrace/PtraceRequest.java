package org.kernelentry.kernel.ptrace;

/** Request numbers of ptrace(2). Source: linux v7.3 include/uapi/linux/ptrace.h and the ports' uapi/asm/ptrace.h. */
public final class PtraceRequest {
    public static final int PTRACE_TRACEME = 0;
    public static final int PTRACE_PEEKTEXT = 1;
    public static final int PTRACE_PEEKDATA = 2;
    public static final int PTRACE_PEEKUSR = 3;
    public static final int PTRACE_POKETEXT = 4;
    public static final int PTRACE_POKEDATA = 5;
    public static final int PTRACE_POKEUSR = 6;
    public static final int PTRACE_CONT = 7;
    public static final int PTRACE_KILL = 8;
    public static final int PTRACE_SINGLESTEP = 9;
    public static final int PTRACE_ATTACH = 16;
    public static final int PTRACE_DETACH = 17;
    /** x86 and arm. */
    public static final int PTRACE_OLDSETOPTIONS = 21;

    public static final int PTRACE_SYSCALL = 24;
    /** x86 and arm64; arm uses the number for PTRACE_GETFDPIC (PTR-42). */
    public static final int PTRACE_SYSEMU = 31;
    /** x86 and arm64. */
    public static final int PTRACE_SYSEMU_SINGLESTEP = 32;
    /** x86; arm64 uses the number for PTRACE_PEEKMTETAGS. */
    public static final int PTRACE_SINGLEBLOCK = 33;

    public static final int PTRACE_SETOPTIONS = 0x4200;
    public static final int PTRACE_GETEVENTMSG = 0x4201;
    public static final int PTRACE_GETSIGINFO = 0x4202;
    public static final int PTRACE_SETSIGINFO = 0x4203;
    public static final int PTRACE_GETREGSET = 0x4204;
    public static final int PTRACE_SETREGSET = 0x4205;
    public static final int PTRACE_SEIZE = 0x4206;
    public static final int PTRACE_INTERRUPT = 0x4207;
    public static final int PTRACE_LISTEN = 0x4208;
    public static final int PTRACE_PEEKSIGINFO = 0x4209;
    public static final int PTRACE_GETSIGMASK = 0x420a;
    public static final int PTRACE_SETSIGMASK = 0x420b;
    public static final int PTRACE_GET_SYSCALL_INFO = 0x420e;
    public static final int PTRACE_GET_RSEQ_CONFIGURATION = 0x420f;
    public static final int PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG = 0x4210;
    public static final int PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG = 0x4211;
    /** Since 6.16. */
    public static final int PTRACE_SET_SYSCALL_INFO = 0x4212;

    public static final int PTRACE_O_TRACESYSGOOD = 1;
    public static final int PTRACE_O_TRACEFORK = 1 << 1;
    public static final int PTRACE_O_TRACEVFORK = 1 << 2;
    public static final int PTRACE_O_TRACECLONE = 1 << 3;
    public static final int PTRACE_O_TRACEEXEC = 1 << 4;
    public static final int PTRACE_O_TRACEVFORKDONE = 1 << 5;
    public static final int PTRACE_O_TRACEEXIT = 1 << 6;
    public static final int PTRACE_O_TRACESECCOMP = 1 << 7;
    public static final int PTRACE_O_EXITKILL = 1 << 20;
    public static final int PTRACE_O_SUSPEND_SECCOMP = 1 << 21;
    public static final int PTRACE_O_MASK = 0xff | PTRACE_O_EXITKILL | PTRACE_O_SUSPEND_SECCOMP;

    private PtraceRequest() {}

    /** Whether it resumes the tracee on every port that defines the number. */
    static boolean resumes(final int request) {
        return switch (request) {
            case PTRACE_CONT,
                    PTRACE_SYSCALL,
                    PTRACE_SINGLESTEP,
                    PTRACE_SYSEMU,
                    PTRACE_SYSEMU_SINGLESTEP,
                    PTRACE_SINGLEBLOCK -> true;
            default -> false;
        };
    }
}
