package org.kernelentry.kernel.syscall;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.SignalCalls;

/** All system call bodies by name; ports build their tables from it. */
public final class SyscallBodies {
    /** Each makes the bodies of one family; those that nearly every program calls come first, and the others are made when they are asked for. */
    private static final List<Function<Kernel, Map<String, SyscallBody>>> FAMILIES = List.of(
            k -> new ProcessCalls(k).bodies(),
            k -> new IdentityCalls(k).bodies(),
            k -> new SignalCalls(k).bodies(),
            k -> new TaskControlCalls(k).bodies(),
            k -> new WaitCalls(k).bodies(),
            k -> new TimeCalls(k).bodies(),
            k -> new FileCalls(k).bodies(),
            k -> new FutexCalls(k).bodies(),
            k -> new MemoryCalls(k).bodies(),
            k -> new PollCalls(k).bodies(),
            k -> new EpollCalls(k).bodies(),
            k -> new PathCalls(k).bodies(),
            k -> new StatCalls(k, new PathCalls(k)).bodies(),
            k -> new LimitCalls(k).bodies());

    final Kernel k;
    private final List<Map<String, SyscallBody>> made = new ArrayList<>();

    public SyscallBodies(final Kernel kernel) {
        this.k = kernel;
    }

    /**
     * Body of a call by its kernel name ({@code getppid}, {@code rt_sigaction}), or null when the model has none: the table slot is then
     * {@code sys_ni_syscall}. The port's own bodies go before the common ones.
     */
    public @Nullable SyscallBody find(final String name) {
        SyscallBody body = k.arch.archSyscalls().get(name);
        for (int family = 0; body == null && family < FAMILIES.size(); family++) {
            body = family(family).get(name);
        }
        return body;
    }

    /** Names of all common bodies, sorted. */
    public SortedSet<String> names() {
        final SortedSet<String> names = new TreeSet<>();
        for (int family = 0; family < FAMILIES.size(); family++) {
            names.addAll(family(family).keySet());
        }
        return names;
    }

    private Map<String, SyscallBody> family(final int number) {
        if (number == made.size()) {
            made.add(FAMILIES.get(number).apply(k));
        }
        return made.get(number);
    }
}
