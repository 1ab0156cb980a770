package org.kernelentry.runner.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.qemu.DebianKernels;
import org.kernelentry.runner.qemu.KernelImage;
import org.kernelentry.runner.qemu.Kernels;
import org.kernelentry.runner.report.Reports;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.SpecException;

/**
 * The real kernels that can be named as systems: {@code host}, {@code linux} for a file, {@code debian:6.12}. The last two name a kernel for each
 * architecture, {@code debian:6.12/arm64}. Each is kept once it was named.
 */
public final class LinuxKernels {
    /** For sentences. */
    public static final String NAMES = "host, linux (with --kernel FILE), debian:6.12 and the like";

    private static final String FILE = "linux";

    private final Map<String, LinuxSystem> systems = new ConcurrentHashMap<>();
    private volatile Settings settings = new Settings(null, null, List.of(), Path.of("."), text -> {});

    /**
     * What the user said about kernels.
     *
     * @param kernel the image that {@code linux} is, if any
     * @param config its options, if they are in a file
     * @param architectures those that are meant; empty for all
     * @param logs folder for what kernels print
     * @param progress is told what takes long
     */
    public record Settings(
            @Nullable Path kernel,
            @Nullable Path config,
            List<Architecture> architectures,
            Path logs,
            Consumer<String> progress) {
        public Settings {
            architectures = List.copyOf(architectures);
        }
    }

    /** Follows what the user said; for kernels that are named from now on. */
    public void use(final Settings said) {
        settings = said;
    }

    /** Whether a name is that of a real kernel, as far as its form goes. */
    public boolean isName(final String name) {
        final String base = base(name);
        return name.equals(LinuxSystem.HOST) || base.equals(FILE) || base.startsWith(Kernels.DEBIAN);
    }

    /** Whether a name is that of a kernel in a file, which the user has to name besides. */
    public static boolean isFile(final String name) {
        return base(name).equals(FILE);
    }

    /** What the column of a kernel is called: {@code 6.12} for {@code debian:6.12/arm64}. */
    public static String label(final String name) {
        return base(name).replaceFirst("^" + Kernels.DEBIAN, "");
    }

    /** The architecture of a single kernel by its name; empty for what is none. Nothing is looked for. */
    public Optional<Architecture> architecture(final String name) {
        if (name.equals(LinuxSystem.HOST)) {
            return Optional.of(Architecture.X86);
        }
        return isName(name) ? Architecture.find(name.substring(name.indexOf('/') + 1)) : Optional.empty();
    }

    /**
     * Every kernel that can run here: this machine's own, and Debian's that are the newest of a long-lived series.
     *
     * @param leftOut is told of each that cannot, and why
     */
    public List<LinuxSystem> all(final Consumer<String> leftOut) {
        final List<LinuxSystem> all = new ArrayList<>();
        final List<String> names = new ArrayList<>();
        final List<Architecture> wanted = settings.architectures();
        if (wanted.isEmpty() || wanted.contains(Architecture.X86)) {
            names.add(LinuxSystem.HOST);
        }
        for (final String version : DebianKernels.VERSIONS) {
            for (final Architecture each : wanted.isEmpty() ? List.of(Architecture.values()) : wanted) {
                names.add(Kernels.DEBIAN + version + "/" + each);
            }
        }
        for (final String name : names) {
            try {
                architecture(name).filter(a -> !name.equals(LinuxSystem.HOST)).ifPresent(Kernels::requireEmulator);
                all.addAll(named(name));
            } catch (final SpecException e) {
                leftOut.accept("left out: " + name + ": " + e.getMessage());
            }
        }
        return all;
    }

    private static String base(final String name) {
        final int slash = name.indexOf('/');
        return slash < 0 ? name : name.substring(0, slash);
    }

    /**
     * The kernels of a name, one for each architecture that it has and that is meant.
     *
     * @throws SpecException if there is none; says what to do
     */
    public List<LinuxSystem> named(final String name) {
        if (name.equals(LinuxSystem.HOST)) {
            final LinuxSystem host = systems.computeIfAbsent(name, n -> LinuxSystem.host());
            if (host == null) {
                throw new SpecException("The system host is this machine's own kernel, which must be Linux on x86-64.");
            }
            return List.of(host);
        }
        final String base = base(name);
        final List<Architecture> wanted = name.equals(base)
                ? settings.architectures()
                : List.of(Architecture.parse(name.substring(base.length() + 1)));
        if (base.equals(FILE)) {
            return List.of(ofFile(wanted));
        }
        final List<LinuxSystem> found = new ArrayList<>();
        for (final Architecture each : wanted.isEmpty() ? List.of(Architecture.values()) : wanted) {
            found.add(systems.computeIfAbsent(base + "/" + each, n -> {
                settings.progress().accept("looking for " + base + " for " + each);
                final Kernels kernels = Kernels.of(System.getenv());
                return inQemu(n, kernels, kernels.debian(base, each));
            }));
        }
        return found;
    }

    private LinuxSystem ofFile(final List<Architecture> wanted) {
        final Path file = settings.kernel();
        if (file == null) {
            throw new SpecException("The system linux is a kernel of your own; give its image by --kernel FILE.");
        }
        final KernelImage image = Kernels.file(file, settings.config(), wanted);
        return systems.computeIfAbsent(
                FILE + "/" + image.architecture(), n -> inQemu(n, Kernels.of(System.getenv()), image));
    }

    private LinuxSystem inQemu(final String name, final Kernels kernels, final KernelImage image) {
        final Path logs = settings.logs();
        final String file = "console-" + name.replaceAll("[^\\w.]+", "-");
        return LinuxSystem.inQemu(name, kernels, image, n -> {
            settings.progress().accept((n == 1 ? "booting " : "booting another machine for ") + name);
            final Path log = logs.resolve(file + "-" + n + ".log");
            Reports.probe(log);
            return log;
        });
    }
}
