package org.kernelentry.kernel.syscall;

import static java.util.Map.entry;
import static org.kernelentry.machine.memory.AddressSpace.PAGE_SHIFT;
import static org.kernelentry.machine.memory.AddressSpace.PAGE_SIZE;
import static org.kernelentry.machine.memory.AddressSpace.PROT_EXEC;
import static org.kernelentry.machine.memory.AddressSpace.PROT_READ;
import static org.kernelentry.machine.memory.AddressSpace.PROT_WRITE;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.fs.FileTable;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;

/** Mapping memory. Only anonymous memory exists: no file can be mapped. Source: linux v7.3 mm/mmap.c, mm/mprotect.c. */
final class MemoryCalls {
    private static final int MAP_SHARED = 0x01;
    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_SHARED_VALIDATE = 0x03;
    private static final int MAP_TYPE = 0x0f;
    private static final int MAP_FIXED = 0x10;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_FIXED_NOREPLACE = 0x10_0000;
    private static final int PROT_RWX = PROT_READ | PROT_WRITE | PROT_EXEC;
    private static final int PROT_SEM = 0x8;
    /** Size of the memory that shared mappings come from. */
    private static final long SHARED_MEMORY = 1L << 40;

    private final Kernel k;
    /** Where the pages of shared mappings live; made with the first one. */
    private @Nullable AddressSpace sharedMemory;

    private long sharedNext;

    MemoryCalls(final Kernel kernel) {
        this.k = kernel;
    }

    Map<String, SyscallBody> bodies() {
        return Map.ofEntries(
                entry("mmap", this::sysMmap),
                entry("mmap2", task -> mmap(task, task.args, task.args[5] << PAGE_SHIFT)),
                entry("munmap", MemoryCalls::sysMunmap),
                entry("mprotect", this::sysMprotect),
                entry("brk", MemoryCalls::sysBrk));
    }

    /** On the 32-bit ABIs that have it, the old number takes its arguments in memory. */
    private long sysMmap(final Task current) {
        if (k.user.wordSize(current) == 8) {
            return mmap(current, current.args, current.args[5]);
        }
        final long[] args = new long[6];
        for (int i = 0; i < args.length; i++) {
            if (!k.user.get(current, current.args[0] + 4L * i, 4)) {
                return -Errno.EFAULT;
            }
            args[i] = k.user.value;
        }
        return mmap(current, args, args[5]);
    }

    private long mmap(final Task current, final long[] args, final long offset) {
        final long hint = args[0];
        final int flags = (int) args[3];
        if ((offset & PAGE_SIZE - 1) != 0) {
            return -Errno.EINVAL;
        }
        if ((flags & MAP_ANONYMOUS) == 0) {
            final FileTable files = current.files;
            return files == null || files.get((int) args[4]) == null ? -Errno.EBADF : -Errno.ENODEV;
        }
        if (args[1] == 0) {
            return -Errno.EINVAL;
        }
        final Mm mm = current.requireMm();
        final long length = pageAlign(args[1]);
        if (length == 0 || Long.compareUnsigned(length, mm.taskSize) > 0) {
            return -Errno.ENOMEM;
        }
        final int type = flags & MAP_TYPE;
        if (type != MAP_PRIVATE && type != MAP_SHARED && type != MAP_SHARED_VALIDATE) {
            return -Errno.EINVAL;
        }
        final boolean noReplace = (flags & MAP_FIXED_NOREPLACE) != 0;
        final long address = place(mm, hint, length, (flags & MAP_FIXED) != 0 || noReplace);
        if (address < 0) {
            return address;
        }
        if (noReplace && mm.space.findGap(address, length) != address) {
            return -Errno.EEXIST;
        }
        final int prot = pageProtection((int) args[2] & PROT_RWX);
        if (type == MAP_PRIVATE) {
            mm.forgetShared(address, length);
            return mm.space.map(address, length, prot) ? address : -Errno.ENOMEM;
        }
        return mapShared(mm, address, length, prot) ? address : -Errno.ENOMEM;
    }

