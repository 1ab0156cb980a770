package org.kernelentry.runner.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.runner.spec.Mode;

final class CallOptionsTests {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            X64  | install F                          | SECCOMP_FILTER
            X64  | e = epoll_create1 0                | EPOLL
            X64  | r = futex &W FUTEX_WAIT 0 400ms    | FUTEX
            ARM  | r = futex &W FUTEX_WAIT 0 400ms    | FUTEX COMPAT_32BIT_TIME
            X64  | clock_nanosleep CLOCK_MONOTONIC 0  | POSIX_TIMERS
            X64  | nanosleep 10ms 0                   | ''
            IA32 | nanosleep 10ms 0                   | COMPAT_32BIT_TIME
            A32  | r = ppoll 0 0 400ms 0 8            | COMPAT_32BIT_TIME
            A64  | r = ppoll 0 0 400ms 0 8            | ''
            X64  | r = via int80 nanosleep &T 0       | COMPAT_32BIT_TIME IA32_EMULATION
            X64  | via int80 getppid                  | IA32_EMULATION
            X64  | code b8 14 00 00 00 cd 80          | IA32_EMULATION
            X64  | T: code 0f 05 cd 81                | ''
            IA32 | via int80 getppid                  | ''
            THUMB | note "nanosleep"                  | ''
            """)
    void a_program_needs_the_options_of_its_calls(final Mode mode, final String program, final String options) {
        assertThat(CallOptions.of(mode, program))
                .isEqualTo(options.isEmpty() ? List.of() : List.of(options.split(" ")));
    }
}
