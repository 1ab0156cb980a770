package org.kernelentry.x86.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.x86.X86Process.DATA;
import static org.kernelentry.x86.X86Process.call;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.kernel.signal.SigAction;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.x86.Handlers;
import org.kernelentry.x86.X86Process;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.X86Thread;

/** Signal frames in guest memory, and the way back from them. */
class FrameTests {
    private static final List<String> NAMES_64 = List.of(
            "rax", "rcx", "rdx", "rbx", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15");
    private static final List<String> NAMES_32 = List.of("eax", "ecx", "edx", "ebx", "ebp", "esi", "edi");
    private static final byte[] STD_STC = {(byte) 0xfd, (byte) 0xf9};
    private static final byte[] CLD = {(byte) 0xfc};

    private static List<String> names(final String mode) {
        return mode.equals("x64") ? NAMES_64 : NAMES_32;
    }

    /** A program whose INT3 is answered by a handler that spoils every register. */
    private static X86Process breakpointProgram(
            final String mode, final long flags, final boolean ownRestorer, final Label interrupted) {
        final Label handler = new Label("handler");
        final Label restorer = new Label("restorer");
        final Label go = new Label("go");
        final boolean rt = mode.equals("x64") || (flags & SigAction.SA_SIGINFO) != 0;
        return new X86Process(mode, a -> {
            a.jump(go);
            Handlers.prologue(a, handler);
            for (final String name : names(mode)) {
                a.setRegister(name, 0x55);
            }
            Handlers.epilogue(a, restorer, rt);
            a.bind(go);
            Handlers.install(a, Signals.SIGTRAP, handler, ownRestorer ? restorer : null, flags);
            long value = 0x7abc_0001;
            for (final String name : names(mode)) {
                a.setRegister(name, value++);
            }
            a.raw(STD_STC);
            a.breakpoint();
            a.bind(interrupted);
            a.raw(new byte[] {(byte) 0x9c});
            int n = 0;
            for (final String name : names(mode)) {
                a.saveRegister(name, DATA + 8L * n++);
            }
            popInto(a, mode);
            a.raw(CLD);
        });
    }

    /** Pops the flags that PUSHF left and stores them behind the registers. */
    private static void popInto(final GuestAssembler a, final String mode) {
        a.raw(new byte[] {0x58});
        a.saveRegister(mode.equals("x64") ? "rax" : "eax", DATA + 0x100);
    }

    @ParameterizedTest
    @CsvSource({"x64,true,4", "ia32,true,4", "ia32,false,4", "ia32,true,0", "ia32,false,0"})
    void everyRegisterSurvivesAHandler(final String mode, final boolean ownRestorer, final long flags) {
        final Label interrupted = new Label("interrupted");
        try (X86Process p = breakpointProgram(mode, flags, ownRestorer, interrupted)) {
            assertThat(p.run()).isZero();
            for (int n = 0; n < names(mode).size(); n++) {
                assertThat(p.word(DATA + 8L * n)).as(names(mode).get(n)).isEqualTo(0x7abc_0001L + n);
            }
            assertThat(p.word(DATA + 0x100) & (X86Regs.DF | 1)).isEqualTo(X86Regs.DF | 1);
            assertThat(p.word(Handlers.SIGNAL)).isEqualTo(Signals.SIGTRAP);
            assertThat(p.k.log.warnings()).isEmpty();
        }
    }

    @Test
    void the64BitFrameHasTheLayoutOfRtSigframe() {
        final Label interrupted = new Label("interrupted");
        try (X86Process p = breakpointProgram("x64", SigAction.SA_SIGINFO, true, interrupted)) {
            p.run();
            final long uc = p.word(Handlers.CONTEXT);
            final long frame = uc - 8;
            assertThat((frame + 8) % 16)
                    .as("(sp + 8) at the handler's first instruction")
                    .isZero();
            assertThat(frame).isLessThan(X86Process.STACK_TOP - 64 - 128);
            assertThat(p.word(Handlers.INFO)).isEqualTo(frame + 312);
            // uc_flags: ss is saved and to be restored strictly; no link
            assertThat(p.word(uc)).isEqualTo(6);
            assertThat(p.word(uc + 8)).isZero();
            final long mcontext = uc + 40;
            assertThat(p.word(mcontext)).as("r8").isEqualTo(0x7abc_0001L + 7);
            assertThat(p.word(mcontext + 13 * 8)).as("rax").isEqualTo(0x7abc_0001L);
            assertThat(p.word(mcontext + 15 * 8)).as("rsp").isEqualTo(X86Process.STACK_TOP - 64);
            assertThat(p.word(mcontext + 16 * 8)).as("rip").isEqualTo(interrupted.address());
            assertThat(p.word(mcontext + 17 * 8) & 0xcd5).as("flags").isEqualTo(X86Regs.DF | 1);
            assertThat(p.word(mcontext + 144)).as("cs gs fs ss").isEqualTo(0x002b_0000_0000_0033L);
            assertThat(p.word(mcontext + 160)).as("trapno").isEqualTo(3);
            assertThat(p.word(mcontext + 184) % 64).as("fpstate").isZero();
            // siginfo: SIGTRAP, SI_KERNEL
            assertThat(p.mm.space.load32(frame + 312)).isEqualTo(Signals.SIGTRAP);
            assertThat(p.mm.space.load32(frame + 320)).isEqualTo(0x80);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, SigAction.SA_SIGINFO})
    void the32BitFrameHasItsArgumentsOnTheStackAndTheLegacyStub(final long flags) {
        final Label interrupted = new Label("interrupted");
        try (X86Process p = breakpointProgram("ia32", flags, false, interrupted)) {
            p.run();
            final boolean rt = flags != 0;
            final long context = p.word(Handlers.CONTEXT);
            final long frame = rt ? context - 144 : search(p);
            assertThat((frame + 4) % 16)
                    .as("(esp + 4) at the handler's first instruction")
                    .isZero();
            assertThat(p.mm.space.load32(frame + 4)).isEqualTo(Signals.SIGTRAP);
            final long sc = rt ? frame + 164 : frame + 8;
            assertThat(p.mm.space.load32(sc + 44)).as("eax").isEqualTo(0x7abc_0001);
            assertThat(p.mm.space.load32(sc + 56) & 0xffff_ffffL).as("eip").isEqualTo(interrupted.address());
            assertThat(p.mm.space.load32(sc + 60)).as("cs").isEqualTo(0x23);
            assertThat(p.mm.space.load32(sc + 12)).as("ds").isEqualTo(0x2b);
            final long stub = rt ? frame + 260 : frame + 724;
            assertThat(p.mm.space.load64(stub)).isEqualTo(rt ? 0x0080_cd00_0000_adb8L : 0x80cd_0000_0077_b858L);
            if (rt) {
                assertThat(p.mm.space.load32(frame + 8) & 0xffff_ffffL).isEqualTo(frame + 16);
                assertThat(p.mm.space.load32(frame + 12) & 0xffff_ffffL).isEqualTo(context);
                assertThat(p.word(Handlers.INFO)).isEqualTo(frame + 16);
            } else {
                assertThat(context).as("ecx without SA_SIGINFO").isZero();
            }
        }
    }

    /** The frame without pointers to it: its legacy stub marks the end. */
    private static long search(final X86Process p) {
        for (long at = X86Process.STACK_TOP - 64; at > X86Process.STACK_TOP - 0x2000; at--) {
            if (p.mm.space.load64(at) == 0x80cd_0000_0077_b858L) {
                return at - 724;
            }
        }
        throw new AssertionError("no frame on the stack");
    }

    @Test
    void a64BitHandlerWithoutRestorerKillsByAFailedFrame() {
        try (X86Process p = breakpointProgram("x64", SigAction.SA_SIGINFO, false, new Label("interrupted"))) {
            assertThat(p.run()).isEqualTo(Signals.SIGSEGV);
        }
    }

    @ParameterizedTest
    @CsvSource({"x64,rt_sigreturn", "ia32,rt_sigreturn", "ia32,sigreturn"})
    void sigreturnWithoutAFrameIsASegmentationFaultWithALine(final String mode, final String name) {
        try (X86Process p = new X86Process(mode, a -> {
            a.setRegister(mode.equals("x64") ? "rsp" : "esp", 0x5000_0000);
            if (mode.equals("x64")) {
                call(a, name);
            } else {
                a.setRegister("eax", name.equals("sigreturn") ? 119 : 173);
                a.raw(new byte[] {(byte) 0xcd, (byte) 0x80});
            }
        })) {
            assertThat(p.run()).isEqualTo(Signals.SIGSEGV);
            assertThat(p.k.log.lines()).anyMatch(line -> line.contains("bad frame in"));
        }
    }

    @Test
    void aHandlerRunsOnTheAlternateStackAndAnOverflowOfItKills() {
        for (final int size : new int[] {8192, 2048}) {
            final Label handler = new Label("handler");
            final Label restorer = new Label("restorer");
            final Label go = new Label("go");
            try (X86Process p = new X86Process("x64", a -> {
                a.jump(go);
                Handlers.prologue(a, handler);
                if (size == 2048) {
                    // push down to the last bytes of the stack, then fault again on it
                    a.addConst(GuestAssembler.T0, 0);
                    a.raw(new byte[] {0x48, (byte) 0x81, (byte) 0xec, 0x00, 0x03, 0x00, 0x00});
                    a.breakpoint();
                }
                Handlers.epilogue(a, restorer, true);
                a.bind(go);
                // stack_t at DATA+0x200: the stack is DATA+0x1000
                a.loadConst(GuestAssembler.T0, DATA + 0x1000);
                a.storeVariable(DATA + 0x200, GuestAssembler.T0);
                a.loadConst(GuestAssembler.T0, size);
                a.storeVariable(DATA + 0x210, GuestAssembler.T0);
                call(a, "sigaltstack", DATA + 0x200, 0);
                Handlers.install(
                        a,
                        Signals.SIGTRAP,
                        handler,
                        restorer,
                        SigAction.SA_SIGINFO | SigAction.SA_ONSTACK | SigAction.SA_NODEFER);
                a.breakpoint();
            })) {
                final int status = p.run();
                final long context = p.word(Handlers.CONTEXT);
                assertThat(context).isBetween(DATA + 0x1000, DATA + 0x1000 + size);
                assertThat(status).isEqualTo(size == 8192 ? 0 : Signals.SIGSEGV);
                assertThat(p.k.log.lines().stream().filter(line -> line.contains("overflowed sigaltstack")))
                        .hasSize(size == 8192 ? 0 : 1);
            }
        }
    }

    @Test
    void aContextWithAForeignCodeSegmentBecomesASignalAtTheInterruptedInstruction() {
        // The handler overwrites cs in its ucontext with 0x53: RPL 3, no such descriptor.
        final Label handler = new Label("handler");
        final Label restorer = new Label("restorer");
        final Label go = new Label("go");
        final Label interrupted = new Label("interrupted");
        try (X86Process p = new X86Process("x64", a -> {
            a.jump(go);
            Handlers.prologue(a, handler);
            // movw $0x53,184(%rdx)
            a.raw(new byte[] {0x66, (byte) 0xc7, (byte) 0x82, (byte) 184, 0, 0, 0, 0x53, 0});
            Handlers.epilogue(a, restorer, true);
            a.bind(go);
            Handlers.install(a, Signals.SIGTRAP, handler, restorer, SigAction.SA_SIGINFO);
            a.breakpoint();
            a.bind(interrupted);
        })) {
            p.startTraced();
            assertThat(p.resume(7, 0) >> 8).isEqualTo(Signals.SIGTRAP);
            assertThat(p.resume(7, Signals.SIGTRAP) >> 8).isEqualTo(Signals.SIGSEGV);
            assertThat(p.siginfo().code()).isEqualTo(0x80);
            // A tracer gets the 32-bit view of what is not the 64-bit code segment.
            assertThat(p.register("eip")).isEqualTo(interrupted.address());
            assertThat(p.register("cs")).isEqualTo(0x53);
            assertThat(((X86Thread) p.task.thread).errorCode).isEqualTo(0x50);
            assertThat(p.resume(7, Signals.SIGSEGV)).isEqualTo(Signals.SIGSEGV);
            assertThat(p.k.log.warnings()).isEmpty();
        }
    }
}
