package org.kernelentry.runner.linux;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.qemu.KernelImage;
import org.kernelentry.runner.qemu.Kernels;
import org.kernelentry.runner.report.Reports;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.spec.SpecException;
import org.kernelentry.runner.system.Guest;
import org.kernelentry.runner.system.GuestCode;
import org.kernelentry.runner.system.GuestOptions;
import org.kernelentry.runner.system.SystemUnderTest;
import org.kernelentry.runner.system.UnsupportedSetupException;

/** A real kernel. */
public final class LinuxSystem implements SystemUnderTest {
    /** Name of the machine's own kernel as a system. */
    public static final String HOST = "host";

    /** Options without which a kernel does not execute programs of a mode. */
    private static final Map<Mode, String> OPTION_OF_MODE =
            Map.of(Mode.IA32, CallOptions.IA32_EMULATION, Mode.A32, "COMPAT", Mode.OABI, "OABI_COMPAT");

    private static final String AUDIT = "AUDITSYSCALL";

    private final String name;
    private final Architecture architecture;
    private final AgentPool agents;
    /** As far as it is known before the kernel runs. */
    private final @Nullable String release;

    private final Supplier<Facts> ask;
    private @Nullable Facts facts;

    /**
     * What is known of a kernel.
     *
     * @param release as uname(2) gives it
     * @param options what it is made of
     */
    record Facts(String release, KernelOptions options) {}

    private LinuxSystem(
            final String name,
            final Architecture architecture,
            final AgentPool agents,
            final @Nullable String release,
            final Supplier<Facts> ask) {
        this.name = name;
        this.architecture = architecture;
        this.agents = agents;
        this.release = release;
        this.ask = ask;
    }

    /** The kernel of this machine; null where it is not Linux on x86-64. */
    static @Nullable LinuxSystem host() {
        if (!"Linux".equals(System.getProperty("os.name")) || !"amd64".equals(System.getProperty("os.arch"))) {
            return null;
        }
        final String release = System.getProperty("os.version");
        return new LinuxSystem(
                HOST,
                Architecture.X86,
                new HostAgents(Kernels.of(System.getenv())),
                release,
                () -> new Facts(release, KernelOptions.ofHost(release)));
    }

    /**
     * A kernel in QEMU. It is booted when something is asked of it that only it can tell.
     *
     * @param logs where what the n-th machine's kernel prints is kept
     * @throws SpecException if the agent cannot be compiled here
     */
    static LinuxSystem inQemu(
            final String name, final Kernels kernels, final KernelImage image, final IntFunction<Path> logs) {
        final MachineAgents agents = new MachineAgents(kernels, image, logs);
        return new LinuxSystem(name, image.architecture(), agents, image.version(), () -> facts(agents, image));
    }

    private static Facts facts(final MachineAgents agents, final KernelImage image) {
        Agent agent = null;
        try {
            agent = agents.boot();
            final String[] hello = agent.ask("hello");
            final Path file = image.config();
            final byte[] config = file == null ? agent.file(KernelOptions.CONFIG) : Reports.read(file);
            final KernelOptions options =
                    KernelOptions.of(hello[1], Integer.parseInt(hello[3]), config, Long.parseUnsignedLong(hello[4]));
            if (file != null && !options.known()) {
                throw new SpecException(file + " has no options of a kernel in it; give the .config of its build.");
            }
            return new Facts(hello[1], options);
        } catch (final AgentException e) {
            throw new SpecException(
                    "The kernel " + image.file() + " boots, but the agent in it is lost: " + e.getMessage(), e);
        } finally {
            if (agent != null) {
                agents.giveBack(agent);
            }
        }
    }

    private synchronized Facts facts() {
        final Facts known = facts;
        if (known != null) {
            return known;
        }
        final Facts asked = ask.get();
        facts = asked;
        return asked;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<String> release() {
        return Optional.of(release == null ? facts().release() : release);
    }

    @Override
    public String label() {
        return LinuxKernels.label(name);
    }

    @Override
    public void start() {
        facts();
    }

    @Override
    public String flavour() {
        return flavour(architecture);
    }

    /** The flavour of entry code that kernels of an architecture have. */
    public static String flavour(final Architecture architecture) {
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
    public boolean shows(final Shown what) {
        return switch (what) {
            case TRACE_EVENTS, WARNINGS -> agents.ownsKernel();
            case AUDIT_RECORDS -> agents.ownsKernel() && facts().options().lacks(AUDIT) == null;
        };
    }

    @Override
    public String whyHidden(final Shown what) {
        final String lack = what == Shown.AUDIT_RECORDS ? facts().options().lacks(AUDIT) : null;
        return agents.ownsKernel() && lack != null ? lack : SystemUnderTest.super.whyHidden(what);
    }

    @Override
    public Guest boot(final Mode mode, final String program, final GuestOptions options) {
        check(mode, program, options);
        final Agent agent = agents.take(mode);
        final GuestCode code;
        try {
            code = new GuestCode(mode, program, options.executables, mode == Mode.IA32 ? agent.number("vsyscall") : 0);
        } catch (final RuntimeException e) {
            agents.giveBack(agent);
            throw e;
        }
        try {
            agent.mark("begin:" + options.scenario);
            return new LinuxGuest(agent, agents, mode, code, options, shows(Shown.AUDIT_RECORDS));
        } catch (final RuntimeException e) {
            agent.giveUp();
            agents.giveBack(agent);
            code.close();
            throw e;
        }
    }

    @Override
    public void close() {
        agents.close();
    }

    /** What cannot be observed or set up here skips the scenario. */
    private void check(final Mode mode, final String program, final GuestOptions options) {
        final KernelOptions kernelOptions = facts().options();
        final String needed = OPTION_OF_MODE.get(mode);
        if (needed != null && kernelOptions.known()) {
            kernelOptions.require(needed);
        }
        if (!options.traceEvents.isEmpty() && !agents.ownsKernel()) {
            throw new UnsupportedSetupException("trace events are recorded on kernels that serve nobody else");
        }
        if (!agents.ownsKernel() && (options.audit || !options.executables.isEmpty())) {
            throw new UnsupportedSetupException(
                    options.audit
                            ? "calls are audited on kernels that serve nobody else"
                            : "programs to execute are made on kernels that serve nobody else");
        }
        if (options.version != 0 && options.version != kernelOptions.version()) {
            throw new UnsupportedSetupException("is about Linux " + options.version / 100 + "." + options.version % 100
                    + ", this is " + kernelOptions.version() / 100 + "." + kernelOptions.version() % 100);
        }
        if (options.cpus > kernelOptions.cpus()) {
            throw new UnsupportedSetupException("needs " + options.cpus + " CPUs, there are " + kernelOptions.cpus());
        }
        options.kernelOptions.forEach(kernelOptions::require);
        if (options.audit) {
            kernelOptions.require(AUDIT);
        }
        final List<String> ofCalls = CallOptions.of(mode, program);
        if (kernelOptions.known()) {
            if (!options.traceEvents.isEmpty()) {
                kernelOptions.require("EVENT_TRACING");
            }
            ofCalls.forEach(kernelOptions::require);
        }
        if (!agents.ownsKernel() && ofCalls.contains(CallOptions.IA32_EMULATION)) {
            // On in vain where a hypervisor has no gate for it: then the 32-bit agent, which calls by it, is refused.
            agents.giveBack(agents.take(Mode.IA32));
        }
    }
}
