package org.kernelentry.runner.system;

import static org.kernelentry.notation.GuestProgram.Layout.*;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.kernel.task.GuestEvent;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.TaskState;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.notation.GuestProgram;
import org.kernelentry.runner.spec.Mode;

/** A guest on the Java reference: the observer is a process of the same kernel whose user mode is this class. */
public final class ReferenceGuest implements Guest {
    private static final int WNOHANG = 1;
    private static final int WUNTRACED = 2;
    private static final int WCONTINUED = 8;
    private static final int WALL = 0x4000_0000;
    /** How long {@link #untilAsleep} lets guests run, in virtual nanoseconds. */
    private static final long PATIENCE = 3_000_000_000L;

    private final Kernel k;
    private final Mode mode;
    private final GuestProgram program;
    private final Task harness;
    private final Task main;
    /** The observer's own view of the page that guests note things in. */
    private final AddressSpace notesPage;
    /** What the tags in it mean, of all programs. */
    private final List<String> noteTexts = new ArrayList<>();

    private final ReferenceRegisters registers;
    private final Map<Integer, String> names = new HashMap<>();
    private Task selected;
    private boolean traced;
    private int warningsForgotten;

    ReferenceGuest(final Kernel kernel, final Mode mode, final String text, final GuestOptions options) {
        this.k = kernel;
        this.mode = mode;
        final String label = mode.label();
        this.notesPage = GuestImage.notesPage(k.arch.taskSize(label));
        final GuestImage image = new GuestImage(k, label, text, notesPage, List.of());
        this.program = image.program();
        this.noteTexts.addAll(program.notes());
        options.executables.forEach(this::register);
        this.harness = k.processes.createHarness("observer");
        if (options.audit) {
            k.audit.enable();
        }
        this.main = k.processes.create(harness, "guest", label, image.mm(), CODE, GuestImage.stackPointer());
        options.traceEvents.forEach(this::enable);
        this.selected = main;
        this.registers = new ReferenceRegisters(k, mode);
        names.put(main.pid, "main");
    }

    /** An event {@code system:name}, or all the model has of {@code raw_syscalls}. */
    private void enable(final String event) {
        if ("raw_syscalls".equals(event)) {
            k.rawSyscalls.enable();
        } else {
            k.trace.enable(event);
        }
    }

    /** Makes a program executable; it is loaded afresh each time, and assembled now so that its mistakes show now. */
    private void register(final String path, final String text) {
        final List<String> earlier = List.copyOf(noteTexts);
        final String label = mode.label();
        noteTexts.clear();
        noteTexts.addAll(
                new GuestImage(k, label, text, notesPage, earlier).program().notes());
        k.processes.exec.register(path, () -> new GuestImage(k, label, text, notesPage, earlier).executable());
    }

    /** The kernel, for observers of internal steps. */
    public Kernel kernel() {
        return k;
    }

    /** The task the program started as. */
    public Task mainTask() {
        return main;
    }

    @Override
    public Mode mode() {
        return mode;
    }

    @Override
    public GuestProgram program() {
        return program;
    }

    @Override
    public Abi abi() {
        return k.arch.abi(mode.label());
    }

    // ---- life

    @Override
    public void trace(final String how, final List<String> options) {
        traced = true;
        if ("seize".equals(how)) {
            check("SEIZE", PtraceNumbers.call(k, harness, "SEIZE", main.pid, 0, PtraceNumbers.options(options)));
            check("INTERRUPT", PtraceNumbers.call(k, harness, "INTERRUPT", main.pid, 0, 0));
        } else {
            check("ATTACH", PtraceNumbers.call(k, harness, "ATTACH", main.pid, 0, 0));
        }
        k.processes.startFirst(main);
        await();
        check("SETOPTIONS", PtraceNumbers.call(k, harness, "SETOPTIONS", main.pid, 0, PtraceNumbers.options(options)));
    }

    private static void check(final String what, final long result) {
        if (result != 0) {
            throw new SetupException(what + " of a fresh task failed with " + result);
        }
    }

    @Override
    public void start() {
        if (!traced) {
            k.processes.startFirst(main);
        }
    }

    @Override
    public Stop await() {
        final Stop stop = waitFor(0);
        return stop == null ? new Stop("main", "nothing left to wait for") : stop;
    }

    @Override
    public @Nullable Stop poll() {
        return waitFor(WNOHANG);
    }

    private @Nullable Stop waitFor(final int options) {
        final int[] status = new int[1];
        final long pid;
        try {
            pid = k.processes.wait4(harness, -1, options | WUNTRACED | WCONTINUED | WALL, status);
        } catch (final GuestEvent.GuestStuck e) {
            return new Stop(nameOf(selected), "stuck");
        } catch (final GuestEvent.BudgetExceeded e) {
            return new Stop(nameOf(selected), "budget exceeded");
        }
        if (pid <= 0) {
            return null;
        }
        final Task task = k.processes.find((int) pid);
        final String who = names.computeIfAbsent((int) pid, p -> "child" + (names.size() == 1 ? "" : names.size()));
        if (task != null) {
            selected = task;
        }
        return new Stop(who, inWords(task, status[0]));
    }

