package org.kernelentry.runner.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.qemu.KernelImage;
import org.kernelentry.runner.qemu.KernelReports;
import org.kernelentry.runner.qemu.Kernels;
import org.kernelentry.runner.qemu.QemuGuest;
import org.kernelentry.runner.report.Reports;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.SpecException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Boots a kernel in QEMU and says whether a program in it can be reached. */
@Command(
        name = "boot",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        header = "Boots a kernel in QEMU and says whether it has what a test of it needs.",
        description = {
            "Boots a kernel in QEMU, without root, KVM, disk or network, up to a program of ours, and prints what it is,",
            "how long that took, whether it reported faults of its own, and how to start the same machine by hand.",
            "Debian's kernels are fetched when they are first used and kept in ~/.cache/kernel-entry-conformance."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  conform boot --kernel arch/arm64/boot/Image",
            "  conform boot debian:6.12 --arch arm",
            "  conform boot debian:sid --arch x86"
        })
final class BootCommand implements Callable<Integer> {
    private final Environment environment;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Parameters(
            paramLabel = "NAME",
            arity = "0..1",
            description = "A kernel of Debian's, by version or suite: debian:6.1, debian:6.12, debian:sid.")
    private @Nullable String name;

    @Option(names = "--kernel", paramLabel = "FILE", description = "A kernel of your own: bzImage, Image or zImage.")
    private @Nullable Path kernel;

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            description =
                    "The architecture: x86, arm64 or arm. A file says so itself; for Debian's the default is x86.")
    private @Nullable String architecture;

    BootCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        Kernels kernels = Kernels.of(System.getenv());
        KernelImage image = image(kernels);
        Path log = environment.reports().resolve("console-" + image.architecture() + ".log");
        try {
            Files.createDirectories(environment.reports());
        } catch (IOException e) {
            throw new SpecException("Cannot write " + log + ": " + Reports.reason(e) + ".", e);
        }
        long start = System.nanoTime();
        try (QemuGuest guest =
                kernels.boot(image, List.of(kernels.program("probe.c", "agent", image.architecture())), log)) {
            List<String> said = lines(guest);
            if (said.size() < 2) {
                throw new SpecException(
                        "The kernel " + image.file() + " reached init, but no program in it could be heard: "
                                + guest.whyGone().orElse("the line was cut") + ".");
            }
            PrintWriter out = command.commandLine().getOut();
            out.println("kernel   Linux " + said.get(0) + " on " + said.get(1));
            out.println(String.format(Locale.ROOT, "booted   in %.1f s", (System.nanoTime() - start) / 1e9));
            List<String> reports = KernelReports.in(guest.console());
            out.println("reports  " + (reports.isEmpty() ? "none" : String.join("\n         ", reports)));
            out.println("console  " + Reports.shown(log));
            out.println("machine  " + guest.commandLine());
            out.flush();
            return reports.isEmpty() ? 0 : 1;
        }
    }

    private KernelImage image(Kernels kernels) {
        Path file = kernel;
        String debian = name;
        if ((file == null) == (debian == null)) {
            throw new SpecException("Name one kernel: debian:6.12 or the like, or a file by --kernel.");
        }
        Architecture wanted = architecture == null ? null : Architecture.parse(architecture);
        if (file == null) {
            return kernels.debian(debian == null ? "" : debian, wanted == null ? Architecture.X86 : wanted);
        }
        return Kernels.file(file, null, wanted == null ? List.of() : List.of(wanted));
    }

    private static List<String> lines(QemuGuest guest) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(guest.in(), StandardCharsets.UTF_8))) {
            return in.lines().toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }
}
