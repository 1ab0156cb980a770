package org.kernelentry.arm64.decode;

import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.kernelentry.arm64.A64Regs;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.machine.memory.CodeWindow;

/**
 * Decodes A64: Armv8.0-A as EL0 may execute it, with floating point, Advanced SIMD, LSE atomics, CRC32 and
 * the cryptographic instructions.
 *
 * <p>The tables follow the encoding groups of the Arm ARM (DDI 0487 C4.1), one class per group. Half-precision arithmetic, SVE, pointer
 * authentication beyond the hints, memory tagging and everything that EL0 may not execute are undefined.
 */
public final class A64Decoder {
    /** Rows are found by bits 28:21, which hold op0 and most of the subgroup. */
    private static final int KEY_SHIFT = 21;

    private static final DecodeTable<A64Emitter> TABLE = new DecodeTable<>(32, KEY_SHIFT);

    static {
        DataProcessingImmediate.rows(TABLE);
        BranchesAndSystem.rows(TABLE);
        LoadsAndStores.rows(TABLE);
        Atomics.rows(TABLE);
        DataProcessingRegister.rows(TABLE);
        FloatingPoint.rows(TABLE);
        SimdLoadsAndStores.rows(TABLE);
        SimdStructures.rows(TABLE);
        final VectorRows vectors = new VectorRows(TABLE);
        SimdThreeSame.rows(vectors);
        SimdThreeDifferent.rows(vectors);
        SimdTwoMisc.rows(vectors);
        SimdAcross.rows(vectors);
        SimdShiftImmediate.rows(vectors);
        SimdIndexed.rows(vectors);
        SimdCopy.rows(TABLE);
        Cryptography.rows(TABLE);
    }

    private final int helperBase;
    private final Set<A64Feature> features;

    /**
     * @param helperBase number of the first of {@link #helpers()} in the instruction set's own array
     * @param features what the CPU has beyond Armv8.0-A
     */
    public A64Decoder(final int helperBase, final Set<A64Feature> features) {
        this.helperBase = helperBase;
        this.features = Set.copyOf(features);
    }

    /** The helpers that decoded code calls, for one CPU, by number. */
    public static IntFunction<Helper> helpers() {
        return A64Helpers.ofOneCpu();
    }

    static DecodeTable<A64Emitter> table() {
        return TABLE;
    }

    /** The table, for judges and tests. */
    public static List<DecodeTable<?>> tables() {
        return List.of(TABLE);
    }

    /** As {@code Isa.decode}. */
    public void decode(final CodeWindow code, final BlockBuilder out) {
        final long pc = code.pc();
        if ((pc & 3) != 0) {
            out.exitWith(CpuExit.ALIGNMENT, out.constant(pc), pc);
            return;
        }
        final int insn = code.s32();
        final A64Emitter e = new A64Emitter(out, pc, insn, helperBase, features);
        // Any instruction ends what the branch before it left; of exceptions in one, SPSR_EL1.BTYPE is defined for a
        // breakpoint's only
        // (AArch64.TakeException()).
        if (features.contains(A64Feature.BTI) && !BranchesAndSystem.isBreakpoint(insn)) {
            out.constant(A64Regs.BTYPE, 0);
        }
        if (!TABLE.decode(e, insn)) {
            e.undefined();
        }
    }
}
