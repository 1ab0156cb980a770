package org.kernelentry.arm64.abi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.syscall.Abi;

/** The system call ABIs of arm64, read from {@code syscalls-arm64*.tbl}. */
public final class Arm64Abi implements Abi {
    /** {@code AUDIT_ARCH_AARCH64}, {@code AUDIT_ARCH_ARM}: ELF machine, 64-bit mark, little-endian mark. */
    private static final int AUDIT_ARCH_AARCH64 = 0xc00000b7;

    private static final int AUDIT_ARCH_ARM = 0x40000028;

    public static final Arm64Abi A64 = new Arm64Abi("a64", Long.BYTES, AUDIT_ARCH_AARCH64, "syscalls-arm64.tbl");
    public static final Arm64Abi A32 = new Arm64Abi("a32", Integer.BYTES, AUDIT_ARCH_ARM, "syscalls-arm64-compat.tbl");

    private final String name;
    private final int wordSize;
    private final int auditArch;
    private final List<String> names = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<@Nullable String> byNumber = new ArrayList<>();
    private final BitSet compatOnly = new BitSet();

    private Arm64Abi(final String name, final int wordSize, final int auditArch, final String table) {
        this.name = name;
        this.wordSize = wordSize;
        this.auditArch = auditArch;
        try (InputStream in = Arm64Abi.class.getResourceAsStream(table)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + table);
            }
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(this::add);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(final String line) {
        final String[] fields = line.split(" ", -1);
        final int number = Integer.parseInt(fields[0]);
        while (byNumber.size() <= number) {
            byNumber.add(null);
        }
        byNumber.set(number, fields[1]);
        names.add(fields[1]);
        numbers.put(fields[1], number);
        compatOnly.set(number, fields.length > 2);
    }

    /** Whether the body of {@code number} is one only compat tasks have: it takes argument 0 from r0 itself (PTR-36). */
    public boolean compatOnly(final int number) {
        return compatOnly.get(number);
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
        return number >= 0 && number < byNumber.size() ? byNumber.get(number) : null;
    }

    @Override
    public int tableSize() {
        return byNumber.size();
    }

    @Override
    public List<String> names() {
        return List.copyOf(names);
    }
}
