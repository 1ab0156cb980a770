package org.kernelentry.kernel.exec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The headers of a static ELF program, checked: whoever has one of these can map it without looking twice.
 *
 * <p>All that fs/binfmt_elf.c refuses is refused, and more that it would let through only for the program to die of it: segments
 * beyond the end of the file, overlapping ones. Source: elf(5); linux v7.3 fs/binfmt_elf.c load_elf_phdrs(), load_elf_binary(); gABI
 * chapter 5.
 */
public final class ElfFile {
    static final int PF_X = 1;
    static final int PF_W = 2;
    static final int PF_R = 4;
    private static final int EHDR32 = 52;
    private static final int EHDR64 = 64;
    private static final int PHDR32 = 32;
    private static final int PHDR64 = 56;
    /** Bytes of program headers the kernel reads. */
    private static final int MAX_HEADERS = 1 << 16;

    private static final int ET_EXEC = 2;
    private static final int ET_DYN = 3;
    private static final int PT_LOAD = 1;
    private static final int PT_INTERP = 3;
    private static final int PT_PHDR = 6;
    private static final int PT_GNU_STACK = 0x6474_e551;
    private static final int EF_ARM_EABI_MASK = 0xff00_0000;
    private static final long PAGE_OFFSET = 4095;

    /**
     * A PT_LOAD.
     *
     * @param flags PF_*
     */
    record Segment(long offset, long address, long fileSize, long memorySize, int flags, long align) {
        long end() {
            return address + memorySize;
        }
    }

    private final byte[] bytes;
    private final ByteBuffer in;
    private final boolean is64;
    private final int type;
    private final int machine;
    private final long entry;
    private final long headersOffset;
    private final int headerCount;
    private final List<Segment> segments = new ArrayList<>();
    private long headersAddress;
    private boolean executableStack;

    private ElfFile(final byte[] bytes) throws ElfFormatException {
        this.bytes = bytes;
        this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        checkIdentification();
        this.is64 = bytes[4] == 2;
        if (bytes.length < (is64 ? EHDR64 : EHDR32)) {
            throw new ElfFormatException("is truncated in its ELF header");
        }
        this.type = in.getShort(16) & 0xffff;
        this.machine = in.getShort(18) & 0xffff;
        this.entry = word(24, 24);
        this.headersOffset = word(32, 28);
        this.headerCount = in.getShort(is64 ? 56 : 44) & 0xffff;
        readHeaders(in.getShort(is64 ? 54 : 42) & 0xffff);
        checkSegments();
        findHeaders();
    }

    /**
     * Reads and checks the headers.
     *
     * @throws ElfFormatException when it is no program that can be loaded as a whole
     */
    public static ElfFile parse(final byte[] bytes) throws ElfFormatException {
        return new ElfFile(bytes);
    }

    private void checkIdentification() throws ElfFormatException {
        if (bytes.length == 0) {
            throw new ElfFormatException("is empty");
        }
        if (bytes.length >= 2 && bytes[0] == '#' && bytes[1] == '!') {
            throw new ElfFormatException("is a script; only ELF programs can be run");
        }
        if (bytes.length < 4 || bytes[0] != 0x7f || bytes[1] != 'E' || bytes[2] != 'L' || bytes[3] != 'F') {
            throw new ElfFormatException("is not an ELF file");
        }
        if (bytes.length < 16) {
            throw new ElfFormatException("is truncated in its ELF header");
        }
        if (bytes[4] != 1 && bytes[4] != 2) {
            throw new ElfFormatException("has the ELF class " + (bytes[4] & 0xff) + ", which does not exist");
        }
        if (bytes[5] != 1) {
            throw new ElfFormatException("is not little-endian");
        }
    }

    private long word(final int at64, final int at32) {
        return is64 ? in.getLong(at64) : in.getInt(at32) & 0xffff_ffffL;
    }

    private void readHeaders(final int entrySize) throws ElfFormatException {
        if (type != ET_EXEC && type != ET_DYN) {
            throw new ElfFormatException("is an ELF file but no program (its type is " + type + ")");
        }
        if (machine == ElfAbi.EM_ARM && (in.getInt(36) & EF_ARM_EABI_MASK) == 0) {
            throw new ElfFormatException("is for the old ABI of arm; only EABI programs can be run");
        }
        final int size = is64 ? PHDR64 : PHDR32;
        final long total = (long) headerCount * size;
        if (entrySize != size || total == 0 || total > MAX_HEADERS) {
            throw new ElfFormatException("has a table of " + headerCount + " program headers of " + entrySize
                    + " bytes, which no program has");
        }
        if (headersOffset < 0 || headersOffset > bytes.length - total) {
            throw new ElfFormatException("is truncated: its program headers lie beyond its end");
        }
        for (int i = 0; i < headerCount; i++) {
            readHeader((int) headersOffset + i * size);
        }
        if (segments.isEmpty()) {
            throw new ElfFormatException("has nothing to load (no PT_LOAD)");
        }
    }

