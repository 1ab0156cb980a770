package org.kernelentry.runner.system;

import java.util.List;
import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.notation.GuestProgram;
import org.kernelentry.runner.spec.Mode;

/**
 * A guest program on a system under test, with the observer that traces, signals and watches it.
 *
 * <p>Methods that ask the kernel for something return 0 or a negative error number; they never throw for what a guest or kernel does.
 */
public interface Guest extends AutoCloseable {
    Mode mode();

    GuestProgram program();

    Abi abi();

    // ---- life

    /**
     * Traces the program from before its first instruction.
     *
     * @param how {@code seize} or {@code attach}
     * @param options names without prefix: {@code TRACESYSGOOD}, {@code TRACECLONE}, ...
     */
    void trace(String how, List<String> options);

    /** Lets the program start; a traced one stops before its first instruction, which is not reported. */
    void start();

    /** Waits for the next report of any task. */
    Stop await();

    /** A report that is already there, or null. */
    @org.jspecify.annotations.Nullable
    Stop poll();

    /** Lets guests run until the selected task sleeps in the kernel; false when it never does. */
    boolean untilAsleep();

    /** Lets virtual or real time pass. */
    void sleep(long nanoseconds);

    /** Makes {@code who} the task that the following requests are about; the last one that reported is selected by itself. */
    void select(String who);

    /** Name of the selected task. */
    String selected();

    // ---- requests

    /** A resume request by its name without prefix ({@code SYSCALL}, {@code CONT}, {@code SINGLESTEP}, ...). */
    long resume(String request, int signal);

    /** Other ptrace requests by name: {@code ATTACH}, {@code SEIZE}, {@code INTERRUPT}, {@code KILL}, {@code DETACH}, {@code SETOPTIONS}. */
    long request(String request, long address, long data);

    /** {@code SEIZE}, {@code SETOPTIONS} and the like with option names as data. */
    long requestWithOptions(String request, List<String> options);

    /** {@code kill(2)} to the selected task's process. */
    long kill(int signal);

    /** {@code tgkill(2)} to the selected task. */
    long tgkill(int signal);

    /** The same with several signals, all pending before the task takes the first. */
    default long tgkill(final List<Integer> signals) {
        long result = 0;
        for (final int signal : signals) {
            result = result == 0 ? tgkill(signal) : result;
        }
        return result;
    }

    // ---- inspection of a stopped task

    /**
     * A register or other value of the selected stopped task: {@code number result arg0..arg5 orig pc sp message}, {@code si_code si_addr si_errno
     * si_syscall si_arch si_pid}, {@code info.op info.nr info.ret info.is_error info.arg0}, or the port's own register name. Signed.
     *
     * @throws SetupException for a name that does not exist
     */
    long read(String name);

    /** Writes what {@link #read} reads, where that can be written. */
    long write(String name, long value);

    /** Memory of the selected task as the tracer sees it, {@code size} 1, 4 or 8 bytes; -1 with no error reported for unmapped. */
    long peek(long address, int size);

    long poke(long address, int size, long value);

    // ---- observations

    /** Notes of the guest, in order: text, or {@code name=} with a value. */
    List<Note> notes();

    /** What the guest wrote to descriptors 1 and 2. */
    String output();

    /** Recorded trace events as {@code event: text}. */
    List<String> traceEvents();

    /** Recorded audit records as one line each. */
    List<String> auditRecords();

    /** Kernel warnings so far. */
    List<String> kernelWarnings();

    /** The rest of the kernel's log. */
    List<String> kernelLog();

    /** Makes the kernel forget its warnings, once they were asserted. */
    void forgetWarnings();

    @Override
    void close();

    /** A note: its text and, when the text ends with {@code =}, a value (sign-extended). */
    record Note(String text, long value) {
        boolean hasValue() {
            return text.endsWith("=");
        }
    }
}
