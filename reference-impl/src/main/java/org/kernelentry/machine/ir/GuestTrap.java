package org.kernelentry.machine.ir;

/** An exception of the guest CPU raised inside a {@link Helper}: preallocate one per cause; carries no stack trace. */
public final class GuestTrap extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A code of {@code CpuExit}. */
    public final int exitCode;
    /** Exit detail, for example an error code. */
    public final long detail;

    public GuestTrap(final int exitCode, final long detail) {
        super("guest trap", null, false, false);
        this.exitCode = exitCode;
        this.detail = detail;
    }
}
