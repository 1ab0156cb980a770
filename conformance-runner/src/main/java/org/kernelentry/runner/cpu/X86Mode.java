package org.kernelentry.runner.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.Isa;
import org.kernelentry.x86.FxArea;
import org.kernelentry.x86.X86Regs;
import org.kernelentry.x86.decode.X86Isa;
import org.kernelentry.x86.decode.X86Samples;

/** x86 in 64-bit or in 32-bit code. A state is what {@code host-judge.c} says: general registers, pc, flags, and FXSAVE's area. */
final class X86Mode implements CpuMode {
    static final int RSP = 4;
    static final int PC = 16;
    static final int FLAGS = 17;
    private static final int LONG = 18;
    static final int FX = 20;
    static final int MXCSR = FX + 3;
    static final int ST = FX + 4;
    private static final int XMM = FX + 20;
    private static final int GENERALS = 16;
    private static final int ST_REGISTERS = 8;
    private static final long STATUS_FLAGS = 0x8d5;
    private static final long COMPARED_FLAGS = 0x40cd5;
    private static final long DF = 0x400;
    private static final long AC = 0x40000;
    private static final long FIXED = 0x202;
    private static final long MASKED = 0x1f80;
    private static final long FCW = 0x37f;
    private static final long CONDITION_BITS = 0x4700;
    /** The last opcode is kept by some processors for every instruction, by others for exceptions only (SDM vol. 1, 8.1.9). */
    private static final long WITHOUT_FOP = -1L >>> 16;

    /** ES and B. */
    private static final long PENDING = 0x8080;

    private static final long LOW = 0xffff_ffffL;

    private final boolean longMode;
    private final X86Samples samples;

    X86Mode(boolean longMode) {
        this.longMode = longMode;
        this.samples = new X86Samples(longMode ? X86Regs.MODE_64 : X86Regs.MODE_32);
    }

    @Override
    public String name() {
        return longMode ? "x64" : "ia32";
    }

    @Override
    public String arch() {
        return "x86";
    }

    @Override
    public Isa isa() {
        return new X86Isa();
    }

    /** UD2. */
    @Override
    public byte[] filler() {
        return new byte[] {0x0f, 0x0b};
    }

    @Override
    public List<String> registers() {
        List<String> names = new ArrayList<>(Collections.nCopies(HostJudge.WORDS, ""));
        for (int i = 0; i < (longMode ? GENERALS : GENERALS / 2); i++) {
            names.set(i, X86Regs.name(i));
        }
        names.set(PC, "pc");
        names.set(FLAGS, "flags");
        names.set(FX, "fpu");
        names.set(MXCSR, "mxcsr");
        for (int i = 0; i < ST_REGISTERS; i++) {
            names.set(ST + 2 * i, "st" + i);
            names.set(ST + 2 * i + 1, "se" + i);
        }
        for (int i = 0; i < (longMode ? GENERALS : GENERALS / 2); i++) {
            names.set(XMM + 2 * i, "xmm" + i);
            names.set(XMM + 2 * i + 1, "xmm" + i + "h");
        }
        return names;
    }

    @Override
    public int pc() {
        return PC;
    }

    @Override
    public boolean isAddress(int register) {
        return register <= PC;
    }

    @Override
    public long[] state(Random random) {
        long[] state = new long[HostJudge.WORDS];
        for (int i = 0; i < GENERALS; i++) {
            long value = RandomState.general(random);
            state[i] = longMode ? value : i < GENERALS / 2 ? value & 0xffff_ffffL : 0;
        }
        state[FLAGS] = FIXED | random.nextInt() & STATUS_FLAGS | (random.nextInt(4) == 0 ? DF : 0);
        state[LONG] = longMode ? 1 : 0;
        state[FX] = x87(random);
        long mxcsr = MASKED;
        switch (random.nextInt(6)) {
            case 0 -> mxcsr |= random.nextInt() & 0xe040L;
            case 1 -> mxcsr |= random.nextInt() & 0xe07fL;
            case 2 -> mxcsr = random.nextInt() & 0xffffL;
            default -> {}
        }
        // MXCSR_MASK above it is the processor's own.
        state[MXCSR] = mxcsr;
        for (int i = 0; i < ST_REGISTERS; i++) {
            long[] value = random.nextInt(4) == 0
                    ? new long[] {RandomState.vector(random), 0xffff}
                    : RandomState.extended(random);
            state[ST + 2 * i] = value[0];
            state[ST + 2 * i + 1] = value[1];
        }
        for (int i = 0; i < 2 * GENERALS; i++) {
            long value = RandomState.vector(random);
            state[XMM + i] = longMode || i < GENERALS ? value : 0;
        }
        state[FLAGS] |= random.nextInt(8) == 0 ? AC : 0;
        return state;
    }

