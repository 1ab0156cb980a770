package org.kernelentry.x86.decode;

import org.kernelentry.machine.CpuState;
import org.kernelentry.x86.X86Regs;

/** CPUID of the modelled processor: an Intel one with what this decoder has: x86-64-v1 and the integer part of v2. */
final class Cpuid {
    private static final int MAX_BASIC = 7;
    private static final int MAX_EXTENDED = 0x8000_0008;

    /** Family 6, model 0x55, stepping 4. */
    private static final int SIGNATURE = 0x0005_0654;

    /** CX16, MOVBE, POPCNT. */
    private static final int FEATURES_1_ECX = 1 << 13 | 1 << 22 | 1 << 23;
    /** FPU, TSC, MSR, CX8, SEP, CMOV, CLFSH, MMX, FXSR, SSE, SSE2. */
    private static final int FEATURES_1_EDX =
            1 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 11 | 1 << 15 | 1 << 19 | 1 << 23 | 1 << 24 | 1 << 25 | 1 << 26;
    /** CLFLUSH works on lines of 8 * 8 bytes. */
    private static final int CLFLUSH_LINE = 8 << 8;
    /** FSGSBASE, BMI1's TZCNT is not announced alone. */
    private static final int FEATURES_7_EBX = 1;
    /** LAHF in 64-bit code, LZCNT. */
    private static final int FEATURES_EXTENDED_ECX = 1 | 1 << 5;
    /** SYSCALL, NX, long mode. */
    private static final int FEATURES_EXTENDED_EDX = 1 << 11 | 1 << 20 | 1 << 29;

    private Cpuid() {}

    static void run(final CpuState s, final int d, final int a, final int b) {
        switch ((int) s.r[X86Regs.RAX]) {
            case 0 -> put(s, MAX_BASIC, 0x756e_6547, 0x6c65_746e, 0x4965_6e69);
            case 1 -> put(s, SIGNATURE, CLFLUSH_LINE, FEATURES_1_ECX, FEATURES_1_EDX);
            case 7 -> put(s, 0, s.r[X86Regs.RCX] == 0 ? FEATURES_7_EBX : 0, 0, 0);
            case 0x8000_0000 -> put(s, MAX_EXTENDED, 0, 0, 0);
            case 0x8000_0001 -> put(s, 0, 0, FEATURES_EXTENDED_ECX, FEATURES_EXTENDED_EDX);
            // 48-bit linear, 46-bit physical addresses
            case 0x8000_0008 -> put(s, 46 | 48 << 8, 0, 0, 0);
            default -> put(s, 0, 0, 0, 0);
        }
    }

    private static void put(final CpuState s, final int eax, final int ebx, final int ecx, final int edx) {
        s.r[X86Regs.RAX] = Integer.toUnsignedLong(eax);
        s.r[X86Regs.RBX] = Integer.toUnsignedLong(ebx);
        s.r[X86Regs.RCX] = Integer.toUnsignedLong(ecx);
        s.r[X86Regs.RDX] = Integer.toUnsignedLong(edx);
    }
}
