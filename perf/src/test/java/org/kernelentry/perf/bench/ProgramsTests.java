package org.kernelentry.perf.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProgramsTests {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();

    private Programs programs(final Toolchain... toolchains) {
        return new Programs(new PrintWriter(out, true), 1, List.of(toolchains));
    }

    @Test
    void aCompilerThatIsMissingIsNamedOnce() throws IOException {
        programs(new Toolchain("a64", "no-such-gcc", List.of(), "qemu-aarch64")).run(List.of());
        assertThat(out.toString().lines())
                .filteredOn(line -> line.startsWith("not measured"))
                .containsExactly("not measured: a64: no-such-gcc is not installed");
    }

    @Test
    void aProgramThatIsNotThereIsAnsweredByThoseThatAre() {
        assertThatThrownBy(() -> programs(new Toolchain("x64", "gcc", List.of(), "qemu-x86_64"))
                        .run(List.of("crc64")))
                .isInstanceOf(BenchException.class)
                .hasMessage("no program begins with \"crc64\"; there are crc32 x64, sort x64, sieve x64,"
                        + " recursion x64.");
    }

    @Test
    void whatTheCompilerSaysIsPassedOn() throws IOException {
        final Path compiler = Files.writeString(
                folder.resolve("compiler"), "#!/bin/sh\necho 'no memory left' >&2\necho more\nexit 1\n");
        assertThat(compiler.toFile().setExecutable(true)).isTrue();
        final Toolchain toolchain = new Toolchain("x64", compiler.toString(), List.of(), "qemu-x86_64");
        assertThatThrownBy(() -> toolchain.compile(Path.of("sort.c"), folder))
                .isInstanceOf(BenchException.class)
                .hasMessage(compiler + " refuses sort.c: no memory left");
    }

    @Test
    void aRateIsInstructionsPerMicrosecond() {
        assertThat(Rate.parse("3000000 20000000 7").millions()).isEqualTo(150.0);
    }

    @Test
    void aRowHasTheMedianOfTheRatiosOfSlices() {
        final Row row = Row.of(
                "sort x64", new double[] {100, 300, 200}, new double[] {900, 800, 1000}, new double[] {1000, 600, 2000
                });
        assertThat(row.line())
                .isEqualTo("sort x64              200.0       900.0      1000.0           0.100           0.900");
    }

    @Test
    void aMixIsTheGeometricMean() {
        final Row one = Row.of("crc32 x64", new double[] {100}, new double[] {500}, new double[] {1000});
        final Row other = Row.of("sort x64", new double[] {400}, new double[] {2000}, new double[] {1000});
        assertThat(Row.mix("mix x64", List.of(one, other)).line())
                .isEqualTo("mix x64               200.0      1000.0      1000.0           0.200           1.000");
    }

    @Test
    void withoutAnEmulatorThereIsNoRatio() {
        final Row row = Row.of("sort x64", new double[] {100}, new double[] {900}, new double[] {Double.NaN});
        assertThat(Row.mix("mix x64", List.of(row)).line())
                .isEqualTo("mix x64               100.0       900.0           -               -               -");
    }
}
