package org.kernelentry.arm64.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.arm64.Arm64Guest.DATA;
import static org.kernelentry.arm64.Arm64Guest.variableAddress;
import static org.kernelentry.kernel.ptrace.PtraceRequest.PTRACE_CONT;
import static org.kernelentry.kernel.ptrace.PtraceRequest.PTRACE_SINGLESTEP;
import static org.kernelentry.kernel.ptrace.PtraceRequest.PTRACE_SYSCALL;
import static org.kernelentry.machine.asm.GuestAssembler.T0;

import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.arm64.Arm64Guest;
import org.kernelentry.arm64.Arm64Guest.Program;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;

/** Frames, the way back from them, and the restart rules, in both modes. */
final class SignalTests {
    private static final long ACTION = DATA;
    private static final long SA_SIGINFO = 4;
    private static final long SA_RESTART = 0x1000_0000L;
    private static final long SA_ONSTACK = 0x0800_0000L;
    private static final int SIGNAL = 100;
    private static final int INFO = 101;
    private static final int CONTEXT = 102;
    private static final int EINTR = 4;

    private static Arm64Guest guest(final String mode, final BiConsumer<GuestAssembler, Program> program) {
        return new Arm64Guest(KernelConfig.of(Flavour.NATIVE), mode, program);
    }

    /** rt_sigaction with a handler label, no restorer. */
    private static void action(
            final GuestAssembler a, final Program p, final int signal, final Label handler, final long flags) {
        final boolean a64 = a.wordSize() == 8;
        a.loadAddress(T0, handler);
        a.storeVariable(ACTION, T0);
        a.loadConst(T0, flags);
        a.storeVariable(ACTION + a.wordSize(), T0);
        a.loadConst(T0, 0);
        for (int i = 2; i < (a64 ? 4 : 5); i++) {
            a.storeVariable(ACTION + (long) i * a.wordSize(), T0);
        }
        p.call("rt_sigaction", signal, ACTION, 0, 8);
    }

    private static void handler(final GuestAssembler a) {
        a.handlerEntry(variableAddress(SIGNAL), variableAddress(INFO), variableAddress(CONTEXT));
    }

    @ParameterizedTest
    @CsvSource({"NATIVE, a64", "GENERIC, a64", "NATIVE, a32", "GENERIC, a32"})
    void every_register_survives_a_handler(final Flavour flavour, final String mode) {
        final boolean a64 = mode.equals("a64");
        final int last = a64 ? 30 : 12;
        final String letter = a64 ? "x" : "r";
        try (Arm64Guest g = new Arm64Guest(KernelConfig.of(flavour), mode, (a, p) -> {
            final Label handler = new Label("handler");
            final Label start = new Label("start");
            a.jump(start);
            a.bind(handler);
            handler(a);
            for (int i = 1; i <= last; i++) {
                if (i != 30) {
                    a.setRegister(letter + i, 0xbad);
                }
            }
            a.handlerReturn();
            a.bind(start);
            action(a, p, Signals.SIGTRAP, handler, SA_SIGINFO);
            // A breakpoint's pc is at the instruction: the handler steps over it for the program by moving the frame's
            // pc.
            for (int i = 0; i <= last; i++) {
                a.setRegister(letter + i, 0x1000 + i);
            }
            a.undefined();
            p.exit(1);
        })) {
            g.attach();
            assertThat(g.resume(PTRACE_CONT)).isEqualTo("SIGILL code 1");
            // Deliver a SIGTRAP instead, with the pc moved behind the instruction.
            final long pc = g.reg("pc");
            g.setReg("pc", pc + 4);
            assertThat(g.resume(PTRACE_SINGLESTEP, Signals.SIGTRAP)).isEqualTo("SIGTRAP code 5");
            assertThat(g.reg(a64 ? "x0" : "r0")).isEqualTo(Signals.SIGTRAP);
            assertThat(g.reg("sp") & (a64 ? 15 : 7)).isZero();
            String stop;
            do {
                stop = g.resume(PTRACE_SYSCALL);
            } while (!stop.equals("exit"));
            for (int i = 0; i <= last; i++) {
                // arm64's own exit-stop shows the direction in x7 or r12.
                final boolean hint = flavour == Flavour.NATIVE && i == (a64 ? 7 : 12);
                assertThat(g.reg(letter + i)).as(letter + i).isEqualTo(hint ? 1 : 0x1000 + i);
            }
            assertThat(g.reg("pc")).isEqualTo(pc + 4);
            assertThat(g.variable(SIGNAL)).isEqualTo(Signals.SIGTRAP);
        }
    }

