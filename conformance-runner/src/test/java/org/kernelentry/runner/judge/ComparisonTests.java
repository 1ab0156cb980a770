package org.kernelentry.runner.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.kernelentry.runner.cli.ReferenceGlue;
import org.kernelentry.runner.judge.Comparison.Difference;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecModel;

/** What arm64 and arm do today against what generic entry does there, as far as it is seen from outside. */
final class ComparisonTests {
    private static Comparison comparison;

    @BeforeAll
    static void compare() {
        Target today = Target.named("reference-native").get(0);
        Target generic = Target.named("reference-generic").get(0);
        List<SpecExample> examples = SpecModel.fromClassPath().examples().stream()
                .filter(e -> today.canShow(e) && generic.canShow(e))
                .toList();
        ReferenceGlue glue = new ReferenceGlue();
        glue.observeAll(true);
        try {
            RunResult result = new Runner(glue, 1).run(Plan.ofAll(examples, List.of(today, generic)), RunListener.NONE);
            comparison = Comparison.of(result, examples, today, generic);
        } finally {
            glue.observeAll(false);
        }
    }

    /**
     * Section 13.2 of the catalogue: DIF-A64-01, -04, -05 (SEC-22 and TRC-08, too), -06, -10, -13, -14, -21. RST-39 is a proposal that only the
     * generic flavour has.
     */
    @Test
    void what_arm64_would_be_seen_to_do_otherwise() {
        assertThat(comparison.ids(Architecture.ARM64))
                .containsExactlyInAnyOrder(
                        "SUD-01", "EMU-01", "EMU-07", "EMU-09", "ENT-07", "ENT-20", "ENT-24", "ENT-30", "ENT-45",
                        "ENT-49", "ENT-50", "PTR-28", "RSQ-19", "RST-39", "SEC-22", "TRC-08");
    }

    /**
     * Section 13.1 of the catalogue: DIF-ARM-01 to -10, -12, -13, -16 to -19, -24; ENT-08 needs SYSEMU, which is DIF-ARM-05, and what is
     * done to the nesting of interrupts (CTX-02, CTX-04, NMI-05) shows by the events of DIF-ARM-12 and -13.
     */
    @Test
    void what_arm_would_be_seen_to_do_otherwise() {
        assertThat(comparison.ids(Architecture.ARM))
                .containsExactlyInAnyOrder(
                        "SUD-01", "EMU-10", "ENT-07", "ENT-08", "ENT-21", "ENT-26", "ENT-27", "ENT-30", "ENT-33",
                        "ENT-34", "ENT-44", "ENT-46", "ENT-49", "ENT-50", "ARM-34", "CTX-02", "CTX-04", "CTX-06",
                        "CTX-12", "IRQ-04", "IRQ-17", "NMI-05", "PTR-30", "RSQ-19", "RST-16", "RST-17", "RST-23",
                        "RST-25", "RST-39", "SEC-22", "TRC-03");
    }

    @Test
    void nothing_is_left_out_but_what_needs_another_cpu() {
        // SME, which no modelled CPU has.
        assertThat(comparison.left())
                .extracting(left -> left.example().id())
                .containsExactly("FRM-10/streaming-mode-and-za-are-off-in-the-handler-and-on-again-behind-it[a64]");
        assertThat(comparison.cutShort()).isZero();
    }

    @Test
    void a_difference_names_what_either_shows_first() {
        assertThat(comparison.differences())
                .filteredOn(
                        d -> d.example().id().equals("PTR-28/the-tracer-sees-the-hint-the-program-its-own-value[a64]"))
                .singleElement()
                .returns("SYSCALL -> entry getppid, x7 0", Difference::firstOfOne)
                .returns("SYSCALL -> entry getppid, x7 77", Difference::firstOfOther);
    }

    @Test
    void what_only_one_of_them_shows_stands_against_nothing() {
        Difference difference =
                new Difference(comparison.differences().get(0).example(), List.of("a", "b"), List.of("a"));
        assertThat(difference.firstOfOther()).isEqualTo("nothing further");
    }
}
