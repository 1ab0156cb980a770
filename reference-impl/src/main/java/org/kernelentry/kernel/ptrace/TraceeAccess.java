package org.kernelentry.kernel.ptrace;

import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.memory.MemoryFault;

/** Memory and register sets of a stopped tracee. Source: linux v7.3 kernel/ptrace.c ptrace_access_vm(), ptrace_regset(). */
final class TraceeAccess {
    private static final int NT_ARM_SYSTEM_CALL = 0x404;
    private static final int NT_X86_XSTATE = 0x202;

    private final Kernel k;

    TraceeAccess(final Kernel kernel) {
        this.k = kernel;
    }

    /** Reads with FOLL_FORCE: permissions do not count, only whether something is mapped. */
    boolean peek(final Task child, final long address, final byte[] into) {
        final Mm mm = child.mm;
        if (mm == null) {
            return false;
        }
        try {
            mm.space.peek(address, into, 0, into.length);
            return true;
        } catch (final MemoryFault fault) {
            return false;
        }
    }

    /** Writes with FOLL_FORCE. */
    boolean poke(final Task child, final long address, final byte[] from) {
        final Mm mm = child.mm;
        if (mm == null) {
            return false;
        }
        try {
            mm.space.poke(address, from, 0, from.length);
            return true;
        } catch (final MemoryFault fault) {
            return false;
        }
    }

    long pokeWord(final Task child, final long address, final long data, final int size) {
        final byte[] word = new byte[size];
        put(word, 0, size, data);
        return poke(child, address, word) ? 0 : -Errno.EIO;
    }

    /** {@code struct iovec} at {@code data}: base and length; the length is updated to what was copied. */
    long regset(final Task child, final int request, final int noteType, final TracerBuffer iovec) {
        final int word = iovec.wordSize;
        final byte[] bytes = new byte[2 * word];
        if (!iovec.read(bytes, bytes.length)) {
            return -Errno.EFAULT;
        }
        final TracerBuffer buffer = TracerBuffer.guest(iovec.tracer, get(bytes, 0, word));
        final long length = get(bytes, word, word);
        final long done = request == PtraceRequest.PTRACE_GETREGSET
                ? getRegset(child, noteType, buffer, length)
                : setRegset(child, noteType, buffer, length);
        if (done < 0) {
            return done;
        }
        put(bytes, word, word, done);
        return iovec.write(bytes, bytes.length) ? 0 : -Errno.EFAULT;
    }

    /** Copies at most {@code length} bytes, which must be whole registers; returns how many. */
    long getRegset(final Task child, final int noteType, final TracerBuffer into, final long length) {
        final byte @Nullable [] set = k.arch.getRegset(child, noteType);
        if (set == null || !wholeRegisters(child, noteType, length)) {
            return -Errno.EINVAL;
        }
        if (set.length == 0) {
            return -Errno.ENODEV;
        }
        final int size = atMost(length, set.length);
        return into.write(set, size) ? size : -Errno.EFAULT;
    }

    /** Stores the leading registers; returns how many bytes. */
    long setRegset(final Task child, final int noteType, final TracerBuffer from, final long length) {
        final byte @Nullable [] set = k.arch.getRegset(child, noteType);
        if (set == null || !wholeRegisters(child, noteType, length)) {
            return -Errno.EINVAL;
        }
        if (set.length == 0) {
            return -Errno.ENODEV;
        }
        final byte[] given = new byte[atMost(length, set.length)];
        if (!from.read(given, given.length)) {
            return -Errno.EFAULT;
        }
        final long error = k.arch.setRegset(child, noteType, given);
        return error != 0 ? error : given.length;
    }

    private boolean wholeRegisters(final Task child, final int noteType, final long length) {
        final int unit = switch (noteType) {
            case NT_ARM_SYSTEM_CALL -> 4;
            case NT_X86_XSTATE -> 8;
            default -> k.arch.registerSize(child);
        };
        return Long.remainderUnsigned(length, unit) == 0;
    }

    private static int atMost(final long length, final int size) {
        return Long.compareUnsigned(length, size) < 0 ? (int) length : size;
    }

    private static long get(final byte[] bytes, final int at, final int size) {
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xff;
        }
        return value;
    }

    private static void put(final byte[] bytes, final int at, final int size, final long value) {
        for (int i = 0; i < size; i++) {
            bytes[at + i] = (byte) (value >>> 8 * i);
        }
    }
}
