package org.kernelentry.runner.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.notation.GuestProgram;
import org.kernelentry.notation.GuestProgram.Layout;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.system.Guest;
import org.kernelentry.runner.system.GuestCode;
import org.kernelentry.runner.system.GuestOptions;
import org.kernelentry.runner.system.Notes;
import org.kernelentry.runner.system.PtraceNumbers;
import org.kernelentry.runner.system.SetupException;
import org.kernelentry.runner.system.Stop;
import org.kernelentry.runner.system.UnsupportedSetupException;
import org.kernelentry.runner.system.WaitStatus;

/** A guest on a real kernel; the observer is the agent. */
final class LinuxGuest implements Guest {
    /** WUNTRACED, WCONTINUED, __WALL (wait4(2)). */
    private static final int WAIT_FLAGS = 2 | 8 | 0x4000_0000;
    /** How long a report or a sleep is waited for, in milliseconds. */
    private static final long PATIENCE = 3000;
    /** Recorded events (linux v7.3 Documentation/trace/ftrace.rst). */
    private static final String TRACE = "/sys/kernel/tracing/trace";

    private static final Pattern EVENT = Pattern.compile(".*-(\\d+) +\\[\\d+] +\\S+ +[\\d.]+: (.*)");
    /** Fields of a siginfo in the agent's reply, behind its result. */
    private static final List<String> SIGINFO =
            List.of("si_signo", "si_errno", "si_code", "si_pid", "si_status", "si_addr", "si_syscall", "si_arch");

    private final Agent agent;
    private final AgentPool pool;
    private final Mode mode;
    private final GuestCode code;
    private final Map<Integer, String> names = new HashMap<>();
    private int selected;
    private boolean traced;
    private final List<String> events;
    /** Whether its calls are audited. */
    private final boolean audit;

    private final TaskRegisters registers;
    private final KernelRecords records;

    /** Spawns the program; {@code pool} gets the agent back when the guest is closed. */
    LinuxGuest(
            final Agent agent,
            final AgentPool pool,
            final Mode mode,
            final GuestCode code,
            final GuestOptions options,
            final boolean showsAudit) {
        this.agent = agent;
        this.pool = pool;
        this.mode = mode;
        this.code = code;
        this.events = List.copyOf(options.traceEvents);
        this.audit = options.audit;
        this.registers = new TaskRegisters(agent, mode, code, task -> names.getOrDefault(task, "main"));
        this.records = new KernelRecords(agent, showsAudit);
        if (showsAudit) {
            switched("opened", "audit open");
        }
        if (audit) {
            switched("switched on", "audit on");
        }
        final long pid = agent.number("spawn " + words(code.program()));
        if (pid <= 0) {
            throw new AgentException("The agent cannot spawn the guest program: error " + -pid + ".");
        }
        selected = (int) pid;
        names.put(selected, "main");
        code.executables().forEach((path, program) -> {
            final long result = agent.number("executable " + path + " " + words(program));
            if (result != 0) {
                throw new AgentException("The agent cannot make the program " + path + ": error " + -result + ".");
            }
        });
    }

    private void switched(final String what, final String request) {
        final long result = agent.number(request);
        if (result != 0) {
            throw new AgentException("The kernel's audit cannot be " + what + ": error " + -result + ".");
        }
    }

    /** Code, data and first address, as the agent takes them. */
    private String words(final GuestProgram program) {
        final HexFormat hex = HexFormat.of();
        return hex.formatHex(program.code()) + " "
                + (program.data().length == 0 ? "-" : hex.formatHex(program.data())) + " "
                + (Layout.CODE | (mode == Mode.THUMB ? 1 : 0));
    }

    @Override
    public Mode mode() {
        return mode;
    }

    @Override
    public GuestProgram program() {
        return code.program();
    }

    @Override
    public Abi abi() {
        return code.abi();
    }

    // ---- life

