package org.kernelentry.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.kernelentry.kernel.entry.SyscallExit;
import org.kernelentry.notation.GuestProgram;

/** Every benchmark costs exactly what it cost before; and one step, access or object more in each operation is seen. */
@Isolated("it counts what every thread allocates")
final class ExactCountTests {
    private static final int JVM_OF_THE_TABLE = 17;

    private static volatile Object kept = "";

    private static String count(final Workload<?> workload) {
        return Counts.of(workload).row(workload);
    }

    /** Without the last column, the bytes. Where they are not zero they depend on the JVM; the table's are of Java 17's. */
    private static String comparable(final String row) {
        return Runtime.version().feature() == JVM_OF_THE_TABLE || row.endsWith(" 0")
                ? row
                : row.substring(0, row.lastIndexOf(' ')).trim();
    }

    @Test
    void everyOperationCostsWhatItCost() throws IOException {
        final List<String> found =
                Workload.all().stream().map(ExactCountTests::count).toList();
        assertThat(found).hasSizeGreaterThan(60);
        assertThat(found)
                .as("the round trip allocates nothing")
                .filteredOn(row -> row.startsWith("getppid "))
                .hasSize(11)
                .allSatisfy(row -> assertThat(row).endsWith(" 0"));
        assertThat(Golden.differences(
                        "counts.txt",
                        List.of(
                                "# What one operation costs: see Counts. Renewed by -Dgolden.renew, see Golden.",
                                Counts.heading()),
                        found,
                        ExactCountTests::comparable))
                .isEmpty();
    }

    private static Workload<SyscallRoundTripBenchmark> slower(final Consumer<Guest> extra) {
        final Workload<SyscallRoundTripBenchmark> plain = Workload.roundTrip("x64-generic");
        return new Workload<>(
                plain.name(), plain.guest(), plain.operations(), plain.made(), plain.boot(), benchmark -> {
                    benchmark.getppid();
                    for (int i = 0; i < plain.operations(); i++) {
                        extra.accept(benchmark.running);
                    }
                });
    }

    private static final Counts PLAIN = Counts.of(Workload.roundTrip("x64-generic"));

    @Test
    void aStepMoreIsSeen() {
        final Counts found =
                Counts.of(slower(guest -> guest.kernel.steps.at(guest.kernel.cpu, SyscallExit.AUDIT_SYSCALL_EXIT)));
        assertThat(found.steps()).isEqualTo(PLAIN.steps() + 1);
    }

    @Test
    void accessesMoreAreSeen() {
        final Counts found = Counts.of(slower(guest -> {
            guest.space.store8(GuestProgram.Layout.DATA, guest.space.load8(GuestProgram.Layout.DATA));
        }));
        assertThat(found.loads()).isEqualTo(PLAIN.loads() + 1);
        assertThat(found.stores()).isEqualTo(PLAIN.stores() + 1);
    }

    @Test
    void anObjectMoreIsSeen() {
        final Counts found = Counts.of(slower(guest -> kept = new byte[1]));
        assertThat(found.bytes()).isEqualTo(PLAIN.bytes() + 24);
        assertThat(kept).isNotNull();
    }

    @Test
    void aLostFastPathIsSeen() {
        final String fast = count(Workload.roundTrip("x64-generic"));
        final String slow = Workload.all().stream()
                .filter(each ->
                        each.name().equals("getppid/audit") && each.guest().equals("x64-generic"))
                .map(ExactCountTests::count)
                .findFirst()
                .orElseThrow();
        assertThat(Golden.differences(List.of(fast), List.of(slow))).hasSize(2);
    }
}
