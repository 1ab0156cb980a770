package org.kernelentry.kernel;

import java.util.EnumSet;
import java.util.Set;

/**
 * What kind of kernel the reference is: the choices a build and a boot make.
 *
 * @param flavour whether the port uses the generic entry code or its own of Linux 7.3
 * @param version {@code major * 100 + minor}: behaviour that the catalogue's column "Since" says changed follows it
 * @param cpus number of CPUs, at least 1
 * @param options kernel options that are on
 */
public record KernelConfig(Flavour flavour, int version, int cpus, Options options) {
    /** Linux 7.3, the catalogue's baseline. */
    public static final int V7_3 = 703;
    /** Linux 6.1. */
    public static final int V6_1 = 601;

    /** Which entry code a port runs. */
    public enum Flavour {
        /** What the generic entry code does on that architecture; on x86 the only one. */
        GENERIC,
        /** What arm64 and arm do today in 7.3. */
        NATIVE
    }

    /** Kernel options the entry code depends on, in the kernel's spelling. */
    public enum Option {
        SECCOMP_FILTER,
        SYSCALL_USER_DISPATCH,
        AUDITSYSCALL,
        TRACEPOINTS,
        RSEQ,
        RSEQ_SLICE_EXTENSION,
        PREEMPTION,
        PROVE_LOCKING,
        DEBUG_ENTRY,
        CONTEXT_TRACKING_USER,
        COMPAT,
        OABI_COMPAT,
        KUSER_HELPERS,
        /** RCU of a kernel for one CPU without preemption: it always watches, so context tracking has nothing to count. */
        TINY_RCU,
        /** Programs whose function pointers point to descriptors, arm. Off by default, as on kernels with BINFMT_ELF. */
        BINFMT_ELF_FDPIC,
        /** Branch target identification, on a CPU that has FEAT_BTI. */
        ARM64_BTI,
        /** Memory tagging, on a CPU that has FEAT_MTE2. */
        ARM64_MTE,
        /** On a CPU of {@code nohz_full=}: what RCU put off is flushed before user mode. Off by default, as at boot. */
        NO_HZ_FULL,
        /** Booted with {@code preempt=none} or {@code voluntary}: with PREEMPT_DYNAMIC, PREEMPTION stays and the exit does not preempt. */
        PREEMPT_NONE_AT_BOOT,
        /** Not in 7.3: system calls of 64-bit x86 save only what C code would destroy, as they did before Linux 4.16. */
        PARTIAL_PT_REGS,
        /** Not in any kernel: the seed's open question, a fast syscall restart inside the generic loop. */
        PROPOSED_GENERIC_FAST_RESTART;

        @SuppressWarnings("EnumOrdinal") // Sets of options are made anew in every process.
        private final int bit = 1 << ordinal();
    }

    /**
     * A set of options. Entry code asks on every system call, so that it is one word.
     *
     * @param bits one bit an option
     */
    @SuppressWarnings("EnumOrdinal") // The word is never stored: no order of the options outlives this program.
    public record Options(int bits) {
        static Options of(final Set<Option> on) {
            int bits = 0;
            for (final Option option : on) {
                bits |= option.bit;
            }
            return new Options(bits);
        }

        boolean has(final Option option) {
            return (bits & option.bit) != 0;
        }

        Options with(final Option option) {
            return new Options(bits | option.bit);
        }

        Options without(final Option option) {
            return new Options(bits & ~option.bit);
        }
    }

    public KernelConfig {
        if (cpus < 1) {
            throw new IllegalArgumentException("at least one CPU is needed");
        }
    }

    /** All ordinary options on, one CPU, Linux 7.3. */
    public static KernelConfig of(final Flavour flavour) {
        final EnumSet<Option> on = EnumSet.allOf(Option.class);
        on.remove(Option.PROPOSED_GENERIC_FAST_RESTART);
        on.remove(Option.PARTIAL_PT_REGS);
        on.remove(Option.OABI_COMPAT);
        on.remove(Option.TINY_RCU);
        on.remove(Option.BINFMT_ELF_FDPIC);
        on.remove(Option.NO_HZ_FULL);
        on.remove(Option.PREEMPT_NONE_AT_BOOT);
        // The modelled CPU is Armv8.0-A with extensions that only add instructions.
        on.remove(Option.ARM64_BTI);
        on.remove(Option.ARM64_MTE);
        return new KernelConfig(flavour, V7_3, 1, Options.of(on));
    }

    public boolean has(final Option option) {
        return options.has(option);
    }

    public boolean generic() {
        return flavour == Flavour.GENERIC;
    }

    public KernelConfig with(final Option option) {
        return new KernelConfig(flavour, version, cpus, options.with(option));
    }

    public KernelConfig without(final Option option) {
        return new KernelConfig(flavour, version, cpus, options.without(option));
    }

    public KernelConfig withCpus(final int count) {
        return new KernelConfig(flavour, version, count, options);
    }
}
