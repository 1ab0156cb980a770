package org.kernelentry.runner.spec;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The state of the CPU and the ABI that a guest program is made for. */
public enum Mode {
    /** A 64-bit task on x86-64. */
    X64("x64", Architecture.X86),
    /** A 32-bit task on x86-64. */
    IA32("ia32", Architecture.X86),
    /** An AArch64 task. */
    A64("a64", Architecture.ARM64),
    /** An AArch32 compat task on arm64. */
    A32("a32", Architecture.ARM64),
    /** 32-bit ARM, ARM state, EABI. */
    ARM("arm", Architecture.ARM),
    /** 32-bit ARM, Thumb state, EABI. */
    THUMB("thumb", Architecture.ARM),
    /** 32-bit ARM, ARM state, the old ABI. */
    OABI("oabi", Architecture.ARM);

    private final String label;
    private final Architecture architecture;

    Mode(String label, Architecture architecture) {
        this.label = label;
        this.architecture = architecture;
    }

    /** The name in the column {@code mode}, in scenario ids and, behind an {@code @}, as a tag. */
    public String label() {
        return label;
    }

    public Architecture architecture() {
        return architecture;
    }

    /** The mode of that name. */
    public static Optional<Mode> find(String label) {
        return Arrays.stream(values()).filter(m -> m.label.equals(label)).findFirst();
    }

    /** All names, for a sentence. */
    static String labels() {
        return Arrays.stream(values()).map(Mode::label).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return label;
    }
}
