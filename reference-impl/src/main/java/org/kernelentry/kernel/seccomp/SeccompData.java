package org.kernelentry.kernel.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Task;

/** {@code struct seccomp_data}: what filters judge. Source: linux v7.3 include/uapi/linux/seccomp.h, kernel/seccomp.c populate_seccomp_data(). */
public final class SeccompData {
    /** {@code sizeof(struct seccomp_data)}. */
    public static final int SIZE = 64;

    public static final int NR = 0;
    public static final int ARCH = 4;
    public static final int INSTRUCTION_POINTER = 8;
    public static final int ARGS = 16;

    public int nr;
    public int arch;
    public long instructionPointer;
    public final long[] args = new long[6];

    /** Reads everything afresh from the saved registers of {@code task} (SEC-04). */
    public void populate(final Kernel k, final Task task) {
        nr = (int) k.arch.syscallGetNr(task, task.regs);
        arch = k.arch.syscallGetArch(task);
        for (int i = 0; i < args.length; i++) {
            args[i] = k.arch.syscallGetArgument(task, task.regs, i);
        }
        instructionPointer = k.arch.instructionPointer(task.regs);
    }

    public void copyFrom(final SeccompData other) {
        nr = other.nr;
        arch = other.arch;
        instructionPointer = other.instructionPointer;
        System.arraycopy(other.args, 0, args, 0, args.length);
    }

    /** The 32-bit word at an offset that the verifier let pass: a multiple of 4 below {@link #SIZE}. */
    int word(final int offset) {
        switch (offset) {
            case NR:
                return nr;
            case ARCH:
                return arch;
            default:
                final long value = offset < ARGS ? instructionPointer : args[offset - ARGS >> 3];
                return (int) ((offset & 4) == 0 ? value : value >>> 32);
        }
    }

    /** Appends the structure as it lies in guest memory. */
    void writeTo(final ByteBuffer into) {
        into.order(ByteOrder.LITTLE_ENDIAN).putInt(nr).putInt(arch).putLong(instructionPointer);
        for (final long arg : args) {
            into.putLong(arg);
        }
    }
}
