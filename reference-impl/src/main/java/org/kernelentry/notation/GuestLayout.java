package org.kernelentry.notation;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Offsets in the structures a handler is given, as {@code info.*} and {@code context.*} name them.
 *
 * <p>Source: the uapi headers asm-generic/siginfo.h, asm/ucontext.h and asm/sigcontext.h of each port.
 */
final class GuestLayout {
    /** A field: offset from the structure's start and size in bytes. */
    record Field(int offset, int size) {}

    private static final Map<String, Field> INFO64 = Map.of(
            "info.signo",
            new Field(0, 4),
            "info.errno",
            new Field(4, 4),
            "info.code",
            new Field(8, 4),
            "info.pid",
            new Field(16, 4),
            "info.addr",
            new Field(16, 8),
            "info.syscall",
            new Field(24, 4),
            "info.arch",
            new Field(28, 4),
            "info.status",
            new Field(24, 4));
    private static final Map<String, Field> INFO32 = Map.of(
            "info.signo",
            new Field(0, 4),
            "info.errno",
            new Field(4, 4),
            "info.code",
            new Field(8, 4),
            "info.pid",
            new Field(12, 4),
            "info.addr",
            new Field(12, 4),
            "info.syscall",
            new Field(16, 4),
            "info.arch",
            new Field(20, 4),
            "info.status",
            new Field(20, 4));
    private static final Map<String, Field> X64 = Map.of(
            "context.pc",
            new Field(168, 8),
            "context.result",
            new Field(144, 8),
            "context.sp",
            new Field(160, 8),
            "context.flags",
            new Field(176, 8),
            "context.mask",
            new Field(296, 8),
            "context.nr",
            new Field(144, 8));
    private static final Map<String, Field> IA32 = Map.of(
            "context.pc",
            new Field(76, 4),
            "context.result",
            new Field(64, 4),
            "context.sp",
            new Field(48, 4),
            "context.flags",
            new Field(84, 4),
            "context.mask",
            new Field(108, 4),
            "context.nr",
            new Field(64, 4));
    private static final Map<String, Field> A64 = Map.of(
            "context.pc",
            new Field(440, 8),
            "context.result",
            new Field(184, 8),
            "context.sp",
            new Field(432, 8),
            "context.flags",
            new Field(448, 8),
            "context.mask",
            new Field(40, 8),
            "context.nr",
            new Field(248, 8));
    private static final Map<String, Field> ARM = Map.of(
            "context.pc",
            new Field(92, 4),
            "context.result",
            new Field(32, 4),
            "context.sp",
            new Field(84, 4),
            "context.flags",
            new Field(96, 4),
            "context.mask",
            new Field(104, 4),
            "context.nr",
            new Field(60, 4));

    private GuestLayout() {}

    static @Nullable Field field(final String mode, final String name) {
        final boolean wide = "x64".equals(mode) || "a64".equals(mode);
        if (name.startsWith("info.")) {
            return (wide ? INFO64 : INFO32).get(name);
        }
        final Map<String, Field> context = switch (mode) {
            case "x64" -> X64;
            case "ia32" -> IA32;
            case "a64" -> A64;
            default -> ARM;
        };
        return context.get(name);
    }
}
