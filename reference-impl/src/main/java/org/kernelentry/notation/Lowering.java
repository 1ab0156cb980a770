package org.kernelentry.notation;

import static org.kernelentry.machine.asm.GuestAssembler.T0;
import static org.kernelentry.machine.asm.GuestAssembler.T1;
import static org.kernelentry.machine.asm.GuestAssembler.T2;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.GuestAssembler.Rel;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.notation.GuestProgram.Layout;

/** Statements to machine code through a {@link GuestAssembler}. Handlers, threads and children are placed behind the main program. */
final class Lowering {
    private static final Map<String, Rel> RELATIONS = Map.of("==", Rel.EQ, "!=", Rel.NE, "<", Rel.LT, ">=", Rel.GE);

    private final GuestTarget target;
    private final GuestAssembler asm;
    private final DataSection data;
    private final Operands operands;
    private final SignalLowering signals;
    private final FilterLowering filters;
    private final Map<String, Label> labels = new LinkedHashMap<>();
    private final Map<String, Integer> labelLines = new HashMap<>();
    private final List<String> notes = new ArrayList<>();
    /** Code to be placed after the main program. */
    private final List<Runnable> later = new ArrayList<>();

    private int threads;

    Lowering(final GuestTarget target, final List<String> earlierNotes) {
        this.notes.addAll(earlierNotes);
        this.target = target;
        this.asm = target.assembler().at(Layout.CODE);
        this.data = new DataSection(target.abi().wordSize());
        this.operands = new Operands(target, data, this::label);
        this.signals = new SignalLowering(this, target, asm, data);
        this.filters = new FilterLowering(target, data);
    }

    GuestProgram lower(final List<Stmt> program) {
        statements(program);
        call(0, null, null, "exit_group", List.of("0"));
        // A handler's or thread's body may define further ones.
        for (int i = 0; i < later.size(); i++) {
            later.get(i).run();
        }
        for (final Map.Entry<String, Integer> use : labelLines.entrySet()) {
            if (!label(0, use.getKey()).bound()) {
                throw new NotationException(use.getValue(), use.getKey(), "no such label, variable or data");
            }
        }
        final byte[] code = asm.finish();
        final Map<String, Long> symbols = new LinkedHashMap<>();
        labels.forEach((name, label) -> symbols.put(name, label.address()));
        symbols.putAll(data.symbols());
        return new GuestProgram(target.mode(), code, data.toBytes(), Map.copyOf(symbols), List.copyOf(notes));
    }

    void later(final Runnable code) {
        later.add(code);
    }

    Label label(final int line, final String name) {
        if (line != 0) {
            labelLines.putIfAbsent(name, line);
        }
        return labels.computeIfAbsent(name, Label::new);
    }

    private void define(final int line, final String name) {
        final Label label = labels.computeIfAbsent(name, Label::new);
        if (label.bound()) {
            throw new NotationException(line, name, "the label is defined twice");
        }
        asm.bind(label);
    }

    void statements(final List<Stmt> body) {
        for (final Stmt stmt : body) {
            if (stmt instanceof Stmt.Call s) {
                callStatement(s);
            } else if (stmt instanceof Stmt.Assign s) {
                assign(s);
            } else if (stmt instanceof Stmt.Note s) {
                note(s);
            } else if (stmt instanceof Stmt.Loop s) {
                loop(s);
            } else if (stmt instanceof Stmt.If s) {
                ifStatement(s);
            } else if (stmt instanceof Stmt.Handle s) {
                signals.handle(s);
            } else if (stmt instanceof Stmt.Spawn s) {
                spawn(s);
            } else if (stmt instanceof Stmt.Filter s) {
                filters.define(s);
            } else if (stmt instanceof Stmt.Simple s) {
                simple(s);
            }
        }
    }

    // ---- system calls

    private void callStatement(final Stmt.Call s) {
        final List<String> words = new ArrayList<>(s.operands());
        if ("write".equals(s.name()) && words.size() == 2 && words.get(1).startsWith("\"")) {
            words.add(Integer.toString(Operands.text(words.get(1)).length));
        }
        final Label at = s.label() == null ? new Label("call") : labels.computeIfAbsent(s.label(), Label::new);
        final Label after =
                s.label() == null ? new Label("next") : labels.computeIfAbsent(s.label() + ".next", Label::new);
        if (at.bound()) {
            throw new NotationException(s.line(), at.toString(), "the label is defined twice");
        }
        emitCall(s.line(), s.entry(), s.name(), words, at, after);
        if (s.target() != null) {
            asm.result(T0);
            asm.storeVariable(data.variable(s.line(), s.target()), T0);
        }
    }

    /** A system call the notation itself makes. */
    void call(
            final int line,
            final @org.jspecify.annotations.Nullable String resultVariable,
            final @org.jspecify.annotations.Nullable String entry,
            final String name,
            final List<String> words) {
        emitCall(line, entry, name, words, new Label("call"), new Label("next"));
        if (resultVariable != null) {
            asm.result(T0);
            asm.storeVariable(data.variable(line, resultVariable), T0);
        }
    }

