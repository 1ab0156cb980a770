package org.kernelentry.x86.abi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.syscall.Abi;

/**
 * A system call table of x86 as data.
 *
 * <p>Source: linux v7.3 arch/x86/entry/syscalls/syscall_64.tbl, syscall_32.tbl; include/uapi/linux/audit.h.
 */
public final class X86Abi implements Abi {
    /** AUDIT_ARCH_X86_64. */
    public static final int AUDIT_ARCH_X86_64 = 0xc000_003e;
    /** AUDIT_ARCH_I386. */
    public static final int AUDIT_ARCH_I386 = 0x4000_0003;
    /** Bit of a number that asks for the x32 table. */
    public static final int X32_SYSCALL_BIT = 0x4000_0000;

    /** The table SYSCALL of 64-bit code reaches. */
    public static final X86Abi X64 = new X86Abi("x64", 8, AUDIT_ARCH_X86_64, "syscalls-x64.tbl");
    /** The table INT 0x80 and SYSENTER reach. */
    public static final X86Abi IA32 = new X86Abi("ia32", 4, AUDIT_ARCH_I386, "syscalls-i386.tbl");

    private final String name;
    private final int wordSize;
    private final int auditArch;
    private final @Nullable String[] names;
    private final Map<String, Integer> numbers = new HashMap<>();

    private X86Abi(final String name, final int wordSize, final int auditArch, final String resource) {
        this.name = name;
        this.wordSize = wordSize;
        this.auditArch = auditArch;
        final List<String> lines = read(resource);
        final String last = lines.get(lines.size() - 1);
        this.names = new @Nullable String[Integer.parseInt(last.substring(0, last.indexOf(' '))) + 1];
        for (final String line : lines) {
            final int space = line.indexOf(' ');
            final int number = Integer.parseInt(line.substring(0, space));
            names[number] = line.substring(space + 1);
            numbers.put(line.substring(space + 1), number);
        }
    }

    private static List<String> read(final String resource) {
        final List<String> lines = new ArrayList<>();
        try (InputStream in = X86Abi.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("resource " + resource + " is missing");
            }
            final BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.startsWith("#")) {
                    lines.add(line);
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int wordSize() {
        return wordSize;
    }

    @Override
    public int auditArch() {
        return auditArch;
    }

    @Override
    public int number(final String call) {
        return numbers.getOrDefault(call, -1);
    }

    @Override
    public @Nullable String name(final int number) {
        return number >= 0 && number < names.length ? names[number] : null;
    }

    @Override
    public int tableSize() {
        return names.length;
    }

    @Override
    public List<String> names() {
        return Arrays.stream(names).filter(n -> n != null).map(String::valueOf).toList();
    }
}
