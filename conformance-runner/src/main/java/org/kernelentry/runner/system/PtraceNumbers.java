package org.kernelentry.runner.system;

import java.util.List;
import java.util.Map;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;

/** ptrace requests and options by the names scenarios use (include/uapi/linux/ptrace.h, arch/*&#47;include/uapi/asm/ptrace.h). */
public final class PtraceNumbers {
    private static final Map<String, Integer> REQUESTS = Map.ofEntries(
            Map.entry("TRACEME", 0),
            Map.entry("CONT", 7),
            Map.entry("KILL", 8),
            Map.entry("SINGLESTEP", 9),
            Map.entry("ATTACH", 16),
            Map.entry("DETACH", 17),
            Map.entry("SYSCALL", 24),
            Map.entry("SYSEMU", 31),
            Map.entry("SYSEMU_SINGLESTEP", 32),
            Map.entry("SINGLEBLOCK", 33),
            Map.entry("SETOPTIONS", 0x4200),
            Map.entry("SEIZE", 0x4206),
            Map.entry("INTERRUPT", 0x4207),
            Map.entry("LISTEN", 0x4208),
            Map.entry("SET_SYSCALL_USER_DISPATCH_CONFIG", 0x4210),
            Map.entry("GET_SYSCALL_USER_DISPATCH_CONFIG", 0x4211));
    private static final Map<String, Integer> OPTIONS = Map.of(
            "TRACESYSGOOD", 1,
            "TRACEFORK", 2,
            "TRACEVFORK", 4,
            "TRACECLONE", 8,
            "TRACEEXEC", 0x10,
            "TRACEVFORKDONE", 0x20,
            "TRACEEXIT", 0x40,
            "TRACESECCOMP", 0x80,
            "EXITKILL", 0x10_0000,
            "SUSPEND_SECCOMP", 0x20_0000);

    private PtraceNumbers() {}

    static boolean isRequest(final String name) {
        return REQUESTS.containsKey(name);
    }

    static long call(
            final Kernel k,
            final Task tracer,
            final String request,
            final int pid,
            final long address,
            final long data) {
        // SINGLEBLOCK's number differs between the ports that offer it: arm64 and arm do not.
        return k.ptrace.ptrace(tracer, number(request), pid, address, data);
    }

    /** The number of a request. */
    public static int number(final String request) {
        final Integer number = REQUESTS.get(request);
        if (number == null) {
            throw new SetupException("there is no ptrace request '" + request + "'; known are "
                    + REQUESTS.keySet().stream().sorted().toList());
        }
        return number;
    }

    /** The bits of options by their names. */
    public static long options(final List<String> names) {
        long bits = 0;
        for (final String name : names) {
            final Integer bit = OPTIONS.get(name.replaceFirst("^PTRACE_O_", ""));
            if (bit == null) {
                throw new SetupException("there is no ptrace option '" + name + "'; known are "
                        + OPTIONS.keySet().stream().sorted().toList());
            }
            bits |= bit;
        }
        return bits;
    }
}