    private String nameOf(final Task task) {
        return names.getOrDefault(task.pid, "main");
    }

    private String inWords(final @Nullable Task task, final int status) {
        if (task == null) {
            return WaitStatus.inWords(status, null, 0, () -> "");
        }
        final SigInfo info = task.ptrace.lastSigInfo;
        return WaitStatus.inWords(
                status, info == null ? null : info.code(), task.ptrace.message, () -> registers.callName(task));
    }

    @Override
    public boolean untilAsleep() {
        final long end = k.timers.now() + PATIENCE;
        while (k.timers.now() < end) {
            final TaskState state = selected.state;
            if (state == TaskState.INTERRUPTIBLE || state == TaskState.KILLABLE || state == TaskState.UNINTERRUPTIBLE) {
                return true;
            }
            if (state != TaskState.RUNNING) {
                return false;
            }
            sleep(1_000);
        }
        return false;
    }

    @Override
    public void sleep(final long nanoseconds) {
        harness.state = TaskState.INTERRUPTIBLE;
        try {
            k.sched.scheduleTimeout(k.timers.now() + nanoseconds);
        } catch (final GuestEvent e) {
            harness.state = TaskState.RUNNING;
        }
    }

    @Override
    public void select(final String who) {
        for (final Map.Entry<Integer, String> entry : names.entrySet()) {
            final Task task = k.processes.find(entry.getKey());
            if (entry.getValue().equals(who) && task != null) {
                selected = task;
                return;
            }
        }
        throw new SetupException("no task called '" + who + "' has reported");
    }

    @Override
    public String selected() {
        return nameOf(selected);
    }

    // ---- requests

    @Override
    public long resume(final String request, final int signal) {
        return PtraceNumbers.call(k, harness, request, selected.pid, 0, signal);
    }

    @Override
    public long request(final String request, final long address, final long data) {
        return PtraceNumbers.call(k, harness, request, selected.pid, address, data);
    }

    @Override
    public long requestWithOptions(final String request, final List<String> options) {
        return request(request, 0, PtraceNumbers.options(options));
    }

    @Override
    public long kill(final int signal) {
        return k.signals.send(selected, SigInfo.user(signal, harness.pid), true);
    }

    @Override
    public long tgkill(final int signal) {
        return k.signals.send(selected, SigInfo.tkill(signal, harness.pid), false);
    }

    // ---- inspection

    @Override
    public long read(final String name) {
        return registers.read(selected, name);
    }

    @Override
    public long write(final String name, final long value) {
        return registers.write(harness, selected, name, value);
    }

    @Override
    public long peek(final long address, final int size) {
        final byte[] bytes = new byte[size];
        try {
            selected.requireMm().space.peek(address, bytes, 0, size);
        } catch (final org.kernelentry.machine.memory.MemoryFault e) {
            return -1;
        }
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << 8 | bytes[i] & 0xff;
        }
        return value;
    }

    @Override
    public long poke(final long address, final int size, final long value) {
        final byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (value >> 8 * i);
        }
        try {
            selected.requireMm().space.poke(address, bytes, 0, size);
        } catch (final org.kernelentry.machine.memory.MemoryFault e) {
            return -14;
        }
        return 0;
    }

    // ---- observations

    @Override
    public List<Note> notes() {
        final byte[] page = new byte[(int) NOTES_SIZE];
        notesPage.peek(NOTES, page, 0, page.length);
        return Notes.read(page, noteTexts, abi().wordSize());
    }

    @Override
    public String output() {
        return k.console.text();
    }

    @Override
    public List<String> traceEvents() {
        final List<String> lines = new ArrayList<>();
        k.trace.events().forEach(e -> {
            if (e.pid() != harness.pid) {
                final String who = names.getOrDefault(e.pid(), e.pid() == 0 ? "idle" : "child");
                lines.add((k.cpus.length == 1 ? "" : String.format("[%03d] ", e.cpu()))
                        + ("main".equals(who) ? "" : who + ": ") + e.name().replaceFirst("^raw_syscalls:", "") + ": "
                        + e.text());
            }
        });
        return lines;
    }

    @Override
    public List<String> auditRecords() {
        return k.audit.recordLines();
    }

    @Override
    public List<String> kernelWarnings() {
        final List<String> all = k.log.warnings();
        return all.subList(Math.min(warningsForgotten, all.size()), all.size());
    }

    @Override
    public List<String> kernelLog() {
        return k.log.lines();
    }

    @Override
    public void forgetWarnings() {
        warningsForgotten = k.log.warnings().size();
    }

    @Override
    public void close() {
        k.close();
    }
}
