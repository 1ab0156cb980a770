package org.kernelentry.kernel.testing;

import java.util.List;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.arch.Arch;
import org.kernelentry.kernel.arch.Port;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;

/**
 * The port of the scripted CPU, and what a test needs around it.
 *
 * <pre>{@code
 * try (Kernel k = TestPort.kernel(1)) {
 *     Task harness = k.processes.createHarness("harness");
 *     TestProgram p = TestPort.program(k);
 *     p.syscall("getppid").note("ppid", 0).exit(3);
 *     Task guest = TestPort.spawn(k, harness, "guest");
 *     int[] status = new int[1];
 *     k.processes.wait4(harness, -1, 0, status);
 * }
 * }</pre>
 */
public final class TestPort implements Port {
    /** Eight writable pages. */
    public static final long DATA = 0x10_0000;

    public static final long STACK_TOP = 0x20_0000;

    @Override
    public String name() {
        return "test";
    }

    @Override
    public List<String> modes() {
        return List.of("test", "test32");
    }

    @Override
    public Arch create(final Kernel kernel) {
        return new TestArch(kernel);
    }

    /** A kernel of the generic flavour. */
    public static Kernel kernel(final int cpus) {
        return new Kernel(KernelConfig.of(Flavour.GENERIC).withCpus(cpus), new TestPort());
    }

    /** The program text all processes of the kernel share. */
    public static TestProgram program(final Kernel kernel) {
        return ((TestArch) kernel.arch).program;
    }

    /** Memory with {@link #DATA} and a stack. */
    public static Mm memory(final Kernel kernel) {
        final AddressSpace space = PagedSpace.create(kernel.arch.taskSize("test"));
        space.map(DATA, 8 * AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
        space.map(
                STACK_TOP - 4 * AddressSpace.PAGE_SIZE,
                4 * AddressSpace.PAGE_SIZE,
                AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
        final Mm mm = new Mm(space, kernel.arch.taskSize("test"));
        mm.mmapBase = 0x4000_0000;
        mm.brkStart = 0x30_0000;
        mm.brk = mm.brkStart;
        return mm;
    }

    /** A started process at the start of the program. */
    public static Task spawn(final Kernel kernel, final Task parent, final String comm) {
        return spawn(kernel, parent, comm, TestProgram.TEXT);
    }

    /** A started process at {@code pc}. */
    public static Task spawn(final Kernel kernel, final Task parent, final String comm, final long pc) {
        final Task task = kernel.processes.create(parent, comm, "test", memory(kernel), pc, STACK_TOP);
        kernel.processes.startFirst(task);
        return task;
    }
}
