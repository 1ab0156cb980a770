package org.kernelentry.runner.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.linux.LinuxKernels;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.SpecException;
import org.kernelentry.runner.system.Systems;
import picocli.CommandLine.Option;

/** Which kernel of the user's own is meant; the same options for each command that runs scenarios. */
final class KernelChoice {
    private static final String OWN = "linux";

    @Option(
            names = "--kernel",
            paramLabel = "FILE",
            description = "The kernel that the system linux is: bzImage, Image or zImage.")
    private @Nullable Path kernel;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Its .config, for kernels without /proc/config.gz; scenarios that need other options are"
                    + " skipped.")
    private @Nullable Path config;

    private @Nullable PrintWriter err;

    /** The system that is meant where none is named. */
    String system() {
        return kernel == null ? Systems.REFERENCE : OWN;
    }

    /**
     * Says which kernels the names of systems mean.
     *
     * @param architectures those that are meant; empty for all
     * @param systems those that the user names; empty for none
     * @param logs folder for what kernels print
     * @param to is told what takes long
     */
    void use(List<String> architectures, List<String> systems, Path logs, PrintWriter to) {
        if (config != null && kernel == null) {
            throw new SpecException(
                    "--config " + config + " says what a kernel is made of; name that by --kernel FILE.");
        }
        if (kernel != null && !systems.isEmpty() && systems.stream().noneMatch(s -> s.startsWith(OWN))) {
            throw new SpecException("--kernel " + kernel + " is the system linux, which is not named.");
        }
        err = to;
        Systems.kernels()
                .use(new LinuxKernels.Settings(
                        kernel,
                        config,
                        architectures.stream().map(Architecture::parse).toList(),
                        logs,
                        text -> say(text + " ...")));
    }

    /** Tells the user. */
    void say(String text) {
        PrintWriter to = err;
        if (to != null) {
            to.println(text);
            to.flush();
        }
    }
}
