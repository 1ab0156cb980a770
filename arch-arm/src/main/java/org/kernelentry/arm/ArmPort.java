package org.kernelentry.arm;

import java.util.List;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.Arch;
import org.kernelentry.kernel.arch.Port;

/** 32-bit arm: EABI from ARM and Thumb state, and OABI. */
public final class ArmPort implements Port {
    static final List<String> MODES = List.of("arm", "thumb", "oabi");

    @Override
    public String name() {
        return "arm";
    }

    @Override
    public List<String> modes() {
        return MODES;
    }

    @Override
    public Arch create(final Kernel kernel) {
        return new ArmArch(kernel);
    }
}
