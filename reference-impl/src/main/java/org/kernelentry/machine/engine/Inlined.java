package org.kernelentry.machine.engine;

import org.kernelentry.machine.memory.MemoryFault;
import org.kernelentry.machine.memory.PagedSpace;

/**
 * The operations from one place of a block on, as one.
 *
 * <p>What an operation costs the interpreter is that it is called: where to is found out anew each time. The JVM's compiler puts the operation in place
 * of the call where only one class was ever called. So each sequence of classes has a copy of this class, made by {@link Inlining}, and with it
 * calls that nothing else comes by.
 *
 * <p>Each operation knows its place and is there on its own too, so this may be left wherever something else comes next.
 */
final class Inlined extends Code {
    static final int PARTS = 6;

    private final Code first;
    private final Code second;
    private final Code third;
    private final Code fourth;
    private final Code fifth;
    private final Code sixth;
    private final int secondAt;
    private final int thirdAt;
    private final int fourthAt;
    private final int fifthAt;
    private final int sixthAt;

    /**
     * The operations of a block that are likely to follow each other.
     *
     * @param parts as many as there is room for, {@link Code#NOTHING} where there is no operation
     * @param places their places
     */
    Inlined(final Code[] parts, final int[] places) {
        first = parts[0];
        second = parts[1];
        third = parts[2];
        fourth = parts[3];
        fifth = parts[4];
        sixth = parts[5];
        secondAt = places[1];
        thirdAt = places[2];
        fourthAt = places[3];
        fifthAt = places[4];
        sixthAt = places[5];
    }

    @Override
    int run(final long[] r, final PagedSpace mem, final int generation, final int i) {
        int at = i;
        try {
            at = first.run(r, mem, generation, i);
            if (at == secondAt) {
                at = second.run(r, mem, generation, secondAt);
            }
            if (at == thirdAt) {
                at = third.run(r, mem, generation, thirdAt);
            }
            if (at == fourthAt) {
                at = fourth.run(r, mem, generation, fourthAt);
            }
            if (at == fifthAt) {
                at = fifth.run(r, mem, generation, fifthAt);
            }
            if (at == sixthAt) {
                at = sixth.run(r, mem, generation, sixthAt);
            }
            return at;
        } catch (MemoryFault fault) {
            return FAULT | at;
        }
    }

    @Override
    Code alone() {
        return first.alone();
    }
}
