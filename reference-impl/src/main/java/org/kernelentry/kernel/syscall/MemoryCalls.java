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
import org.kernelentry.kernel.fs.Inode;
import org.kernelentry.kernel.fs.OpenFile;
import org.kernelentry.kernel.fs.RegularFile;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.MemoryFault;
import org.kernelentry.machine.memory.PagedSpace;

/** Mapping memory: anonymous, or a private copy of a file as it is at that moment. Source: linux v7.3 mm/mmap.c, mm/mprotect.c. */
final class MemoryCalls {
    private static final int MAP_SHARED = 0x01;
    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_SHARED_VALIDATE = 0x03;
    private static final int MAP_TYPE = 0x0f;
    private static final int MAP_FIXED = 0x10;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_FIXED_NOREPLACE = 0x10_0000;
    private static final long MREMAP_MAYMOVE = 1;
    private static final long MREMAP_FIXED = 2;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_FREE = 8;
    private static final int MADV_POPULATE_WRITE = 23;
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
                entry("brk", MemoryCalls::sysBrk),
                entry("mremap", MemoryCalls::sysMremap),
                entry("madvise", MemoryCalls::sysMadvise),
                entry("msync", MemoryCalls::sysMsync),
                entry("mlock", task -> 0),
                entry("munlock", task -> 0),
                entry("mlockall", task -> 0),
                entry("munlockall", task -> 0));
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
        final OpenFile file =
                (flags & MAP_ANONYMOUS) == 0 ? FileCalls.table(current).get((int) args[4]) : null;
        if ((flags & MAP_ANONYMOUS) == 0) {
            if (file == null) {
                return -Errno.EBADF;
            }
            final boolean mappable = file.inode() instanceof RegularFile && (flags & MAP_TYPE) == MAP_PRIVATE;
            if (!mappable) {
                return -Errno.ENODEV;
            }
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
            if (!mm.space.map(address, length, prot)) {
                return -Errno.ENOMEM;
            }
            mm.forgetShared(address, length);
            return file == null || fill(mm, address, length, file, offset) ? address : -Errno.ENOMEM;
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
        final long gap = mm.unmappedArea(length);
        return gap < 0 ? -Errno.ENOMEM : gap;
    }

    /** Copies what a file has in the range; false when there is no memory for it. */
    private static boolean fill(
            final Mm mm, final long address, final long length, final OpenFile file, final long offset) {
        final Inode inode = file.inode();
        final byte[] bytes = inode == null ? new byte[0] : inode.contents();
        if (offset >= 0 && offset < bytes.length) {
            try {
                mm.space.poke(address, bytes, (int) offset, (int) Math.min(length, bytes.length - offset));
            } catch (final MemoryFault outOfMemory) {
                mm.space.unmap(address, length);
                return false;
            }
        }
        return true;
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

    /** Shrinks or grows in place, or moves. Source: linux v7.3 mm/mremap.c. */
    private static long sysMremap(final Task current) {
        final Mm mm = current.requireMm();
        final long old = current.args[0];
        final long oldLength = pageAlign(current.args[1]);
        final long newLength = pageAlign(current.args[2]);
        final long flags = current.args[3];
        final boolean mayMove = (flags & MREMAP_MAYMOVE) != 0;
        final boolean fixed = (flags & MREMAP_FIXED) != 0;
        if ((flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED)) != 0
                || fixed && !mayMove
                || (old & PAGE_SIZE - 1) != 0
                || newLength == 0
                || Long.compareUnsigned(newLength, mm.taskSize) > 0
                // Length 0 asks for a second view of a shared mapping, which the model does not make.
                || oldLength == 0) {
            return -Errno.EINVAL;
        }
        if (!mm.accessOk(old, oldLength) || !allMapped(mm, old, oldLength)) {
            return -Errno.EFAULT;
        }
        if (fixed) {
            final long to = current.args[4];
            final boolean overlaps = to < old + oldLength && old < to + newLength;
            if ((to & PAGE_SIZE - 1) != 0 || !mm.accessOk(to, newLength) || overlaps) {
                return -Errno.EINVAL;
            }
            return moveMapping(mm, old, oldLength, to, newLength);
        }
        if (newLength <= oldLength) {
            mm.forgetShared(old + newLength, oldLength - newLength);
            mm.space.unmap(old + newLength, oldLength - newLength);
            return old;
        }
        final long end = old + oldLength;
        final long more = newLength - oldLength;
        if (!mm.isShared(old)
                && mm.accessOk(old, newLength)
                && mm.space.findGap(end, more) == end
                && mm.space.map(end, more, mm.space.protection(end - 1))) {
            return old;
        }
        if (!mayMove) {
            return -Errno.ENOMEM;
        }
        final long to = mm.unmappedArea(newLength);
        return to < 0 ? -Errno.ENOMEM : moveMapping(mm, old, oldLength, to, newLength);
    }

    private static boolean allMapped(final Mm mm, final long address, final long length) {
        for (long at = address; at < address + length; at += PAGE_SIZE) {
            if (mm.space.protection(at) < 0) {
                return false;
            }
        }
        return true;
    }

    private static long moveMapping(
            final Mm mm, final long old, final long oldLength, final long to, final long newLength) {
        final long kept = Math.min(oldLength, newLength);
        // A shared object has no more pages to show than it was made with.
        if (mm.isShared(old) && newLength > oldLength) {
            return -Errno.EINVAL;
        }
        if (newLength > kept && !mm.space.map(to + kept, newLength - kept, mm.space.protection(old + kept - 1))) {
            return -Errno.ENOMEM;
        }
        mm.moveShared(old, to, kept);
        mm.space.move(old, to, kept);
        mm.forgetShared(old, oldLength);
        mm.space.unmap(old, oldLength);
        return to;
    }

    /** What is only advice is taken without doing anything. Source: linux v7.3 mm/madvise.c. */
    private static long sysMadvise(final Task current) {
        final Mm mm = current.requireMm();
        final long address = current.args[0];
        final long length = pageAlign(current.args[1]);
        final int advice = (int) current.args[2];
        final boolean known =
                advice >= 0 && advice <= MADV_DONTNEED || advice >= MADV_FREE && advice <= MADV_POPULATE_WRITE;
        if (!known || (address & PAGE_SIZE - 1) != 0 || length < current.args[1]) {
            return -Errno.EINVAL;
        }
        if (length == 0) {
            return 0;
        }
        if (!mm.accessOk(address, length)) {
            return -Errno.ENOMEM;
        }
        return advise(mm, address, address + length, advice);
    }

    /** From mapping to mapping: a hole may be as large as the address space. */
    private static long advise(final Mm mm, final long start, final long end, final int advice) {
        long result = 0;
        long at = start;
        while (at < end) {
            final long mapped = mm.space.nextMapped(at);
            if (mapped != at) {
                // What is mapped behind a hole is done all the same.
                result = -Errno.ENOMEM;
            }
            if (mapped < 0 || mapped >= end) {
                break;
            }
            if (advice == MADV_DONTNEED && !mm.isShared(mapped)) {
                mm.space.map(mapped, PAGE_SIZE, mm.space.protection(mapped));
            }
            at = mapped + PAGE_SIZE;
        }
        return result;
    }

    private static long sysMsync(final Task current) {
        final Mm mm = current.requireMm();
        final long length = pageAlign(current.args[1]);
        if ((current.args[0] & PAGE_SIZE - 1) != 0) {
            return -Errno.EINVAL;
        }
        return mm.accessOk(current.args[0], length) && allMapped(mm, current.args[0], length) ? 0 : -Errno.ENOMEM;
    }
}
