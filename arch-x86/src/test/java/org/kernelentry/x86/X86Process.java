package org.kernelentry.x86;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.ptrace.PtraceRequest;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.x86.abi.X86Abi;

/** A kernel with one guest process of machine code, and the harness task that waits for it or traces it. */
public final class X86Process implements AutoCloseable {
    public static final long CODE = 0x1000_0000;
    public static final long DATA = 0x2000_0000;
    public static final long STACK_TOP = 0x3000_0000;
    private static final long STACK_SIZE = 16L * AddressSpace.PAGE_SIZE;
    private static final int RW = AddressSpace.PROT_READ | AddressSpace.PROT_WRITE;

    public final Kernel k;
    public final Task harness;
    public final Task task;
    public final Mm mm;
    public final String mode;

    /** @param program given an assembler of the mode; what follows it is exit_group(0) */
    public X86Process(final String mode, final Consumer<GuestAssembler> program) {
        this(KernelConfig.of(Flavour.GENERIC), mode, program);
    }

    public X86Process(final KernelConfig config, final String mode, final Consumer<GuestAssembler> program) {
        this.mode = mode;
        this.k = new Kernel(config, new X86Port());
        this.mm = new Mm(PagedSpace.create(k.arch.taskSize(mode)), k.arch.taskSize(mode));
        mm.mmapBase = 0x4000_0000;
        // The test looks at the memory after the process is gone.
        mm.users++;
        k.arch.mapVdso(mm, mode);
        final GuestAssembler a = k.arch.assembler(mode, CODE, mm);
        program.accept(a);
        call(a, "exit_group", 0);
        final byte[] code = a.finish();
        mm.space.map(
                CODE,
                code.length + AddressSpace.PAGE_SIZE & -AddressSpace.PAGE_SIZE,
                AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
        mm.space.poke(CODE, code, 0, code.length);
        mm.space.map(DATA, 4L * AddressSpace.PAGE_SIZE, RW);
        mm.space.map(STACK_TOP - STACK_SIZE, STACK_SIZE, RW);
        this.harness = k.processes.createHarness("harness");
        this.task = k.processes.create(harness, "guest", mode, mm, CODE, STACK_TOP - 64);
    }

    /** A call by name through the mode's first entry. */
    public static void call(final GuestAssembler a, final String name, final long... arguments) {
        callBy(a, a.entries().get(0), name, arguments);
    }

    /** A call by name; the number is of the table the entry reaches. */
    public static void callBy(final GuestAssembler a, final String entry, final String name, final long... arguments) {
        final List<Arg> args = new ArrayList<>();
        for (final long argument : arguments) {
            args.add(new Arg.Const(argument));
        }
        final int number = (entry.equals("syscall") ? X86Abi.X64 : X86Abi.IA32).number(name);
        a.syscall(entry, new Arg.Const(number), args, new Label("at"), new Label("after"));
    }

    public void start() {
        k.processes.startFirst(task);
    }

    /** Starts it under a tracer that has seized it; it has made the stop of PTRACE_INTERRUPT. */
    public X86Process startTraced() {
        ptrace(PtraceRequest.PTRACE_SEIZE, 0, PtraceRequest.PTRACE_O_TRACESYSGOOD);
        ptrace(PtraceRequest.PTRACE_INTERRUPT, 0, 0);
        start();
        waitStop();
        return this;
    }

    public long ptrace(final int request, final long address, final long data) {
        return k.ptrace.ptrace(harness, request, task.pid, address, data);
    }

    /** Resumes with {@code request} and waits for the next stop or the end. */
    public int resume(final int request, final long signal) {
        final long result = ptrace(request, 0, signal);
        if (result != 0) {
            throw new IllegalStateException("resume failed with " + result);
        }
        return waitStop();
    }

    /** Wait status of the next thing that happens to the process. */
    public int waitStop() {
        final int[] status = new int[1];
        final long pid = k.processes.wait4(harness, -1, 0, status);
        if (pid < 0) {
            throw new IllegalStateException("wait4 failed with " + pid);
        }
        return status[0];
    }

    /** Starts it and waits for its end; the wait status. */
    public int run() {
        start();
        return waitStop();
    }

    /** A register of the stopped process by its name in the register set. */
    public long register(final String name) {
        final byte[] bytes = k.arch.getRegset(task, 1);
        final int offset = k.arch.registerOffset(task, name);
        if (bytes == null || offset < 0) {
            throw new IllegalArgumentException("no register " + name);
        }
        long value = 0;
        for (int n = k.arch.registerSize(task) - 1; n >= 0; n--) {
            value = value << 8 | bytes[offset + n] & 0xff;
        }
        return value;
    }

    /** PTRACE_POKEUSR of a register by name. */
    public long poke(final String name, final long value) {
        return ptrace(PtraceRequest.PTRACE_POKEUSR, k.arch.registerOffset(task, name), value);
    }

    public SigInfo siginfo() {
        final SigInfo[] info = new SigInfo[1];
        k.ptrace.getSigInfo(harness, task.pid, info);
        return info[0];
    }

    public long word(final long address) {
        return k.arch.abi(mode).wordSize() == 8 ? mm.space.load64(address) : mm.space.load32(address) & 0xffff_ffffL;
    }

    @Override
    public void close() {
        k.close();
    }
}
