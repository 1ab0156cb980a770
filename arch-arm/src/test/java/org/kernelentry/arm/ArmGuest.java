package org.kernelentry.arm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.KernelConfig.Option;
import org.kernelentry.kernel.ptrace.PtraceRequest;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;

/** A kernel with one guest process of machine code, and the test as its parent and tracer. */
public final class ArmGuest implements AutoCloseable {
    public static final long CODE = 0x40_0000;
    public static final long DATA = 0x60_0000;
    public static final long STACK_TOP = 0x90_0000;

    private static final long SIZE = 0x1_0000;
    private static final int WALL = 0x4000_0000;
    private static final int RW = AddressSpace.PROT_READ | AddressSpace.PROT_WRITE;

    public final Kernel k;
    public final Task harness;
    public final Task main;
    public final Mm mm;
    public final String mode;
    public final GuestAssembler a;

    /** @param program writes the guest's code with the methods of this guest and of {@link #a} */
    public ArmGuest(final KernelConfig config, final String mode, final Consumer<ArmGuest> program) {
        this.k = new Kernel(config, new ArmPort());
        this.mode = mode;
        final long top = k.arch.taskSize(mode);
        this.mm = new Mm(PagedSpace.create(top), top);
        // The test's own reference: memory can be read when the guest is gone.
        mm.users++;
        k.arch.mapVdso(mm, mode);
        this.a = k.arch.assembler(mode, CODE, mm);
        program.accept(this);
        final byte[] code = a.finish();
        mm.space.map(CODE, SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
        mm.space.poke(CODE, code, 0, code.length);
        mm.space.map(DATA, SIZE, RW);
        mm.space.map(STACK_TOP - SIZE, SIZE, RW);
        this.harness = k.processes.createHarness("harness");
        this.main = k.processes.create(harness, "guest", mode, mm, CODE, STACK_TOP - 64);
    }

    /** The native or generic kernel with the options a mode needs. */
    public static KernelConfig config(final Flavour flavour, final String mode) {
        final KernelConfig config = KernelConfig.of(flavour);
        return mode.equals("oabi") ? config.with(Option.OABI_COMPAT) : config;
    }

    public ArmGuest(final Flavour flavour, final String mode, final Consumer<ArmGuest> program) {
        this(config(flavour, mode), mode, program);
    }

    @Override
    public void close() {
        k.close();
    }

    // ---- writing the program

    public int number(final String call) {
        final int number = k.arch.abi(mode).number(call);
        assertThat(number).as(call).isNotNegative();
        return number;
    }

    /** The call with constant arguments. */
    public ArmGuest call(final String name, final long... arguments) {
        final Arg[] args = new Arg[arguments.length];
        for (int i = 0; i < args.length; i++) {
            args[i] = new Arg.Const(arguments[i]);
        }
        return call(name, new Label("at"), args);
    }

    /** @param at bound to the system call instruction */
    public ArmGuest call(final String name, final Label at, final Arg... arguments) {
        return callNumber(number(name), at, arguments);
    }

    public ArmGuest callNumber(final long number, final Label at, final Arg... arguments) {
        a.syscall(a.entries().get(0), new Arg.Const(number), List.of(arguments), at, new Label("after"));
        return this;
    }

    /** Stores the result of the call before as variable {@code index}. */
    public ArmGuest result(final int index) {
        a.result(GuestAssembler.T0);
        a.storeVariable(variableAddress(index), GuestAssembler.T0);
        return this;
    }

    public ArmGuest set(final int index, final long value) {
        a.loadConst(GuestAssembler.T0, value);
        a.storeVariable(variableAddress(index), GuestAssembler.T0);
        return this;
    }

    /** Installs the code at {@code handler} with rt_sigaction; the action is built at a fixed place in the data. */
    public ArmGuest handle(final int signal, final Label handler, final long flags) {
        final long action = DATA + 0x800;
        a.loadAddress(GuestAssembler.T0, handler);
        a.storeVariable(action, GuestAssembler.T0);
        a.loadConst(GuestAssembler.T0, flags);
        a.storeVariable(action + 4, GuestAssembler.T0);
        a.loadConst(GuestAssembler.T0, 0);
        for (int offset = 8; offset < 20; offset += 4) {
            a.storeVariable(action + offset, GuestAssembler.T0);
        }
        return call("rt_sigaction", signal, action, 0, 8);
    }

    public ArmGuest raise(final int signal) {
        call("gettid");
        a.result(GuestAssembler.T0);
        a.storeVariable(variableAddress(63), GuestAssembler.T0);
        return call("tkill", new Label("tkill"), new Arg.Variable(variableAddress(63)), new Arg.Const(signal));
    }

    public ArmGuest exit(final int status) {
        return call("exit_group", status);
    }

    public static long variableAddress(final int index) {
        return DATA + 0x1000 + 16L * index;
    }

    /** A variable, sign-extended. */
    public int variable(final int index) {
        return mm.space.load32(variableAddress(index));
    }

    // ---- running

    /** Lets the guest run until it ends; its wait status. */
    public int run() {
        k.sched.setBudget(5_000_000);
        k.processes.startFirst(main);
        return waitStatus();
    }

    /** Lets it run, expecting {@code exit_group(0)} and no warning. */
    public ArmGuest runToExit() {
        assertThat(Integer.toHexString(run())).isEqualTo("0");
        assertThat(k.log.warnings()).isEmpty();
        return this;
    }

    public int waitStatus() {
        final int[] status = new int[1];
        assertThat(k.processes.wait4(harness, main.pid, WALL, status)).isPositive();
        return status[0];
    }

    // ---- tracing

    /** Attaches before the first instruction and waits for the stop. */
    public ArmGuest attach() {
        k.sched.setBudget(5_000_000);
        ptrace(PtraceRequest.PTRACE_ATTACH, 0);
        k.processes.startFirst(main);
        assertThat(waitStatus()).isEqualTo(Signals.SIGSTOP << 8 | 0x7f);
        ptrace(PtraceRequest.PTRACE_SETOPTIONS, PtraceRequest.PTRACE_O_TRACESYSGOOD);
        return this;
    }

    public void ptrace(final int request, final long data) {
        assertThat(k.ptrace.ptrace(harness, request, main.pid, 0, data)).isZero();
    }

    public String resume(final int request) {
        return resume(request, 0);
    }

    /** Resumes and describes the next stop or end: {@code entry 20}, {@code exit 100}, {@code signal SIGUSR1}, {@code exited 0}. */
    public String resume(final int request, final int signal) {
        ptrace(request, signal);
        final int status = waitStatus();
        if ((status & 0x7f) == 0) {
            return "exited " + (status >> 8);
        }
        if ((status & 0xff) != 0x7f) {
            return "killed by " + Signals.name(status & 0x7f);
        }
        final int stop = status >> 8;
        if (stop == (Signals.SIGTRAP | 0x80)) {
            final long nr = k.arch.syscallGetNr(main, main.regs);
            return main.ptrace.message == 1
                    ? "entry " + nr
                    : "exit " + Errno.show(k.arch.syscallGetReturnValue(main, main.regs));
        }
        return stop >> 8 != 0 ? "event " + (stop >> 8) : "signal " + Signals.name(stop);
    }

    public List<String> resumes(final int request, final int count) {
        final List<String> stops = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            stops.add(resume(request));
        }
        return stops;
    }

    public SigInfo sigInfo() {
        final SigInfo[] info = new SigInfo[1];
        assertThat(k.ptrace.getSigInfo(harness, main.pid, info)).isZero();
        return info[0];
    }

    public long reg(final int slot) {
        return main.regs.slot[slot];
    }
}