    private void readHeader(final int at) throws ElfFormatException {
        final int kind = in.getInt(at);
        final int flags = in.getInt(at + (is64 ? 4 : 24));
        final long offset = word(at + 8, at + 4);
        final long address = word(at + 16, at + 8);
        final long fileSize = word(at + 32, at + 16);
        final long memorySize = word(at + 40, at + 20);
        switch (kind) {
            case PT_LOAD ->
                segments.add(new Segment(offset, address, fileSize, memorySize, flags, word(at + 48, at + 28)));
            case PT_INTERP -> throw new ElfFormatException(interpreter(offset, fileSize));
            case PT_PHDR -> headersAddress = address;
            case PT_GNU_STACK -> executableStack = (flags & PF_X) != 0;
            default -> {
                // PT_TLS, PT_NOTE and the rest are the program's own business.
            }
        }
    }

    private String interpreter(final long offset, final long size) {
        final boolean readable = size > 1 && size <= 4096 && offset >= 0 && offset <= bytes.length - size;
        final String name = readable
                ? new String(bytes, (int) offset, (int) size - 1, StandardCharsets.ISO_8859_1)
                        .replaceAll("[^\\x20-\\x7e]", "?")
                : "";
        return "is dynamically linked" + (name.isEmpty() ? "" : " (it needs " + name + ")")
                + "; only static programs can be run";
    }

    /** In the file, in an address space, in ascending order, apart from one another. */
    private void checkSegments() throws ElfFormatException {
        long end = 0;
        for (int i = 0; i < segments.size(); i++) {
            final Segment s = segments.get(i);
            final String name = "segment " + i;
            if (s.offset < 0 || s.fileSize < 0 || s.memorySize < 0 || s.address < 0 || s.end() < 0) {
                throw new ElfFormatException("has a " + name + " larger than any address space", errnoInvalid());
            }
            if (s.fileSize > s.memorySize) {
                throw new ElfFormatException(
                        "has a " + name + " with more bytes in the file than in memory", errnoInvalid());
            }
            // A segment of zeroes may say any offset, as linkers do.
            if (s.fileSize > bytes.length || s.fileSize > 0 && s.offset > bytes.length - s.fileSize) {
                throw new ElfFormatException(
                        "is truncated: its " + name + " ends beyond the end of the file", errnoInvalid());
            }
            if (((s.address ^ s.offset) & PAGE_OFFSET) != 0) {
                throw new ElfFormatException(
                        "has a " + name + " whose address and file offset do not lie in the same place of a page",
                        errnoInvalid());
            }
            if (i > 0 && s.address < end) {
                throw new ElfFormatException(
                        "has overlapping segments (" + (i - 1) + " and " + i + ")", errnoInvalid());
            }
            end = s.end();
        }
    }

    private static int errnoInvalid() {
        return org.kernelentry.kernel.syscall.Errno.EINVAL;
    }

    /** Without PT_PHDR the segment that holds the headers says where they are. */
    private void findHeaders() {
        if (headersAddress != 0) {
            return;
        }
        for (final Segment s : segments) {
            if (s.offset <= headersOffset && headersOffset < s.offset + s.fileSize) {
                headersAddress = headersOffset - s.offset + s.address;
                return;
            }
        }
    }

    public boolean is64() {
        return is64;
    }

    /** EM_*. */
    public int machine() {
        return machine;
    }

    /** Whether it may be loaded anywhere (ET_DYN). */
    boolean relocatable() {
        return type == ET_DYN;
    }

    /** {@code e_entry}. */
    long entry() {
        return entry;
    }

    /** Address of the program headers, as linked; 0 when they are in no segment. */
    long headersAddress() {
        return headersAddress;
    }

    int headerSize() {
        return is64 ? PHDR64 : PHDR32;
    }

    int headerCount() {
        return headerCount;
    }

    /** PT_GNU_STACK asks for a stack that can be executed. A file without it is treated as if it did not. */
    boolean executableStack() {
        return executableStack;
    }

    /** In ascending order, apart from one another. */
    List<Segment> segments() {
        return segments;
    }

    byte[] bytes() {
        return bytes;
    }

    /** What kind of machine an EM_* means, in words. */
    public String machineName() {
        return switch (machine) {
            case ElfAbi.EM_386 -> "i386";
            case ElfAbi.EM_X86_64 -> is64 ? "x86-64" : "x32";
            case ElfAbi.EM_ARM -> "arm";
            case ElfAbi.EM_AARCH64 -> "arm64";
            default -> "machine " + machine;
        };
    }
}
