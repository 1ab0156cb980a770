package org.kernelentry.notation;

import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;

/**
 * What a word means as an operand: a number, a named constant, a duration (pointer to a timespec), a string (pointer), {@code &name} (address
 * of a label or of data; {@code &name+8} is inside data), {@code nr.name} (a system call number), a variable, or a field {@code info.code}.
 */
final class Operands {
    private final GuestTarget target;
    private final DataSection data;
    private final BiFunction<Integer, String, Label> labels;

    Operands(final GuestTarget target, final DataSection data, final BiFunction<Integer, String, Label> labels) {
        this.target = target;
        this.data = data;
        this.labels = labels;
    }

    /** Number of a system call; mmap stands for mmap2 where that is the ABI's. */
    long number(final int line, final String name) {
        final Abi abi = target.abi();
        int number = abi.number("mmap".equals(name) && abi.number("mmap2") >= 0 ? "mmap2" : name);
        if (number < 0 && "newfstatat".equals(name)) {
            number = abi.number("fstatat64");
        }
        if (number < 0) {
            throw new NotationException(line, name, "is neither a statement nor a system call of " + target.mode());
        }
        return number;
    }

    /** A compile-time constant. */
    long constant(final int line, final String word) {
        final Long named = Constants.value(word);
        if (named != null) {
            return named;
        }
        if (word.startsWith("nr.")) {
            return number(line, word.substring(3));
        }
        if (word.startsWith("&")) {
            final Long address = dataAddress(line, word.substring(1));
            if (address != null) {
                return address;
            }
        }
        return Parser.number(line, word);
    }

    /** The address of {@code name} or {@code name+offset}, null where no such data was declared. */
    private @Nullable Long dataAddress(final int line, final String place) {
        final int plus = place.indexOf('+');
        if (plus < 0) {
            return data.address(place);
        }
        final Long base = data.address(place.substring(0, plus));
        return base == null ? null : (Long) (base + Parser.number(line, place.substring(plus + 1)));
    }

    Arg argument(final int line, final String word) {
        final Long known = simpleConstant(line, word);
        if (known != null) {
            return new Arg.Const(known);
        }
        if (word.startsWith("&")) {
            return new Arg.Code(labels.apply(line, word.substring(1)));
        }
        if (!data.hasVariable(word)) {
            throw new NotationException(line, word, "is not a number, a constant, or a variable assigned before");
        }
        return new Arg.Variable(data.variable(line, word));
    }

    /** t = operand. */
    void load(final GuestAssembler asm, final int t, final int line, final String word, final SignalLowering signals) {
        if (word.startsWith("info.") || word.startsWith("context.") || "signal".equals(word)) {
            signals.loadField(t, line, word);
            return;
        }
        final Arg arg = argument(line, word);
        if (arg instanceof Arg.Const c) {
            asm.loadConst(t, c.value());
        } else if (arg instanceof Arg.Code c) {
            asm.loadAddress(t, c.label());
        } else if (arg instanceof Arg.Variable v) {
            asm.loadVariable(t, v.address());
        }
    }

    private @Nullable Long simpleConstant(final int line, final String word) {
        if (word.startsWith("\"")) {
            return data.literal(line, text(word));
        }
        final Long named = Constants.value(word);
        if (named != null) {
            return named;
        }
        if (word.startsWith("nr.")) {
            return number(line, word.substring(3));
        }
        if (word.startsWith("&")) {
            return dataAddress(line, word.substring(1));
        }
        final char first = word.charAt(0);
        if (Character.isDigit(first) || first == '-' && word.length() > 1 && Character.isDigit(word.charAt(1))) {
            final @Nullable Long duration = duration(line, word);
            return duration != null ? data.timespec(line, duration) : (Long) Parser.number(line, word);
        }
        return null;
    }

    private static @Nullable Long duration(final int line, final String word) {
        final long unit = word.endsWith("ns")
                ? 1
                : word.endsWith("us")
                        ? 1_000
                        : word.endsWith("ms") ? 1_000_000 : word.endsWith("s") ? 1_000_000_000 : 0;
        if (unit == 0) {
            return null;
        }
        final int suffix = unit == 1_000_000_000 ? 1 : 2;
        return Parser.number(line, word.substring(0, word.length() - suffix)) * unit;
    }

    /** Bytes of a quoted word; {@code \n} is a line end; no terminating zero unless {@code \0} is written. */
    static byte[] text(final String quoted) {
        return quoted.substring(1, quoted.length() - 1)
                .replace("\\n", "\n")
                .replace("\\0", "\0")
                .getBytes(StandardCharsets.UTF_8);
    }
}
