package org.kernelentry.arm64.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.arm64.Arm64Guest.DATA;
import static org.kernelentry.arm64.Arm64Guest.variableAddress;

import org.junit.jupiter.api.Test;
import org.kernelentry.arm64.Arm64Guest;
import org.kernelentry.arm64.Arm64Guest.Program;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.machine.asm.GuestAssembler;

final class KuserPageTests {
    private static final KernelConfig CONFIG = KernelConfig.of(Flavour.NATIVE);

    /** Calls a helper with up to three arguments and keeps its r0. */
    private static void helper(
            final GuestAssembler a, final Program p, final long address, final int result, final long... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            a.setRegister("r" + i, arguments[i]);
        }
        a.setRegister("r3", address);
        a.raw(new byte[] {0x33, (byte) 0xff, 0x2f, (byte) 0xe1}); // blx r3
        p.result(result);
    }

    @Test
    void the_helpers_do_what_their_document_says() {
        try (Arm64Guest g = new Arm64Guest(CONFIG, "a32", (a, p) -> {
            p.call("getpid");
            helper(a, p, 0xffff_0fc0L, 0, 5, 7, DATA); // memory holds 0, not 5
            helper(a, p, 0xffff_0fc0L, 1, 0, 7, DATA);
            helper(a, p, 0xffff_0f60L, 2, DATA + 0x100, DATA + 0x108, DATA + 0x110);
            helper(a, p, 0xffff_0f60L, 3, DATA + 0x100, DATA + 0x108, DATA + 0x110);
            helper(a, p, 0xffff_0fa0L, 4, 0x55);
            helper(a, p, 0xffff_0fe0L, 5);
            a.loadVariable(0, 0xffff_0ffcL);
            a.storeVariable(variableAddress(6), 0);
            p.exit(0);
        })) {
            g.mm.space.store64(DATA + 0x100, 0x0123_4567_89ab_cdefL);
            g.mm.space.store64(DATA + 0x108, 0x1111_2222_3333_4444L);
            g.mm.space.store64(DATA + 0x110, 0x0123_4567_89ab_cdefL);
            g.runToExit();
            assertThat(g.variable(0)).as("another value: refused").isNotZero();
            assertThat(g.variable(1)).as("the expected value: done").isZero();
            assertThat(g.mm.space.load32(DATA)).isEqualTo(7);
            assertThat(g.variable(2)).as("64 bits: done").isZero();
            assertThat(g.variable(3)).as("64 bits again: refused").isNotZero();
            assertThat(g.mm.space.load64(DATA + 0x110)).isEqualTo(0x1111_2222_3333_4444L);
            assertThat(g.variable(4)).as("barrier keeps r0").isEqualTo(0x55);
            assertThat(g.variable(5)).as("no thread pointer yet").isZero();
            assertThat(g.variable(6)).as("version").isEqualTo(5);
        }
    }

    @Test
    void without_the_option_the_page_is_not_there() {
        try (Arm64Guest g =
                new Arm64Guest(CONFIG.without(Option.KUSER_HELPERS), "a32", (a, p) -> helper(a, p, 0xffff_0fe0L, 0))) {
            assertThat(g.run() & 0x7f).isEqualTo(Signals.SIGSEGV);
        }
    }
}
