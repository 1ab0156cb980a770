package org.kernelentry.x86.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.machine.asm.GuestAssembler.T0;
import static org.kernelentry.machine.asm.GuestAssembler.T1;
import static org.kernelentry.x86.X86Process.DATA;
import static org.kernelentry.x86.X86Process.call;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.ptrace.PtraceRequest;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.Injector;
import org.kernelentry.kernel.step.Journal;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.x86.X86Process;

/** Calls that save only what C code destroys: nobody can tell, whoever looks at the registers. */
class PartialFrameTests {
    private static final List<String> PRESERVED = List.of("rbx", "rbp", "r12", "r13", "r14", "r15");
    private static final long VALUE = 0x1122_3344_5566_0000L;
    private static final int WORD = 8;

    private static X86Process partial(final Consumer<GuestAssembler> program) {
        return new X86Process(KernelConfig.of(Flavour.GENERIC).with(Option.PARTIAL_PT_REGS), "x64", program);
    }

    private static void load(final GuestAssembler a, final long first) {
        for (int n = 0; n < PRESERVED.size(); n++) {
            a.setRegister(PRESERVED.get(n), first + n);
        }
    }

    private static void store(final GuestAssembler a, final long address) {
        for (int n = 0; n < PRESERVED.size(); n++) {
            a.saveRegister(PRESERVED.get(n), address + (long) WORD * n);
        }
    }

    private static void makeCall(final GuestAssembler a, final int number) {
        a.setRegister("rax", number);
        a.raw(new byte[] {0x0f, 0x05});
    }

    private static void assertKept(final X86Process p, final long address, final long first) {
        for (int n = 0; n < PRESERVED.size(); n++) {
            assertThat(p.word(address + (long) WORD * n)).as(PRESERVED.get(n)).isEqualTo(first + n);
        }
    }

    @Test
    void aPlainCallSavesNineRegistersAndLeavesTheOthersInTheCpu() {
        try (X86Process p = partial(a -> {
            load(a, VALUE);
            makeCall(a, 110);
            store(a, DATA);
        })) {
            final Journal journal = new Journal();
            p.k.steps.observe(journal);
            assertThat(p.run()).isZero();
            assertKept(p, DATA, VALUE);
            assertThat(journal.render())
                    .contains(PartialFrame.SAVE_C_REGS.name())
                    .doesNotContain(PartialFrame.SAVE_EXTRA_REGS.name());
        }
    }

    /** The two sleep in turn, so that each call is left on another task's registers. */
    @Test
    void eachOfTwoTasksHasItsOwnWhenACallSleeps() {
        try (X86Process p = partial(a -> {
            final Label parent = new Label("parent");
            a.loadConst(T0, 0);
            a.storeVariable(DATA + 1024, T0);
            a.loadConst(T0, 1000);
            a.storeVariable(DATA + 1032, T0);
            call(a, "fork");
            a.result(T0);
            a.loadConst(T1, 0);
            a.branch(GuestAssembler.Rel.NE, T0, T1, parent);
            load(a, 1);
            call(a, "nanosleep", DATA + 1024, 0);
            call(a, "exit_group", 0);
            a.bind(parent);
            load(a, VALUE);
            a.setRegister("rdi", DATA + 1024);
            a.setRegister("rsi", 0);
            makeCall(a, 35);
            store(a, DATA);
        })) {
            assertThat(p.run()).isZero();
            assertKept(p, DATA, VALUE);
            assertThat(p.k.log.warnings()).isEmpty();
        }
    }

    /** It runs in its parent's memory. */
    @Test
    void aChildOfVforkHasItsParentsRegisters() {
        try (X86Process p = partial(a -> {
            final Label parent = new Label("parent");
            load(a, VALUE);
            makeCall(a, 58);
            a.result(T0);
            a.loadConst(T1, 0);
            a.branch(GuestAssembler.Rel.NE, T0, T1, parent);
            store(a, DATA);
            call(a, "exit_group", 0);
            a.bind(parent);
        })) {
            assertThat(p.run()).isZero();
            assertKept(p, DATA, VALUE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aTracerSeesAndWritesAllRegistersAtBothStopsOfACall(final int stop) {
        try (X86Process p = partial(a -> {
            load(a, VALUE);
            makeCall(a, 110);
            store(a, DATA);
        })) {
            p.startTraced();
            for (int n = 0; n < stop; n++) {
                p.resume(PtraceRequest.PTRACE_SYSCALL, 0);
            }
            assertThat(p.register("r15")).isEqualTo(VALUE + 5);
            assertThat(p.poke("r15", 77)).isZero();
            assertThat(p.resume(PtraceRequest.PTRACE_CONT, 0)).isZero();
            assertThat(p.word(DATA + 5 * WORD)).isEqualTo(77);
        }
    }

    /** A step looks at the exit alone, where the entry saw nothing to do. */
    @Test
    void aStepOverTheCallShowsAllRegisters() {
        try (X86Process p = partial(a -> {
            load(a, VALUE);
            makeCall(a, 110);
        })) {
            p.startTraced();
            for (int n = 0; n < 2 * PRESERVED.size() && p.register("orig_rax") != 110; n++) {
                p.resume(PtraceRequest.PTRACE_SINGLESTEP, 0);
            }
            assertThat(p.register("orig_rax")).isEqualTo(110);
            assertThat(p.register("rbx")).isEqualTo(VALUE);
            assertThat(p.register("r15")).isEqualTo(VALUE + 5);
        }
    }

    /** The signal becomes visible inside the call: who looks at it finds registers that the entry did not save. */
    @Test
    void aSignalThatTheCallRaisesFindsAllRegisters() {
        try (X86Process p = partial(a -> {
            load(a, VALUE);
            makeCall(a, 39);
            // mov %rax,%rdi
            a.raw(new byte[] {0x48, (byte) 0x89, (byte) 0xc7});
            a.setRegister("rsi", Signals.SIGUSR1);
            makeCall(a, 62);
        })) {
            p.startTraced();
            final int stopped = p.resume(PtraceRequest.PTRACE_CONT, 0);
            assertThat(stopped >> 8).isEqualTo(Signals.SIGUSR1);
            assertThat(p.register("rbx")).isEqualTo(VALUE);
            assertThat(p.register("r15")).isEqualTo(VALUE + 5);
        }
    }

    @Test
    void anInterruptAtEveryStepLeavesThemAlone() {
        for (final Injector.Event event : Injector.Event.values()) {
            long last = 1;
            for (long step = 0; step <= last; step++) {
                try (X86Process p = partial(a -> {
                    load(a, VALUE);
                    makeCall(a, 110);
                    store(a, DATA);
                })) {
                    final Injector injector = new Injector(event, step, null);
                    p.k.steps.observe(injector);
                    assertThat(p.run()).isZero();
                    last = step == 0 ? injector.count() : last;
                    assertKept(p, DATA, VALUE);
                }
            }
        }
    }
}
