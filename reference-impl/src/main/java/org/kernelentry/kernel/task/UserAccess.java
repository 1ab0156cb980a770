package org.kernelentry.kernel.task;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.MemoryFault;

/**
 * Kernel accesses to user memory of a task, usually the current one: values by reference, -EFAULT as a boolean.
 *
 * <p>A task without memory (the harness, an idle task) has no accessible address. Source: linux v7.3 include/linux/uaccess.h.
 */
public final class UserAccess {
    final Kernel k;
    /** Result of the last successful {@link #get}. */
    public long value;

    public UserAccess(final Kernel kernel) {
        this.k = kernel;
    }

    /** {@code get_user()} of {@code size} (1, 2, 4, 8) bytes, zero-extended; the value is in {@link #value}. False is -EFAULT. */
    public boolean get(final Task task, final long address, final int size) {
        final Mm mm = task.mm;
        if (mm == null || !mm.accessOk(address, size)) {
            return false;
        }
        final AddressSpace space = mm.space;
        try {
            switch (size) {
                case 1 -> value = space.load8(address) & 0xffL;
                case 2 -> value = space.load16(address) & 0xffffL;
                case 4 -> value = space.load32(address) & 0xffff_ffffL;
                case 8 -> value = space.load64(address);
                default -> throw new IllegalArgumentException("size " + size);
            }
            return true;
        } catch (final MemoryFault fault) {
            return false;
        }
    }

    /** {@code put_user()}. False is -EFAULT. */
    public boolean put(final Task task, final long address, final int size, final long newValue) {
        final Mm mm = task.mm;
        if (mm == null || !mm.accessOk(address, size)) {
            return false;
        }
        final AddressSpace space = mm.space;
        try {
            switch (size) {
                case 1 -> space.store8(address, (int) newValue);
                case 2 -> space.store16(address, (int) newValue);
                case 4 -> space.store32(address, (int) newValue);
                case 8 -> space.store64(address, newValue);
                default -> throw new IllegalArgumentException("size " + size);
            }
            return true;
        } catch (final MemoryFault fault) {
            return false;
        }
    }

    /** {@link #get} of a {@code long} or pointer of the ABI that the task's call came through. */
    public boolean getWord(final Task task, final long address) {
        return get(task, address, wordSize(task));
    }

    /** {@link #put} of a {@code long} or pointer of the ABI that the task's call came through. */
    public boolean putWord(final Task task, final long address, final long newValue) {
        return put(task, address, wordSize(task), newValue);
    }

    /** {@link #get} of a signed {@code int}. */
    public boolean getInt(final Task task, final long address) {
        if (!get(task, address, 4)) {
            return false;
        }
        final int narrow = (int) value;
        value = narrow;
        return true;
    }

    /** Bytes of a {@code long} of the ABI that the task's call came through. */
    public int wordSize(final Task task) {
        return k.arch.abi(task).wordSize();
    }

    /** {@code copy_from_user()}, all or nothing. */
    public boolean copyFrom(
            final Task task, final long address, final byte[] into, final int offset, final int length) {
        final Mm mm = task.mm;
        if (mm == null || !mm.accessOk(address, length)) {
            return false;
        }
        try {
            mm.space.load(address, into, offset, length);
            return true;
        } catch (final MemoryFault fault) {
            return false;
        }
    }

    /** {@code copy_to_user()}, all or nothing. */
    public boolean copyTo(final Task task, final long address, final byte[] from, final int offset, final int length) {
        final Mm mm = task.mm;
        if (mm == null || !mm.accessOk(address, length)) {
            return false;
        }
        try {
            mm.space.store(address, from, offset, length);
            return true;
        } catch (final MemoryFault fault) {
            return false;
        }
    }
}
