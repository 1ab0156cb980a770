package org.kernelentry.kernel.syscall;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.SignalCalls;

/** All system call bodies by name; ports build their tables from it. */
public final class SyscallBodies {
    final Kernel k;
    private final Map<String, SyscallBody> bodies = new HashMap<>(512);

    public SyscallBodies(final Kernel kernel) {
        this.k = kernel;
        bodies.putAll(new SignalCalls(kernel).bodies());
        bodies.putAll(new IdentityCalls(kernel).bodies());
        bodies.putAll(new ProcessCalls(kernel).bodies());
        bodies.putAll(new WaitCalls(kernel).bodies());
        bodies.putAll(new TimeCalls(kernel).bodies());
        bodies.putAll(new PollCalls(kernel).bodies());
        bodies.putAll(new EpollCalls(kernel).bodies());
        bodies.putAll(new FutexCalls(kernel).bodies());
        bodies.putAll(new FileCalls(kernel).bodies());
        final PathCalls paths = new PathCalls(kernel);
        bodies.putAll(paths.bodies());
        bodies.putAll(new StatCalls(kernel, paths).bodies());
        bodies.putAll(new LimitCalls(kernel).bodies());
        bodies.putAll(new MemoryCalls(kernel).bodies());
        bodies.putAll(new TaskControlCalls(kernel).bodies());
    }

    /**
     * Body of a call by its kernel name ({@code getppid}, {@code rt_sigaction}), or null when the model has none: the table slot is then
     * {@code sys_ni_syscall}. The port's own bodies go before the common ones.
     */
    public @Nullable SyscallBody find(final String name) {
        final SyscallBody own = k.arch.archSyscalls().get(name);
        return own != null ? own : bodies.get(name);
    }

    /** Names of all common bodies, sorted. */
    public SortedSet<String> names() {
        return new TreeSet<>(bodies.keySet());
    }
}
