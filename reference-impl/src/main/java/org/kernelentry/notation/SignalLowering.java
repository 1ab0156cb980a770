package org.kernelentry.notation;

import static org.kernelentry.machine.asm.GuestAssembler.T0;
import static org.kernelentry.machine.asm.GuestAssembler.T1;

import java.util.List;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;

/** Handlers, masks and raising of signals: statements that become rt_sigaction, rt_sigprocmask and tkill calls. */
final class SignalLowering {
    private static final String SIGNAL_VARIABLE = "$signal";
    private static final String INFO_VARIABLE = "$info";
    private static final String CONTEXT_VARIABLE = "$context";

    private final Lowering lowering;
    private final GuestTarget target;
    private final GuestAssembler asm;
    private final DataSection data;
    private boolean restorerPlaced;

    SignalLowering(
            final Lowering lowering, final GuestTarget target, final GuestAssembler asm, final DataSection data) {
        this.lowering = lowering;
        this.target = target;
        this.asm = asm;
        this.data = data;
    }

    void handle(final Stmt.Handle s) {
        final int sig = signal(s.line(), s.signal());
        long flags = SigAction.SA_SIGINFO;
        // x86-64 has no other way back from a handler than the program's own restorer (FRM-02).
        boolean restorer = "x64".equals(target.mode());
        boolean raw = false;
        boolean thumb = false;
        long got = 0;
        long mask = 0;
        for (int i = 0; i < s.options().size(); i++) {
            final String option = s.options().get(i);
            switch (option) {
                case "restart" -> flags |= SigAction.SA_RESTART;
                case "nodefer" -> flags |= SigAction.SA_NODEFER;
                case "onstack" -> flags |= SigAction.SA_ONSTACK;
                case "once" -> flags |= SigAction.SA_RESETHAND;
                case "plain" -> flags &= ~SigAction.SA_SIGINFO;
                case "restorer" -> restorer = true;
                case "norestorer" -> restorer = false;
                // The body starts with the handler's very first instruction, and nothing follows it.
                case "raw" -> raw = true;
                // Bit 0 of the handler's address is set: Thumb code, written with `code`.
                case "thumb" -> thumb = true;
                // Handler and restorer are descriptors of an FDPIC program, with this in the second word.
                case "fdpic" -> {
                    i++;
                    got = Parser.number(
                            s.line(), i < s.options().size() ? s.options().get(i) : "");
                }
                case "mask" -> {
                    i++;
                    mask |= 1L
                            << signal(
                                            s.line(),
                                            i < s.options().size() ? s.options().get(i) : "")
                                    - 1;
                }
                default ->
                    throw new NotationException(
                            s.line(),
                            option,
                            "is not one of restart nodefer onstack once plain restorer norestorer raw thumb fdpic mask");
            }
        }
        final boolean siginfo = (flags & SigAction.SA_SIGINFO) != 0;
        final Label handler = new Label("handler of " + s.signal());
        if (restorer) {
            flags |= SigAction.SA_RESTORER;
        }
        action(s.line(), sig, handler, thumb ? 1 : 0, flags, restorer, mask, got);
        final long line = s.line();
        if (raw) {
            lowering.later(() -> {
                asm.bind(handler);
                lowering.statements(s.body());
            });
            return;
        }
        lowering.later(() -> {
            asm.bind(handler);
            asm.handlerEntry(
                    data.variable((int) line, SIGNAL_VARIABLE),
                    data.variable((int) line, INFO_VARIABLE),
                    data.variable((int) line, CONTEXT_VARIABLE));
            lowering.statements(s.body());
            asm.handlerReturn();
        });
        if (!siginfo) {
            data.variable(s.line(), "$plain");
        }
    }

    private void action(
            final int line,
            final int sig,
            final Label handler,
            final long constantOrOffset,
            final long flags,
            final boolean restorer,
            final long mask,
            final long got) {
        final int word = asm.wordSize();
        final long act = data.reserve(line, 40);
        // struct sigaction as the kernel reads it: handler, flags, restorer, mask (64 bits).
        if (handler != DEFAULT) {
            asm.loadAddress(T0, handler);
            if (constantOrOffset != 0) {
                asm.addConst(T0, constantOrOffset);
            }
            storeFunction(line, act, got);
        } else {
            data.put(act, word, constantOrOffset);
        }
        data.put(act + word, word, flags);
        data.put(act + 3L * word, 8, mask);
        if (restorer) {
            asm.loadAddress(T0, restorer());
            storeFunction(line, act + 2L * word, got);
        }
        lowering.call(line, null, null, "rt_sigaction", List.of(Integer.toString(sig), Long.toString(act), "0", "8"));
    }

    /** Stores the function pointer in T0, or with a {@code got} that of a descriptor made for it. */
    private void storeFunction(final int line, final long at, final long got) {
        if (got != 0) {
            final long descriptor = data.reserve(line, 2 * asm.wordSize());
            asm.storeVariable(descriptor, T0);
            data.put(descriptor + asm.wordSize(), asm.wordSize(), got);
            asm.loadConst(T0, descriptor);
        }
        asm.storeVariable(at, T0);
    }

    private static final Label DEFAULT = new Label("SIG_DFL");

    private Label restorer() {
        final Label label = lowering.label(0, "restorer");
        if (!restorerPlaced) {
            restorerPlaced = true;
            lowering.later(() -> {
                asm.bind(label);
                asm.restorer(true);
            });
        }
        return label;
    }

    void simple(final String word, final int line, final List<String> words) {
        if (words.isEmpty()) {
            throw new NotationException(line, word, "names no signal");
        }
        switch (word) {
            case "raise" -> {
                lowering.call(line, "$tid", null, "gettid", List.of());
                lowering.call(line, null, null, "tkill", List.of("$tid", Integer.toString(signal(line, words.get(0)))));
            }
            case "ignore" -> action(line, signal(line, words.get(0)), DEFAULT, SigAction.SIG_IGN, 0, false, 0, 0);
            case "default" -> action(line, signal(line, words.get(0)), DEFAULT, SigAction.SIG_DFL, 0, false, 0, 0);
            default -> {
                long mask = 0;
                for (final String name : words) {
                    mask |= 1L << signal(line, name) - 1;
                }
                final long set = data.reserve(line, 8);
                data.put(set, 8, mask);
                final String how = "block".equals(word) ? "0" : "1";
                lowering.call(line, null, null, "rt_sigprocmask", List.of(how, Long.toString(set), "0", "8"));
            }
        }
    }

    /** t = {@code signal}, {@code info.*} or {@code context.*} of the handler that runs. */
    void loadField(final int t, final int line, final String name) {
        if ("signal".equals(name)) {
            asm.loadVariable(t, data.variable(line, SIGNAL_VARIABLE));
            return;
        }
        final GuestLayout.Field field = GuestLayout.field(target.mode(), name);
        if (field == null) {
            throw new NotationException(line, name, "is not a field a handler can read");
        }
        asm.loadVariable(T1, data.variable(line, name.startsWith("info.") ? INFO_VARIABLE : CONTEXT_VARIABLE));
        asm.load(t, T1, field.offset(), field.size());
    }

    private static int signal(final int line, final String name) {
        final int number = Signals.number(name);
        if (number < 0) {
            throw new NotationException(line, name, "is not a signal");
        }
        return number;
    }
}
