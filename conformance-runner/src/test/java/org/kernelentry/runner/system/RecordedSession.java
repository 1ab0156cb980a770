package org.kernelentry.runner.system;

import static org.kernelentry.notation.GuestProgram.Layout.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.ptrace.Ptrace;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.GuestEvent;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;
import org.kernelentry.kernel.task.Wait;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.runner.spec.Architecture;

/** One session of {@code ptrace-sessions-x64.txt} on the reference; the counterpart of {@code ptrace-recorder.c}, answer for answer. */
final class RecordedSession implements AutoCloseable {
    private static final int PTRACE_SEIZE = 0x4206;
    private static final int NT_PRSTATUS = 1;
    private static final int POKEUSR = 6;
    private static final Map<String, Integer> REQUESTS = Map.ofEntries(
            Map.entry("cont", 7),
            Map.entry("syscall", 24),
            Map.entry("step", 9),
            Map.entry("sysemu", 31),
            Map.entry("sysemu-step", 32),
            Map.entry("detach", 17),
            Map.entry("seize", PTRACE_SEIZE),
            Map.entry("attach", 16),
            Map.entry("interrupt", 0x4207),
            Map.entry("listen", 0x4208),
            Map.entry("setoptions", 0x4200));
    /** Members of {@code struct user_regs_struct} that are shown, with their place in it. */
    private static final Map<String, Integer> SHOWN = new java.util.LinkedHashMap<>();

    static {
        SHOWN.put("orig_rax", 15);
        SHOWN.put("rax", 10);
        SHOWN.put("rip", 16);
        SHOWN.put("rsp", 19);
        SHOWN.put("rdi", 14);
        SHOWN.put("rsi", 13);
        SHOWN.put("rdx", 12);
        SHOWN.put("eflags", 18);
    }

    private final Kernel k;
    private final Task tracer;
    private final List<Integer> pids = new ArrayList<>();

