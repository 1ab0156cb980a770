package org.kernelentry.arm.abi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.syscall.Abi;

/** The two system call ABIs of arm. Numbers: arch/arm/tools/syscall.tbl, as {@code number name} lines in resources. */
public final class ArmAbi implements Abi {
    /** {@code AUDIT_ARCH_ARM}: EM_ARM, little endian. */
    public static final int AUDIT_ARCH_ARM = 0x4000_0028;
    /** {@code __NR_OABI_SYSCALL_BASE}: the marker in the immediate of an OABI SWI. */
    public static final int NR_OABI_SYSCALL_BASE = 0x90_0000;
    /** {@code __NR_SYSCALL_MASK}. */
    public static final int NR_SYSCALL_MASK = 0x0f_ffff;
    /** {@code __ARM_NR_BASE}: first private call. */
    public static final int ARM_NR_BASE = 0x0f_0000;
    /** {@code __NR_restart_syscall}. */
    public static final int NR_RESTART_SYSCALL = 0;

    public static final ArmAbi EABI = new ArmAbi("arm", "syscalls-eabi.tbl");
    public static final ArmAbi OABI = new ArmAbi("oabi", "syscalls-oabi.tbl");

    private final String name;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final @Nullable String[] byNumber;

    private ArmAbi(final String name, final String resource) {
        this.name = name;
        this.byNumber = load(resource);
    }

    private @Nullable String[] load(final String resource) {
        int last = 0;
        for (final String line : lines(resource)) {
            final int blank = line.indexOf(' ');
            final int number = Integer.parseInt(line.substring(0, blank));
            final String call = line.substring(blank + 1);
            numbers.put(call, number);
            names.add(call);
            last = Math.max(last, number);
        }
        // The table is padded so that its size is an immediate of CMP (arch/arm/tools/syscallnr.sh).
        final @Nullable String[] table = new String[last + 4 & ~3];
        numbers.forEach((call, number) -> table[number] = call);
        return table;
    }

    private static List<String> lines(final String resource) {
        try (InputStream in = ArmAbi.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("resource " + resource + " is missing");
            }
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int wordSize() {
        return 4;
    }

    @Override
    public int auditArch() {
        return AUDIT_ARCH_ARM;
    }

    @Override
    public int number(final String call) {
        return numbers.getOrDefault(call, -1);
    }

    @Override
    public @Nullable String name(final int number) {
        return number >= 0 && number < byNumber.length ? byNumber[number] : null;
    }

    @Override
    public int tableSize() {
        return byNumber.length;
    }

    @Override
    public List<String> names() {
        return List.copyOf(names);
    }
}
