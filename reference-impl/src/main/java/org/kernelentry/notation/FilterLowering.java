package org.kernelentry.notation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Seccomp filters as {@code struct sock_fprog} in the program's data: compare the number, and argument 0 where it is given, line by line; first match wins. */
final class FilterLowering {
    private static final Map<String, Long> ACTIONS = Map.of(
            "KILL_PROCESS", 0x8000_0000L,
            "KILL_THREAD", 0L,
            "TRAP", 0x0003_0000L,
            "ERRNO", 0x0005_0000L,
            "USER_NOTIF", 0x7fc0_0000L,
            "TRACE", 0x7ff0_0000L,
            "LOG", 0x7ffc_0000L,
            "ALLOW", 0x7fff_0000L);
    private static final int BPF_LD_W_ABS = 0x20;
    private static final int BPF_JMP_JEQ_K = 0x15;
    private static final int BPF_RET_K = 0x06;
    /** Offset of {@code args[0]} in {@code struct seccomp_data}, of which the low half is looked at. */
    private static final int ARGUMENT_0 = 16;

    private static final long LOW = 0xffff_ffffL;

    private final GuestTarget target;
    private final DataSection data;
    private final Map<String, Long> programs = new HashMap<>();

    FilterLowering(final GuestTarget target, final DataSection data) {
        this.target = target;
        this.data = data;
    }

    void define(final Stmt.Filter filter) {
        final List<long[]> insns = new ArrayList<>();
        insns.add(new long[] {BPF_LD_W_ABS, 0, 0, 0});
        boolean closed = false;
        for (final Stmt.Filter.Rule rule : filter.rules()) {
            final Long action = ACTIONS.get(rule.action());
            if (action == null) {
                throw new NotationException(
                        rule.line(),
                        rule.action(),
                        "is not a seccomp action: "
                                + ACTIONS.keySet().stream().sorted().toList());
            }
            final long value = action | rule.data();
            if ("default".equals(rule.call())) {
                insns.add(new long[] {BPF_RET_K, 0, 0, value});
                closed = true;
                break;
            }
            final Long argument = rule.argument();
            if (argument == null) {
                insns.add(new long[] {BPF_JMP_JEQ_K, 0, 1, number(rule)});
                insns.add(new long[] {BPF_RET_K, 0, 0, value});
            } else {
                insns.add(new long[] {BPF_JMP_JEQ_K, 0, 4, number(rule)});
                insns.add(new long[] {BPF_LD_W_ABS, 0, 0, ARGUMENT_0});
                insns.add(new long[] {BPF_JMP_JEQ_K, 0, 1, argument & LOW});
                insns.add(new long[] {BPF_RET_K, 0, 0, value});
                insns.add(new long[] {BPF_LD_W_ABS, 0, 0, 0});
            }
        }
        if (!closed) {
            throw new NotationException(filter.line(), filter.name(), "a filter ends with `default -> ACTION`");
        }
        final long code = data.reserve(filter.line(), insns.size() * 8);
        for (int i = 0; i < insns.size(); i++) {
            final long[] insn = insns.get(i);
            data.put(code + 8L * i, 2, insn[0]);
            data.put(code + 8L * i + 2, 1, insn[1]);
            data.put(code + 8L * i + 3, 1, insn[2]);
            data.put(code + 8L * i + 4, 4, insn[3]);
        }
        final int word = target.abi().wordSize();
        final long program = data.reserve(filter.line(), 16);
        data.put(program, 2, insns.size());
        data.put(program + word, word, code);
        programs.put(filter.name(), program);
    }

    private long number(final Stmt.Filter.Rule rule) {
        final String call = rule.call();
        if (Character.isDigit(call.charAt(0)) || call.charAt(0) == '-') {
            return Parser.number(rule.line(), call);
        }
        final int number = target.abi().number(call);
        if (number < 0) {
            throw new NotationException(rule.line(), call, "is not a system call of " + target.mode());
        }
        return number;
    }

    /** Address of the {@code struct sock_fprog} of a filter defined before. */
    long program(final int line, final String name) {
        final Long address = programs.get(name);
        if (address == null) {
            throw new NotationException(line, name, "is not a filter defined before");
        }
        return address;
    }
}
