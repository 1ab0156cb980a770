package org.kernelentry.notation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement of a guest program. {@code line} is where it stands. */
sealed interface Stmt {
    int line();

    /** {@code [target =] [via entry] name operands}: a system call by name or {@code syscall number operands}. */
    record Call(
            int line,
            @Nullable String label,
            @Nullable String target,
            @Nullable String entry,
            String name,
            List<String> operands)
            implements Stmt {}

    /** {@code target = operand} or {@code target += operand}. */
    record Assign(int line, String target, String operand, boolean increment) implements Stmt {}

    /** {@code note "text" [variable ...]}. */
    record Note(int line, List<String> operands) implements Stmt {}

    /** {@code loop n { ... }}; a negative count means for ever. */
    record Loop(int line, long count, List<Stmt> body) implements Stmt {}

    /** {@code if a == b { ... } else { ... }}. */
    record If(int line, String left, String relation, String right, List<Stmt> yes, List<Stmt> no) implements Stmt {}

    /** {@code handle SIG options { ... }}. */
    record Handle(int line, String signal, List<String> options, List<Stmt> body) implements Stmt {}

    /** {@code [target =] fork { ... }} and {@code [target =] thread { ... }}. */
    record Spawn(int line, @Nullable String label, @Nullable String target, boolean thread, List<Stmt> body)
            implements Stmt {}

    /** {@code filter name { call -> action ... }}. */
    record Filter(int line, String name, List<Rule> rules) implements Stmt {
        /** One line of a filter: {@code call|number|default [argument 0] -> ACTION [data]}. */
        record Rule(int line, String call, @Nullable Long argument, String action, long data) {}
    }

    /** Everything else: a keyword of {@link Lowering} with operands. */
    record Simple(int line, @Nullable String label, String word, List<String> operands) implements Stmt {}
}