    /** {@code get_unmapped_area()}: an address, or a negative error. */
    private static long place(final Mm mm, final long hint, final long length, final boolean fixed) {
        if (fixed) {
            if ((hint & PAGE_SIZE - 1) != 0) {
                return -Errno.EINVAL;
            }
            return Long.compareUnsigned(hint, mm.taskSize - length) > 0 ? -Errno.ENOMEM : hint;
        }
        final long wanted = hint & -PAGE_SIZE;
        if (wanted != 0
                && Long.compareUnsigned(wanted, mm.taskSize - length) <= 0
                && mm.space.findGap(wanted, length) == wanted) {
            return wanted;
        }
        final long gap = mm.space.findGap(mm.mmapBase, length);
        return gap < 0 ? -Errno.ENOMEM : gap;
    }

    private boolean mapShared(final Mm mm, final long address, final long length, final int prot) {
        AddressSpace memory = sharedMemory;
        if (memory == null) {
            memory = PagedSpace.create(SHARED_MEMORY);
            sharedMemory = memory;
        }
        final long offset = sharedNext;
        if (!memory.map(offset, length, PROT_READ | PROT_WRITE)
                || !mm.space.share(address, length, prot, memory, offset)) {
            return false;
        }
        sharedNext += length;
        mm.noteShared(address, length, memory, offset);
        return true;
    }

    private static long pageAlign(final long length) {
        return length + PAGE_SIZE - 1 & -PAGE_SIZE;
    }

    /** {@code protection_map}: what the page tables can tell apart. Only arm64 has pages that can be run but not read. */
    private int pageProtection(final int prot) {
        final boolean readable = (prot & PROT_WRITE) != 0
                || (prot & PROT_EXEC) != 0 && !k.arch.name().equals("arm64");
        return readable ? prot | PROT_READ : prot;
    }

    private static long sysMunmap(final Task current) {
        final Mm mm = current.requireMm();
        final long address = current.args[0];
        final long length = pageAlign(current.args[1]);
        if ((address & PAGE_SIZE - 1) != 0
                || length == 0
                || Long.compareUnsigned(length, mm.taskSize) > 0
                || Long.compareUnsigned(address, mm.taskSize - length) > 0) {
            return -Errno.EINVAL;
        }
        mm.forgetShared(address, length);
        mm.space.unmap(address, length);
        return 0;
    }

    private long sysMprotect(final Task current) {
        final Mm mm = current.requireMm();
        final long address = current.args[0];
        if ((address & PAGE_SIZE - 1) != 0) {
            return -Errno.EINVAL;
        }
        if (current.args[1] == 0) {
            return 0;
        }
        final long length = pageAlign(current.args[1]);
        if (length == 0
                || Long.compareUnsigned(length, mm.taskSize) > 0
                || Long.compareUnsigned(address, mm.taskSize - length) > 0) {
            return -Errno.ENOMEM;
        }
        if ((current.args[2] & ~(long) (PROT_RWX | PROT_SEM)) != 0) {
            return -Errno.EINVAL;
        }
        return mm.space.protect(address, length, pageProtection((int) current.args[2] & PROT_RWX)) ? 0 : -Errno.ENOMEM;
    }

    /** The break as it is now, also when it could not be moved. */
    private static long sysBrk(final Task current) {
        final Mm mm = current.requireMm();
        final long wanted = current.args[0];
        if (Long.compareUnsigned(wanted, mm.brkStart) < 0 || Long.compareUnsigned(wanted, mm.taskSize) > 0) {
            return mm.brk;
        }
        final long from = pageAlign(mm.brk);
        final long to = pageAlign(wanted);
        if (to < from) {
            mm.space.unmap(to, from - to);
        } else if (to > from
                && (mm.space.findGap(from, to - from) != from
                        || !mm.space.map(from, to - from, PROT_READ | PROT_WRITE))) {
            return mm.brk;
        }
        mm.brk = wanted;
        return mm.brk;
    }
}
