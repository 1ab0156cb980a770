package org.kernelentry.perf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One benchmark on one guest, to be run without JMH: by what counts, and by what compares.
 *
 * @param name what is done, {@code getppid/audit}
 * @param guest mode and flavour, {@code x64-generic}
 * @param operations how often a batch does it
 * @param made the benchmark, not booted
 * @param boot its boot()
 * @param once one batch
 */
public record Workload<B extends GuestBenchmark>(
        String name, String guest, int operations, Supplier<B> made, Consumer<B> boot, Consumer<B> once) {
    private static final List<String> GUESTS =
            List.of("x64-generic", "a64-generic", "a64-native", "arm-generic", "arm-native");
    private static final List<String> MORE_GUESTS =
            List.of("x64-partial", "ia32-generic", "a32-generic", "a32-native", "thumb-generic", "thumb-native");
    private static final List<String> WORK =
            List.of("trace", "seccomp-1", "seccomp-100", "tracepoint", "audit", "sud-allowed", "sud-dispatched");

    /** A workload that runs. */
    public final class Running implements AutoCloseable {
        final B benchmark = made.get();

        private Running() {
            boot.accept(benchmark);
        }

        Guest guest() {
            return benchmark.running;
        }

        /** Runs one batch. */
        public void batch() {
            once.accept(benchmark);
        }

        @Override
        public void close() {
            benchmark.end();
        }
    }

    /** What people call it: {@code getppid/audit x64-generic}. */
    public String label() {
        return name + " " + guest;
    }

    /** Boots the kernel and lets the guest run to the end of its first batch. */
    public Running open() {
        return new Running();
    }

    /** All there are; user dispatch only where the kernel has it. */
    public static List<Workload<?>> all() {
        final List<Workload<?>> all = new ArrayList<>();
        GUESTS.forEach(guest -> all.add(roundTrip(guest)));
        MORE_GUESTS.forEach(guest -> all.add(roundTrip(guest)));
        for (final String guest : List.of("x64-generic", "a64-native", "arm-native")) {
            all.add(alone("getppid/no kernel", guest, false));
            all.add(alone("getppid/registers only", guest, true));
        }
        for (final String guest : GUESTS) {
            for (final String work : WORK) {
                if (!guest.endsWith("-native") || !work.startsWith("sud-")) {
                    all.add(withWork(guest, work));
                }
            }
        }
        for (final String guest : GUESTS) {
            all.add(interrupt("interrupt from user", guest, InterruptBenchmark::interruptFromUser));
            all.add(interrupt("NMI from user", guest, InterruptBenchmark::nmiFromUser));
            all.add(fromKernel("interrupt from kernel", guest, InterruptBenchmark::interruptFromKernel));
            all.add(fromKernel("NMI from kernel", guest, InterruptBenchmark::nmiFromKernel));
            all.add(signal(guest));
            all.add(restart(guest));
        }
        return all;
    }

    /** The round trip of one guest. */
    public static Workload<SyscallRoundTripBenchmark> roundTrip(final String guest) {
        return new Workload<>(
                "getppid",
                guest,
                SyscallRoundTripBenchmark.CALLS,
                () -> {
                    final SyscallRoundTripBenchmark benchmark = new SyscallRoundTripBenchmark();
                    benchmark.guest = guest;
                    return benchmark;
                },
                SyscallRoundTripBenchmark::boot,
                SyscallRoundTripBenchmark::getppid);
    }

    private static Workload<MachineBenchmark> alone(final String name, final String guest, final boolean copies) {
        return new Workload<>(
                name,
                guest,
                MachineBenchmark.CALLS,
                () -> {
                    final MachineBenchmark benchmark = new MachineBenchmark();
                    benchmark.guest = guest;
                    benchmark.copies = copies;
                    return benchmark;
                },
                MachineBenchmark::boot,
                MachineBenchmark::getppid);
    }

    private static Workload<WorkBitBenchmark> withWork(final String guest, final String work) {
        return new Workload<>(
                "getppid/" + work,
                guest,
                WorkBitBenchmark.CALLS,
                () -> {
                    final WorkBitBenchmark benchmark = new WorkBitBenchmark();
                    benchmark.guest = guest;
                    benchmark.work = work;
                    return benchmark;
                },
                WorkBitBenchmark::boot,
                WorkBitBenchmark::getppid);
    }

    private static Workload<InterruptBenchmark> interrupt(
            final String name, final String guest, final Consumer<InterruptBenchmark> once) {
        return new Workload<>(
                name,
                guest,
                InterruptBenchmark.INTERRUPTS,
                () -> {
                    final InterruptBenchmark benchmark = new InterruptBenchmark();
                    benchmark.guest = guest;
                    return benchmark;
                },
                InterruptBenchmark::boot,
                once);
    }

    private static Workload<InterruptBenchmark> fromKernel(
            final String name, final String guest, final Consumer<InterruptBenchmark> once) {
        return interrupt(name, guest, benchmark -> {
            for (int i = 0; i < InterruptBenchmark.INTERRUPTS; i++) {
                once.accept(benchmark);
            }
        });
    }

    private static Workload<RestartBenchmark> restart(final String guest) {
        return new Workload<>(
                "restarted call",
                guest,
                RestartBenchmark.CALLS,
                () -> {
                    final RestartBenchmark benchmark = new RestartBenchmark();
                    benchmark.guest = guest;
                    return benchmark;
                },
                RestartBenchmark::boot,
                RestartBenchmark::restart);
    }

    private static Workload<SignalBenchmark> signal(final String guest) {
        return new Workload<>(
                "signal and return",
                guest,
                SignalBenchmark.SIGNALS,
                () -> {
                    final SignalBenchmark benchmark = new SignalBenchmark();
                    benchmark.guest = guest;
                    return benchmark;
                },
                SignalBenchmark::boot,
                SignalBenchmark::deliveryAndReturn);
    }
}
