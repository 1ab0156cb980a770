package org.kernelentry.kernel.arch;

import java.util.List;
import org.kernelentry.kernel.Kernel;

/** A port as a service ({@code java.util.ServiceLoader}): how the runner finds the architectures on its class path. */
public interface Port {
    /** {@code x86}, {@code arm64}, {@code arm}. */
    String name();

    /** Modes as scenarios name them. */
    List<String> modes();

    /** Makes the port's part of a kernel; called once, early, when {@code kernel} has only its configuration. */
    Arch create(Kernel kernel);
}
