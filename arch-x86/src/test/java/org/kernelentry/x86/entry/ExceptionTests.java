package org.kernelentry.x86.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.kernel.ptrace.PtraceRequest;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.BalanceChecker;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.x86.X86Process;
import org.kernelentry.x86.X86Thread;

/** Exceptions of user mode: signal, siginfo, what the frame will tell, and the pc. */
class ExceptionTests {
    @ParameterizedTest
    @CsvSource({
        // mode, code, signal, si_code, si_addr (- for the pc of the instruction, + for the one behind), pc, trap
        // number, error code
        "x64, 0f0b,             SIGILL,  2,    -, 0, 6, 0",
        "x64, 31d2f7f2,         SIGFPE,  1,    -, 2, 0, 0",
        "x64, cc,               SIGTRAP, 0x80, 0, 1, 3, 0",
        "x64, cd03,             SIGTRAP, 0x80, 0, 2, 3, 0",
        "x64, f1,               SIGTRAP, 1,    +, 1, 1, 0",
        "x64, cd04,             SIGSEGV, 0x80, 0, 2, 4, 0",
        "ia32, b07f0401ce,      SIGSEGV, 0x80, 0, 5, 4, 0",
        "ia32, b8ffffff7f620500000010, SIGSEGV, 0x80, 0, 5, 5, 0",
        "x64, f4,               SIGSEGV, 0x80, 0, 0, 13, 0",
        "x64, cd0e,             SIGSEGV, 0x80, 0, 0, 13, 0x72",
        "x64, a10000000000000000, SIGSEGV, 1,    0, 0, 14, 4",
        "x64, 8b042500100000,   SIGSEGV, 1,    0x1000, 0, 14, 4",
        "x64, 8904250000001000, SIGSEGV, 2,    0x10000000, 0, 14, 7",
        "x64, ff042500100000,   SIGSEGV, 1,    0x1000, 0, 14, 6",
        "x64, b800000020ffe0,   SIGSEGV, 2,    0x20000000, jump, 14, 0x15",
        "x64, b800500000ffe0,   SIGSEGV, 1,    0x5000, jump, 14, 0x14",
        "x64, 8b0425000080ff,   SIGSEGV, 1,    0xffffffffff800000, 0, 14, 5",
        "x64, 48b800000000000080008b00, SIGSEGV, 0x80, 0, 10, 13, 0",
        "x64, 48b80000000000008000ffe0, SIGSEGV, 0x80, 0, 10, 13, 0",
        "x64, 48bc000000000000800050, SIGBUS, 0x80, 0, 10, 12, 0",
        "x64, 48bd00000000000080008b4500, SIGBUS, 0x80, 0, 10, 12, 0",
        "x64, 48bd0000000000008000c9, SIGBUS, 0x80, 0, 10, 12, 0",
        // pushf; orl $0x40000,(%rsp); popf; mov 1(%rsp),%eax
        "x64, 9c810c24000004009d8b442401, SIGBUS, 1, 0, 9, 17, 0",
        "ia32, 9c810c24000004009d8b442401, SIGBUS, 1, 0, 9, 17, 0",
        "ia32, 0f05,            SIGILL,  2,    -, 0, 6, 0"
    })
    void anExceptionBecomesItsSignal(
            final String mode,
            final String code,
            final String signal,
            final String siCode,
            final String address,
            final String pc,
            final int trap,
            final String error) {
        final byte[] bytes = HexFormat.of().parseHex(code);
        try (X86Process p = new X86Process(mode, a -> a.raw(bytes))) {
            final BalanceChecker balance = new BalanceChecker(null);
            p.k.steps.observe(balance);
            p.startTraced();
            assertThat(p.resume(PtraceRequest.PTRACE_CONT, 0) >> 8).isEqualTo(Signals.number(signal));
            final SigInfo info = p.siginfo();
            final long at = p.register(mode.equals("x64") ? "rip" : "eip");
            final long expectedPc = pc.equals("jump") ? Long.decode(address) : X86Process.CODE + Long.decode(pc);
            assertThat(at).isEqualTo(expectedPc);
            assertThat(info.code()).isEqualTo(Integer.decode(siCode));
            final long expected = address.equals("-") || address.equals("+")
                    ? at
                    : address.length() > 16 ? Long.parseUnsignedLong(address.substring(2), 16) : Long.decode(address);
            assertThat(info.addr()).isEqualTo(expected);
            final X86Thread thread = (X86Thread) p.task.thread;
            assertThat(thread.trapNr).isEqualTo(trap);
            assertThat(thread.errorCode).isEqualTo(Long.decode(error));
            // PTR-22: it is no system call.
            final String orig = mode.equals("x64") ? "orig_rax" : "orig_eax";
            assertThat((int) p.register(orig)).isEqualTo(-1);
            assertThat(balance.findings()).isEmpty();
            assertThat(p.k.log.warnings()).isEmpty();
        }
    }

    @Test
    void aTracersForeignStackSegmentFaultsAtTheReturnAsIfInUserMode() {
        final Label next = new Label("next");
        try (X86Process p = new X86Process("x64", a -> {
            a.nop();
            a.bind(next);
            a.nop();
        })) {
            p.startTraced();
            assertThat(p.resume(PtraceRequest.PTRACE_SINGLESTEP, 0) >> 8).isEqualTo(Signals.SIGTRAP);
            assertThat(p.poke("ss", 0x53)).isZero();
            assertThat(p.resume(PtraceRequest.PTRACE_CONT, 0) >> 8).isEqualTo(Signals.SIGSEGV);
            assertThat(p.register("rip")).isEqualTo(next.address());
            assertThat(((X86Thread) p.task.thread).errorCode).isEqualTo(0x50);
            assertThat(p.poke("ss", 0x2b)).isZero();
            assertThat(p.resume(PtraceRequest.PTRACE_CONT, 0)).isZero();
            assertThat(p.k.log.warnings()).isEmpty();
        }
    }

    @Test
    void aTracersPcThatIsNotCanonicalFaultsInUserModeOnly() {
        try (X86Process p = new X86Process("x64", a -> a.nop())) {
            p.startTraced();
            assertThat(p.poke("rip", 0x1234_0000_0000_0000L)).isZero();
            assertThat(p.resume(PtraceRequest.PTRACE_CONT, 0) >> 8).isEqualTo(Signals.SIGSEGV);
            assertThat(p.siginfo().code()).isEqualTo(0x80);
            assertThat(p.register("rip")).isEqualTo(0x1234_0000_0000_0000L);
            assertThat(p.resume(PtraceRequest.PTRACE_CONT, Signals.SIGSEGV)).isEqualTo(Signals.SIGSEGV);
        }
    }
}
