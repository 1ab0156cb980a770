package org.kernelentry.runner.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.qemu.KernelImage;
import org.kernelentry.runner.qemu.Kernels;
import org.kernelentry.runner.qemu.QemuGuest.GuestFile;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.spec.SpecException;
import org.kernelentry.runner.system.UnsupportedSetupException;

/**
 * Agents in machines of QEMU's, one in each. A machine serves the modes of all scenarios in turn: its agent becomes the program of the ABI that
 * is asked for. A machine whose kernel panicked, hangs, or has reported a fault of its own is not used again; the next scenario boots another.
 */
final class MachineAgents implements AgentPool {
    /** So many boots in a row may fail before no more is tried. */
    private static final int TRIES = 2;

    private final Kernels kernels;
    private final KernelImage image;
    private final IntFunction<Path> logs;
    private final List<GuestFile> files = new ArrayList<>();
    private final Map<Mode, String> programs = new LinkedHashMap<>();
    private final Map<Mode, String> missing = new LinkedHashMap<>();
    private final Queue<Agent> idle = new ConcurrentLinkedQueue<>();
    private final Set<Agent> all = ConcurrentHashMap.newKeySet();
    private final AtomicInteger machines = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile @Nullable SpecException failure;

    /**
     * Agents under one kernel; nothing is booted yet.
     *
     * @param logs where what the n-th machine's kernel prints is kept
     * @throws SpecException if the agent of the architecture's own ABI cannot be compiled here
     */
    MachineAgents(final Kernels kernels, final KernelImage image, final IntFunction<Path> logs) {
        this.kernels = kernels;
        this.image = image;
        this.logs = logs;
        final Architecture architecture = image.architecture();
        for (final Mode mode : Mode.values()) {
            if (mode.architecture() == architecture) {
                add(mode, architecture.defaultMode());
            }
        }
    }

    private void add(final Mode mode, final Mode own) {
        // The states and ABIs of 32-bit arm share one program.
        final boolean main = mode == own || mode.architecture() == Architecture.ARM;
        final String path = main ? "agent" : "agent-" + mode.label();
        try {
            if (files.stream().noneMatch(f -> f.path().equals(path))) {
                files.add(kernels.agent(mode, path));
            }
            programs.put(mode, "/" + path);
        } catch (final SpecException e) {
            if (main) {
                throw e;
            }
            missing.put(mode, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Agent take(final Mode mode) {
        final String program = programs.get(mode);
        if (program == null) {
            throw new UnsupportedSetupException(missing.getOrDefault(mode, "there is no agent for " + mode.label()));
        }
        final Agent free = idle.poll();
        final Agent agent = free == null ? another() : free;
        try {
            final long result = agent.become(program);
            if (result != 0) {
                throw new UnsupportedSetupException(
                        "this kernel does not execute programs of mode " + mode.label() + ": error " + -result);
            }
            return agent;
        } catch (final RuntimeException e) {
            giveBack(agent);
            throw e;
        }
    }

    /** Boots another machine for a scenario. */
    private Agent another() {
        final SpecException last = failure;
        if (last != null) {
            throw new AgentException("The kernel does not boot any more: " + last.getMessage());
        }
        try {
            final Agent agent = boot();
            failures.set(0);
            return agent;
        } catch (final SpecException e) {
            if (failures.incrementAndGet() >= TRIES) {
                failure = e;
            }
            throw new AgentException("The kernel does not boot again: " + e.getMessage());
        }
    }

    /**
     * Boots a machine.
     *
     * @throws SpecException if it does not boot
     */
    Agent boot() {
        final GuestLink link = new GuestLink(kernels.boot(image, files, logs.apply(machines.incrementAndGet())));
        final Agent agent =
                new Agent(link, programs.getOrDefault(image.architecture().defaultMode(), ""));
        all.add(agent);
        return agent;
    }

    @Override
    public boolean ownsKernel() {
        return true;
    }

    @Override
    public void giveBack(final Agent agent) {
        if (agent.lost()) {
            all.remove(agent);
            agent.close();
        } else {
            idle.add(agent);
        }
    }

    @Override
    public void close() {
        idle.clear();
        all.forEach(Agent::close);
        all.clear();
    }
}
