package org.kernelentry.runner.cpu;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.kernelentry.runner.cpu.CpuOutcome.End;

/**
 * Whether the processor begins a case at all. By itself it goes on in user mode with any stack pointer, and faults when that is used. Some hypervisors
 * have no segment for 32-bit code, or enter user mode by instructions that use the stack: there even a no-operation ends in a protection fault.
 */
final class EntryProbe {
    private static final byte[] NOP = {(byte) 0x90};
    /** Bits of an address that are copies of the one below. */
    private static final int NOT_TRANSLATED = 16;

    private final Function<CpuCase, CpuOutcome> processor;
    private final Map<String, Boolean> begun = new HashMap<>();

    /** @param processor runs a case */
    EntryProbe(Function<CpuCase, CpuOutcome> processor) {
        this.processor = processor;
    }

    /** Whether the stack pointer is not canonical (SDM vol. 1, 3.3.7.1) from the beginning. */
    static boolean hasStrangeStack(CpuCase test) {
        long stack = test.before()[X86Mode.RSP];
        return stack << NOT_TRANSLATED >> NOT_TRANSLATED != stack;
    }

    /**
     * What is to be told of a case: {@link End#NEVER} where the machine does not let it begin.
     *
     * @throws JudgeException if the machine does not run the mode's code
     */
    CpuOutcome told(CpuCase test, CpuOutcome outcome) {
        if (!isRefused(outcome)) {
            return outcome;
        }
        if (!begins(test.mode(), false)) {
            throw new JudgeException(
                    "this machine runs no " + test.mode().name() + " code: even a NOP ends in a protection fault.");
        }
        return hasStrangeStack(test) && !begins(test.mode(), true)
                ? new CpuOutcome(End.NEVER, 0, outcome.after(), outcome.memory())
                : outcome;
    }

    private static boolean isRefused(CpuOutcome outcome) {
        return outcome.end() == End.PROTECTION && outcome.after()[X86Mode.PC] == CpuCase.CODE_START;
    }

    private boolean begins(CpuMode mode, boolean strangeStack) {
        return begun.computeIfAbsent(mode.name() + strangeStack, key -> {
            long seed = 0;
            while (hasStrangeStack(new CpuCase(mode, seed, NOP)) != strangeStack) {
                seed++;
            }
            return !isRefused(processor.apply(new CpuCase(mode, seed, NOP)));
        });
    }
}
