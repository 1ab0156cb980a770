package org.kernelentry.x86.decode;

import java.util.ArrayList;
import java.util.List;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.GuestTrap;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.x86.X86Exit;
import org.kernelentry.x86.X86Regs;

/** Gives the helpers of vector and x87 instructions their numbers, behind those of {@link X86Helpers}, as the rows of the tables name them. */
final class VectorHelpers {
    private static final List<Helper> HELPERS = new ArrayList<>();

    @SuppressWarnings("StaticAssignmentOfThrowable") // carries no stack trace; raising it must not allocate
    private static final GuestTrap FLOATING_POINT_ERROR = new GuestTrap(CpuExit.TRAP, X86Exit.VECTOR_MF);

    /** Raises #MF. */
    static final int RAISE_X87 = add((s, d, a, b) -> {
        throw FLOATING_POINT_ERROR;
    });

    /** Raises #GP with error code 0. */
    static final int RAISE_PROTECTION = add((s, d, a, b) -> {
        throw X86Helpers.PROTECTION_0;
    });

    /** What every MMX instruction does to the x87 state besides: TOP = 0, no register empty (SDM vol. 1, 9.6.2). */
    static final int ENTER_MMX = add((s, d, a, b) -> enterMmx(s));

    private VectorHelpers() {}

    static int add(final Helper helper) {
        HELPERS.add(helper);
        return X86Helpers.COUNT + HELPERS.size() - 1;
    }

    static Helper[] all() {
        return HELPERS.toArray(new Helper[0]);
    }

    static void enterMmx(final CpuState s) {
        s.r[X86Regs.FSW] &= ~0x3800L;
        s.r[X86Regs.FTW] = 0xff;
    }

    /** Writes an MMX register: as an x87 one it becomes a NaN or infinity. */
    static void writeMmx(final CpuState s, final int slot, final long value) {
        s.r[slot] = value;
        s.r[slot + 1] = 0xffff;
        enterMmx(s);
    }
}
