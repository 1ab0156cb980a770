package org.kernelentry.kernel.exec;

import static org.kernelentry.machine.memory.AddressSpace.PAGE_SIZE;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.machine.memory.MemoryFault;

/**
 * What a program finds on its stack: {@code argc}, pointers to arguments and environment, the auxiliary vector, and above them the strings.
 *
 * <p>Source: linux v7.3 fs/binfmt_elf.c create_elf_tables(), fs/exec.c copy_strings(); getauxval(3).
 */
final class InitialStack {
    private static final int AT_NULL = 0;
    private static final int AT_PHDR = 3;
    private static final int AT_PHENT = 4;
    private static final int AT_PHNUM = 5;
    private static final int AT_PAGESZ = 6;
    private static final int AT_BASE = 7;
    private static final int AT_FLAGS = 8;
    private static final int AT_ENTRY = 9;
    private static final int AT_UID = 11;
    private static final int AT_EUID = 12;
    private static final int AT_GID = 13;
    private static final int AT_EGID = 14;
    private static final int AT_PLATFORM = 15;
    private static final int AT_HWCAP = 16;
    private static final int AT_CLKTCK = 17;
    private static final int AT_SECURE = 23;
    private static final int AT_RANDOM = 25;
    private static final int AT_HWCAP2 = 26;
    private static final int AT_EXECFN = 31;
    private static final int AT_SYSINFO = 32;
    private static final int AT_SYSINFO_EHDR = 33;
    private static final int AT_MINSIGSTKSZ = 51;
    private static final int CLOCKS_PER_SEC = 100;
    private static final int RANDOM_BYTES = 16;
    /** Bytes of all strings together: a quarter of the stack limit, as the kernel has it. */
    private static final long ARG_MAX = ElfLoader.STACK_SIZE / 4;

    private final Kernel k;
    private final Mm mm;
    private final ElfAbi abi;
    private final ElfFile file;
    private final long bias;
    private final int word;
    private final List<long[]> auxv = new ArrayList<>();
    private long p;

    InitialStack(final Kernel kernel, final Mm mm, final ElfAbi abi, final ElfFile file, final long bias) {
        this.k = kernel;
        this.mm = mm;
        this.abi = abi;
        this.file = file;
        this.bias = bias;
        this.word = abi.is64() ? 8 : 4;
    }

    /** Writes it all; the stack pointer, or -1 when the strings are too long. */
    long build(final ElfLoader.Arguments arguments) {
        final List<String> argv = arguments.argv();
        final List<String> envp = arguments.envp();
        long size = arguments.path().length() + 1L;
        for (final List<String> list : List.of(argv, envp)) {
            for (final String each : list) {
                size += each.length() + 1L + word;
            }
        }
        if (size > ARG_MAX) {
            return -1;
        }
        p = abi.stackTop() - word;
        final long execfn = string(arguments.path());
        final long[] environment = strings(envp);
        mm.envEnd = execfn;
        mm.envStart = p;
        final long[] arguments1 = strings(argv);
        mm.argEnd = mm.envStart;
        mm.argStart = p;
        final long platform = string(abi.platform());
        p = (p & -16) - RANDOM_BYTES;
        final long random = p;
        final byte[] bytes = new byte[RANDOM_BYTES];
        k.random.fill(bytes, bytes.length);
        put(random, bytes);
        auxiliaryVector(execfn, platform, random);
        final int items = 1 + argv.size() + 1 + envp.size() + 1 + 2 * auxv.size();
        p = p - (long) items * word & -16;
        final long sp = p;
        item(argv.size());
        items(arguments1);
        items(environment);
        mm.auxv = new long[2 * auxv.size()];
        int i = 0;
        for (final long[] each : auxv) {
            item(each[0]);
            item(each[1]);
            mm.auxv[i++] = each[0];
            mm.auxv[i++] = each[1];
        }
        return sp;
    }

    private void auxiliaryVector(final long execfn, final long platform, final long random) {
        final long sysinfo = k.arch.vdsoSyscall(mm, abi.mode());
        if (sysinfo != 0) {
            aux(AT_SYSINFO, sysinfo);
        }
        if (vdsoIsElf()) {
            aux(AT_SYSINFO_EHDR, mm.vdso);
        }
        if (abi.minSignalStack() != 0) {
            aux(AT_MINSIGSTKSZ, abi.minSignalStack());
        }
        aux(AT_HWCAP, abi.hwcap());
        aux(AT_PAGESZ, PAGE_SIZE);
        aux(AT_CLKTCK, CLOCKS_PER_SEC);
        aux(AT_PHDR, file.headersAddress() == 0 ? 0 : bias + file.headersAddress());
        aux(AT_PHENT, file.headerSize());
        aux(AT_PHNUM, file.headerCount());
        aux(AT_BASE, 0);
        aux(AT_FLAGS, 0);
        aux(AT_ENTRY, bias + file.entry());
        aux(AT_UID, 0);
        aux(AT_EUID, 0);
        aux(AT_GID, 0);
        aux(AT_EGID, 0);
        aux(AT_SECURE, 0);
        aux(AT_RANDOM, random);
        aux(AT_HWCAP2, abi.hwcap2());
        aux(AT_EXECFN, execfn);
        aux(AT_PLATFORM, platform);
        aux(AT_NULL, 0);
    }

    private void aux(final int key, final long value) {
        auxv.add(new long[] {key, value});
    }

    /** A vDSO whose page holds code alone cannot be shown to programs, which look for symbols in it. */
    private boolean vdsoIsElf() {
        if (mm.vdso == 0) {
            return false;
        }
        final byte[] magic = new byte[4];
        try {
            mm.space.peek(mm.vdso, magic, 0, magic.length);
        } catch (final MemoryFault unmapped) {
            return false;
        }
        return magic[0] == 0x7f && magic[1] == 'E' && magic[2] == 'L' && magic[3] == 'F';
    }

    private long string(final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        final byte[] terminated = java.util.Arrays.copyOf(bytes, bytes.length + 1);
        p -= terminated.length;
        put(p, terminated);
        return p;
    }

    /** Strings in memory order, the last on top; their addresses and a terminating 0. */
    private long[] strings(final List<String> texts) {
        final long[] addresses = new long[texts.size() + 1];
        for (int i = texts.size() - 1; i >= 0; i--) {
            addresses[i] = string(texts.get(i));
        }
        return addresses;
    }

    private void items(final long[] values) {
        for (final long value : values) {
            item(value);
        }
    }

    private void item(final long value) {
        final byte[] bytes = new byte[word];
        for (int i = 0; i < word; i++) {
            bytes[i] = (byte) (value >>> 8 * i);
        }
        put(p, bytes);
        p += word;
    }

    private void put(final long address, final byte[] bytes) {
        mm.space.poke(address, bytes, 0, bytes.length);
    }
}
