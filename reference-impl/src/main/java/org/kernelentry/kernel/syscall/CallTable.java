package org.kernelentry.kernel.syscall;

import org.jspecify.annotations.Nullable;

/**
 * {@code sys_call_table}: one body per number; what has none is {@code sys_ni_syscall}.
 *
 * <p>A body is looked up when its number is first called: a scenario makes a handful of the hundreds of calls.
 */
public final class CallTable {
    private static final SyscallBody NI_SYSCALL = task -> -Errno.ENOSYS;

    private final SyscallBodies source;
    private final @Nullable String[] names;
    private final @Nullable SyscallBody[] bodies;

    /** @param names names of the calls by number */
    CallTable(final SyscallBodies source, final @Nullable String[] names) {
        this.source = source;
        this.names = names;
        this.bodies = new @Nullable SyscallBody[names.length];
    }

    /** {@code NR_syscalls}. */
    public int size() {
        return bodies.length;
    }

    /** The body of a number from 0 to {@link #size} - 1. */
    public SyscallBody body(final int number) {
        final SyscallBody body = bodies[number];
        return body != null ? body : lookUp(number);
    }

    /** The body, or null for a number out of range. */
    public @Nullable SyscallBody find(final int number) {
        return number >= 0 && number < bodies.length ? body(number) : null;
    }

    /** Puts another body at {@code number}. */
    public void set(final int number, final SyscallBody body) {
        bodies[number] = body;
    }

    private SyscallBody lookUp(final int number) {
        final String name = names[number];
        final SyscallBody known = name == null ? null : source.find(name);
        final SyscallBody body = known == null ? NI_SYSCALL : known;
        bodies[number] = body;
        return body;
    }
}