    @ParameterizedTest
    @CsvSource({"a64, 440, 16", "a32, 92, 12"})
    void a_refused_store_is_sigsegv_with_its_address_in_siginfo_and_context(
            final String mode, final int pcOffset, final int addressOffset) {
        final Label at = new Label("at");
        try (Arm64Guest g = guest(mode, (a, p) -> {
                    final Label handler = new Label("handler");
                    final Label start = new Label("start");
                    a.jump(start);
                    a.bind(handler);
                    handler(a);
                    p.exit(0);
                    a.bind(start);
                    action(a, p, Signals.SIGSEGV, handler, SA_SIGINFO);
                    a.loadConst(T0, 0x1234_5678);
                    a.bind(at);
                    a.store(T0, T0, 0, 4);
                    p.exit(1);
                })
                .runToExit()) {
            assertThat(g.variable(SIGNAL)).isEqualTo(Signals.SIGSEGV);
            final long info = g.variable(INFO);
            final long context = g.variable(CONTEXT);
            assertThat(g.mm.space.load32(info)).isEqualTo(Signals.SIGSEGV);
            assertThat(g.mm.space.load32(info + 8)).as("SEGV_MAPERR").isEqualTo(1);
            assertThat(g.mm.space.load32(info + addressOffset)).isEqualTo(0x1234_5678);
            assertThat(g.mm.space.load32(context + pcOffset)).isEqualTo((int) at.address());
            if (mode.equals("a64")) {
                assertThat(context).isEqualTo(info + 128);
                assertThat(g.mm.space.load64(context + 176)).as("fault_address").isEqualTo(0x1234_5678);
                // fpsimd record, then the syndrome: data abort, write, translation fault; then the terminator
                assertThat(g.mm.space.load32(context + 464)).isEqualTo(0x46508001);
                assertThat(g.mm.space.load32(context + 464 + 528)).isEqualTo(0x45535201);
                assertThat(g.mm.space.load64(context + 464 + 528 + 8)).isEqualTo(0x92000047L);
                assertThat(g.mm.space.load64(context + 464 + 528 + 16)).isZero();
            } else {
                assertThat(g.mm.space.load32(context + 24))
                        .as("error_code: write")
                        .isEqualTo(1 << 11);
                assertThat(g.mm.space.load32(context + 100)).as("fault_address").isEqualTo(0x1234_5678);
                assertThat(g.mm.space.load32(context + 232)).isEqualTo(0x56465001);
            }
        }
    }

    @Test
    void the_native_frame_links_the_interrupted_one_through_x29() {
        try (Arm64Guest g = guest("a64", (a, p) -> {
                    final Label handler = new Label("handler");
                    final Label start = new Label("start");
                    a.jump(start);
                    a.bind(handler);
                    a.saveRegister("x29", variableAddress(1));
                    a.saveRegister("x30", variableAddress(2));
                    a.saveRegister("sp", variableAddress(3));
                    p.exit(0);
                    a.bind(start);
                    action(a, p, Signals.SIGTRAP, handler, 0);
                    a.setRegister("x29", 0x2929);
                    a.setRegister("x30", 0x3030);
                    a.breakpoint();
                })
                .runToExit()) {
            final long record = g.variable(1);
            assertThat(g.mm.space.load64(record)).isEqualTo(0x2929);
            assertThat(g.mm.space.load64(record + 8)).isEqualTo(0x3030);
            assertThat(g.variable(2)).isEqualTo(g.mm.vdso + 4);
            assertThat(g.mm.space.load32(g.mm.vdso + 4)).isEqualTo(0xd2801168);
            assertThat(g.variable(3)).isEqualTo(record - 4688);
        }
    }

    // ---- restart

