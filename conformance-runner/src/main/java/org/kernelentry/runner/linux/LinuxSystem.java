package org.kernelentry.runner.linux;

import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.system.Guest;
import org.kernelentry.runner.system.GuestCode;
import org.kernelentry.runner.system.GuestOptions;
import org.kernelentry.runner.system.SystemUnderTest;
import org.kernelentry.runner.system.UnsupportedSetupException;

/** A real kernel. Each agent serves one scenario at a time and many one after the other. */
public final class LinuxSystem implements SystemUnderTest {
    /** Name of the machine's own kernel as a system. */
    public static final String HOST = "host";

    /** How long an agent may take to answer, in milliseconds. */
    private static final long PATIENCE = 5000;

    private final String name;
    private final Architecture architecture;
    private final Function<Mode, AgentLink> links;
    private final KernelOptions kernelOptions;
    private final Map<Mode, Queue<Agent>> idle = new ConcurrentHashMap<>();

    /**
     * A kernel that agents can be reached on.
     *
     * @param links opens a line to a new agent for a mode; throws UnsupportedSetupException where it cannot
     */
    LinuxSystem(
            final String name,
            final Architecture architecture,
            final Function<Mode, AgentLink> links,
            final KernelOptions kernelOptions) {
        this.name = name;
        this.architecture = architecture;
        this.links = links;
        this.kernelOptions = kernelOptions;
    }

    /**
     * The kernel of this machine; null where it is not Linux on x86-64.
     */
    public static @Nullable LinuxSystem host() {
        if (!"Linux".equals(System.getProperty("os.name")) || !"amd64".equals(System.getProperty("os.arch"))) {
            return null;
        }
        final Map<Mode, Path> programs = new ConcurrentHashMap<>();
        return new LinuxSystem(
                HOST,
                Architecture.X86,
                mode -> new HostLink(programs.computeIfAbsent(mode, AgentProgram::compile)),
                KernelOptions.ofHost());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String flavour() {
        return architecture == Architecture.X86 ? "generic" : "native";
    }

    @Override
    public boolean runs(final Mode mode) {
        return mode.architecture() == architecture;
    }

    @Override
    public boolean internal() {
        return false;
    }

    @Override
    public Guest boot(final Mode mode, final String program, final GuestOptions options) {
        check(options);
        if (mode == Mode.IA32 && program.contains("sysenter")) {
            throw new UnsupportedSetupException("SYSENTER needs the address of the kernel's own vDSO");
        }
        final GuestCode code = new GuestCode(mode, program);
        final Queue<Agent> agents = idle.computeIfAbsent(mode, m -> new ConcurrentLinkedQueue<>());
        Agent agent = agents.poll();
        try {
            if (agent == null) {
                agent = start(mode);
            }
            return new LinuxGuest(
                    agent,
                    a -> {
                        if (!a.lost()) {
                            agents.add(a);
                        }
                    },
                    mode,
                    code);
        } catch (final RuntimeException e) {
            if (agent != null) {
                agent.giveUp();
            }
            code.close();
            throw e;
        }
    }

    private Agent start(final Mode mode) {
        final Agent agent = new Agent(links.apply(mode), PATIENCE);
        try {
            agent.ask("hello");
        } catch (final AgentException e) {
            agent.giveUp();
            throw new UnsupportedSetupException(
                    "the agent does not run on this kernel in mode " + mode.label() + ": " + e.getMessage());
        }
        return agent;
    }

    /** What cannot be observed or set up here skips the scenario. */
    private void check(final GuestOptions options) {
        if (!options.traceEvents.isEmpty()) {
            throw new UnsupportedSetupException("trace events of real kernels are not recorded yet");
        }
        if (options.audit) {
            throw new UnsupportedSetupException("audit records of real kernels are not read yet");
        }
        if (!options.executables.isEmpty()) {
            throw new UnsupportedSetupException("programs to execute are not made for real kernels yet");
        }
        if (options.version != 0 && options.version != kernelOptions.version()) {
            throw new UnsupportedSetupException("is about Linux " + options.version / 100 + "." + options.version % 100
                    + ", this is " + kernelOptions.version() / 100 + "." + kernelOptions.version() % 100);
        }
        if (options.cpus > kernelOptions.cpus()) {
            throw new UnsupportedSetupException("needs " + options.cpus + " CPUs, there are " + kernelOptions.cpus());
        }
        options.kernelOptions.forEach(kernelOptions::require);
    }
}
