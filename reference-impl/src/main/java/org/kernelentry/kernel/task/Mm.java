package org.kernelentry.kernel.task;

import org.kernelentry.machine.memory.AddressSpace;

/** Memory of a process ({@code struct mm_struct}): the pages and the few addresses the kernel remembers. */
public final class Mm {
    public final AddressSpace space;
    /** First address that is not user space for this ABI (TASK_SIZE). */
    public final long taskSize;
    /** Where {@code mmap} without address starts to look. */
    public long mmapBase;
    /** Start of the vDSO image, or of the signal page on arm; 0 without. */
    public long vdso;
    /** Program break. */
    public long brk;

    public long brkStart;
    /** Tasks that share it (CLONE_VM). */
    public int users = 1;

    public Mm(final AddressSpace space, final long taskSize) {
        this.space = space;
        this.taskSize = taskSize;
    }

    /** {@code access_ok()}. */
    public boolean accessOk(final long address, final long length) {
        return Long.compareUnsigned(length, taskSize) <= 0 && Long.compareUnsigned(address, taskSize - length) <= 0;
    }
}