    @Override
    public void trace(final String how, final List<String> options) {
        traced = true;
        if ("seize".equals(how)) {
            seize(options);
        } else {
            check("ATTACH", request("ATTACH", 0, 0));
        }
        prepare();
        check("SETOPTIONS", requestWithOptions("SETOPTIONS", options));
    }

    private void seize(final List<String> options) {
        check("SEIZE", requestWithOptions("SEIZE", options));
        check("INTERRUPT", request("INTERRUPT", 0, 0));
    }

    /** Waits for the stop and puts the program before its first instruction. */
    private void prepare() {
        await();
        check("the start", agent.number("prepare " + selected));
    }

    private static void check(final String what, final long result) {
        if (result != 0) {
            throw new SetupException(what + " of a fresh task failed with " + result);
        }
    }

    @Override
    public void start() {
        if (events.isEmpty() && !audit) {
            if (!traced) {
                agent.ask("go");
            }
            return;
        }
        // The calls by which a program gets to its first instruction are not its own: it is put there before anything
        // is recorded.
        if (!traced) {
            seize(List.of());
            prepare();
        }
        for (final String event : events) {
            final long result = agent.number("event " + selected + " " + event);
            if (result != 0) {
                throw new UnsupportedSetupException("this kernel has no trace events " + event + ": error " + -result);
            }
        }
        if (audit) {
            switched("given a rule", "audit all");
        }
        if (!traced) {
            check("DETACH", request("DETACH", 0, 0));
        }
    }

    @Override
    public Stop await() {
        final String[] reply = agent.ask("wait " + WAIT_FLAGS + " " + PATIENCE, PATIENCE);
        if ("0".equals(reply[0])) {
            return new Stop(selected(), "stuck");
        }
        final Stop stop = stop(reply);
        return stop == null ? new Stop("main", "nothing left to wait for") : stop;
    }

    @Override
    public @Nullable Stop poll() {
        return stop(agent.ask("wait " + WAIT_FLAGS + " 0"));
    }

    private @Nullable Stop stop(final String[] reply) {
        final int pid = Integer.parseInt(reply[0]);
        if (pid <= 0) {
            return null;
        }
        final int status = Integer.parseInt(reply[1]);
        final String who = names.computeIfAbsent(pid, p -> "child" + (names.size() == 1 ? "" : names.size()));
        selected = pid;
        if (!WaitStatus.stopped(status)) {
            return new Stop(who, WaitStatus.inWords(status, null, 0, () -> ""));
        }
        final String[] info = agent.ask("siginfo " + pid);
        final String[] message = agent.ask("message " + pid);
        final Integer siCode = info.length == 1 ? null : Integer.valueOf(info[1 + SIGINFO.indexOf("si_code")]);
        return new Stop(
                who,
                WaitStatus.inWords(
                        status,
                        siCode,
                        message.length == 1 ? 0 : Long.parseUnsignedLong(message[1]),
                        () -> code.callName((int) read("number"))));
    }

    @Override
    public boolean untilAsleep() {
        return "1".equals(agent.ask("asleep " + selected + " " + PATIENCE, PATIENCE)[0]);
    }

