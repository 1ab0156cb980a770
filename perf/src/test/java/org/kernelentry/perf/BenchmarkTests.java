package org.kernelentry.perf;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every benchmark does what it says, once: its batches end where they should and the kernel has nothing to complain about. */
final class BenchmarkTests {
    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource({
        "x64-generic, none", "x64-generic, trace", "x64-generic, seccomp-1", "x64-generic, seccomp-100",
        "x64-generic, tracepoint", "x64-generic, audit", "x64-generic, sud-allowed", "x64-generic, sud-dispatched",
        "a64-native, trace", "a64-native, seccomp-100", "a64-generic, tracepoint", "a64-native, audit",
        "arm-native, trace", "arm-generic, seccomp-1", "arm-native, tracepoint", "arm-native, audit",
        "a64-generic, sud-allowed", "arm-generic, sud-dispatched"
    })
    void aCallWithEachWorkBitReturns(final String guest, final String work) {
        final WorkBitBenchmark benchmark = new WorkBitBenchmark();
        benchmark.guest = guest;
        benchmark.work = work;
        benchmark.boot();
        benchmark.getppid();
        benchmark.end();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"a64-native", "arm-native"})
    void whatAKernelLacksIsNotMeasured(final String guest) {
        final WorkBitBenchmark benchmark = new WorkBitBenchmark();
        benchmark.guest = guest;
        benchmark.work = "sud-allowed";
        assertThatThrownBy(benchmark::boot).hasMessageContaining("does not take the slow path for sud-allowed");
        benchmark.end();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"x64-generic", "a64-generic", "a64-native", "arm-generic", "arm-native"})
    void interruptsAndNmisAreTakenAndLeft(final String guest) {
        final InterruptBenchmark benchmark = new InterruptBenchmark();
        benchmark.guest = guest;
        benchmark.boot();
        benchmark.interruptFromUser();
        benchmark.interruptFromKernel();
        benchmark.nmiFromUser();
        benchmark.nmiFromKernel();
        benchmark.end();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"x64-generic", "a64-generic", "a64-native", "arm-generic", "arm-native"})
    void signalsAreHandled(final String guest) {
        final SignalBenchmark benchmark = new SignalBenchmark();
        benchmark.guest = guest;
        benchmark.boot();
        benchmark.deliveryAndReturn();
        benchmark.end();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"x64-generic", "a64-generic", "a64-native", "arm-generic", "arm-native"})
    void callsAreRestarted(final String guest) {
        final RestartBenchmark benchmark = new RestartBenchmark();
        benchmark.guest = guest;
        benchmark.boot();
        benchmark.restart();
        benchmark.end();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"x64-generic", "arm-native"})
    void aJournalIsKept(final String guest) {
        final JournalBenchmark benchmark = new JournalBenchmark();
        benchmark.guest = guest;
        benchmark.journal = true;
        benchmark.boot();
        benchmark.getppid();
        benchmark.end();
    }
}
