package org.kernelentry.runner.judge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.linux.LinuxKernels;
import org.kernelentry.runner.linux.LinuxSystem;
import org.kernelentry.runner.spec.KernelVersion;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.system.SystemUnderTest;
import org.kernelentry.runner.system.Systems;

/**
 * A system under test as far as a plan needs to know it: which examples can it be asked about?
 *
 * @param system the system's name, such as {@code reference-native}
 * @param flavour what scenarios may be about, such as {@code native}
 * @param label its column in a matrix
 * @param modes the modes it has
 * @param internal whether its internal steps can be seen
 * @param kernel the version of a real kernel, null for a model of one
 */
public record Target(
        String system,
        String flavour,
        String label,
        Set<Mode> modes,
        boolean internal,
        @Nullable KernelVersion kernel) {
    /** Tags of scenarios that are about one flavour only. */
    private static final Set<String> FLAVOURS = Set.of("@generic", "@native");

    /** Tag of scenarios that ask for internal steps. */
    private static final String INTERNAL = "@reference";

    public Target {
        modes = Set.copyOf(modes);
    }

    private static Target of(SystemUnderTest system) {
        Set<Mode> modes = Arrays.stream(Mode.values()).filter(system::runs).collect(Collectors.toSet());
        KernelVersion kernel = system.release().flatMap(KernelVersion::of).orElse(null);
        return new Target(system.name(), system.flavour(), system.label(), modes, system.internal(), kernel);
    }

    /** A real kernel as results name it, without looking for it; empty for what is no single kernel. */
    public static Optional<Target> recorded(String system) {
        return Systems.kernels()
                .architecture(system)
                .map(a -> new Target(
                        system,
                        LinuxSystem.flavour(a),
                        LinuxKernels.label(system),
                        Arrays.stream(Mode.values())
                                .filter(m -> m.architecture() == a)
                                .collect(Collectors.toSet()),
                        false,
                        null));
    }

    /** Everything that can run here; {@code leftOut} is told of what cannot, and why. */
    public static List<Target> all(Consumer<String> leftOut) {
        List<Target> all = new ArrayList<>(named(Systems.REFERENCE));
        Systems.kernels().all(leftOut).forEach(k -> all.add(of(k)));
        return all;
    }

    /**
     * The systems of a name; {@code reference} stands for both flavours.
     *
     * @throws org.kernelentry.runner.spec.SpecException if no system is called so
     */
    public static List<Target> named(String name) {
        return Systems.byName(name).stream().map(Target::of).toList();
    }

    /** Whether the system can be watched while it carries out the example, whatever flavour that is about; not so what asks for steps inside a real kernel. */
    public boolean canShow(SpecExample example) {
        return modes.contains(example.mode()) && (internal || !example.tags().contains(INTERNAL));
    }

    /** Whether the example is about a system like this one. */
    public boolean runs(SpecExample example) {
        List<String> tags = example.tags();
        boolean otherFlavour = tags.stream().anyMatch(FLAVOURS::contains) && !tags.contains("@" + flavour);
        return modes.contains(example.mode()) && !otherFlavour && (internal || !tags.contains(INTERNAL));
    }
}
