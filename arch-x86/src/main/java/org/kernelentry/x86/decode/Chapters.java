package org.kernelentry.x86.decode;

import java.util.Set;
import org.kernelentry.x86.decode.Operand.Place;
import org.kernelentry.x86.decode.Row.Attribute;

/** Where a row of the opcode maps belongs in the manual: Intel SDM volume 1, chapter 5 (instruction set summary). */
final class Chapters {
    private static final Set<String> STATE = Set.of("FXSAVE", "FXRSTOR");

    /** What only the kernel may do, or is refused: 5.20 without what user mode may. */
    private static final Set<String> SYSTEM = Set.of(
            "SLDT",
            "STR",
            "LLDT",
            "LTR",
            "SGDT",
            "SIDT",
            "LGDT",
            "LIDT",
            "SMSW",
            "LMSW",
            "INVLPG",
            "SWAPGS/RDTSCP",
            "SYSCALL",
            "CLTS",
            "SYSRET",
            "INVD",
            "WBINVD",
            "WRMSR",
            "RDTSC",
            "RDMSR",
            "RDPMC",
            "SYSENTER",
            "SYSEXIT",
            "RDFSBASE",
            "RDGSBASE",
            "WRFSBASE",
            "WRGSBASE",
            "VERR",
            "VERW",
            "LAR",
            "LSL",
            "ARPL",
            "HLT");

    /** SSE2 without 66 or F2. */
    private static final Set<String> SSE2 = Set.of(
            "MOVDQU",
            "MOVQ",
            "MOVQ2DQ",
            "CVTDQ2PD",
            "CVTTPS2DQ",
            "CVTDQ2PS",
            "CVTPS2PD",
            "CVTSS2SD",
            "MOVNTI",
            "CLFLUSH");

    private static final Set<String> SSE = Set.of("LDMXCSR", "STMXCSR", "SFENCE");

    private Chapters() {}

    static String of(final Row row) {
        final String name = row.mnemonic;
        if (STATE.contains(name)) {
            return "SDM 1, 5.3 x87 FPU and SIMD state";
        }
        if (name.charAt(0) == 'F') {
            return "SDM 1, 5.2 x87 FPU";
        }
        if (row.operands.stream().anyMatch(o -> o.place == Place.XMM_REG || o.place == Place.XMM_RM)) {
            final boolean second = row.has(Attribute.p66) || row.has(Attribute.f2) || SSE2.contains(name);
            return second ? "SDM 1, 5.6 SSE2" : "SDM 1, 5.5 SSE";
        }
        if (row.usesMmx(false)) {
            return "SDM 1, 5.4 MMX";
        }
        if (SSE2.contains(name)) {
            return "SDM 1, 5.6 SSE2";
        }
        if (SSE.contains(name)) {
            return "SDM 1, 5.5 SSE";
        }
        // MOV without operands is that of control and debug registers.
        final boolean control = name.equals("MOV") && row.operands.isEmpty();
        return control || SYSTEM.contains(name) ? "SDM 1, 5.20 system" : "SDM 1, 5.1 general-purpose";
    }
}