    RecordedSession(final byte[] code, final byte[] data, final long options) {
        this.k = new Kernel(KernelConfig.of(Flavour.GENERIC), Systems.port(Architecture.X86));
        final Mm mm = new Mm(PagedSpace.create(k.arch.taskSize("x64")), k.arch.taskSize("x64"));
        k.arch.mapVdso(mm, "x64");
        map(mm, CODE, code, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
        final int rw = AddressSpace.PROT_READ | AddressSpace.PROT_WRITE;
        map(mm, DATA, java.util.Arrays.copyOf(data, (int) DATA_SIZE), rw);
        map(mm, NOTES, new byte[(int) NOTES_SIZE], rw);
        map(mm, STACK, new byte[(int) (STACK_TOP - STACK)], rw);
        map(mm, THREAD_STACKS, new byte[(int) ((MAX_THREADS + 1) * THREAD_STACK_SIZE)], rw);
        this.tracer = k.processes.createHarness("tracer");
        k.sched.setBudget(100_000_000);
        final Task task = k.processes.create(tracer, "guest", "x64", mm, CODE, STACK_TOP - 64);
        pids.add(task.pid);
        k.ptrace.ptrace(tracer, PTRACE_SEIZE, task.pid, 0, options);
        k.processes.startFirst(task);
        k.processes.wait4(tracer, task.pid, Wait.WALL, new int[1]);
        settle();
    }

    private static void map(final Mm mm, final long at, final byte[] bytes, final int prot) {
        mm.space.map(at, bytes.length + AddressSpace.PAGE_SIZE - 1 & -AddressSpace.PAGE_SIZE, prot);
        mm.space.poke(at, bytes, 0, bytes.length);
    }

    /** Warnings of the kernel that ran it. */
    List<String> warnings() {
        return k.log.warnings();
    }

    @Override
    public void close() {
        k.close();
    }

    private void settle() {
        tracer.state = TaskState.UNINTERRUPTIBLE;
        try {
            k.sched.scheduleTimeout(k.timers.now() + 1_000_000);
        } catch (final GuestEvent e) {
            tracer.state = TaskState.RUNNING;
        }
    }

    /** The answer to one line, {@code target op [argument]}. */
    String answer(final String line) {
        final String[] words = line.split(" ", -1);
        final int target = Integer.parseInt(words[0]);
        final long arg = words.length > 2 ? Long.parseLong(words[2]) : 0;
        if (target >= pids.size()) {
            return "none";
        }
        final int pid = pids.get(target);
        final Integer request = REQUESTS.get(words[1]);
        if (request != null) {
            return code(k.ptrace.ptrace(tracer, request, pid, 0, arg));
        }
        return switch (words[1]) {
            case "kill" -> code(send(pid, SigInfo.user((int) arg, tracer.pid), true));
            case "tkill" -> code(send(pid, SigInfo.tkill((int) arg, tracer.pid), false));
            case "set-rax" -> code(k.ptrace.ptrace(tracer, POKEUSR, pid, 80, arg));
            case "set-orig_rax" -> code(k.ptrace.ptrace(tracer, POKEUSR, pid, 120, arg));
            case "setsigmask" -> code(k.ptrace.ptrace(tracer, 0x420b, pid, 8, word(arg)));
            case "getsigmask" -> {
                final byte[] mask = new byte[8];
                final String code = code(k.ptrace.ptrace(tracer, 0x420a, pid, 8, mask));
                yield code + " " + Long.toHexString(buffer(mask).getLong(0));
            }
            case "message" -> {
                final long[] message = new long[1];
                final String code = code(k.ptrace.getEventMessage(tracer, pid, message));
                yield code + value("message", message[0]);
            }
            case "siginfo" -> sigInfo(pid);
            case "regs" -> registers(pid);
            case "wait" -> await(pid);
            default -> throw new IllegalArgumentException(line);
        };
    }

    private static String code(final long result) {
        return result < 0 ? "E" + -result : "ok";
    }

    private long send(final int pid, final SigInfo info, final boolean group) {
        final Task task = k.processes.find(pid);
        return task == null ? -3 : k.signals.send(task, info, group);
    }

    private String sigInfo(final int pid) {
        final SigInfo[] into = new SigInfo[1];
        final long error = k.ptrace.getSigInfo(tracer, pid, into);
        if (error != 0) {
            return code(error);
        }
        final SigInfo info = into[0];
        final boolean fault = info.code() > 0 && info.code() < SigInfo.SI_KERNEL && info.signo() != Signals.SIGCHLD;
        return "signo=" + info.signo() + " code=" + Integer.toHexString(info.code()) + " errno=" + info.errno()
                + (fault ? "" : " pid=" + name(info.pid()));
    }

    private String registers(final int pid) {
        final byte[] bytes = new byte[216];
        final long got = k.ptrace.getRegset(tracer, pid, NT_PRSTATUS, bytes);
        if (got < 0) {
            return code(got);
        }
        final StringBuilder text = new StringBuilder("regs");
        SHOWN.forEach((name, at) -> {
            final long value = buffer(bytes).getLong(8 * at);
            text.append(value(name, "eflags".equals(name) ? value & ~4 : value));
        });
        return text.toString();
    }

    private String await(final int pid) {
        settle();
        final int[] into = new int[1];
        final long found =
                k.processes.wait4(tracer, pid, Wait.WALL | Wait.WNOHANG | Wait.WUNTRACED | Wait.WCONTINUED, into);
        if (found <= 0) {
            return found == 0 ? "nothing" : code(found);
        }
        final int status = into[0];
        final int event = status >> 16;
        final long[] message = new long[1];
        if (event >= Ptrace.PTRACE_EVENT_FORK
                && event <= Ptrace.PTRACE_EVENT_CLONE
                && k.ptrace.getEventMessage(tracer, pid, message) == 0
                && !pids.contains((int) message[0])) {
            pids.add((int) message[0]);
        }
        return Integer.toHexString(status);
    }

    private String name(final long pid) {
        if (pid == 0) {
            return "nobody";
        }
        if (pid == tracer.pid) {
            return "tracer";
        }
        return pids.contains((int) pid) ? "task" + pids.indexOf((int) pid) : "other";
    }

    /** Stack addresses differ with the size of the FPU state in signal frames, pids from run to run. */
    private String value(final String name, final long value) {
        if (value >= STACK && value < STACK_TOP - 64
                || value >= THREAD_STACKS && value < THREAD_STACKS + (MAX_THREADS + 1) * THREAD_STACK_SIZE) {
            return " " + name + "=stack+" + Long.toHexString(value & 15);
        }
        final boolean pid = value == (int) value && pids.contains((int) value);
        return " " + name + "=" + (pid ? name(value) : Long.toHexString(value));
    }

    private static byte[] word(final long value) {
        final byte[] bytes = new byte[8];
        buffer(bytes).putLong(0, value);
        return bytes;
    }

    private static ByteBuffer buffer(final byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static byte[] bytes(final String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
