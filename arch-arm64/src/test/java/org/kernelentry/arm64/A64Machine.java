package org.kernelentry.arm64;

import java.util.Set;
import org.kernelentry.arm64.decode.A64Feature;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.engine.EngineCpu;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;

/** A CPU with a page of code and pages of data, for tests that run instructions without a kernel. */
public final class A64Machine {
    public static final long CODE = 0x40_0000;
    /** Middle of the data: {@link #DATA_PAGES} pages on either side. */
    public static final long DATA = 0x210_1000;

    public static final int DATA_PAGES = 4;
    private static final long TOP = 1L << 47;

    public final EngineCpu cpu;
    public final CpuState state;
    public final AddressSpace memory = PagedSpace.create(TOP);

    public A64Machine() {
        this(Set.of());
    }

    public A64Machine(final Set<A64Feature> features) {
        cpu = new EngineCpu(new Arm64Isa(features));
        state = cpu.state();
        final long half = (long) DATA_PAGES * AddressSpace.PAGE_SIZE;
        memory.map(CODE, 2L * AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
        memory.map(DATA - half, 2 * half, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
        cpu.switchTo(memory);
        state.pc = CODE;
        state.r[A64Regs.SP] = DATA;
    }

    /** Puts instruction words at {@link #CODE} and the pc at the first. */
    public A64Machine code(final int... words) {
        final byte[] bytes = new byte[4 * words.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (words[i / 4] >>> 8 * (i & 3));
        }
        return code(bytes);
    }

    /** Puts machine code at {@link #CODE} and the pc at its start. */
    public A64Machine code(final byte[] bytes) {
        memory.poke(CODE, bytes, 0, bytes.length);
        state.pc = CODE;
        return this;
    }

    public A64Machine set(final int register, final long value) {
        state.r[register] = value;
        return this;
    }

    public long get(final int register) {
        return state.r[register];
    }

    /** Runs one instruction; the exit code. */
    public int step() {
        state.singleStep = true;
        final int exit = cpu.run(1);
        state.singleStep = false;
        return exit;
    }

    /** Runs until something other than the budget ends it; at most 10 000 instructions. */
    public int run() {
        return cpu.run(10_000);
    }
}