    private void emitCall(
            final int line,
            final @org.jspecify.annotations.Nullable String entry,
            final String name,
            final List<String> words,
            final Label at,
            final Label after) {
        final String how = entry == null ? asm.entries().get(0) : entry;
        if (!asm.entries().contains(how)) {
            throw new NotationException(
                    line, how, "is not a system call instruction of " + target.mode() + "; it has " + asm.entries());
        }
        final Arg number;
        List<String> arguments = words;
        if ("syscall".equals(name)) {
            if (words.isEmpty()) {
                throw new NotationException(line, name, "the number is missing");
            }
            number = operands.argument(line, words.get(0));
            arguments = words.subList(1, words.size());
        } else {
            number = new Arg.Const(operands.number(line, name));
        }
        if (arguments.size() > 6) {
            throw new NotationException(line, arguments.get(6), "a system call takes at most six arguments");
        }
        final List<Arg> args = new ArrayList<>();
        for (final String word : arguments) {
            args.add(operands.argument(line, word));
        }
        asm.syscall(how, number, args, at, after);
    }

    // ---- variables and notes

    private void assign(final Stmt.Assign s) {
        operands.load(asm, T0, s.line(), s.operand(), signals);
        final long variable = data.variable(s.line(), s.target());
        if (s.increment()) {
            asm.loadVariable(T1, variable);
            asm.add(T0, T1);
        }
        asm.storeVariable(variable, T0);
    }

    /** Reserves the record first, so that a handler interrupting right after the reservation appends behind it. */
    private void note(final Stmt.Note s) {
        final List<String> words = s.operands().isEmpty() ? List.of("\"\"") : s.operands();
        String text = "";
        for (final String word : words) {
            if (word.startsWith("\"")) {
                text = word.substring(1, word.length() - 1);
                if (words.size() == 1) {
                    record(s.line(), text, null);
                }
            } else {
                record(s.line(), (text.isEmpty() ? "" : text + " ") + word + "=", word);
            }
        }
    }

    private void record(final int line, final String text, final @org.jspecify.annotations.Nullable String value) {
        notes.add(text);
        asm.loadVariable(T0, Layout.NOTES);
        asm.move(T1, T0);
        asm.addConst(T1, 1);
        asm.storeVariable(Layout.NOTES, T1);
        asm.shiftLeft(T0, 4);
        asm.addConst(T0, Layout.NOTES + 16);
        asm.loadConst(T2, notes.size());
        asm.store(T2, T0, 0, 4);
        if (value != null) {
            final long slot = data.variable(line, "$note");
            asm.storeVariable(slot, T0);
            operands.load(asm, T2, line, value, signals);
            asm.loadVariable(T0, slot);
            asm.store(T2, T0, 8, asm.wordSize());
        }
    }

    // ---- control

    private void loop(final Stmt.Loop s) {
        final Label top = new Label("loop");
        final long counter = data.variable(s.line(), "$loop" + data.symbols().size());
        if (s.count() >= 0) {
            if (s.count() == 0) {
                throw new NotationException(s.line(), "loop", "runs at least once");
            }
            asm.loadConst(T0, s.count());
            asm.storeVariable(counter, T0);
        }
        asm.bind(top);
        statements(s.body());
        if (s.count() < 0) {
            asm.jump(top);
            return;
        }
        asm.loadVariable(T0, counter);
        asm.addConst(T0, -1);
        asm.storeVariable(counter, T0);
        asm.loadConst(T1, 0);
        asm.branch(Rel.NE, T0, T1, top);
    }

    private void ifStatement(final Stmt.If s) {
        final Rel relation = RELATIONS.get(s.relation());
        if (relation == null) {
            throw new NotationException(s.line(), s.relation(), "is not one of == != < >=");
        }
        operands.load(asm, T2, s.line(), s.right(), signals);
        final long right = data.variable(s.line(), "$right");
        asm.storeVariable(right, T2);
        operands.load(asm, T0, s.line(), s.left(), signals);
        asm.loadVariable(T1, right);
        final Label yes = new Label("yes");
        final Label end = new Label("end");
        asm.branch(relation, T0, T1, yes);
        statements(s.no());
        asm.jump(end);
        asm.bind(yes);
        statements(s.yes());
        asm.bind(end);
    }

