package org.kernelentry.runner.system;

import java.util.List;
import java.util.ServiceLoader;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.arch.Port;
import org.kernelentry.runner.linux.LinuxKernels;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.SpecException;

/** The systems under test by name. */
public final class Systems {
    /** Stands for both flavours of the reference. */
    public static final String REFERENCE = "reference";

    private static final List<String> NAMES = List.of("reference-generic", "reference-native");

    /** One for the whole process: they keep their agents. */
    private static final LinuxKernels KERNELS = new LinuxKernels();

    private static final List<Port> PORTS = ServiceLoader.load(Port.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();

    private Systems() {}

    /** Every single system that can be named. */
    public static List<String> names() {
        return NAMES;
    }

    /** What {@code name} stands for: one system, or several for {@code reference}. */
    public static List<SystemUnderTest> byName(final String name) {
        return switch (name) {
            case REFERENCE -> List.of(new ReferenceSystem(Flavour.GENERIC), new ReferenceSystem(Flavour.NATIVE));
            case "reference-generic" -> List.of(new ReferenceSystem(Flavour.GENERIC));
            case "reference-native" -> List.of(new ReferenceSystem(Flavour.NATIVE));
            default -> {
                if (!KERNELS.isName(name)) {
                    throw new SpecException("There is no system \"" + name + "\"; known are " + REFERENCE + ", "
                            + String.join(", ", NAMES) + ", " + LinuxKernels.NAMES + ".");
                }
                yield List.copyOf(KERNELS.named(name));
            }
        };
    }

    /** The real kernels. */
    public static LinuxKernels kernels() {
        return KERNELS;
    }

    /** The port of an architecture on the class path. */
    public static Port port(final Architecture architecture) {
        for (final Port port : PORTS) {
            if (port.name().equals(architecture.label())) {
                return port;
            }
        }
        throw new UnsupportedSetupException("no port for " + architecture.label() + " is on the class path");
    }
}
