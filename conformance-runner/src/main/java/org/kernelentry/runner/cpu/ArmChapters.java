package org.kernelentry.runner.cpu;

/** The sections of the Arm Architecture Reference Manual for ARMv7-A (DDI 0406C) that encodings are in. */
final class ArmChapters {
    private static final String SIMD = "DDI 0406C, A7.4 Advanced SIMD data processing";
    private static final String ELEMENTS = "DDI 0406C, A7.7 element and structure accesses";
    private static final String COPROCESSOR = "DDI 0406C, A7.5, A7.6 floating point, coprocessors";

    private ArmChapters() {}

    private static int bits(int insn, int high, int low) {
        return insn >>> low & (1 << high - low + 1) - 1;
    }

    static String a32(int insn) {
        int op1 = bits(insn, 27, 25);
        if (bits(insn, 31, 28) == 15) {
            if (op1 == 1) {
                return SIMD;
            }
            if (bits(insn, 27, 24) == 4 && bits(insn, 20, 20) == 0) {
                return ELEMENTS;
            }
            return op1 >= 6 ? COPROCESSOR : "DDI 0406C, A5.7 unconditional";
        }
        return switch (op1) {
            case 0, 1 -> "DDI 0406C, A5.2 data processing, multiply, extra loads";
            case 2 -> "DDI 0406C, A5.3 loads and stores";
            case 3 -> bits(insn, 4, 4) == 0 ? "DDI 0406C, A5.3 loads and stores" : "DDI 0406C, A5.4 media";
            case 4, 5 -> "DDI 0406C, A5.5 branches, block transfers";
            default -> COPROCESSOR;
        };
    }

    static String t32(int insn) {
        if (bits(insn, 26, 26) == 1 && bits(insn, 28, 27) != 2) {
            return bits(insn, 25, 24) == 3 ? SIMD : COPROCESSOR;
        }
        return switch (bits(insn, 28, 27)) {
            case 1 ->
                bits(insn, 25, 25) == 0
                        ? "DDI 0406C, A6.3.5 block transfers, dual, exclusive"
                        : "DDI 0406C, A6.3.11 data processing, shifted register";
            case 2 ->
                bits(insn, 15, 15) == 0
                        ? "DDI 0406C, A6.3.1 data processing, immediate"
                        : "DDI 0406C, A6.3.4 branches, control";
            default -> {
                if (bits(insn, 25, 24) == 1 && bits(insn, 20, 20) == 0) {
                    yield ELEMENTS;
                }
                yield bits(insn, 25, 25) == 0
                        ? "DDI 0406C, A6.3.7 loads and stores"
                        : "DDI 0406C, A6.3.12 data processing, register, multiply";
            }
        };
    }
}
