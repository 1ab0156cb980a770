package org.kernelentry.runner.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.kernelentry.runner.system.UnsupportedSetupException;

/**
 * What a kernel is made of, as far as scenarios ask.
 *
 * @param version {@code major * 100 + minor}
 * @param cpus CPUs that are on line
 * @param known whether its configuration could be read
 * @param on options that are on, without {@code CONFIG_}
 */
record KernelOptions(int version, int cpus, boolean known, Set<String> on) {
    private static final Pattern ON = Pattern.compile("CONFIG_(\\w+)=[ym]");
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");
    private static final Path CONFIG = Path.of("/proc/config.gz");

    KernelOptions {
        on = Set.copyOf(on);
    }

    /** Those of the running kernel (proc(5), {@code /proc/config.gz}). */
    static KernelOptions ofHost() {
        final Matcher release = RELEASE.matcher(System.getProperty("os.version"));
        final int version =
                release.matches() ? Integer.parseInt(release.group(1)) * 100 + Integer.parseInt(release.group(2)) : 0;
        final Set<String> on = new HashSet<>();
        boolean known = false;
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(CONFIG)), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                final Matcher m = ON.matcher(line);
                if (m.matches()) {
                    on.add(m.group(1));
                }
            }
            known = true;
        } catch (final IOException e) {
            // Not known, then: what asks for an option is skipped.
        }
        return new KernelOptions(version, Runtime.getRuntime().availableProcessors(), known, on);
    }

    /**
     * Checks a wish in the form {@code PREEMPTION=n}; without value it is to be on.
     *
     * @throws UnsupportedSetupException when it is not so
     */
    void require(final String wish) {
        final String option = wish.replaceFirst("=.*", "").replaceFirst("^CONFIG_", "");
        if (!known) {
            throw new UnsupportedSetupException("needs " + option + ", but this kernel does not show its options");
        }
        final boolean wanted = !wish.endsWith("=n");
        if (on.contains(option) != wanted) {
            throw new UnsupportedSetupException(
                    "needs a kernel " + (wanted ? "with" : "without") + " CONFIG_" + option);
        }
    }
}
