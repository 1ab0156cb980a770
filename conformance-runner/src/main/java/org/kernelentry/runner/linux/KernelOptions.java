package org.kernelentry.runner.linux;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.report.Reports;
import org.kernelentry.runner.spec.KernelVersion;
import org.kernelentry.runner.spec.SpecException;
import org.kernelentry.runner.system.UnsupportedSetupException;

/**
 * What a kernel is made of, as far as scenarios ask.
 *
 * @param version {@code major * 100 + minor}
 * @param cpus CPUs that are on line
 * @param known whether its configuration could be read
 * @param on options that are on, without {@code CONFIG_}
 * @param hwcap2 what arm64's processor can do, AT_HWCAP2 (getauxval(3))
 */
record KernelOptions(int version, int cpus, boolean known, Set<String> on, long hwcap2) {
    /** Where a kernel with CONFIG_IKCONFIG_PROC shows its configuration, compressed with gzip (proc(5)). */
    static final String CONFIG = "/proc/config.gz";

    /** Options that are on in vain where the processor lacks what they are about, with their HWCAP2_* bit. */
    private static final Map<String, Integer> OF_PROCESSOR = Map.of("ARM64_BTI", 17, "ARM64_MTE", 18);

    private static final Pattern ON = Pattern.compile("CONFIG_(\\w+)=[ym]");

    KernelOptions {
        on = Set.copyOf(on);
    }

    /** Those of the running kernel. */
    static KernelOptions ofHost(final String release) {
        byte[] config = null;
        try {
            config = Files.readAllBytes(Path.of(CONFIG));
        } catch (final IOException e) {
            // Not known, then: what asks for an option is skipped.
        }
        return of(release, Runtime.getRuntime().availableProcessors(), config, 0);
    }

    /**
     * Those of a configuration.
     *
     * @param release of the kernel, {@code 6.12.117+deb13-amd64}
     * @param config the configuration, plain or compressed with gzip; null where it is not known
     */
    static KernelOptions of(final String release, final int cpus, final byte @Nullable [] config, final long hwcap2) {
        final int version =
                KernelVersion.of(release).map(v -> v.major() * 100 + v.minor()).orElse(0);
        final Set<String> on = new HashSet<>();
        if (config != null) {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(plain(config), StandardCharsets.US_ASCII))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    final Matcher m = ON.matcher(line);
                    if (m.matches()) {
                        on.add(m.group(1));
                    }
                }
            } catch (final IOException e) {
                throw new SpecException("The kernel's configuration cannot be read: " + Reports.reason(e) + ".", e);
            }
        }
        return new KernelOptions(version, cpus, !on.isEmpty(), on, hwcap2);
    }

    private static InputStream plain(final byte[] config) throws IOException {
        final InputStream in = new ByteArrayInputStream(config);
        final boolean packed = config.length > 1 && config[0] == 0x1f && config[1] == (byte) 0x8b;
        return packed ? new GZIPInputStream(in) : in;
    }

    /**
     * Checks a wish in the form {@code PREEMPTION=n}; without value it is to be on.
     *
     * @throws UnsupportedSetupException when it is not so
     */
    void require(final String wish) {
        final String lack = lacks(wish);
        if (lack != null) {
            throw new UnsupportedSetupException(lack);
        }
    }

    /** What is not as a wish has it, {@code needs a kernel with CONFIG_SECCOMP}; null if all is. */
    @Nullable
    String lacks(final String wish) {
        final String option = wish.replaceFirst("=.*", "").replaceFirst("^CONFIG_", "");
        if (!known) {
            return "needs " + option + ", but this kernel does not show its options";
        }
        final boolean wanted = !wish.endsWith("=n");
        if (on.contains(option) != wanted) {
            return "needs a kernel " + (wanted ? "with" : "without") + " CONFIG_" + option;
        }
        final Integer bit = OF_PROCESSOR.get(option);
        if (wanted && bit != null && (hwcap2 >>> bit & 1) == 0) {
            return "needs a processor with " + option.replaceFirst("^ARM64_", "");
        }
        return null;
    }
}
