package org.kernelentry.machine.asm;

/** An argument of a system call as the guest program computes it. */
public sealed interface Arg {
    /** A constant; sign-extended to the register width. */
    record Const(long value) implements Arg {}

    /** The address of a code label. */
    record Code(Label label) implements Arg {}

    /** The word (register width) stored at a constant address: a variable. */
    record Variable(long address) implements Arg {}
}
