package org.kernelentry.x86.abi;

import org.kernelentry.kernel.syscall.TableAbi;

/**
 * A system call table of x86 as data.
 *
 * <p>Source: linux v7.3 arch/x86/entry/syscalls/syscall_64.tbl, syscall_32.tbl; include/uapi/linux/audit.h.
 */
public final class X86Abi extends TableAbi {
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

    private X86Abi(final String name, final int wordSize, final int auditArch, final String resource) {
        super(name, wordSize, auditArch, X86Abi.class, resource, 1);
    }
}
