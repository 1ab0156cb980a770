package org.kernelentry.x86.ptrace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.kernel.ptrace.PtraceRequest;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.x86.Handlers;
import org.kernelentry.x86.X86Process;
import org.kernelentry.x86.X86PtRegs;
import org.kernelentry.x86.X86Regs;

/** What a tracer reads and writes, and stepping. */
class X86PtraceTests {
    private static int stop(final int status) {
        return status >> 8;
    }

    private static X86Process nops(final String mode) {
        return new X86Process(mode, a -> {
            for (int n = 0; n < 8; n++) {
                a.nop();
            }
        });
    }

    @Test
    void theUserAreaIsTheUserRegsStructOf64BitTracers() {
        try (X86Process p = nops("x64")) {
            p.startTraced();
            final long[] value = new long[1];
            assertThat(p.k.ptrace.peekUser(p.harness, p.task.pid, 128, value)).isZero();
            assertThat(value[0]).as("rip at 16 * 8").isEqualTo(X86Process.CODE);
            assertThat(p.k.ptrace.peekUser(p.harness, p.task.pid, 152, value)).isZero();
            assertThat(value[0]).as("rsp at 19 * 8").isEqualTo(X86Process.STACK_TOP - 64);
            assertThat(p.k.ptrace.peekUser(p.harness, p.task.pid, 136, value)).isZero();
            assertThat(value[0]).as("cs").isEqualTo(X86Regs.USER_CS);
            assertThat(p.k.ptrace.peekUser(p.harness, p.task.pid, 4, value)).isEqualTo(-Errno.EIO);
            assertThat(p.k.ptrace.peekUser(p.harness, p.task.pid, 928, value)).isEqualTo(-Errno.EIO);
            assertThat(p.k.arch.getRegset(p.task, 1)).hasSize(216);
            assertThat(p.k.arch.getRegset(p.task, 0x200)).isNull();
        }
    }

    @ParameterizedTest(name = "{0}, {1} bytes")
    @CsvSource({"x64, 576, -19", "x64, 4, -22", "ia32, 576, -19", "ia32, 4, -22", "ia32, 0, -19"})
    void theExtendedStateIsOfNoDeviceWithoutXsave(final String mode, final int length, final long error) {
        try (X86Process p = nops(mode)) {
            p.startTraced();
            final byte[] bytes = new byte[length];
            assertThat(p.k.ptrace.getRegset(p.harness, p.task.pid, 0x202, bytes))
                    .as("PTRACE_GETREGSET, NT_X86_XSTATE")
                    .isEqualTo(error);
            assertThat(p.k.ptrace.setRegset(p.harness, p.task.pid, 0x202, bytes))
                    .as("PTRACE_SETREGSET")
                    .isEqualTo(error);
        }
    }

    @Test
    void theRegisterSetOfA32BitTraceeIsTheShortOne() {
        try (X86Process p = nops("ia32")) {
            p.startTraced();
            assertThat(p.k.arch.getRegset(p.task, 1)).hasSize(68);
            assertThat(p.register("eip")).isEqualTo(X86Process.CODE);
            assertThat(p.register("cs")).isEqualTo(X86Regs.USER32_CS);
            assertThat(p.register("ds")).isEqualTo(X86Regs.USER_DS);
            assertThat((int) p.register("orig_eax")).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "cs, 0x30, -5",
        "cs, 0, -5",
        "ss, 0x28, -5",
        "ds, 0, 0",
        "ds, 0x10, -5",
        "es, 0x2b, 0",
        "fs_base, 0x7ffffffff000, -5",
        "fs_base, 0x7fffffffefff, 0",
        "gs_base, 0x800000000000, -5"
    })
    void privilegedSelectorsAndKernelBasesAreRefused(final String name, final String value, final long result) {
        try (X86Process p = nops("x64")) {
            p.startTraced();
            assertThat(p.poke(name, Long.decode(value))).isEqualTo(result);
            if (result == 0) {
                assertThat(p.register(name)).isEqualTo(Long.decode(value));
            }
        }
    }

    @Test
    void aTracerChangesOnlyTheFlagsThatAreTheUsers() {
        try (X86Process p = nops("x64")) {
            p.startTraced();
            assertThat(p.poke("eflags", -1)).isZero();
            assertThat(p.register("eflags")).isEqualTo(0x5_4dd5L | X86Regs.IF | X86Regs.FIXED);
        }
    }

