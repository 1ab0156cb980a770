package org.kernelentry.runner.qemu;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.qemu.QemuGuest.GuestFile;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.spec.SpecException;

/** Finds kernels by what the user calls them, and boots them. */
public final class Kernels {
    /** Before the version or suite of a kernel of Debian's. */
    public static final String DEBIAN = "debian:";

    /** How long a kernel may print nothing before it counts as hanging: emulated on a busy machine, some seconds of its own take many. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Cache cache;

    private Kernels(final Cache cache) {
        this.cache = cache;
    }

    /** With the cache that the environment names, and QEMU from the path. */
    public static Kernels of(final Map<String, String> environment) {
        return new Kernels(Cache.of(environment));
    }

    /**
     * A kernel of Debian's.
     *
     * @param name {@code debian:6.12}, {@code debian:sid}
     * @throws SpecException if there is none, or it cannot be fetched
     */
    public KernelImage debian(final String name, final Architecture architecture) {
        if (!name.startsWith(DEBIAN)) {
            throw new SpecException(
                    "There is no kernel \"" + name + "\"; write debian:6.12, or give a file by --kernel.");
        }
        return new DebianKernels(cache).get(name.substring(DEBIAN.length()), Machine.of(architecture));
    }

    /** A program for the guest from one of the sources that come with this one, as {@code path} there. */
    public GuestFile program(final String source, final String path, final Architecture architecture) {
        return new GuestFile(path, CrossCompiler.of(architecture).ours(source, cache));
    }

    /**
     * Checks that QEMU is there for an architecture.
     *
     * @throws SpecException if it is not; says what to install
     */
    public static void requireEmulator(final Architecture architecture) {
        final Machine machine = Machine.of(architecture);
        QemuGuest.require(machine.program, machine);
    }

    /**
     * A kernel in a file.
     *
     * @param config its {@code .config}, or null
     * @param wanted the architectures that the user means; empty for any
     * @throws SpecException if it is no image, or one for another architecture
     */
    public static KernelImage file(final Path file, final @Nullable Path config, final List<Architecture> wanted) {
        final KernelImage image = KernelImage.of(file, config);
        if (!wanted.isEmpty() && !wanted.contains(image.architecture())) {
            throw new SpecException(file + " is a kernel for " + image.architecture() + ", not for "
                    + wanted.stream().map(Architecture::toString).collect(Collectors.joining(" or ")) + ".");
        }
        return image;
    }

    /**
     * The agent for guests of a mode on this machine's own kernel.
     *
     * @throws SpecException if it cannot be compiled here; says what to install
     */
    public Path hostAgent(final Mode mode) {
        return (mode == Mode.X64 ? CrossCompiler.ofHost() : CrossCompiler.of(mode)).agent(cache);
    }

    /**
     * The agent for guests of a mode as {@code path} in a machine.
     *
     * @throws SpecException if it cannot be compiled here; says what to install
     */
    public GuestFile agent(final Mode mode, final String path) {
        return new GuestFile(path, CrossCompiler.content(CrossCompiler.of(mode).agent(cache), cache));
    }

    /**
     * Boots a kernel and returns when the agent has its line.
     *
     * @param programs the agent, called {@code agent}, and what it needs
     * @param log where to keep what the kernel prints
     * @throws SpecException if it does not get that far
     */
    public QemuGuest boot(final KernelImage kernel, final List<GuestFile> programs, final Path log) {
        final List<GuestFile> files = new ArrayList<>(programs);
        files.add(program("init.c", "init", kernel.architecture()));
        return QemuGuest.boot(null, kernel, files, log, PATIENCE);
    }
}
