package org.kernelentry.arm64.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.arm64.Arm64Guest.DATA;
import static org.kernelentry.kernel.ptrace.PtraceRequest.PTRACE_SINGLESTEP;
import static org.kernelentry.kernel.ptrace.PtraceRequest.PTRACE_SYSCALL;
import static org.kernelentry.machine.asm.GuestAssembler.T0;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.arm64.A64Machine;
import org.kernelentry.arm64.A64Regs;
import org.kernelentry.arm64.Arm64Guest;
import org.kernelentry.arm64.Arm64Thread;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.machine.asm.Label;

/** Where the vector registers of a task are kept: signal frames, register sets, the thread. */
final class FpsimdStateTests {
    private static final int NT_PRFPREG = 2;
    private static final int NT_ARM_VFP = 0x400;

    /** A guest with a handler for SIGUSR1 that goes on with calls. */
    private static Arm64Guest guest(final String mode) {
        return new Arm64Guest(KernelConfig.of(Flavour.NATIVE), mode, (a, p) -> {
            final Label handler = new Label("handler");
            final Label start = new Label("start");
            a.jump(start);
            a.bind(handler);
            a.handlerEntry(Arm64Guest.variableAddress(0), Arm64Guest.variableAddress(1), Arm64Guest.variableAddress(2));
            a.handlerReturn();
            a.bind(start);
            a.loadAddress(T0, handler);
            a.storeVariable(DATA, T0);
            a.loadConst(T0, 4);
            a.storeVariable(DATA + a.wordSize(), T0);
            p.call("rt_sigaction", Signals.SIGUSR1, DATA, 0, 8);
            p.call("getppid");
            p.exit(0);
        });
    }

    /** Every byte differs from its neighbours; fpsr and fpcr, or fpscr, have bits that exist. */
    private static byte[] pattern(final int size, final int registers) {
        final ByteBuffer set = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < registers; i++) {
            set.put(i, (byte) (i * 7 + 3));
        }
        set.putInt(registers, size == 260 ? 0x0300_0011 : 0x0800_0011);
        if (size == 528) {
            set.putInt(registers + 4, 0x0340_0000);
        }
        return set.array();
    }

    private static byte[] get(final Arm64Guest g, final int note, final int size) {
        final byte[] set = new byte[size];
        assertThat(g.k.ptrace.getRegset(g.harness, g.main.pid, note, set)).isEqualTo(size);
        return set;
    }

    @ParameterizedTest
    @CsvSource({"a64, 2, 528, 512, 608", "a32, 1024, 260, 256, 368"})
    void the_frame_of_a_handler_holds_the_vector_registers_and_sigreturn_takes_them_back(
            final String mode, final int note, final int size, final int registers, final int offset) {
        try (Arm64Guest g = guest(mode)) {
            g.attach();
            do {
                assertThat(g.resume(PTRACE_SYSCALL)).isIn("entry", "exit");
            } while (g.main.regs.slot[mode.equals("a64") ? 8 : 7]
                    != g.k.arch.abi(mode).number("getppid"));
            final byte[] before = pattern(size, registers);
            g.k.ptrace.setRegset(g.harness, g.main.pid, note, before);
            assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("exit");
            // From a system call stop the signal is sent first, then delivered.
            assertThat(g.resume(PTRACE_SYSCALL, Signals.SIGUSR1)).isEqualTo("SIGUSR1 code 128");
            assertThat(g.resume(PTRACE_SINGLESTEP, Signals.SIGUSR1)).isEqualTo("SIGTRAP code 5");
            final byte[] inFrame = new byte[registers];
            g.mm.space.peek((g.reg("sp") & 0xffff_ffffL) + offset, inFrame, 0, registers);
            assertThat(inFrame).isEqualTo(Arrays.copyOf(before, registers));
            g.k.ptrace.setRegset(g.harness, g.main.pid, note, new byte[size]);
            assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("entry");
            assertThat(get(g, note, size)).isEqualTo(new byte[size]);
            assertThat(g.resume(PTRACE_SYSCALL)).isEqualTo("exit");
            assertThat(get(g, note, size)).isEqualTo(before);
        }
    }

    @Test
    void native_tasks_have_no_vfp_set_and_compat_ones_no_fpsimd_set() {
        try (Arm64Guest a64 = guest("a64");
                Arm64Guest a32 = guest("a32")) {
            assertThat(a64.k.arch.getRegset(a64.main, NT_ARM_VFP)).isNull();
            assertThat(a32.k.arch.getRegset(a32.main, NT_PRFPREG)).isNull();
        }
    }

    @Test
    void a_thread_keeps_the_registers_while_others_run_and_exec_clears_them() {
        final A64Machine machine = new A64Machine();
        final Arm64Thread thread = new Arm64Thread();
        final Arm64Thread child = new Arm64Thread();
        machine.set(A64Regs.v(31) + 1, 5).set(A64Regs.FPSR, 1);
        thread.save(machine.state, false);
        child.copyFrom(thread);
        thread.flush();
        thread.load(machine.state, false);
        assertThat(machine.get(A64Regs.v(31) + 1)).isZero();
        child.load(machine.state, false);
        assertThat(machine.get(A64Regs.v(31) + 1)).isEqualTo(5);
        assertThat(machine.get(A64Regs.FPSR)).isEqualTo(1);
    }
}
