package org.kernelentry.arm64;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.kernelentry.isa.aarch32.T32Assembler;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.ptrace.PtraceRequest;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;

/** A kernel with one guest process of machine code, and the test as its parent and tracer. */
public final class Arm64Guest implements AutoCloseable {
    public static final long CODE = 0x40_0000;
    public static final long DATA = 0x60_0000;
    public static final long STACK_TOP = 0x90_0000;
    private static final long STACK_SIZE = 0x1_0000;
    private static final int WALL_UNTRACED = 0x4000_0002;

    public final Kernel k;
    public final Task harness;
    public final Task main;
    public final Mm mm;
    public final String mode;

    /** @param program the guest's code; it gets {@link Program} for calls by name */
    public Arm64Guest(final KernelConfig config, final String mode, final BiConsumer<GuestAssembler, Program> program) {
        this(config, mode, false, program);
    }

    /** A compat guest whose program is Thumb code. */
    public static Arm64Guest thumb(final KernelConfig config, final BiConsumer<GuestAssembler, Program> program) {
        return new Arm64Guest(config, "a32", true, program);
    }

    private Arm64Guest(
            final KernelConfig config,
            final String mode,
            final boolean thumb,
            final BiConsumer<GuestAssembler, Program> program) {
        this.k = new Kernel(config, new Arm64Port());
        this.mode = mode;
        this.mm = new Mm(PagedSpace.create(k.arch.taskSize(mode)), k.arch.taskSize(mode));
        k.arch.mapVdso(mm, mode);
        final GuestAssembler a = thumb ? new T32Assembler(CODE) : k.arch.assembler(mode, CODE, mm);
        program.accept(a, new Program(a));
        final byte[] code = a.finish();
        map(CODE, 0x1_0000, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
        mm.space.poke(CODE, code, 0, code.length);
        map(DATA, 0x1_0000, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
        map(STACK_TOP - STACK_SIZE, STACK_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
        this.harness = k.processes.createHarness("harness");
        // The test looks at the memory when the guest is gone.
        mm.users++;
        this.main = k.processes.create(harness, "guest", mode, mm, thumb ? CODE | 1 : CODE, STACK_TOP - 64);
    }

    private void map(final long address, final long length, final int prot) {
        mm.space.map(address, length, prot);
    }

    @Override
    public void close() {
        k.close();
    }

    /** Writes calls by name into the program. */
    public final class Program {
        private final GuestAssembler a;

        private Program(final GuestAssembler a) {
            this.a = a;
        }

        public Program call(final String name, final long... arguments) {
            final Arg[] args = new Arg[arguments.length];
            for (int i = 0; i < args.length; i++) {
                args[i] = new Arg.Const(arguments[i]);
            }
            return call(name, new Label("at"), args);
        }

        /** @param at bound to the system call instruction */
        public Program call(final String name, final Label at, final Arg... arguments) {
            final int number = k.arch.abi(mode).number(name);
            assertThat(number).as(name).isNotNegative();
            a.syscall("svc", new Arg.Const(number), List.of(arguments), at, new Label("after"));
            return this;
        }

        public Program number(final long number, final long... arguments) {
            final List<Arg> args = new ArrayList<>();
            for (final long argument : arguments) {
                args.add(new Arg.Const(argument));
            }
            a.syscall("svc", new Arg.Const(number), args, new Label("at"), new Label("after"));
            return this;
        }

        /** Stores the result of the call before as variable {@code index}. */
        public Program result(final int index) {
            a.result(GuestAssembler.T0);
            a.storeVariable(variableAddress(index), GuestAssembler.T0);
            return this;
        }

        public Program exit(final int status) {
            return call("exit_group", status);
        }
    }

    public static long variableAddress(final int index) {
        return DATA + 0x1000 + 16L * index;
    }

    /** The variable as the guest's word, sign-extended. */
    public long variable(final int index) {
        return mode.equals("a64") ? mm.space.load64(variableAddress(index)) : mm.space.load32(variableAddress(index));
    }

    // ---- running

    /** Lets the guest run until it ends; its wait status. */
    public int run() {
        k.processes.startFirst(main);
        return waitStatus();
    }

    /** Lets it run, expecting {@code exit_group(0)}. */
    public Arm64Guest runToExit() {
        assertThat(Integer.toHexString(run())).isEqualTo("0");
        return this;
    }

    public int waitStatus() {
        final int[] status = new int[1];
        final long pid = k.processes.wait4(harness, -1, WALL_UNTRACED, status);
        assertThat(pid).isPositive();
        return status[0];
    }

    // ---- tracing

    /** Attaches before the first instruction and waits for the stop. */
    public Arm64Guest attach() {
        ptrace(PtraceRequest.PTRACE_ATTACH, 0);
        k.processes.startFirst(main);
        assertThat(stopSignal(waitStatus())).isEqualTo(Signals.SIGSTOP);
        ptrace(PtraceRequest.PTRACE_SETOPTIONS, PtraceRequest.PTRACE_O_TRACESYSGOOD);
        return this;
    }

    public static int stopSignal(final int status) {
        assertThat(status & 0xff).as("status %x is a stop", status).isEqualTo(0x7f);
        return status >> 8 & 0xff;
    }

    public void ptrace(final int request, final long data) {
        assertThat(k.ptrace.ptrace(harness, request, main.pid, 0, data)).isZero();
    }

    /** Resumes with the request and describes the next stop or end. */
    public String resume(final int request) {
        return resume(request, 0);
    }

    public String resume(final int request, final int signal) {
        ptrace(request, signal);
        return describe(waitStatus());
    }

    private String describe(final int status) {
        if ((status & 0x7f) == 0) {
            return "exited " + (status >> 8);
        }
        if ((status & 0xff) != 0x7f) {
            return "killed by " + Signals.name(status & 0x7f);
        }
        final int signal = status >> 8 & 0xff;
        if (signal == (Signals.SIGTRAP | 0x80)) {
            final long[] message = new long[1];
            k.ptrace.getEventMessage(harness, main.pid, message);
            return message[0] == 1 ? "entry" : "exit";
        }
        final SigInfo[] info = new SigInfo[1];
        k.ptrace.getSigInfo(harness, main.pid, info);
        return Signals.name(signal) + " code " + info[0].code();
    }

    public long reg(final String name) {
        final byte[] set = new byte[512];
        final long size = k.ptrace.getRegset(harness, main.pid, 1, set);
        assertThat(size).isPositive();
        final int at = k.arch.registerOffset(main, name);
        long value = 0;
        for (int i = k.arch.registerSize(main) - 1; i >= 0; i--) {
            value = value << 8 | set[at + i] & 0xff;
        }
        return k.arch.registerSize(main) == 4 ? (int) value : value;
    }

    public void setReg(final String name, final long value) {
        final int size = k.arch.registerSize(main) == 4 ? 72 : 272;
        final byte[] set = new byte[size];
        assertThat(k.ptrace.getRegset(harness, main.pid, 1, set)).isPositive();
        final int at = k.arch.registerOffset(main, name);
        for (int i = 0; i < k.arch.registerSize(main); i++) {
            set[at + i] = (byte) (value >>> 8 * i);
        }
        assertThat(k.ptrace.setRegset(harness, main.pid, 1, set)).isNotNegative();
    }

    /** NT_ARM_SYSTEM_CALL. */
    public int syscallNumber() {
        final byte[] set = new byte[4];
        assertThat(k.ptrace.getRegset(harness, main.pid, 0x404, set)).isPositive();
        return set[0] & 0xff | (set[1] & 0xff) << 8 | (set[2] & 0xff) << 16 | set[3] << 24;
    }

    public void setSyscallNumber(final int number) {
        final byte[] set = {(byte) number, (byte) (number >> 8), (byte) (number >> 16), (byte) (number >> 24)};
        assertThat(k.ptrace.setRegset(harness, main.pid, 0x404, set)).isNotNegative();
    }
}
