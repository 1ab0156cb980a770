package org.kernelentry.runner.spec;

import java.util.Arrays;
import java.util.Optional;

/** An architecture the spec speaks about, by the name of its folder under {@code arch/} in the kernel. */
public enum Architecture {
    X86("x86"),
    ARM64("arm64"),
    ARM("arm");

    private final String label;

    Architecture(String label) {
        this.label = label;
    }

    /** The name on the command line and, behind an {@code @}, as a tag. */
    public String label() {
        return label;
    }

    /** The mode in which a scenario runs that names the architecture but no mode. */
    public Mode defaultMode() {
        return switch (this) {
            case X86 -> Mode.X64;
            case ARM64 -> Mode.A64;
            case ARM -> Mode.ARM;
        };
    }

    /** The architecture of that name. */
    public static Optional<Architecture> find(String label) {
        return Arrays.stream(values()).filter(a -> a.label.equals(label)).findFirst();
    }

    /**
     * The architecture of that name.
     *
     * @throws SpecException if there is none
     */
    public static Architecture parse(String label) {
        return find(label)
                .orElseThrow(() ->
                        new SpecException("There is no architecture \"" + label + "\"; known are x86, arm64 and arm."));
    }

    @Override
    public String toString() {
        return label;
    }
}
