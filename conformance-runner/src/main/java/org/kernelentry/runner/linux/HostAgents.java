package org.kernelentry.runner.linux;

import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.kernelentry.runner.qemu.Kernels;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.spec.SpecException;
import org.kernelentry.runner.system.UnsupportedSetupException;

/** Agents as child processes on the kernel of this machine; a program, and so a process, for each ABI. */
final class HostAgents implements AgentPool {
    private final Function<Mode, Path> compiler;
    private final Map<Mode, Path> programs = new ConcurrentHashMap<>();
    private final Map<Mode, Queue<Agent>> idle = new ConcurrentHashMap<>();
    private final Map<Agent, Mode> modes = new ConcurrentHashMap<>();

    HostAgents(final Kernels kernels) {
        this.compiler = kernels::hostAgent;
    }

    @Override
    public Agent take(final Mode mode) {
        final Agent free =
                idle.computeIfAbsent(mode, m -> new ConcurrentLinkedQueue<>()).poll();
        if (free != null) {
            return free;
        }
        final Path program;
        try {
            program = programs.computeIfAbsent(mode, compiler);
        } catch (final SpecException e) {
            throw new UnsupportedSetupException(String.valueOf(e.getMessage()));
        }
        final Agent agent = new Agent(new HostLink(program));
        try {
            agent.ask("hello");
        } catch (final AgentException e) {
            agent.giveUp();
            throw new UnsupportedSetupException(
                    "the agent does not run on this kernel in mode " + mode.label() + ": " + e.getMessage());
        }
        modes.put(agent, mode);
        return agent;
    }

    @Override
    public boolean ownsKernel() {
        return false;
    }

    @Override
    public void giveBack(final Agent agent) {
        final Mode mode = modes.get(agent);
        if (agent.lost() || mode == null) {
            modes.remove(agent);
        } else {
            idle.computeIfAbsent(mode, m -> new ConcurrentLinkedQueue<>()).add(agent);
        }
    }

    @Override
    public void close() {
        modes.keySet().forEach(Agent::close);
        modes.clear();
        idle.clear();
    }
}
