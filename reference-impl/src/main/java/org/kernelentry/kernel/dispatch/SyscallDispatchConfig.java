package org.kernelentry.kernel.dispatch;

/** {@code struct syscall_user_dispatch}: what a thread asked for. It stays, inert, when dispatch goes off by fork or exec (SUD-20). */
public final class SyscallDispatchConfig {
    /** Address of the selector byte, 0 for none. */
    public long selector;

    /** First address of the exempt range. */
    public long offset;
    /** Bytes of the exempt range; of an inverted one the two's complement, so that the range wraps around (SUD-30). */
    public long len;
    /** A call of this task has been rolled back and its exit work is to be skipped. */
    public boolean onDispatch;

    /** Takes over all words of {@code other}, as a forked task struct does. */
    public void copyFrom(final SyscallDispatchConfig other) {
        selector = other.selector;
        offset = other.offset;
        len = other.len;
        onDispatch = other.onDispatch;
    }
}