    /** A sleeping call, interrupted by an alarm; mode {@code t32} is Thumb code of a compat task. */
    private static Arm64Guest interrupted(final String mode, final String call, final long flags) {
        final BiConsumer<GuestAssembler, Program> program = (a, p) -> {
            final Label handler = new Label("handler");
            final Label start = new Label("start");
            a.jump(start);
            a.bind(handler);
            handler(a);
            a.loadVariable(T0, variableAddress(5));
            a.addConst(T0, 1);
            a.storeVariable(variableAddress(5), T0);
            a.handlerReturn();
            a.bind(start);
            action(a, p, Signals.SIGALRM, handler, flags);
            // itimerval: once, after 1 ms
            for (int i = 0; i < 4; i++) {
                a.loadConst(T0, i == 3 ? 1000 : 0);
                a.storeVariable(DATA + 0x100 + (long) i * a.wordSize(), T0);
            }
            p.call("setitimer", 0, DATA + 0x100, 0);
            // timespec: 5 ms
            a.loadConst(T0, 0);
            a.storeVariable(DATA + 0x200, T0);
            a.loadConst(T0, 5_000_000);
            a.storeVariable(DATA + 0x200 + a.wordSize(), T0);
            switch (call) {
                case "nanosleep" -> p.call("nanosleep", DATA + 0x200, 0);
                case "ppoll" -> p.call("ppoll", 0, 0, DATA + 0x200, 0, 8);
                case "wait4" -> p.call("wait4", -1, 0, 0, 0);
                default -> throw new IllegalArgumentException(call);
            }
            p.result(0);
            if (a.wordSize() == 8) {
                a.saveRegister("x8", variableAddress(6));
            } else {
                a.saveRegister("r7", variableAddress(6));
            }
            p.exit(0);
        };
        final KernelConfig config = KernelConfig.of(Flavour.NATIVE);
        return mode.equals("t32") ? Arm64Guest.thumb(config, program) : new Arm64Guest(config, mode, program);
    }

