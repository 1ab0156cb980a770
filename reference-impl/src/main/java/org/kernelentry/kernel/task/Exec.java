package org.kernelentry.kernel.task;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.exec.ElfFile;
import org.kernelentry.kernel.exec.ElfFormatException;
import org.kernelentry.kernel.exec.ElfLoader;
import org.kernelentry.kernel.fs.FileTable;
import org.kernelentry.kernel.fs.FileTree;
import org.kernelentry.kernel.ptrace.Ptrace;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.SignalStruct;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.machine.memory.GuestRam;

/**
 * A new program in an old task.
 *
 * <p>What can be executed is a program registered by path beforehand, or a static ELF file of the tree. Source: linux v7.3 fs/exec.c begin_new_exec(), de_thread(),
 * exec_mmap(), exec_binprm(), bprm_execve().
 */
public final class Exec {
    static final Step BEGIN_NEW_EXEC = Step.of("begin_new_exec", "fs/exec.c begin_new_exec()");
    private static final int TASK_COMM_LEN = 16;
    /** Memory of programs from files, in bytes. */
    private static final long RAM = 1L << 30;

    /** A program that can be executed. */
    @FunctionalInterface
    public interface Program {
        /** A fresh image. */
        Image load();
    }

    /**
     * What a program starts as.
     *
     * @param mode of {@link org.kernelentry.kernel.arch.Arch#modes}
     * @param mm its memory, with stack and vDSO
     * @param pc first instruction
     * @param sp initial stack pointer
     */
    public record Image(String mode, Mm mm, long pc, long sp) {}

    private final Kernel k;
    private final Processes processes;
    private final Map<String, Program> programs = new HashMap<>();
    /** Loads programs from files, into one memory for all. */
    public final ElfLoader loader;

    Exec(final Kernel kernel, final Processes processes) {
        this.k = kernel;
        this.processes = processes;
        // Half of what the host's own process may take, so that no guest can use that up.
        final long ram = Math.min(RAM, Runtime.getRuntime().maxMemory() / 2);
        this.loader = new ElfLoader(kernel, new GuestRam(ram));
    }

    /** Makes a program known by a path. */
    public void register(final String path, final Program program) {
        programs.put(path, program);
    }

    /**
     * execve(2) by current: 0 with the registers of the new program, or a negative error with everything as it was. Registered programs
     * take no arguments.
     */
    public long execve(final Task current, final String path, final List<String> argv, final List<String> envp) {
        final Program registered = programs.get(path);
        final String name = path.substring(path.lastIndexOf('/') + 1);
        if (registered != null) {
            return replace(current, name, registered);
        }
        final long[] error = new long[1];
        final FileTree.Found found = k.tree.walk(current, k.tree.fs(current).cwd, path, true);
        final byte[] bytes = k.tree.program(found, error);
        if (bytes == null) {
            return error[0];
        }
        final Image image;
        try {
            final ElfFile file = ElfFile.parse(bytes);
            // A program without arguments gets an empty one, so that none can run into its environment.
            image = loader.load(file, new ElfLoader.Arguments(path, argv.isEmpty() ? List.of("") : argv, envp));
        } catch (final ElfFormatException e) {
            return -e.errno();
        }
        image.mm().exePath = k.tree.pathOf(found);
        final long result = replace(current, name, () -> image);
        if (result != 0) {
            image.mm().put();
        }
        return result;
    }

    private long replace(final Task current, final String name, final Program program) {
        final int oldPid = current.pid;
        final long error = deThread(current);
        if (error != 0) {
            // Past the point of no return there is no way back to the old program.
            if (!k.signals.fatalSignalPending(current)) {
                k.signals.forceFatal(current, SigInfo.kernel(Signals.SIGSEGV));
            }
            return error;
        }
        beginNewExec(current, name, program.load());
        k.ptrace.event(current, Ptrace.PTRACE_EVENT_EXEC, oldPid);
        k.rseq.execve(current);
        return 0;
    }

    private void beginNewExec(final Task current, final String name, final Image image) {
        k.steps.enter(k.cpu, BEGIN_NEW_EXEC, current.pid);
        final FileTable old = current.files;
        if (old != null) {
            final FileTable own = old.copy();
            own.closeOnExec();
            current.files = own;
            old.release();
        }
        processes.mmRelease(current);
        final Mm oldMm = current.mm;
        current.mm = image.mm();
        k.cpu.machine.switchTo(image.mm().space);
        if (oldMm != null) {
            oldMm.put();
        }
        current.sighand = current.sighand.copy();
        // Dispatch would call a selector and skip a range of a program that is gone (SUD-21).
        k.dispatch.clear(current);
        k.signals.resetAltstack(current);
        current.comm = commOf(name);
        k.signals.flushSignalHandlers(current, false);
        current.mode = image.mode();
        final long nr = current.syscallNr;
        k.arch.startThread(current, image.mode(), image.pc(), image.sp());
        // The exit side still reports the call that was made (A64-14).
        k.arch.syscallSetNr(current, current.regs, nr);
        k.steps.leave(k.cpu, BEGIN_NEW_EXEC);
    }

    /** {@code __set_task_comm()}: the first 15 bytes of the last part of a path. */
    public static String commOf(final String path) {
        final String name = path.substring(path.lastIndexOf('/') + 1);
        return name.length() < TASK_COMM_LEN ? name : name.substring(0, TASK_COMM_LEN - 1);
    }

    /** {@code de_thread()}: all other threads die; current becomes the leader, with the leader's pid. */
    private long deThread(final Task current) {
        final SignalStruct signal = current.signal;
        if (signal.threads.size() > 1) {
            if (signal.has(SignalStruct.SIGNAL_GROUP_EXIT) || signal.groupExecTask != null) {
                return -Errno.EAGAIN;
            }
            signal.groupExecTask = current;
            k.signals.zapOtherThreads(current);
            final boolean alone = waitForOthers(current);
            signal.groupExecTask = null;
            if (!alone) {
                return -Errno.EAGAIN;
            }
            if (current.groupLeader != current) {
                processes.exchangeTids(current);
            }
        }
        current.exitSignal = Signals.SIGCHLD;
        return 0;
    }

    /** Until only current and a dead leader are left; false when current is to die itself. */
    private boolean waitForOthers(final Task current) {
        try {
            while (true) {
                current.state = TaskState.KILLABLE;
                if (othersGone(current)) {
                    return true;
                }
                k.sched.schedule();
                if (k.signals.fatalSignalPending(current)) {
                    return false;
                }
            }
        } finally {
            current.state = TaskState.RUNNING;
        }
    }

    private static boolean othersGone(final Task current) {
        final Task leader = current.groupLeader;
        for (final Task thread : current.signal.threads) {
            if (thread != current && !(thread == leader && leader.state == TaskState.ZOMBIE)) {
                return false;
            }
        }
        return true;
    }
}