    @Override
    public void sleep(final long nanoseconds) {
        final long end = System.nanoTime() + nanoseconds;
        for (long left = nanoseconds; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void select(final String who) {
        selected = names.entrySet().stream()
                .filter(e -> e.getValue().equals(who))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new SetupException("no task called '" + who + "' has reported"));
    }

    @Override
    public String selected() {
        return names.getOrDefault(selected, "main");
    }

    // ---- requests

    @Override
    public long resume(final String request, final int signal) {
        return request(request, 0, signal);
    }

    @Override
    public long request(final String request, final long address, final long data) {
        return agent.number("ptrace " + PtraceNumbers.number(request) + " " + selected + " " + address + " " + data);
    }

    @Override
    public long requestWithOptions(final String request, final List<String> options) {
        return request(request, 0, PtraceNumbers.options(options));
    }

    @Override
    public long kill(final int signal) {
        return agent.number("kill " + selected + " " + signal);
    }

    @Override
    public long tgkill(final int signal) {
        return tgkill(List.of(signal));
    }

    @Override
    public long tgkill(final List<Integer> signals) {
        return agent.number("tkill " + selected + " "
                + signals.stream().map(String::valueOf).collect(Collectors.joining(" ")));
    }

    // ---- inspection

    @Override
    public long read(final String name) {
        if ("message".equals(name)) {
            final String[] reply = agent.ask("message " + selected);
            return reply.length == 1 ? Long.parseLong(reply[0]) : Long.parseUnsignedLong(reply[1]);
        }
        final int field = SIGINFO.indexOf(name);
        if (field >= 0) {
            final String[] reply = agent.ask("siginfo " + selected);
            if (reply.length == 1) {
                throw new SetupException("there is no siginfo in this stop");
            }
            final long value = Long.parseUnsignedLong(reply[1 + field]);
            return "si_arch".equals(name) ? (int) value : value;
        }
        return registers.read(selected, name);
    }

    @Override
    public long write(final String name, final long value) {
        return registers.write(selected, name, value);
    }

    @Override
    public long peek(final long address, final int size) {
        final String[] reply = agent.ask("peek " + selected + " " + address + " " + size);
        if (reply.length == 1) {
            return -1;
        }
        final byte[] bytes = HexFormat.of().parseHex(reply[1]);
        return LittleEndian.unsigned(bytes, 0, bytes.length);
    }

    @Override
    public long poke(final long address, final int size, final long value) {
        return agent.number(
                "poke " + selected + " " + address + " " + HexFormat.of().formatHex(LittleEndian.bytes(value, size)));
    }

    // ---- observations

    @Override
    public List<Note> notes() {
        final String[] reply = agent.ask("notes");
        final byte[] used = reply.length == 1 ? new byte[0] : HexFormat.of().parseHex(reply[1]);
        return Notes.read(Arrays.copyOf(used, (int) Layout.NOTES_SIZE), code.notes(), abi().wordSize());
    }

    @Override
    public String output() {
        final String[] reply = agent.ask("output");
        return reply.length == 1 ? "" : new String(HexFormat.of().parseHex(reply[1]), StandardCharsets.ISO_8859_1);
    }

    @Override
    public List<String> traceEvents() {
        final byte[] file = events.isEmpty() ? null : agent.file(TRACE);
        if (file == null) {
            return List.of();
        }
        return new String(file, StandardCharsets.ISO_8859_1)
                .lines()
                .map(EVENT::matcher)
                .filter(Matcher::matches)
                .map(m -> who(Integer.parseInt(m.group(1))) + m.group(2))
                .toList();
    }

    private String who(final int pid) {
        final String name = names.getOrDefault(pid, "child");
        return "main".equals(name) ? "" : name + ": ";
    }

    @Override
    public List<String> auditRecords() {
        return records.audit();
    }

    @Override
    public List<String> kernelWarnings() {
        return records.warnings();
    }

    @Override
    public List<String> kernelLog() {
        return records.log();
    }

    @Override
    public void forgetWarnings() {
        records.forgetWarnings();
    }

    @Override
    public void close() {
        List<String> late = List.of();
        try {
            if (!agent.lost()) {
                final boolean clean = (events.isEmpty() || agent.number("noevents") == 0)
                        && (!audit || agent.number("audit off") == 0);
                if (agent.number("end") != 0 || !clean) {
                    agent.giveUp();
                } else {
                    late = records.warnings();
                }
                if (records.reported()) {
                    // Lockdep is off after its first report, and what warns once has warned: the next scenario gets
                    // another kernel.
                    agent.giveUp();
                }
            }
        } catch (final AgentException e) {
            agent.giveUp();
        }
        code.close();
        pool.giveBack(agent);
        if (!late.isEmpty()) {
            throw new AssertionError("the kernel reports a fault of its own:\n  " + String.join("\n  ", late));
        }
    }
}
