package org.kernelentry.runner.cpu;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.isa.aarch32.A32Regs;
import org.kernelentry.isa.aarch32.A32T32Isa;
import org.kernelentry.isa.aarch32.Aarch32Decoder;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.Isa;
import org.kernelentry.runner.cpu.CpuOutcome.End;

/** A32 and T32 of ARMv7-A with VFPv4 and Advanced SIMD. */
final class ArmMode extends ArmFamilyMode {
    private static final A32Regs REGS = A32T32Isa.REGS;
    private static final int GENERALS = 15;
    private static final int FIRST_WIDE = 0xe800;
    private static final int AL = 14;
    private static final long CPSR_E = 1 << 9;

    private final boolean thumb;

    ArmMode(boolean thumb) {
        super(thumb ? "thumb" : "arm", "arm", Aarch32Decoder.tables(thumb));
        this.thumb = thumb;
    }

    @Override
    public Isa isa() {
        return new A32T32Isa();
    }

    /** UDF #240 in T32, UDF in A32. */
    @Override
    public byte[] filler() {
        return thumb
                ? new byte[] {(byte) 0xf0, (byte) 0xde}
                : new byte[] {(byte) 0xf0, (byte) 0xde, (byte) 0xfd, (byte) 0xe7};
    }

    @Override
    public List<String> registers() {
        List<String> names = new ArrayList<>(Collections.nCopies(VECTOR + VECTOR_WORDS, ""));
        for (int i = 0; i < 13; i++) {
            names.set(i, "r" + i);
        }
        names.set(A32Regs.SP, "sp");
        names.set(A32Regs.LR, "lr");
        names.set(PC, "pc");
        names.set(STATUS, "cpsr");
        names.set(FPCR, "fpscr");
        for (int i = 0; i < 32; i++) {
            names.set(VECTOR + i, "d" + i);
        }
        return names;
    }

    @Override
    public long[] state(Random random) {
        long[] state = new long[VECTOR + VECTOR_WORDS];
        generalAndVector(random, state, GENERALS, 32);
        for (int i = 0; i < GENERALS; i++) {
            state[i] &= 0xffff_ffffL;
        }
        int cpsr = random.nextInt() & (0xf800_0000 | A32Regs.CPSR_GE) | A32Regs.CPSR_MODE_USR;
        if (thumb) {
            cpsr |= A32Regs.CPSR_T;
            if (random.nextInt(5) == 0) {
                int it = random.nextInt(AL) << 4 | random.nextInt(15) + 1;
                cpsr |= (it & 3) << 25 | (it & 0xfc) << 8;
            }
        }
        state[STATUS] = cpsr & 0xffff_ffffL;
        int fpscr = random.nextInt(3) == 0 ? random.nextInt() & 0xf800_009f : 0;
        fpscr |= random.nextInt(2) == 0 ? random.nextInt() & 0x07c0_0000 : 0;
        state[FPCR] = fpscr & 0xffff_ffffL;
        return state;
    }

    @Override
    public void load(CpuState s, long[] state) {
        System.arraycopy(state, 0, s.r, 0, GENERALS);
        s.pc = state[PC];
        REGS.setCpsr(s, (int) state[STATUS]);
        REGS.setFpscr(s, (int) state[FPCR]);
        REGS.clearExclusive(s);
        System.arraycopy(state, VECTOR, s.r, REGS.vfp, 32);
    }

    @Override
    public long[] store(CpuState s) {
        long[] state = new long[VECTOR + VECTOR_WORDS];
        System.arraycopy(s.r, 0, state, 0, GENERALS);
        state[PC] = s.pc;
        state[STATUS] = REGS.cpsr(s) & 0xffff_ffffL;
        state[FPCR] = REGS.fpscr(s) & 0xffff_ffffL;
        System.arraycopy(s.r, REGS.vfp, state, VECTOR, 32);
        return state;
    }

