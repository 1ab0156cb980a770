package org.kernelentry.runner.cpu;

import java.util.List;

/** All modes that can be judged. */
public final class CpuModes {
    private CpuModes() {}

    public static List<CpuMode> all() {
        return List.of(new X86Mode(true), new X86Mode(false), new A64Mode(), new ArmMode(false), new ArmMode(true));
    }
}