    private void spawn(final Stmt.Spawn s) {
        final Label child = new Label("child");
        final Label at = s.label() == null ? new Label("call") : labels.computeIfAbsent(s.label(), Label::new);
        final Label after =
                s.label() == null ? new Label("next") : labels.computeIfAbsent(s.label() + ".next", Label::new);
        final long sigchld = 17;
        if (s.thread()) {
            if (++threads > Layout.MAX_THREADS) {
                throw new NotationException(s.line(), "thread", "at most " + Layout.MAX_THREADS + " threads");
            }
            final long top = Layout.THREAD_STACKS + threads * Layout.THREAD_STACK_SIZE - 64;
            // CLONE_VM | FS | FILES | SIGHAND | THREAD | SYSVSEM
            emitCall(s.line(), null, "clone", List.of("0x50f00", Long.toString(top), "0", "0", "0"), at, after);
        } else {
            emitCall(s.line(), null, "clone", List.of(Long.toString(sigchld), "0", "0", "0", "0"), at, after);
        }
        asm.result(T0);
        asm.loadConst(T1, 0);
        asm.branch(Rel.EQ, T0, T1, child);
        if (s.target() != null) {
            asm.storeVariable(data.variable(s.line(), s.target()), T0);
        }
        later.add(() -> {
            asm.bind(child);
            statements(s.body());
            call(s.line(), null, null, s.thread() ? "exit" : "exit_group", List.of("0"));
        });
    }

    // ---- single statements

    private void simple(final Stmt.Simple s) {
        if (s.label() != null && !s.word().startsWith("=")) {
            define(s.line(), s.label());
        }
        final List<String> words = s.operands();
        final int line = s.line();
        switch (s.word()) {
            case "nop" -> {
                final long count = words.isEmpty() ? 1 : Parser.number(line, words.get(0));
                for (long i = 0; i < count; i++) {
                    asm.nop();
                }
            }
            case "break" -> asm.breakpoint();
            case "undef" -> asm.undefined();
            case "spin" -> asm.spin();
            case "return" -> asm.handlerReturn();
            case "mark" -> define(line, word(s, 0));
            case "jump" -> {
                if (Character.isDigit(word(s, 0).charAt(0))) {
                    asm.loadConst(T0, Parser.number(line, word(s, 0)));
                } else {
                    operands.load(asm, T0, line, "&" + strip(word(s, 0)), signals);
                }
                asm.jumpTo(T0);
            }
            case "load" -> {
                operands.load(asm, T1, line, word(s, 0), signals);
                asm.load(T0, T1, 0, 1);
            }
            case "store" -> {
                operands.load(asm, T1, line, word(s, 0), signals);
                asm.loadConst(T0, words.size() > 1 ? Parser.number(line, words.get(1)) : 0);
                asm.store(T0, T1, 0, 1);
            }
            case "byte" -> data.put(data.declare(line, word(s, 0), 8), 1, words.size() > 1 ? constant(s, 1) : 0);
            case "word" -> {
                // Several values are an array, or a structure of words.
                final long at = data.declare(line, word(s, 0), Math.max(8, (words.size() - 1) * asm.wordSize()));
                for (int i = 1; i < words.size(); i++) {
                    data.put(at + (i - 1L) * asm.wordSize(), asm.wordSize(), constant(s, i));
                }
            }
            case "buffer" -> data.declare(line, word(s, 0), (int) Parser.number(line, word(s, 1)));
            case "poke" -> {
                operands.load(asm, T1, line, "&" + strip(word(s, 0)), signals);
                asm.loadConst(T0, constant(s, 1));
                asm.store(T0, T1, 0, 1);
            }
            case "=byte" -> {
                operands.load(asm, T1, line, "&" + strip(word(s, 0)), signals);
                asm.load(T0, T1, 0, 1);
                asm.storeVariable(data.variable(line, target(s)), T0);
            }
            case "=register" -> asm.saveRegister(word(s, 0), data.variable(line, target(s)));
            case "register" -> asm.setRegister(word(s, 0), constant(s, 1));
            case "code" -> asm.raw(hex(line, words));
            case "install" -> {
                call(line, null, null, "prctl", List.of("PR_SET_NO_NEW_PRIVS", "1", "0", "0", "0"));
                final String program = Long.toString(filters.program(line, word(s, 0)));
                call(
                        line,
                        null,
                        null,
                        "seccomp",
                        List.of("SECCOMP_SET_MODE_FILTER", words.size() > 1 ? words.get(1) : "0", program));
            }
            case "raise", "ignore", "default", "block", "unblock" -> signals.simple(s.word(), line, words);
            default -> throw new NotationException(line, s.word(), "is not a statement");
        }
        if (s.label() != null && !s.word().startsWith("=")) {
            define(line, s.label() + ".next");
        }
    }

    private static String target(final Stmt.Simple s) {
        final String name = s.label();
        return name == null ? "" : name;
    }

    private static String strip(final String word) {
        return word.startsWith("&") ? word.substring(1) : word;
    }

    private long constant(final Stmt.Simple s, final int index) {
        return operands.constant(s.line(), word(s, index));
    }

    private static String word(final Stmt.Simple s, final int index) {
        if (index >= s.operands().size()) {
            throw new NotationException(s.line(), s.word(), "something is missing after this word");
        }
        return s.operands().get(index);
    }

    private static byte[] hex(final int line, final List<String> words) {
        final byte[] bytes = new byte[words.size()];
        for (int i = 0; i < bytes.length; i++) {
            final long value = Parser.number(line, "0x" + words.get(i));
            if (value < 0 || value > 255) {
                throw new NotationException(line, words.get(i), "is not a byte");
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }
}
