package org.kernelentry.runner.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.kernelentry.runner.system.UnsupportedSetupException;

/** What a kernel is made of, by its configuration and its processor. */
final class KernelOptionsTests {
    private static final byte[] CONFIG = """
            # Linux/arm64 6.12.117 Kernel Configuration
            CONFIG_SECCOMP=y
            CONFIG_RSEQ=m
            # CONFIG_OABI_COMPAT is not set
            CONFIG_NR_CPUS=512
            CONFIG_ARM64_BTI=y
            """.getBytes(StandardCharsets.US_ASCII);

    private static KernelOptions options(final long hwcap2) {
        return KernelOptions.of("6.12.117+deb13-arm64", 1, CONFIG, hwcap2);
    }

    @Test
    void the_version_is_that_of_the_release() {
        assertThat(options(0).version()).isEqualTo(612);
    }

    @Test
    void what_is_built_in_or_a_module_is_on() {
        assertThat(options(0).on()).containsExactlyInAnyOrder("SECCOMP", "RSEQ", "ARM64_BTI");
    }

    @Test
    void a_compressed_configuration_is_unpacked() throws IOException {
        final ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(CONFIG);
        }
        assertThat(KernelOptions.of("6.12", 1, packed.toByteArray(), 0).on()).contains("SECCOMP");
    }

    @Test
    void an_option_that_is_off_is_named() {
        assertThatThrownBy(() -> options(0).require("OABI_COMPAT"))
                .isInstanceOf(UnsupportedSetupException.class)
                .hasMessage("needs a kernel with CONFIG_OABI_COMPAT");
    }

    @Test
    void what_is_as_it_should_be_lacks_nothing() {
        assertThat(options(0).lacks("SECCOMP")).isNull();
        assertThat(options(0).lacks("OABI_COMPAT=n")).isNull();
    }

    @Test
    void an_option_that_should_be_off_is_named() {
        assertThatThrownBy(() -> options(0).require("SECCOMP=n"))
                .isInstanceOf(UnsupportedSetupException.class)
                .hasMessage("needs a kernel without CONFIG_SECCOMP");
    }

    @Test
    void an_option_is_in_vain_where_the_processor_lacks_what_it_is_about() {
        assertThatThrownBy(() -> options(0).require("ARM64_BTI=y"))
                .isInstanceOf(UnsupportedSetupException.class)
                .hasMessage("needs a processor with BTI");
        assertThatCode(() -> options(1 << 17).require("ARM64_BTI=y")).doesNotThrowAnyException();
    }

    @Test
    void without_a_configuration_nothing_is_known() {
        assertThatThrownBy(() -> KernelOptions.of("6.12", 1, null, 0).require("SECCOMP"))
                .isInstanceOf(UnsupportedSetupException.class)
                .hasMessage("needs SECCOMP, but this kernel does not show its options");
    }
}
