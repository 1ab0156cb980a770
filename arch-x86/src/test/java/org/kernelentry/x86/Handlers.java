package org.kernelentry.x86;

import static org.kernelentry.machine.asm.GuestAssembler.T0;

import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;

/** Installing signal handlers from guest code. */
public final class Handlers {
    /** Where {@link #install} builds its {@code struct sigaction}. */
    private static final long ACTION = X86Process.DATA + 0x3000;
    /** Where {@link #prologue} notes signal, siginfo and ucontext. */
    public static final long SIGNAL = X86Process.DATA + 0x3100;

    public static final long INFO = SIGNAL + 8;
    public static final long CONTEXT = SIGNAL + 16;

    private Handlers() {}

    /** rt_sigaction of {@code sig}; SA_RESTORER is added where {@code restorer} is given. */
    public static void install(
            final GuestAssembler a, final int sig, final Label handler, final Label restorer, final long flags) {
        final int word = a.wordSize();
        a.loadAddress(T0, handler);
        a.storeVariable(ACTION, T0);
        a.loadConst(T0, flags | (restorer == null ? 0 : SigAction.SA_RESTORER));
        a.storeVariable(ACTION + word, T0);
        if (restorer != null) {
            a.loadAddress(T0, restorer);
            a.storeVariable(ACTION + 2L * word, T0);
        }
        X86Process.call(a, "rt_sigaction", sig, ACTION, 0, 8);
    }

    /** The handler's first code. */
    public static void prologue(final GuestAssembler a, final Label handler) {
        a.bind(handler);
        a.handlerEntry(SIGNAL, INFO, CONTEXT);
    }

    /** The return, and behind it the restorer. */
    public static void epilogue(final GuestAssembler a, final Label restorer, final boolean rt) {
        a.handlerReturn();
        a.bind(restorer);
        a.restorer(rt);
    }
}
