package org.kernelentry.kernel.task;

/**
 * {@code struct kernel_clone_args}: the arguments of clone(2), clone3(2), fork(2) and vfork(2) in one form.
 *
 * @param flags CLONE_*
 * @param sp stack pointer of the child, 0 for the parent's
 * @param parentTid where CLONE_PARENT_SETTID stores
 * @param childTid where CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID store
 * @param tls for CLONE_SETTLS
 * @param exitSignal what the parent gets when the child dies, 0 for nothing
 * @param setTid pid wanted for the child, 0 for any
 */
public record CloneArgs(long flags, long sp, long parentTid, long childTid, long tls, int exitSignal, int setTid) {
    public static final long CSIGNAL = 0xff;
    public static final long CLONE_NEWTIME = 0x80;
    public static final long CLONE_VM = 0x100;
    public static final long CLONE_FS = 0x200;
    public static final long CLONE_FILES = 0x400;
    public static final long CLONE_SIGHAND = 0x800;
    public static final long CLONE_PIDFD = 0x1000;
    public static final long CLONE_PTRACE = 0x2000;
    public static final long CLONE_VFORK = 0x4000;
    public static final long CLONE_PARENT = 0x8000;
    public static final long CLONE_THREAD = 0x1_0000;
    public static final long CLONE_NEWNS = 0x2_0000;
    public static final long CLONE_SYSVSEM = 0x4_0000;
    public static final long CLONE_SETTLS = 0x8_0000;
    public static final long CLONE_PARENT_SETTID = 0x10_0000;
    public static final long CLONE_CHILD_CLEARTID = 0x20_0000;
    public static final long CLONE_DETACHED = 0x40_0000;
    public static final long CLONE_UNTRACED = 0x80_0000;
    public static final long CLONE_CHILD_SETTID = 0x100_0000;
    public static final long CLONE_NEWCGROUP = 0x200_0000;
    public static final long CLONE_NEWUTS = 0x400_0000;
    public static final long CLONE_NEWIPC = 0x800_0000;
    public static final long CLONE_NEWUSER = 0x1000_0000;
    public static final long CLONE_NEWPID = 0x2000_0000;
    public static final long CLONE_NEWNET = 0x4000_0000;
    public static final long CLONE_IO = 0x8000_0000L;
    public static final long CLONE_CLEAR_SIGHAND = 0x1_0000_0000L;
    public static final long CLONE_INTO_CGROUP = 0x2_0000_0000L;

    /** What clone(2) can pass. */
    public static final long CLONE_LEGACY_FLAGS = 0xffff_ffffL;
    /** The model has one namespace of each kind, like a kernel built without them. */
    static final long CLONE_NAMESPACES = CLONE_NEWTIME
            | CLONE_NEWNS
            | CLONE_NEWCGROUP
            | CLONE_NEWUTS
            | CLONE_NEWIPC
            | CLONE_NEWUSER
            | CLONE_NEWPID
            | CLONE_NEWNET;

    public boolean has(final long flag) {
        return (flags & flag) != 0;
    }
}
