package org.kernelentry.kernel.exec;

import static org.kernelentry.machine.memory.AddressSpace.PAGE_SIZE;
import static org.kernelentry.machine.memory.AddressSpace.PROT_EXEC;
import static org.kernelentry.machine.memory.AddressSpace.PROT_READ;
import static org.kernelentry.machine.memory.AddressSpace.PROT_WRITE;

import java.util.List;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Exec;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.GuestRam;
import org.kernelentry.machine.memory.MemoryFault;
import org.kernelentry.machine.memory.PagedSpace;

/**
 * {@code load_elf_binary()} for static programs: segments, break, stack, first registers. Addresses are not randomized
 * ({@code norandmaps}).
 *
 * <p>Source: linux v7.3 fs/binfmt_elf.c, fs/exec.c setup_arg_pages(), mm/util.c mmap_base().
 */
public final class ElfLoader {
    /** RLIMIT_STACK; all of it is mapped at once and takes memory when it is touched. */
    public static final long STACK_SIZE = 8L << 20;
    /** Bytes of mappings a process may have; reservations count. */
    public static final long MAPPED_LIMIT = 3L << 30;
    /** Distance of the highest mapping from the top of the stack: the least there is ({@code MIN_GAP}). */
    private static final long STACK_GAP = 128L << 20;

    private static final String TOO_LARGE = "needs more memory than a process may have";

    private final Kernel k;
    private final GuestRam ram;

    /**
     * Loads programs into a kernel.
     *
     * @param ram memory that all of its processes share
     */
    public ElfLoader(final Kernel kernel, final GuestRam ram) {
        this.k = kernel;
        this.ram = ram;
    }

    /** What the program is started with. */
    public record Arguments(String path, List<String> argv, List<String> envp) {
        public Arguments {
            argv = List.copyOf(argv);
            envp = List.copyOf(envp);
        }
    }

    /**
     * Loads a program into a fresh address space.
     *
     * @throws ElfFormatException when it is not for this architecture or does not fit
     */
    public Exec.Image load(final ElfFile file, final Arguments arguments) throws ElfFormatException {
        final ElfAbi abi = abi(file);
        final long taskSize = k.arch.taskSize(abi.mode());
        final Mm mm = new Mm(PagedSpace.create(taskSize, MAPPED_LIMIT, ram), taskSize);
        try {
            return load(file, abi, mm, arguments);
        } catch (final MemoryFault outOfMemory) {
            mm.space.unmap(0, mm.space.top());
            throw new ElfFormatException(TOO_LARGE, Errno.ENOMEM);
        } catch (final ElfFormatException e) {
            mm.space.unmap(0, mm.space.top());
            throw e;
        }
    }

    private ElfAbi abi(final ElfFile file) throws ElfFormatException {
        for (final ElfAbi abi : k.arch.elfAbis()) {
            if (abi.accepts(file)) {
                return abi;
            }
        }
        throw new ElfFormatException("is for " + file.machineName() + ", which " + k.arch.name() + " does not run");
    }

    private Exec.Image load(final ElfFile file, final ElfAbi abi, final Mm mm, final Arguments arguments)
            throws ElfFormatException {
        final AddressSpace space = mm.space;
        mm.mmapBase = abi.stackTop() - STACK_GAP;
        mm.mmapTopDown = true;
        final long stack = abi.stackTop() - STACK_SIZE;
        require(space.map(stack, STACK_SIZE, PROT_READ | PROT_WRITE | (file.executableStack() ? PROT_EXEC : 0)));
        final long bias = bias(file, mm);
        long end = 0;
        for (final ElfFile.Segment segment : file.segments()) {
            map(file, segment, bias, mm);
            end = Math.max(end, bias + segment.end());
        }
        k.arch.mapVdso(mm, abi.mode());
        // A program that may lie anywhere lies among the mappings, where there is no room for a break to grow.
        mm.brkStart = file.relocatable() ? abi.dynBase() : pageAlign(end);
        mm.brk = mm.brkStart;
        final InitialStack top = new InitialStack(k, mm, abi, file, bias);
        final long sp = top.build(arguments);
        if (sp < 0) {
            throw new ElfFormatException("cannot take that many arguments", Errno.E2BIG);
        }
        return new Exec.Image(abi.mode(), mm, bias + file.entry(), sp);
    }

    private static void require(final boolean mapped) throws ElfFormatException {
        if (!mapped) {
            throw new ElfFormatException(TOO_LARGE, Errno.ENOMEM);
        }
    }

    /** What is added to the addresses in the file. */
    private static long bias(final ElfFile file, final Mm mm) throws ElfFormatException {
        if (!file.relocatable()) {
            return 0;
        }
        final List<ElfFile.Segment> segments = file.segments();
        final long first = segments.get(0).address() & -PAGE_SIZE;
        final long size = pageAlign(segments.get(segments.size() - 1).end()) - first;
        long align = PAGE_SIZE;
        for (final ElfFile.Segment segment : segments) {
            final long wanted = segment.align();
            if (Long.bitCount(wanted) == 1 && wanted > align) {
                align = wanted;
            }
        }
        require(size > 0 && size <= MAPPED_LIMIT && align <= MAPPED_LIMIT);
        final long at = mm.space.findGapBelow(mm.mmapBase, size + align - PAGE_SIZE);
        require(at >= 0);
        return (at + align - 1 & -align) - first;
    }

    /** Whole pages of the file, what a writable segment has beyond its part of the file zeroed. */
    private static void map(final ElfFile file, final ElfFile.Segment segment, final long bias, final Mm mm)
            throws ElfFormatException {
        if (segment.memorySize() == 0) {
            return;
        }
        final long address = bias + segment.address();
        final long start = address & -PAGE_SIZE;
        final long end = pageAlign(address + segment.memorySize());
        if (end <= 0 || Long.compareUnsigned(end, mm.taskSize) > 0 || start < PAGE_SIZE) {
            throw new ElfFormatException("has a segment outside of user memory", Errno.EINVAL);
        }
        if (end > mm.taskSize || mm.space.protection(end - 1) >= 0 && end > mm.mmapBase) {
            throw new ElfFormatException("has a segment where its stack is to be", Errno.EINVAL);
        }
        require(end - start <= MAPPED_LIMIT && mm.space.map(start, end - start, protection(segment.flags())));
        final byte[] bytes = file.bytes();
        final int from = (int) (segment.offset() - (address - start));
        final boolean bss = segment.memorySize() > segment.fileSize();
        final long fileEnd = segment.offset() + segment.fileSize();
        // The rest of the last page shows what follows in the file, unless it is to be zero.
        final long until = bss ? fileEnd : Math.min(bytes.length, fileEnd + PAGE_SIZE - 1 & -PAGE_SIZE);
        if (segment.fileSize() > 0) {
            mm.space.poke(start, bytes, from, (int) (until - from));
        }
    }

    private static int protection(final int flags) {
        return ((flags & ElfFile.PF_R) != 0 ? PROT_READ : 0)
                | ((flags & ElfFile.PF_W) != 0 ? PROT_READ | PROT_WRITE : 0)
                | ((flags & ElfFile.PF_X) != 0 ? PROT_EXEC : 0);
    }

    private static long pageAlign(final long address) {
        return address + PAGE_SIZE - 1 & -PAGE_SIZE;
    }
}
