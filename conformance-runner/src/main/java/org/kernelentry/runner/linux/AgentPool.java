package org.kernelentry.runner.linux;

import org.kernelentry.runner.spec.Mode;

/** The agents of one kernel. Each serves one scenario at a time and many one after the other. */
interface AgentPool extends AutoCloseable {
    /**
     * An agent for guests of a mode that nobody else has.
     *
     * @throws org.kernelentry.runner.system.UnsupportedSetupException if there is none for that mode; says why
     * @throws AgentException if the kernel cannot be reached (any more)
     */
    Agent take(Mode mode);

    /** Whether the kernel serves nobody else, so that what concerns all of it can be switched. */
    boolean ownsKernel();

    /** Takes an agent back; one that was lost is not given out again. */
    void giveBack(Agent agent);

    /** Ends all agents, and the machines they are in. */
    @Override
    void close();
}
