package org.kernelentry.runner.spec;

/** How a behaviour can be observed, and so on which systems a scenario about it can run. */
public enum Observability {
    /** An ordinary tracer or tracee sees it: runs everywhere. */
    ABI,
    /** Seen by root through tracefs, audit, proc or the kernel log: runs where these can be read. */
    TRACE,
    /** Internal to the kernel: runs on the reference alone and is never claimed for a kernel. */
    INT
}
