package org.kernelentry.runner.system;

import java.util.List;
import java.util.Map;
import org.kernelentry.runner.spec.Mode;

/** The neutral register names of scenarios in each ABI's own names (syscall(2), "Architecture calling conventions"). */
public final class RegisterNames {
    private record Names(String number, String result, String pc, String sp, String orig, List<String> args) {}

    private static final Names X64 =
            new Names("orig_rax", "rax", "rip", "rsp", "orig_rax", List.of("rdi", "rsi", "rdx", "r10", "r8", "r9"));
    private static final Names IA32 =
            new Names("orig_eax", "eax", "eip", "esp", "orig_eax", List.of("ebx", "ecx", "edx", "esi", "edi", "ebp"));
    private static final Names A64 =
            new Names("x8", "x0", "pc", "sp", "x0", List.of("x0", "x1", "x2", "x3", "x4", "x5"));
    private static final Names ARM =
            new Names("r7", "r0", "pc", "sp", "orig_r0", List.of("r0", "r1", "r2", "r3", "r4", "r5"));
    private static final Map<Mode, Names> NAMES = Map.of(
            Mode.X64,
            X64,
            Mode.IA32,
            IA32,
            Mode.A64,
            A64,
            Mode.A32,
            ARM,
            Mode.ARM,
            ARM,
            Mode.THUMB,
            ARM,
            Mode.OABI,
            ARM);

    private RegisterNames() {}

    /** The port's name for a neutral name; the name itself when it is not a neutral one. */
    public static String of(final Mode mode, final String neutral) {
        final Names names = NAMES.get(mode);
        if (names == null) {
            throw new SetupException("no registers are known for mode " + mode.label());
        }
        return switch (neutral) {
            case "number" -> names.number();
            case "result" -> names.result();
            case "pc" -> names.pc();
            case "sp" -> names.sp();
            case "orig" -> names.orig();
            case "arg0", "arg1", "arg2", "arg3", "arg4", "arg5" -> names.args().get(neutral.charAt(3) - '0');
            default -> neutral;
        };
    }
}
