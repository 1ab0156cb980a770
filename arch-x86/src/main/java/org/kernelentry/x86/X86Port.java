package org.kernelentry.x86;

import java.util.List;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.Arch;
import org.kernelentry.kernel.arch.Port;

/** The x86 port: a 64-bit kernel with IA32 emulation. */
public final class X86Port implements Port {
    static final String NAME = "x86";
    static final List<String> MODES = List.of("x64", "ia32");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> modes() {
        return MODES;
    }

    @Override
    public Arch create(final Kernel kernel) {
        return new X86Arch(kernel);
    }
}
