package org.kernelentry.runner.system;

import java.util.Locale;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.Mode;

/** The Java reference in one flavour: a fresh kernel for every scenario. */
public final class ReferenceSystem implements SystemUnderTest {
    private static final String PREEMPT = "preempt=";

    private final Flavour flavour;

    public ReferenceSystem(final Flavour flavour) {
        this.flavour = flavour;
    }

    @Override
    public String name() {
        return "reference-" + flavour();
    }

    @Override
    public String flavour() {
        return flavour.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean runs(final Mode mode) {
        return flavour == Flavour.GENERIC || mode.architecture() != Architecture.X86;
    }

    @Override
    public boolean internal() {
        return true;
    }

    /** The boot parameter {@code preempt=} of a kernel with PREEMPT_DYNAMIC. Source: linux v7.3 kernel/sched/core.c __sched_dynamic_update(). */
    private static KernelConfig booted(final KernelConfig config, final String mode) {
        return switch (mode) {
            case "none", "voluntary" -> config.with(Option.PREEMPT_NONE_AT_BOOT);
            case "full", "lazy" -> config.without(Option.PREEMPT_NONE_AT_BOOT);
            default -> throw new UnsupportedSetupException("the kernel knows no " + PREEMPT + mode);
        };
    }

    @Override
    public Guest boot(final Mode mode, final String program, final GuestOptions options) {
        KernelConfig config = KernelConfig.of(flavour).withCpus(options.cpus);
        if (mode == Mode.OABI) {
            config = config.with(Option.OABI_COMPAT);
        }
        for (final String wanted : options.kernelOptions) {
            if (wanted.startsWith(PREEMPT)) {
                config = booted(config, wanted.substring(PREEMPT.length()));
                continue;
            }
            final String name = wanted.replaceFirst("=.*", "").replaceFirst("^CONFIG_", "");
            final Option option;
            try {
                option = Option.valueOf(name);
            } catch (final IllegalArgumentException e) {
                throw new UnsupportedSetupException("the reference has no kernel option " + name);
            }
            config = wanted.endsWith("=n") ? config.without(option) : config.with(option);
        }
        if (options.version != 0) {
            config = new KernelConfig(config.flavour(), options.version, config.cpus(), config.options());
        }
        final Kernel kernel = new Kernel(config, Systems.port(mode.architecture()));
        return new ReferenceGuest(kernel, mode, program, options);
    }
}
