package org.kernelentry.runner.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.system.Guest;
import org.kernelentry.runner.system.GuestOptions;
import org.kernelentry.runner.system.Stop;
import org.kernelentry.runner.system.UnsupportedSetupException;

/** On the kernel of this machine, where a C compiler and ptrace are available; otherwise skipped, with the reason. */
final class HostTests {
    private static final @Nullable LinuxSystem HOST = LinuxSystem.host();

    private static Guest boot(final String program) {
        final LinuxSystem host = HOST;
        assumeTrue(host != null, "this machine is not Linux on x86-64");
        try {
            return java.util.Objects.requireNonNull(host).boot(Mode.X64, program, new GuestOptions());
        } catch (final UnsupportedSetupException e) {
            assumeTrue(false, e.getMessage());
            throw e;
        }
    }

    @Test
    void aGuestRunsToItsEnd() {
        try (Guest guest = boot("exit 3")) {
            guest.start();

            assertThat(guest.await()).isEqualTo(new Stop("main", "exited 3"));
        }
    }

    @Test
    void aTracedGuestStopsAtTheEntryOfItsFirstCall() {
        try (Guest guest = boot("getppid\nexit 0")) {
            guest.trace("seize", List.of("TRACESYSGOOD"));
            guest.start();
            guest.resume("SYSCALL", 0);

            assertThat(guest.await().what()).isEqualTo("entry getppid");
        }
    }

    @Test
    void anAgentServesTheNextGuestAfterOneThatNeverEnds() {
        try (Guest guest = boot("pause\nexit 0")) {
            guest.start();
        }
        try (Guest guest = boot("exit 4")) {
            guest.start();

            assertThat(guest.await().what()).isEqualTo("exited 4");
        }
    }

    /** Otherwise it would die by SIGSEGV: not every machine has that gate. */
    @Test
    void aProgramThatNeedsInt80IsRunOnlyWhereItIsServed() {
        try (Guest guest = boot("r = via int80 getppid\nexit 5")) {
            guest.start();

            assertThat(guest.await().what()).isEqualTo("exited 5");
        }
    }

    @Test
    void aKernelOptionThatIsMissingIsNamed() {
        final KernelOptions options = new KernelOptions(618, 1, true, java.util.Set.of("SECCOMP"), 0);

        assertThatThrownBy(() -> options.require("RSEQ=y")).hasMessageContaining("CONFIG_RSEQ");
    }
}
