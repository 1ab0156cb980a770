package org.kernelentry.runner.cpu;

import java.util.List;

/** A CPU that others wrote. */
public interface CpuJudge extends AutoCloseable {
    /** What it is, for the heading: {@code qemu-arm 7.2.22, cortex-a15}. */
    String name();

    /**
     * What becomes of each case, in their order.
     *
     * @throws JudgeException when it cannot run at all
     */
    List<CpuOutcome> run(List<CpuCase> cases);

    /** Gives back what it holds. */
    @Override
    default void close() {}
}
