package org.kernelentry.x86.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.machine.asm.GuestAssembler.T0;
import static org.kernelentry.machine.asm.GuestAssembler.T1;
import static org.kernelentry.x86.X86Process.DATA;
import static org.kernelentry.x86.X86Process.call;
import static org.kernelentry.x86.X86Process.callBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.entry.SyscallEntry;
import org.kernelentry.kernel.ptrace.PtraceRequest;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.step.BalanceChecker;
import org.kernelentry.kernel.step.Injector;
import org.kernelentry.kernel.step.Journal;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.step.StepObserver;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.x86.X86Process;
import org.kernelentry.x86.X86Regs;

/** Calls by each entry instruction: results, preserved registers, the way back. */
class SyscallTests {
    private static final String TRACED = "the traced hardirqs off is ";

    private static void keepResult(final GuestAssembler a, final long address) {
        a.result(T0);
        a.storeVariable(address, T0);
    }

    @ParameterizedTest
    @CsvSource({"x64,syscall", "x64,int80", "ia32,sysenter", "ia32,int80"})
    void getppidComesBackWithThePidOfTheHarness(final String mode, final String entry) {
        try (X86Process p = new X86Process(mode, a -> {
            callBy(a, entry, "getppid");
            keepResult(a, DATA);
        })) {
            final BalanceChecker balance = new BalanceChecker(null);
            p.k.steps.observe(balance);
            assertThat(p.run()).isZero();
            assertThat(p.word(DATA)).isEqualTo(p.harness.pid);
            assertThat(balance.findings()).isEmpty();
            assertThat(p.k.log.warnings()).isEmpty();
        }
    }

