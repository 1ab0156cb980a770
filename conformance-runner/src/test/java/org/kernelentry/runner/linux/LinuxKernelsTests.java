package org.kernelentry.runner.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.runner.spec.SpecException;

/** Names of real kernels; none is looked for. */
final class LinuxKernelsTests {
    private final LinuxKernels kernels = new LinuxKernels();

    @ParameterizedTest
    @CsvSource({"host, host, x86", "linux/arm64, linux, arm64", "debian:6.12/arm, 6.12, arm", "debian:sid/x86, sid, x86"
    })
    void a_single_kernel_has_a_column_and_an_architecture(
            final String name, final String label, final String architecture) {
        assertThat(LinuxKernels.label(name)).isEqualTo(label);
        assertThat(kernels.architecture(name).orElseThrow()).hasToString(architecture);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference-generic", "debian:6.12", "linux", "debian:6.12/sparc", "hosts/x86"})
    void what_is_no_single_kernel_has_no_architecture(final String name) {
        assertThat(kernels.architecture(name)).isEmpty();
    }

    @Test
    void only_linux_is_a_kernel_in_a_file() {
        assertThat(LinuxKernels.isFile("linux/arm")).isTrue();
        assertThat(LinuxKernels.isFile("debian:6.12/arm")).isFalse();
    }

    @Test
    void an_unknown_architecture_in_a_name_is_refused() {
        assertThatThrownBy(() -> kernels.named("debian:6.12/sparc"))
                .isInstanceOf(SpecException.class)
                .hasMessage("There is no architecture \"sparc\"; known are x86, arm64 and arm.");
    }

    @Test
    void a_kernel_of_one_s_own_needs_a_file() {
        assertThatThrownBy(() -> kernels.named("linux"))
                .isInstanceOf(SpecException.class)
                .hasMessage("The system linux is a kernel of your own; give its image by --kernel FILE.");
    }
}