    /** Control, status and tags; an exception is pending now and then. */
    private static long x87(Random random) {
        long top = random.nextInt(3) == 0 ? random.nextInt(8) : 0;
        // ST(0) to ST(n - 1) are full, or any.
        long tags = random.nextInt(4) == 0 ? random.nextInt(256) : (1L << random.nextInt(9)) - 1;
        tags = (tags << top | tags << top >>> 8) & 0xff;
        long control = FCW;
        if (random.nextInt(3) == 0) {
            control = control & ~0xf00L | random.nextInt() & 0xf00L;
        }
        if (random.nextInt(4) == 0) {
            control = control & ~0x3fL | random.nextInt() & 0x3fL;
        }
        long status = top << 11;
        if (random.nextInt(3) == 0) {
            status |= random.nextInt() & CONDITION_BITS;
        }
        if (random.nextInt(4) == 0) {
            status |= random.nextInt() & 0x7fL & (random.nextInt(8) == 0 ? -1 : control | 0x40);
        }
        if ((status & ~control & 0x3f) != 0) {
            status |= PENDING;
        }
        return control | status << 16 | tags << 32;
    }

    @Override
    public void load(CpuState s, long[] state) {
        X86Regs.reset(s, longMode ? X86Regs.MODE_64 : X86Regs.MODE_32);
        System.arraycopy(state, 0, s.r, 0, GENERALS);
        s.pc = state[PC];
        X86Regs.setRflags(s, state[FLAGS]);
        ByteBuffer area = ByteBuffer.allocate(FxArea.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        area.asLongBuffer().put(state, FX, FxArea.SIZE / Long.BYTES);
        FxArea.read(s.r, X86Regs.FPU, area.array(), GENERALS);
    }

    @Override
    public long[] store(CpuState s) {
        long[] state = new long[HostJudge.WORDS];
        System.arraycopy(s.r, 0, state, 0, GENERALS);
        state[PC] = s.pc;
        state[FLAGS] = X86Regs.rflags(s) & COMPARED_FLAGS | FIXED;
        state[LONG] = longMode ? 1 : 0;
        byte[] area = new byte[FxArea.SIZE];
        FxArea.write(s.r, X86Regs.FPU, area, GENERALS);
        ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(state, FX, FxArea.SIZE / Long.BYTES);
        state[MXCSR] &= LOW;
        state[FX] &= WITHOUT_FOP;
        return state;
    }

    @Override
    public byte[] instruction(Random random) {
        return samples.instruction(random);
    }

    @Override
    public String row(byte[] code) {
        return samples.mnemonic(code);
    }

    @Override
    public boolean excluded(byte[] code) {
        return samples.boundToMachine(code);
    }

    @Override
    public String chapter(byte[] code) {
        return samples.chapter(code);
    }

    @Override
    public Map<String, Integer> chapters() {
        return samples.chapters();
    }

    @Override
    public boolean definite(byte[] code) {
        return X86Undefined.definite(row(code), code);
    }

    @Override
    public String mask(CpuCase test, CpuOutcome ours, CpuOutcome theirs) {
        // RF is set by the fault itself.
        theirs.after()[FLAGS] = theirs.after()[FLAGS] & COMPARED_FLAGS | FIXED;
        theirs.after()[MXCSR] &= LOW;
        theirs.after()[FX] &= WITHOUT_FOP;
        return X86Undefined.section(samples, test, ours, theirs);
    }

    @Override
    public CpuJudge judge() {
        return new HostJudge();
    }
}
