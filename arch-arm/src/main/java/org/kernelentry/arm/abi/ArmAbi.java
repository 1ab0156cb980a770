package org.kernelentry.arm.abi;

import org.kernelentry.kernel.syscall.TableAbi;

/** The two system call ABIs of arm. Numbers: arch/arm/tools/syscall.tbl, as {@code number name} lines in resources. */
public final class ArmAbi extends TableAbi {
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

    private ArmAbi(final String name, final String resource) {
        // The table is padded so that its size is an immediate of CMP (arch/arm/tools/syscallnr.sh).
        super(name, Integer.BYTES, AUDIT_ARCH_ARM, ArmAbi.class, resource, 4);
    }
}