    @Override
    int settle(Random random, int insn, DecodeTable.Row<?> row) {
        if (thumb || row.value() >>> 28 == 0xf) {
            return insn;
        }
        int cond = random.nextInt(4) == 0 ? random.nextInt(AL) : AL;
        return insn & 0x0fff_ffff | cond << 28;
    }

    @Override
    byte[] raw(Random random) {
        int insn = random.nextInt();
        if (!thumb) {
            return super.raw(random);
        }
        return random.nextInt(3) == 0 ? bytes(insn & 0xffff, 16) : bytes(insn | 0xe800_0000, 32);
    }

    /** T32 keeps the first halfword first. */
    @Override
    byte[] bytes(int insn, int width) {
        if (!thumb) {
            return super.bytes(insn, width);
        }
        if (width == 16) {
            return new byte[] {(byte) insn, (byte) (insn >>> 8)};
        }
        return super.bytes(insn >>> 16 | insn << 16, width);
    }

    private static boolean wide(byte[] code) {
        return half(code, 0) >= FIRST_WIDE && code.length >= 4;
    }

    @Override
    int first(byte[] code) {
        if (!thumb) {
            return word(code, 0);
        }
        return wide(code) ? half(code, 0) << 16 | half(code, 2) : half(code, 0);
    }

    @Override
    DecodeTable<?> table(byte[] code) {
        boolean second = thumb ? wide(code) : word(code, 0) >>> 28 == 0xf;
        return Aarch32Decoder.tables(thumb).get(second ? 1 : 0);
    }

    /** SVC, the thread registers, and the coprocessors of FPA, which qemu-arm emulates as old kernels did. */
    @Override
    public boolean excluded(byte[] code) {
        for (int at = 0; at + 4 <= code.length && !thumb; at += 4) {
            int insn = word(code, at);
            boolean supervisorCall = (insn & 0x0f00_0000) == 0x0f00_0000;
            boolean coprocessor = (insn & 0x0c00_0000) == 0x0c00_0000;
            if (supervisorCall || coprocessor && fpaOrThread(insn)) {
                return true;
            }
        }
        for (int at = 0; at + 2 <= code.length && thumb; at += 2) {
            if ((half(code, at) & 0xff00) == 0xdf00) {
                return true;
            }
            if (at + 4 <= code.length && (half(code, at) & 0xec00) == 0xec00) {
                if (fpaOrThread(half(code, at) << 16 | half(code, at + 2))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean fpaOrThread(int insn) {
        int coprocessor = insn >>> 8 & 15;
        return coprocessor == 1 || coprocessor == 2 || coprocessor == 15 && (insn & 0x000f_0000) == 0x000d_0000;
    }

    @Override
    String chapter(int insn, int width) {
        if (width == 16) {
            return "DDI 0406C, A6.2 16-bit Thumb";
        }
        return thumb ? ArmChapters.t32(insn) : ArmChapters.a32(insn);
    }

    @Override
    public boolean definite(byte[] code) {
        String row = row(code);
        return !row.isEmpty() && !ArmUndefined.indefinite(row);
    }

    @Override
    public String mask(CpuCase test, CpuOutcome ours, CpuOutcome theirs) {
        String row = row(test.codeAt(ours.after()[PC]));
        // CPSR.E, which MSR may set: our CPU has no big-endian data.
        theirs.after()[STATUS] &= ~CPSR_E;
        String section = ArmUndefined.section(test, row, ours, theirs);
        if (section.isEmpty() && ours.end() == End.PAGE_FAULT && ArmUndefined.loadsSeveral(row)) {
            // DDI 0406C B1.9.8: what a load or store of several registers leaves behind when it aborts.
            ignoreResults(ours, theirs);
        }
        return section;
    }

    @Override
    public CpuJudge judge() {
        return new QemuUserJudge("qemu-arm", "cortex-a15", "arm-linux-gnueabihf-gcc");
    }
}
