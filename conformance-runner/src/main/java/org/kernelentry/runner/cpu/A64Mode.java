package org.kernelentry.runner.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.kernelentry.arm64.A64Regs;
import org.kernelentry.arm64.Arm64Isa;
import org.kernelentry.arm64.decode.A64Decoder;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.Isa;

/**
 * A64 of Armv8.0 with LSE atomics, CRC32 and the cryptographic instructions.
 *
 * <p>Floating-point and vector encodings without a row are left out: the judge's CPU has half precision, dot products and rounding
 * doubling multiply-accumulates, which ours has not.
 */
final class A64Mode extends ArmFamilyMode {
    private static final int GENERALS = 32;

    A64Mode() {
        super("a64", "arm64", A64Decoder.tables());
    }

    @Override
    public Isa isa() {
        return new Arm64Isa();
    }

    @Override
    public byte[] filler() {
        return new byte[4];
    }

    @Override
    public List<String> registers() {
        List<String> names = new ArrayList<>(Collections.nCopies(VECTOR + VECTOR_WORDS, ""));
        for (int i = 0; i < GENERALS; i++) {
            names.set(i, i == SP ? "sp" : "x" + i);
        }
        names.set(PC, "pc");
        names.set(STATUS, "pstate");
        names.set(FPCR, "fpcr");
        names.set(FPSR, "fpsr");
        for (int i = 0; i < VECTOR_WORDS; i++) {
            names.set(VECTOR + i, "v" + i / 2 + (i % 2 == 0 ? ".l" : ".h"));
        }
        return names;
    }

    @Override
    public long[] state(Random random) {
        long[] state = new long[VECTOR + VECTOR_WORDS];
        generalAndVector(random, state, GENERALS, VECTOR_WORDS);
        if (random.nextInt(8) != 0) {
            state[SP] &= ~15L;
        }
        state[STATUS] = random.nextInt() & 0xf000_0000L;
        state[FPCR] = random.nextInt(2) == 0 ? random.nextInt() & 0x07c0_0000L : 0;
        state[FPSR] = random.nextInt(3) == 0 ? random.nextInt() & 0x0800_009fL : 0;
        return state;
    }

    @Override
    public void load(CpuState s, long[] state) {
        System.arraycopy(state, 0, s.r, 0, GENERALS);
        s.pc = state[PC];
        A64Regs.setPstate(s, state[STATUS]);
        A64Regs.clearExclusive(s);
        s.r[A64Regs.FPCR] = state[FPCR];
        s.r[A64Regs.FPSR] = state[FPSR];
        System.arraycopy(state, VECTOR, s.r, A64Regs.V, VECTOR_WORDS);
    }

    @Override
    public long[] store(CpuState s) {
        long[] state = new long[VECTOR + VECTOR_WORDS];
        System.arraycopy(s.r, 0, state, 0, GENERALS);
        state[PC] = s.pc;
        state[STATUS] = A64Regs.pstate(s);
        state[FPCR] = s.r[A64Regs.FPCR];
        state[FPSR] = s.r[A64Regs.FPSR];
        System.arraycopy(s.r, A64Regs.V, state, VECTOR, VECTOR_WORDS);
        return state;
    }

    /** SVC, HVC, SMC, the system registers whose values belong to the system, and what only the judge's CPU has. */
    @Override
    public boolean excluded(byte[] code) {
        for (int at = 0; at + 4 <= code.length; at += 4) {
            int insn = word(code, at);
            boolean calls = (insn & 0xffe0_0003) == 0xd400_0001 || (insn & 0xffe0_0003) == 0xd400_0003;
            boolean system = (insn & 0xfff0_0000) == 0xd530_0000 || (insn & 0xfff0_0000) == 0xd510_0000;
            // NZCV, FPCR and FPSR are the same everywhere.
            boolean common = (insn & 0x000f_f000) == 0x000b_4000;
            boolean vector = (insn >>> 25 & 7) == 7
                    && row(Arrays.copyOfRange(code, at, at + 4)).isEmpty();
            if (calls || vector || system && !common) {
                return true;
            }
        }
        return false;
    }

    /** DDI 0487, C4.1: the main groups, by bits 28 to 25. */
    @Override
    String chapter(int insn, int width) {
        int op0 = insn >>> 25 & 15;
        if ((op0 & 14) == 8) {
            return "DDI 0487, data processing, immediate";
        }
        if ((op0 & 14) == 10) {
            return "DDI 0487, branches, exceptions, system";
        }
        if ((op0 & 5) == 4) {
            return (insn >>> 26 & 1) == 0 ? "DDI 0487, loads and stores" : "DDI 0487, loads and stores of vectors";
        }
        return (op0 & 7) == 5 ? "DDI 0487, data processing, register" : "DDI 0487, floating point, Advanced SIMD";
    }

    @Override
    public String mask(CpuCase test, CpuOutcome ours, CpuOutcome theirs) {
        byte[] last = lastInstruction(test.code(), ours);
        String row = row(last);
        if (A64Undefined.severalAborted(row, ours, theirs)) {
            ignoreResults(ours, theirs);
        }
        return A64Undefined.section(word(last, 0), row, ours, theirs);
    }

    /** The instruction of the code at which our CPU stopped, or the first. */
    private static byte[] lastInstruction(byte[] code, CpuOutcome ours) {
        long at = ours.after()[PC] - CpuCase.CODE_START;
        int from = at >= 0 && at < code.length && (at & 3) == 0 ? (int) at : 0;
        return Arrays.copyOfRange(code, from, from + 4);
    }

    @Override
    public CpuJudge judge() {
        return new QemuUserJudge("qemu-aarch64", "neoverse-n1", "aarch64-linux-gnu-gcc");
    }
}
