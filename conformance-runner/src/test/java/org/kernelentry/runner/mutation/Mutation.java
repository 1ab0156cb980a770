package org.kernelentry.runner.mutation;

import java.util.List;

/**
 * One small wrong change to the bytecode of the reference.
 *
 * @param id short name for the report
 * @param what the mistake in words
 * @param type class it is made in
 * @param method method it is made in
 * @param operator how, see {@link Mutator}
 * @param target what the operator looks for: {@code owner.name} of a call or field, or a constant
 * @param occurrence which of several, from 1
 * @param rules catalogue IDs whose scenarios are run against it; at least one must fail
 */
record Mutation(
        String id,
        String what,
        String type,
        String method,
        Operator operator,
        String target,
        int occurrence,
        List<String> rules) {
    /** The kinds of change. */
    enum Operator {
        /** The call is left out; its result, if any, is 0, false or null. */
        DROP_CALL,
        /** The call's boolean result is inverted. */
        INVERT_RESULT,
        /** The call returns true (1) without being made. */
        FORCE_TRUE,
        /** A constant is replaced by another: target is {@code from->to}. */
        CONSTANT,
        /** A conditional jump does the opposite; target is empty, the occurrence counts conditional jumps. */
        NEGATE_JUMP,
        /** A store to a field is left out. */
        DROP_STORE,
        /** The method returns at once, with 0, false or null. */
        EMPTY_METHOD
    }
}
