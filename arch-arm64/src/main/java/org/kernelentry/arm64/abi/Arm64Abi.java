package org.kernelentry.arm64.abi;

import org.kernelentry.kernel.syscall.TableAbi;

/** The system call ABIs of arm64, read from {@code syscalls-arm64*.tbl}. */
public final class Arm64Abi extends TableAbi {
    /** {@code AUDIT_ARCH_AARCH64}, {@code AUDIT_ARCH_ARM}: ELF machine, 64-bit mark, little-endian mark. */
    private static final int AUDIT_ARCH_AARCH64 = 0xc00000b7;

    private static final int AUDIT_ARCH_ARM = 0x40000028;

    public static final Arm64Abi A64 = new Arm64Abi("a64", Long.BYTES, AUDIT_ARCH_AARCH64, "syscalls-arm64.tbl");
    public static final Arm64Abi A32 = new Arm64Abi("a32", Integer.BYTES, AUDIT_ARCH_ARM, "syscalls-arm64-compat.tbl");

    private Arm64Abi(final String name, final int wordSize, final int auditArch, final String resource) {
        super(name, wordSize, auditArch, Arm64Abi.class, resource, 1);
    }

    /** Whether the body of {@code number} is one only compat tasks have: it takes argument 0 from r0 itself (PTR-36). */
    public boolean compatOnly(final int number) {
        return marked(number);
    }
}
