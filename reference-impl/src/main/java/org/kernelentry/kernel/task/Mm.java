package org.kernelentry.kernel.task;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.kernelentry.machine.memory.AddressSpace;

/** Memory of a process ({@code struct mm_struct}): the pages and the few addresses the kernel remembers. */
public final class Mm {
    public final AddressSpace space;
    /** First address that is not user space for this ABI (TASK_SIZE). */
    public final long taskSize;
    /** Where {@code mmap} without address starts to look. */
    public long mmapBase;
    /** Whether it looks downwards from there, as for programs from files, or upwards. */
    public boolean mmapTopDown;
    /** Start of the vDSO image, or of the signal page on arm; 0 without. */
    public long vdso;
    /** Program break. */
    public long brk;

    public long brkStart;

    // What /proc shows of the program: its strings on the stack and its auxiliary vector.
    public long argStart;
    public long argEnd;
    public long envStart;
    public long envEnd;
    public long[] auxv = {};
    /** {@code exe_file}: path of the program, empty for one that came from no file. */
    public String exePath = "";
    /** PR_SET_DUMPABLE. */
    public boolean dumpable = true;
    /** Tasks that share it (CLONE_VM). */
    public int users = 1;

    /** What another process may share too, by first address; each piece knows where its pages live. */
    private final TreeMap<Long, SharedPiece> shared = new TreeMap<>();

    /** Identity of a word of memory ({@code union futex_key}): equal for all tasks that see the same word. */
    public record Key(Object where, long offset) {}

    private record SharedPiece(long length, Object object, long offset) {}

    public Mm(final AddressSpace space, final long taskSize) {
        this.space = space;
        this.taskSize = taskSize;
    }

    /** {@code dup_mm()}: the same addresses for a copied space. */
    Mm copy(final AddressSpace copied) {
        final Mm other = new Mm(copied, taskSize);
        other.mmapBase = mmapBase;
        other.mmapTopDown = mmapTopDown;
        other.argStart = argStart;
        other.argEnd = argEnd;
        other.envStart = envStart;
        other.envEnd = envEnd;
        other.auxv = auxv;
        other.exePath = exePath;
        other.vdso = vdso;
        other.brk = brk;
        other.brkStart = brkStart;
        other.dumpable = dumpable;
        other.shared.putAll(shared);
        return other;
    }

    /** Notes that [address, address+length) shows {@code object} from {@code offset} on. */
    public void noteShared(final long address, final long length, final Object object, final long offset) {
        forgetShared(address, length);
        shared.put(address, new SharedPiece(length, object, offset));
    }

    /** Notes that the range was unmapped or mapped anew. */
    public void forgetShared(final long address, final long length) {
        final long end = address + length;
        for (final Map.Entry<Long, SharedPiece> each : List.copyOf(shared.entrySet())) {
            final long start = each.getKey();
            final SharedPiece piece = each.getValue();
            if (start >= end || start + piece.length <= address) {
                continue;
            }
            shared.remove(start);
            if (start < address) {
                shared.put(start, new SharedPiece(address - start, piece.object, piece.offset));
            }
            if (start + piece.length > end) {
                shared.put(end, new SharedPiece(start + piece.length - end, piece.object, piece.offset + end - start));
            }
        }
    }

    /** Notes that the range was moved to {@code to}. */
    public void moveShared(final long from, final long to, final long length) {
        forgetShared(to, length);
        for (final Map.Entry<Long, SharedPiece> each : List.copyOf(shared.entrySet())) {
            final long start = Math.max(each.getKey(), from);
            final long end = Math.min(each.getKey() + each.getValue().length, from + length);
            if (start < end) {
                final SharedPiece piece = each.getValue();
                noteShared(to + start - from, end - start, piece.object, piece.offset + start - each.getKey());
            }
        }
    }

    /** Identity of the word at {@code address}. */
    public Key key(final long address) {
        final Map.Entry<Long, SharedPiece> below = shared.floorEntry(address);
        if (below != null && address < below.getKey() + below.getValue().length) {
            return new Key(below.getValue().object, below.getValue().offset + address - below.getKey());
        }
        return new Key(space, address);
    }

    /** Whether the page of {@code address} belongs to a shared mapping. */
    public boolean isShared(final long address) {
        return key(address).where() != space;
    }

    /** {@code get_unmapped_area()} without a hint: where {@code length} bytes are free, or -1. */
    public long unmappedArea(final long length) {
        return mmapTopDown ? space.findGapBelow(mmapBase, length) : space.findGap(mmapBase, length);
    }

    /** {@code mmput()}: the last user gives the pages back. */
    void put() {
        users--;
        if (users == 0) {
            space.unmap(0, space.top());
        }
    }

    /** {@code access_ok()}. */
    public boolean accessOk(final long address, final long length) {
        return Long.compareUnsigned(length, taskSize) <= 0 && Long.compareUnsigned(address, taskSize - length) <= 0;
    }
}