    @Test
    void theTracersTrapFlagIsHiddenAndTakenBack() {
        try (X86Process p = nops("x64")) {
            p.startTraced();
            assertThat(stop(p.resume(PtraceRequest.PTRACE_SINGLESTEP, 0))).isEqualTo(Signals.SIGTRAP);
            assertThat(p.siginfo().code()).isEqualTo(SigInfo.TRAP_TRACE);
            assertThat(p.siginfo().addr()).isEqualTo(X86Process.CODE + 1);
            assertThat(p.register("rip")).isEqualTo(X86Process.CODE + 1);
            assertThat(p.register("eflags") & X86Regs.TF).isZero();
            assertThat(p.task.regs.slot[X86PtRegs.FLAGS] & X86Regs.TF).isNotZero();
            assertThat(p.resume(PtraceRequest.PTRACE_CONT, 0)).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"x64,syscall", "x64,int80", "ia32,int80"})
    void aSteppedCallIsReportedOnceBehindItself(final String mode, final String entry) {
        final Label at = new Label("at");
        final Label after = new Label("after");
        try (X86Process p = new X86Process(mode, a -> {
            a.setRegister(mode.equals("x64") ? "rax" : "eax", entry.equals("syscall") ? 39 : 20);
            a.bind(at);
            a.raw(entry.equals("syscall") ? new byte[] {0x0f, 0x05} : new byte[] {(byte) 0xcd, (byte) 0x80});
            a.bind(after);
            a.nop();
        })) {
            p.startTraced();
            final String pc = mode.equals("x64") ? "rip" : "eip";
            assertThat(stop(p.resume(PtraceRequest.PTRACE_SINGLESTEP, 0))).isEqualTo(Signals.SIGTRAP);
            assertThat(p.register(pc)).isEqualTo(at.address());
            assertThat(stop(p.resume(PtraceRequest.PTRACE_SINGLESTEP, 0))).isEqualTo(Signals.SIGTRAP);
            assertThat(p.siginfo().code()).isEqualTo(SigInfo.TRAP_BRKPT);
            assertThat(p.siginfo().addr()).isEqualTo(after.address());
            assertThat(p.register(pc)).isEqualTo(after.address());
            assertThat(stop(p.resume(PtraceRequest.PTRACE_SINGLESTEP, 0))).isEqualTo(Signals.SIGTRAP);
            assertThat(p.siginfo().code()).isEqualTo(SigInfo.TRAP_TRACE);
            assertThat(p.register(pc)).isEqualTo(after.address() + 1);
        }
    }

    @Test
    void aProgramsOwnTrapFlagIsSeenByTheTracerAndStaysSet() {
        // pushf; orb $1,1(%rsp); popf; nop; nop
        try (X86Process p = new X86Process("x64", a -> {
            a.raw(new byte[] {(byte) 0x9c, (byte) 0x80, 0x4c, 0x24, 0x01, 0x01, (byte) 0x9d});
            a.nop();
            a.nop();
        })) {
            p.startTraced();
            // Stepped up to the POPF, which sets TF itself: it is the program's from then on.
            for (int n = 0; n < 3; n++) {
                assertThat(stop(p.resume(PtraceRequest.PTRACE_SINGLESTEP, 0))).isEqualTo(Signals.SIGTRAP);
            }
            assertThat(p.register("rip")).isEqualTo(X86Process.CODE + 7);
            assertThat(p.register("eflags") & X86Regs.TF).isNotZero();
            assertThat(stop(p.resume(PtraceRequest.PTRACE_CONT, 0))).isEqualTo(Signals.SIGTRAP);
            assertThat(p.register("rip")).isEqualTo(X86Process.CODE + 8);
        }
    }

    @ParameterizedTest
    @CsvSource({"x64,syscall", "ia32,sysenter", "ia32,int80"})
    void aProgramThatStepsItselfOverACallTrapsOnceBehindIt(final String mode, final String entry) {
        final Label handler = new Label("handler");
        final Label restorer = new Label("restorer");
        final Label go = new Label("go");
        try (X86Process p = new X86Process(mode, a -> {
            a.jump(go);
            Handlers.prologue(a, handler);
            // count the traps, and clear TF in the context at the second
            a.loadVariable(0, X86Process.DATA);
            a.addConst(0, 1);
            a.storeVariable(X86Process.DATA, 0);
            Handlers.epilogue(a, restorer, true);
            a.bind(go);
            Handlers.install(a, Signals.SIGTRAP, handler, restorer, 4);
            final boolean x64 = mode.equals("x64");
            // push flags | TF; popf; number; call; push flags & ~TF; popf
            a.raw(new byte[] {0x68, 0x02, 0x03, 0, 0, (byte) 0x9d});
            a.setRegister(x64 ? "rax" : "eax", x64 ? 39 : 20);
            if (entry.equals("sysenter")) {
                a.syscall(
                        "sysenter",
                        new org.kernelentry.machine.asm.Arg.Const(20),
                        java.util.List.of(),
                        new Label("l"),
                        new Label("m"));
            } else {
                a.raw(x64 ? new byte[] {0x0f, 0x05} : new byte[] {(byte) 0xcd, (byte) 0x80});
            }
            a.raw(new byte[] {0x68, 0x02, 0x02, 0, 0, (byte) 0x9d});
        })) {
            assertThat(p.run()).isZero();
            // mov, push, popf trap, the call itself does not; around the SYSENTER stand 5 pushes of registers and the
            // number, the call of the
            // vDSO, 4 instructions in it before and 4 behind, and 4 pops
            assertThat(p.word(X86Process.DATA)).isEqualTo(entry.equals("sysenter") ? 3 + 5 + 1 + 4 + 4 + 4 : 3);
            assertThat(p.k.log.warnings()).isEmpty();
        }
    }

    @Test
    void aPokedNumberOf32BitTracersMarksTheTask() {
        try (X86Process p = new X86Process("ia32", a -> X86Process.callBy(a, "int80", "getpid"))) {
            p.startTraced();
            assertThat(stop(p.resume(PtraceRequest.PTRACE_SYSCALL, 0))).isEqualTo(Signals.SIGTRAP | 0x80);
            final byte[] bytes = p.k.arch.getRegset(p.task, 1);
            bytes[44] = 64;
            assertThat(p.k.arch.setRegset(p.task, 1, bytes)).isZero();
            assertThat(stop(p.resume(PtraceRequest.PTRACE_SYSCALL, 0))).isEqualTo(Signals.SIGTRAP | 0x80);
            // getppid was run instead
            assertThat(p.register("eax")).isEqualTo(p.harness.pid);
        }
    }
}
