package org.kernelentry.kernel.signal;

/**
 * A signal chosen for delivery to a handler ({@code struct ksignal}).
 *
 * @param sig its number
 * @param info what it carries
 * @param action the action it was chosen with
 */
public record KSignal(int sig, SigInfo info, SigAction action) {}
