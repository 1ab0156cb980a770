package org.kernelentry.arm64;

import java.util.List;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.Arch;
import org.kernelentry.kernel.arch.Port;

/** arm64 as a service. */
public final class Arm64Port implements Port {
    /** Modes: AArch64, and AArch32 compat. */
    static final List<String> MODES = List.of("a64", "a32");

    @Override
    public String name() {
        return "arm64";
    }

    @Override
    public List<String> modes() {
        return MODES;
    }

    @Override
    public Arch create(final Kernel kernel) {
        return new Arm64Arch(kernel);
    }
}
