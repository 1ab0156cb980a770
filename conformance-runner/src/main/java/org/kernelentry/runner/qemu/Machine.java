package org.kernelentry.runner.qemu;

import java.util.List;
import org.kernelentry.runner.spec.Architecture;

/**
 * The machine that QEMU is to be for the kernels of an architecture, as little of one as boots Debian's stock kernels: no disk, no network.
 *
 * <p>x86's and arm's processors are real ones: five levels of page tables cost an emulator much of its speed. arm64's is QEMU's own, because
 * none of the real ones that QEMU 7.2 has knows BTI and MTE and runs AArch32 programs, too; its pointer authentication is by an algorithm that
 * is cheap to emulate.
 */
enum Machine {
    X86(
            Architecture.X86,
            "qemu-system-x86_64",
            "qemu-system-x86",
            // QEMU says for each feature of the model that it does not have; check=off silences that.
            List.of("-M", "pc", "-cpu", "Haswell-noTSX,-pcid,check=off"),
            "ttyS0",
            // The page tables of user and kernel are not kept apart: switching them costs an emulated TLB flush each.
            "nopti no_timer_check tsc=reliable",
            "amd64",
            "linux-image-amd64"),
    ARM64(
            Architecture.ARM64,
            "qemu-system-aarch64",
            "qemu-system-arm",
            List.of("-M", "virt,mte=on", "-cpu", "max,pauth-impdef=on,lpa2=off"),
            "ttyAMA0",
            "",
            "arm64",
            "linux-image-arm64"),
    ARM(
            Architecture.ARM,
            "qemu-system-arm",
            "qemu-system-arm",
            // Debian's kernel has no large physical addresses, so PCI has to be below 4 GiB.
            List.of("-M", "virt,highmem=off", "-cpu", "cortex-a15"),
            "ttyAMA0",
            "",
            "armhf",
            "linux-image-armmp");

    private final Architecture architecture;
    /** The program. */
    final String program;
    /** Debian's package that it is in. */
    final String programPackage;
    /** Options that choose board and processor. */
    @SuppressWarnings("ImmutableEnumChecker") // Each is made by List.of.
    final List<String> board;
    /** The kernel's name for the first serial port. */
    final String console;
    /** Kernel parameters beyond those that all machines get. */
    final String parameters;
    /** Debian's name for the architecture. */
    final String debian;
    /** Debian's package that always depends on the newest kernel of a suite. */
    final String debianImage;

    Machine(
            final Architecture architecture,
            final String program,
            final String programPackage,
            final List<String> board,
            final String console,
            final String parameters,
            final String debian,
            final String debianImage) {
        this.architecture = architecture;
        this.program = program;
        this.programPackage = programPackage;
        this.board = board;
        this.console = console;
        this.parameters = parameters;
        this.debian = debian;
        this.debianImage = debianImage;
    }

    static Machine of(final Architecture architecture) {
        return switch (architecture) {
            case X86 -> X86;
            case ARM64 -> ARM64;
            case ARM -> ARM;
        };
    }

    Architecture architecture() {
        return architecture;
    }
}