    @ParameterizedTest
    @CsvSource({
        "a64, nanosleep, 0",
        "a64, nanosleep, 0x10000000",
        "a64, ppoll, 0x10000000",
        "a32, nanosleep, 0",
        "a32, nanosleep, 0x10000000",
        "a32, ppoll, 0x10000000",
        "t32, nanosleep, 0"
    })
    void a_handler_ends_these_calls_with_eintr_even_with_sa_restart(
            final String mode, final String call, final String flags) {
        try (Arm64Guest g = interrupted(mode, call, Long.decode(flags)).runToExit()) {
            assertThat(g.variable(5)).as("handler ran").isEqualTo(1);
            assertThat(g.variable(0)).isEqualTo(-EINTR);
            assertThat(g.k.log.warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"a64", "a32", "t32"})
    void without_a_handler_nanosleep_goes_on_as_restart_syscall_and_the_number_register_shows_it(final String mode) {
        try (Arm64Guest g = interrupted(mode, "nanosleep", 0)) {
            g.attach();
            assertThat(g.resume(PTRACE_CONT)).isEqualTo("SIGALRM code 128");
            assertThat(g.reg(mode.equals("a64") ? "x0" : "r0"))
                    .as("argument 0 is back")
                    .isEqualTo(DATA + 0x200);
            assertThat(g.syscallNumber()).isEqualTo(-1);
            final long at = g.reg("pc");
            assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("entry");
            assertThat(g.reg("pc")).isEqualTo(at + (mode.equals("t32") ? 2 : 4));
            assertThat(g.syscallNumber()).isEqualTo(mode.equals("a64") ? 128 : 0);
            assertThat(g.resume(PTRACE_CONT)).isEqualTo("exited 0");
            assertThat(g.variable(5)).as("handler ran").isZero();
            assertThat(g.variable(0)).isZero();
            assertThat(g.variable(6)).as("x8 or r7").isEqualTo(mode.equals("a64") ? 128 : 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"a64", "a32"})
    void a_debugger_that_moves_the_pc_cancels_the_eintr(final String mode) {
        try (Arm64Guest g = interrupted(mode, "nanosleep", 0)) {
            g.attach();
            assertThat(g.resume(PTRACE_CONT)).isEqualTo("SIGALRM code 128");
            g.setReg("pc", g.reg("pc") + 4);
            assertThat(g.resume(PTRACE_CONT, Signals.SIGALRM)).isEqualTo("exited 0");
            assertThat(g.variable(5)).as("handler ran").isEqualTo(1);
            assertThat(g.variable(0)).as("x0 is argument 0").isEqualTo(DATA + 0x200);
        }
    }

    @Test
    void the_exit_stop_of_an_interrupted_call_shows_the_raw_code() {
        try (Arm64Guest g = interrupted("a64", "nanosleep", 0)) {
            g.attach();
            String stop;
            do {
                stop = g.resume(PTRACE_SYSCALL);
            } while (!stop.equals("exit") || g.reg("x0") != -516);
            assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("SIGALRM code 128");
            assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("entry");
            assertThat(g.syscallNumber()).isEqualTo(128);
        }
    }

    @ParameterizedTest
    @CsvSource({"a64", "a32"})
    void an_unaligned_frame_at_sigreturn_is_sigsegv(final String mode) {
        try (Arm64Guest g = guest(mode, (a, p) -> {
            a.setRegister("sp", DATA + 0x8004);
            if (a.wordSize() == 8) {
                a.restorer(true);
            } else {
                p.call("rt_sigreturn");
            }
            p.exit(0);
        })) {
            assertThat(g.run() & 0x7f).isEqualTo(Signals.SIGSEGV);
        }
    }

    @Test
    void an_unknown_record_in_the_frame_is_sigsegv() {
        try (Arm64Guest g = guest("a64", (a, p) -> {
            final Label handler = new Label("handler");
            final Label start = new Label("start");
            a.jump(start);
            a.bind(handler);
            handler(a);
            a.loadVariable(T0, variableAddress(CONTEXT));
            a.loadConst(1, 0x1234_5678);
            a.store(1, T0, 464, 4);
            a.handlerReturn();
            a.bind(start);
            action(a, p, Signals.SIGTRAP, handler, SA_SIGINFO);
            a.breakpoint();
            p.exit(0);
        })) {
            assertThat(g.run() & 0x7f).isEqualTo(Signals.SIGSEGV);
        }
    }

    @ParameterizedTest
    @CsvSource({"a64", "a32"})
    void a_handler_on_the_alternate_stack_gets_its_frame_there(final String mode) {
        try (Arm64Guest g = guest(mode, (a, p) -> {
                    final Label handler = new Label("handler");
                    final Label start = new Label("start");
                    a.jump(start);
                    a.bind(handler);
                    handler(a);
                    p.exit(0);
                    a.bind(start);
                    action(a, p, Signals.SIGILL, handler, SA_SIGINFO | SA_ONSTACK | SA_RESTART);
                    final int w = a.wordSize();
                    a.loadConst(T0, DATA + 0x4000);
                    a.storeVariable(DATA + 0x300, T0);
                    a.loadConst(T0, 0);
                    a.storeVariable(DATA + 0x300 + w, T0);
                    a.loadConst(T0, 0x4000);
                    a.storeVariable(DATA + 0x300 + 2L * w, T0);
                    p.call("sigaltstack", DATA + 0x300, 0);
                    a.undefined();
                    p.exit(1);
                })
                .runToExit()) {
            assertThat(g.variable(CONTEXT)).isBetween(DATA + 0x4000, DATA + 0x8000);
            assertThat(g.variable(SIGNAL)).isEqualTo(Signals.SIGILL);
        }
    }

    @Test
    void a_frame_that_does_not_fit_forces_sigsegv() {
        try (Arm64Guest g = guest("a64", (a, p) -> {
            final Label handler = new Label("handler");
            final Label start = new Label("start");
            a.jump(start);
            a.bind(handler);
            p.exit(0);
            a.bind(start);
            action(a, p, Signals.SIGTRAP, handler, 0);
            a.setRegister("sp", 0x1000);
            a.breakpoint();
        })) {
            assertThat(g.run() & 0x7f).isEqualTo(Signals.SIGSEGV);
        }
    }
}