    @Test
    void sysretLeavesPcAndFlagsInRcxAndR11AndAllOthersAlone() {
        final Label after = new Label("after");
        final List<String> kept =
                List.of("rbx", "rbp", "r12", "r13", "r14", "r15", "rdi", "rsi", "rdx", "r8", "r9", "r10");
        try (X86Process p = new X86Process("x64", a -> {
            long value = 0x1122_3344_5566_0000L;
            for (final String name : kept) {
                a.setRegister(name, value++);
            }
            a.setRegister("rax", 110);
            a.raw(new byte[] {0x0f, 0x05});
            a.bind(after);
            a.saveRegister("rcx", DATA);
            a.saveRegister("r11", DATA + 8);
            for (int n = 0; n < kept.size(); n++) {
                a.saveRegister(kept.get(n), DATA + 16 + 8L * n);
            }
        })) {
            assertThat(p.run()).isZero();
            assertThat(p.word(DATA)).isEqualTo(after.address());
            assertThat(p.word(DATA + 8)).isEqualTo(X86Regs.IF | X86Regs.FIXED);
            for (int n = 0; n < kept.size(); n++) {
                assertThat(p.word(DATA + 16 + 8L * n)).as(kept.get(n)).isEqualTo(0x1122_3344_5566_0000L + n);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        // number, what the journal calls the way back is sysretq in every case
        "0x7fffffff00000027, 0",
        "39, 0",
        "0xffffffff, -38",
        "0x40000027, -38",
        "600, -38",
        "-1, -38",
        "520, -38"
    })
    void onlyTheLowHalfOfRaxIsTheNumber(final String number, final long expected) {
        try (X86Process p = new X86Process("x64", a -> {
            a.setRegister("rax", Long.decode(number));
            a.raw(new byte[] {0x0f, 0x05});
            keepResult(a, DATA);
        })) {
            assertThat(p.run()).isZero();
            assertThat(p.word(DATA)).isEqualTo(expected == 0 ? p.task.pid : expected);
        }
    }

    @Test
    void theWayOfASyscallIsSysretAndItsStepsAreInOrder() {
        try (X86Process p = new X86Process("x64", a -> call(a, "getppid"))) {
            final Journal journal = new Journal();
            p.k.steps.observe(journal);
            p.run();
            final String text = journal.render();
            assertThat(text)
                    .containsSubsequence(
                            "entry_SYSCALL_64 (110)",
                            "swapgs",
                            "save user stack pointer",
                            "switch to kernel page tables",
                            "switch to kernel stack",
                            "construct pt_regs",
                            "save registers",
                            "clear registers",
                            "do_syscall_64 (110)",
                            "syscall_enter_from_user_mode",
                            "syscall_exit_to_user_mode",
                            "restore registers",
                            "switch to user page tables",
                            "swapgs",
                            "sysretq",
                            "entry_SYSCALL_64 (231)");
        }
    }

    @Test
    void aFaultingSixthArgumentOfSysenterMakesNoCallAtAll() {
        // ebp points at nothing: mov $20,%eax; mov $..,%ebp; sysenter; the landing pad then pops from there and dies
        try (X86Process p = new X86Process("ia32", a -> {
            a.setRegister("eax", 20);
            a.setRegister("ebp", 0x1000);
            a.raw(new byte[] {0x0f, 0x34});
        })) {
            final Journal journal = new Journal();
            p.k.steps.observe(journal);
            assertThat(p.run()).isEqualTo(Signals.SIGSEGV);
            final String text = journal.render();
            assertThat(text).contains("fetch ebp (-14)");
            assertThat(text).containsSubsequence("fetch ebp (-14)", "iretq", "exc_page_fault");
            assertThat(text).doesNotContain("syscall_exit_to_user_mode");
            assertThat(p.k.log.warnings()).isEmpty();
        }
    }

    @Test
    void sysenterReturnsBySysretlWithTheUpperRegistersCleared() {
        // In 64-bit code: set r8..r15; far return to 32-bit code that calls the vDSO; far jump back, store them.
        try (X86Process p = new X86Process("ia32", a -> {
            a.syscall("sysenter", new Arg.Const(20), List.of(), new Label("at"), new Label("after"));
            keepResult(a, DATA);
        })) {
            final Journal journal = new Journal();
            p.k.steps.observe(journal);
            assertThat(p.run()).isZero();
            assertThat(p.word(DATA)).isEqualTo(p.task.pid);
            assertThat(journal.render())
                    .containsSubsequence(
                            "entry_SYSENTER_compat (20)", "do_SYSENTER_32", "ip = landing pad", "fetch ebp", "sysretl");
        }
    }

    @Test
    void flagsOfTheUserComeBackAndNtDoesNoHarm() {
        // push $0x44d4 (NT DF Z...); popf; getpid; pushf; pop %rdx
        try (X86Process p = new X86Process("x64", a -> {
            a.raw(new byte[] {0x68, (byte) 0xd5, 0x44, 0x00, 0x00, (byte) 0x9d});
            a.setRegister("rax", 39);
            a.raw(new byte[] {0x0f, 0x05, (byte) 0x9c, 0x5a});
            a.saveRegister("rdx", DATA);
            a.raw(new byte[] {(byte) 0xfc, 0x6a, 0x02, (byte) 0x9d});
        })) {
            assertThat(p.run()).isZero();
            assertThat(p.word(DATA)).isEqualTo(0x44d5 | X86Regs.IF | X86Regs.FIXED);
            assertThat(p.k.log.warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x64", "ia32"})
    void forkGivesZeroToTheChildAndItsPidToTheParent(final String mode) {
        try (X86Process p = new X86Process(mode, a -> {
            final Label parent = new Label("parent");
            call(a, "fork");
            keepResult(a, DATA);
            a.loadVariable(T0, DATA);
            a.loadConst(T1, 0);
            a.branch(GuestAssembler.Rel.NE, T0, T1, parent);
            call(a, "exit_group", 7);
            a.bind(parent);
            call(a, "wait4", -1, DATA + 8, 0, 0);
            keepResult(a, DATA + 16);
        })) {
            assertThat(p.run()).isZero();
            assertThat(p.word(DATA)).isEqualTo(p.task.pid + 1);
            assertThat(p.word(DATA + 16)).isEqualTo(p.task.pid + 1);
            assertThat(p.mm.space.load32(DATA + 8)).isEqualTo(7 << 8);
            assertThat(p.k.log.warnings()).isEmpty();
        }
    }

    @Test
    void a64BitProgramReachesTheOtherTableAndComesBackWithItsRegisters() {
        try (X86Process p = new X86Process("x64", a -> {
            a.setRegister("r8", 0x1234_5678_9abcL);
            a.setRegister("r11", 0x1_0000_0001L);
            a.setRegister("rax", 0x5_0000_0014L);
            a.raw(new byte[] {(byte) 0xcd, (byte) 0x80});
            keepResult(a, DATA);
            a.saveRegister("r8", DATA + 8);
            a.saveRegister("r11", DATA + 16);
        })) {
            assertThat(p.run()).isZero();
            assertThat(p.word(DATA)).isEqualTo(p.task.pid);
            assertThat(p.word(DATA + 8)).isEqualTo(0x1234_5678_9abcL);
            assertThat(p.word(DATA + 16)).isEqualTo(0x1_0000_0001L);
        }
    }

    @ParameterizedTest
    @CsvSource({"x64,syscall", "x64,int80", "ia32,sysenter"})
    void anInterruptAndAnNmiAtEveryStepLeaveTheCallAsItWas(final String mode, final String entry) {
        for (final Injector.Event event : Injector.Event.values()) {
            long last = 1;
            for (long step = 0; step <= last; step++) {
                try (X86Process p = new X86Process(mode, a -> {
                    callBy(a, entry, "getppid");
                    keepResult(a, DATA);
                })) {
                    final BalanceChecker balance = new BalanceChecker(null);
                    final Injector injector = new Injector(event, step, balance);
                    p.k.steps.observe(injector);
                    assertThat(p.run()).isZero();
                    last = step == 0 ? injector.count() : last;
                    final String where = event + " at step " + step + ", " + injector.where();
                    assertThat(p.word(DATA)).as(where).isEqualTo(p.harness.pid);
                    // Between the tracer's "on" and lockdep's, an NMI finds lockdep off and so does not tell the tracer
                    // "on" again (NMI-02).
                    assertThat(balance.findings())
                            .as(where)
                            .filteredOn(finding -> event != Injector.Event.NMI || !finding.contains(TRACED))
                            .isEmpty();
                    assertThat(p.k.log.warnings()).as(where).isEmpty();
                }
            }
            assertThat(last).isGreaterThan(60);
        }
    }

    @Test
    void aCallThatIsNotThereReturnsEnosys() {
        try (X86Process p = new X86Process("ia32", a -> {
            a.syscall("int80", new Arg.Const(-1), List.of(), new Label("at"), new Label("after"));
            keepResult(a, DATA);
            a.syscall("int80", new Arg.Const(9999), List.of(), new Label("at"), new Label("after"));
            keepResult(a, DATA + 4);
        })) {
            assertThat(p.run()).isZero();
            assertThat((int) p.word(DATA)).isEqualTo(-Errno.ENOSYS);
            assertThat((int) p.word(DATA + 4)).isEqualTo(-Errno.ENOSYS);
        }
    }

    @Test
    void a32BitProgramThatSwitchesTo64BitCodeMakes64BitCalls() {
        // ljmp $0x33,$next; mov $110,%eax; syscall; push $0x23; push $back; lretq; back:
        try (X86Process p = new X86Process("ia32", a -> {
            a.raw(new byte[] {(byte) 0xea, 0x07, 0, 0, 0x10, 0x33, 0});
            a.raw(new byte[] {(byte) 0xb8, 110, 0, 0, 0, 0x0f, 0x05});
            a.raw(new byte[] {0x6a, 0x23, 0x68, 0x17, 0, 0, 0x10, 0x48, (byte) 0xcb});
            a.saveRegister("eax", DATA);
        })) {
            final List<String> abis = new ArrayList<>();
            p.k.steps.observe(new AbiAtDispatch(abis));
            assertThat(p.run()).isZero();
            assertThat(p.word(DATA)).isEqualTo(p.harness.pid);
            assertThat(abis).containsExactly("x64", "ia32");
        }
    }

    /** The ABI while the entry work of each call runs. */
    private record AbiAtDispatch(List<String> abis) implements StepObserver {
        @Override
        public void at(final CpuLocal cpu, final Step step, final long detail) {
            if (step == SyscallEntry.ADD_RANDOM_KSTACK_OFFSET && !cpu.current.harness) {
                abis.add(cpu.kernel.arch.abi(cpu.current).name());
            }
        }

        @Override
        public void enter(final CpuLocal cpu, final Step scope, final long detail) {}

        @Override
        public void leave(final CpuLocal cpu, final Step scope) {}
    }

    @ParameterizedTest
    @CsvSource({"rcx, 0x1234", "r11, 0x246", "eflags, 0x50246"})
    void whatSysretCannotRestoreGoesBackByIretAndIsKept(final String register, final String value) {
        final Label after = new Label("after");
        try (X86Process p = new X86Process("x64", a -> {
            a.setRegister("rax", 39);
            a.raw(new byte[] {0x0f, 0x05});
            a.bind(after);
            a.saveRegister("rcx", DATA);
            a.saveRegister("r11", DATA + 8);
            a.saveRegister("rax", DATA + 16);
        })) {
            p.startTraced();
            p.resume(PtraceRequest.PTRACE_SYSCALL, 0);
            p.resume(PtraceRequest.PTRACE_SYSCALL, 0);
            assertThat(p.register("rax")).isEqualTo(p.task.pid);
            assertThat(p.poke(register, Long.decode(value))).isZero();
            final Journal journal = new Journal();
            p.k.steps.observe(journal);
            assertThat(p.resume(PtraceRequest.PTRACE_CONT, 0)).isZero();
            assertThat(journal.render().indexOf("iretq")).isPositive();
            assertThat(journal.render()).doesNotContain("sysretq");
            final long flags = X86Regs.IF | X86Regs.FIXED;
            assertThat(p.word(DATA)).isEqualTo(register.equals("rcx") ? 0x1234 : after.address());
            assertThat(p.word(DATA + 8)).isEqualTo(register.equals("r11") ? 0x246 : flags);
            assertThat(p.word(DATA + 16)).isEqualTo(p.task.pid);
        }
    }

    @Test
    void anNmiOfUserModeRunsOnTheTaskStackAndLeavesWithoutTheLoop() {
        try (X86Process p = new X86Process("x64", a -> {
            a.setRegister("r12", 77);
            call(a, "getppid");
            keepResult(a, DATA);
            a.saveRegister("r12", DATA + 8);
        })) {
            final int[] handled = new int[1];
            final Journal journal = new Journal();
            final BalanceChecker balance = new BalanceChecker(journal);
            p.k.steps.observe(new NmiAfterReturn(balance, () -> handled[0]++));
            assertThat(p.run()).isZero();
            assertThat(handled[0]).isOne();
            assertThat(p.word(DATA)).isEqualTo(p.harness.pid);
            assertThat(p.word(DATA + 8)).isEqualTo(77);
            assertThat(balance.findings()).isEmpty();
            assertThat(p.k.log.warnings()).isEmpty();
            final String nmi = journal.render();
            assertThat(nmi.substring(nmi.indexOf("asm_exc_nmi")))
                    .containsSubsequence("swapgs", "switch to kernel stack", "exc_nmi", "irqentry_nmi_enter", "iretq");
            final int from = nmi.indexOf("asm_exc_nmi");
            assertThat(nmi.substring(from, nmi.indexOf("iretq", from))).doesNotContain("exit_to_user_mode");
        }
    }

    /** Raises an NMI once, right after SYSRET has brought user mode back. */
    private static final class NmiAfterReturn implements StepObserver {
        private final StepObserver next;
        private final Runnable handler;
        private boolean done;

        NmiAfterReturn(final StepObserver next, final Runnable handler) {
            this.next = next;
            this.handler = handler;
        }

        @Override
        public void at(final CpuLocal cpu, final Step step, final long detail) {
            next.at(cpu, step, detail);
        }

        @Override
        public void enter(final CpuLocal cpu, final Step scope, final long detail) {
            next.enter(cpu, scope, detail);
        }

        @Override
        public void leave(final CpuLocal cpu, final Step scope) {
            next.leave(cpu, scope);
            if (!done && scope == Syscall64.ENTRY_SYSCALL_64) {
                done = true;
                cpu.kernel.arch.nmiFromUser(cpu, cpu.current, new Irq("test NMI", handler));
            }
        }
    }
}
