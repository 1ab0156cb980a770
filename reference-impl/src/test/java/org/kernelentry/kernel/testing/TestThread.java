package org.kernelentry.kernel.testing;

import java.util.ArrayDeque;
import java.util.Deque;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.signal.SigSet;

/** {@code thread_struct} of the scripted port. */
final class TestThread {
    /** A signal frame: kept here and not in guest memory. */
    record Frame(PtRegs regs, SigSet mask) {}

    final Deque<Frame> frames = new ArrayDeque<>();
    boolean stepping;
    long tls;
}
