package org.kernelentry.kernel.syscall;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One system call ABI of a port (x64, i386, arm64, arm EABI, arm OABI): its numbers and word size.
 *
 * <p>The numbers are data of the port ({@code syscalls-*.tbl}); the bodies are looked up by name in {@link SyscallBodies}.
 */
public interface Abi {
    /** Name as scenarios use it for a mode: {@code x64}, {@code ia32}, {@code a64}, {@code a32}, {@code arm}, {@code oabi}. */
    String name();

    /** Bytes of a pointer and of {@code long}: 8 or 4. */
    int wordSize();

    /** AUDIT_ARCH_* of calls made through it. */
    int auditArch();

    /** Number of the named call, or -1 when the ABI does not have it. */
    int number(String name);

    /** Name of a number, or null. */
    @Nullable
    String name(int number);

    /** Number of table entries: a number at or above it never reaches the table. */
    int tableSize();

    /** All names, in order of number. */
    List<String> names();
}
