package org.kernelentry.kernel.dispatch;

/** {@code struct syscall_user_dispatch}. */
public final class SyscallDispatchConfig {
    /** Address of the selector byte, 0 for none. */
    public long selector;

    public long offset;
    public long len;
    /** A call of this task has been rolled back and its exit work is to be skipped. */
    public boolean onDispatch;
}
