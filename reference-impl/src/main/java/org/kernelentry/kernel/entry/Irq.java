package org.kernelentry.kernel.entry;

/**
 * A device interrupt, timer tick or inter-processor interrupt on its way into a CPU.
 *
 * @param name for traces
 * @param handler what the handler does, run between {@code irq_enter_rcu} and {@code irq_exit_rcu}
 */
public record Irq(String name, Runnable handler) {}
