package org.kernelentry.kernel.testing;

import org.kernelentry.kernel.Kernel;
import org.kernelentry.machine.Cpu;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.MemoryFault;

/** Runs a {@link TestProgram}. */
public final class TestCpu implements Cpu {
    /** Register of the system call number. */
    public static final int NR = 6;

    public static final int SP = 7;
    /** Scratch registers 8..14 are the program's. */
    public static final int COUNT = 15;

    static final int REGISTERS = 16;

    private final Kernel k;
    private final TestProgram program;
    private final CpuState state = new CpuState(REGISTERS);
    private long retired;
    private long left;
    private boolean interrupt;
    private long faultAddress;
    private int faultAccess;
    private boolean faultPresent;

    TestCpu(final Kernel kernel, final TestProgram program) {
        this.k = kernel;
        this.program = program;
    }

    /** {@code comm/pid} of who runs. */
    String who() {
        for (int i = 0; i < k.cpus.length; i++) {
            if (k.cpus[i].machine == this) {
                return k.cpus[i].current.toString();
            }
        }
        return "nobody";
    }

    /** Counts up to {@code wanted} instructions as one operation, as many as the budget has. */
    long spend(final long wanted) {
        final long spent = Math.min(wanted, state.singleStep ? 1 : left);
        // The one of the operation itself is counted by run().
        left -= spent - 1;
        retired += spent - 1;
        return spent;
    }

    @Override
    public CpuState state() {
        return state;
    }

    @Override
    public void switchTo(final AddressSpace space) {
        state.memory = space;
    }

    @Override
    public int run(final long budget) {
        if (budget < 1) {
            throw new IllegalArgumentException("budget " + budget);
        }
        left = budget;
        while (left > 0) {
            if (interrupt) {
                interrupt = false;
                return CpuExit.INTERRUPT_WINDOW;
            }
            final long pc = state.pc;
            final boolean step = state.singleStep;
            final TestProgram.Op op = program.at(pc);
            state.pc = pc + 4;
            int exit;
            try {
                exit = op.run(this);
            } catch (final MemoryFault fault) {
                faultAddress = fault.address;
                faultAccess = fault.access;
                faultPresent = fault.present;
                exit = CpuExit.PAGE_FAULT;
            }
            if (exit == CpuExit.UNDEFINED || exit == CpuExit.PAGE_FAULT || exit == CpuExit.BREAKPOINT) {
                state.pc = pc;
                return exit;
            }
            retired++;
            left--;
            if (exit != TestProgram.NEXT) {
                return exit;
            }
            if (step) {
                return CpuExit.SINGLE_STEP;
            }
        }
        return CpuExit.INTERRUPT_WINDOW;
    }

    @Override
    public long retired() {
        return retired;
    }

    @Override
    public long exitDetail() {
        return 0;
    }

    @Override
    public long faultAddress() {
        return faultAddress;
    }

    @Override
    public int faultAccess() {
        return faultAccess;
    }

    @Override
    public boolean faultOnPresentPage() {
        return faultPresent;
    }

    @Override
    public void requestInterrupt() {
        interrupt = true;
    }
}
