package org.kernelentry.kernel.signal;

/**
 * {@code struct k_sigaction}.
 *
 * @param handler address, {@link #SIG_DFL} or {@link #SIG_IGN}
 * @param flags {@code SA_*}
 * @param restorer address given with SA_RESTORER
 * @param mask blocked while the handler runs
 */
public record SigAction(long handler, long flags, long restorer, SigSet mask) {
    public static final long SIG_DFL = 0;
    public static final long SIG_IGN = 1;
    public static final long SA_NOCLDSTOP = 0x0000_0001;
    public static final long SA_NOCLDWAIT = 0x0000_0002;
    public static final long SA_SIGINFO = 0x0000_0004;
    /** The handler wants to see tag bits in fault addresses. */
    public static final long SA_EXPOSE_TAGBITS = 0x0000_0800;
    /** arm only: the handler is Thumb code by declaration. */
    public static final long SA_THIRTYTWO = 0x0200_0000;

    public static final long SA_RESTORER = 0x0400_0000;
    public static final long SA_ONSTACK = 0x0800_0000;
    public static final long SA_RESTART = 0x1000_0000;
    public static final long SA_NODEFER = 0x4000_0000;
    public static final long SA_RESETHAND = 0x8000_0000L;
    /** Kernel-internal: forced signals that nobody may catch or see ({@code SA_IMMUTABLE}). */
    public static final long SA_IMMUTABLE = 0x0080_0000;

    public static final SigAction DEFAULT = new SigAction(SIG_DFL, 0, 0, SigSet.EMPTY);

    /** The flags user space may set on every port but for SA_THIRTYTWO ({@code UAPI_SA_FLAGS}); others are dropped. */
    public static final long UAPI_SA_FLAGS = SA_NOCLDSTOP
            | SA_NOCLDWAIT
            | SA_SIGINFO
            | SA_ONSTACK
            | SA_RESTART
            | SA_NODEFER
            | SA_RESETHAND
            | SA_EXPOSE_TAGBITS
            | SA_RESTORER;

    /** Explicitly ignored, or by default ({@code sig_handler_ignored()}). */
    public boolean ignores(final int sig) {
        return handler == SIG_IGN || handler == SIG_DFL && Signals.kernelIgnore(sig);
    }

    /** The same with another handler. */
    public SigAction withHandler(final long newHandler) {
        return new SigAction(newHandler, flags, restorer, mask);
    }

    public SigAction withFlags(final long newFlags) {
        return new SigAction(handler, newFlags, restorer, mask);
    }

    public boolean has(final long flag) {
        return (flags & flag) != 0;
    }
}
