package org.kernelentry.x86.asm;

import java.util.List;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.x86.X86Regs;

/** What the assemblers of both x86 modes share: everything except system calls, handlers and register names. */
abstract class X86Assembler implements GuestAssembler {
    /** T0 to T2 are rax, rcx and rdx: no ABI preserves them. */
    private static final int[] SCRATCH = {X86Regs.RAX, X86Regs.RCX, X86Regs.RDX};

    final X86Encoder code;
    private final boolean wide;

    X86Assembler(final long origin, final boolean wide) {
        this.code = new X86Encoder(origin, wide);
        this.wide = wide;
    }

    static int register(final int t) {
        if (t < 0 || t >= SCRATCH.length) {
            throw new IllegalArgumentException("no scratch register " + t);
        }
        return SCRATCH[t];
    }

    /** Number of the register called {@code name}, for messages that reach the author of a guest program. */
    abstract int named(String name);

    @Override
    public final long origin() {
        return code.origin();
    }

    @Override
    public final long here() {
        return code.here();
    }

    @Override
    public final int wordSize() {
        return wide ? 8 : 4;
    }

    @Override
    public final void bind(final Label label) {
        code.bind(label);
    }

    // ---- moves

    @Override
    public final void loadConst(final int t, final long value) {
        code.moveConst(register(t), value);
    }

    @Override
    public final void loadAddress(final int t, final Label label) {
        addressOf(register(t), label);
    }

    final void addressOf(final int reg, final Label label) {
        if (wide) {
            // lea label(%rip), %reg
            code.bytes(0x48 | (reg & 8) >> 1, 0x8d, 0x05 | (reg & 7) << 3);
            code.relative(label);
        } else {
            code.plusReg(false, 0xb8, reg);
            code.absolute(label);
        }
    }

    @Override
    public final void loadVariable(final int t, final long address) {
        code.regAbsolute(wide, 0x8b, register(t), address);
    }

    @Override
    public final void storeVariable(final long address, final int t) {
        code.regAbsolute(wide, 0x89, register(t), address);
    }

    @Override
    public final void load(final int t, final int base, final int offset, final int size) {
        checkSize(size);
        // movzbl and movzwl; a 32-bit mov clears the upper half by itself.
        final int opcode = size == 1 ? 0x0fb6 : size == 2 ? 0x0fb7 : 0x8b;
        code.regMem(size == 8, false, opcode, register(t), register(base), offset);
    }

    @Override
    public final void store(final int t, final int base, final int offset, final int size) {
        checkSize(size);
        if (size == 2) {
            code.u8(0x66);
        }
        code.regMem(size == 8, size == 1, size == 1 ? 0x88 : 0x89, register(t), register(base), offset);
    }

    private void checkSize(final int size) {
        if (Integer.bitCount(size) != 1 || size > wordSize()) {
            throw new IllegalArgumentException("no access of " + size + " bytes here");
        }
    }

    @Override
    public final void move(final int t, final int from) {
        code.regReg(wide, 0x89, register(from), register(t));
    }

    // ---- arithmetic

    @Override
    public final void add(final int t, final int other) {
        code.regReg(wide, 0x01, register(other), register(t));
    }

    @Override
    public final void sub(final int t, final int other) {
        code.regReg(wide, 0x29, register(other), register(t));
    }

    @Override
    public final void and(final int t, final int other) {
        code.regReg(wide, 0x21, register(other), register(t));
    }

    @Override
    public final void or(final int t, final int other) {
        code.regReg(wide, 0x09, register(other), register(t));
    }

    @Override
    public final void addConst(final int t, final long value) {
        if (value == (byte) value) {
            code.digitReg(wide, 0x83, 0, register(t));
            code.u8((int) value);
        } else if (value == (int) value || !wide) {
            code.digitReg(wide, 0x81, 0, register(t));
            code.u32(value);
        } else {
            // No instruction adds 64 immediate bits: r11 belongs to nobody between instructions of the notation.
            code.moveConst(X86Regs.R11, value);
            code.regReg(true, 0x01, X86Regs.R11, register(t));
        }
    }

    @Override
    public final void shiftLeft(final int t, final int count) {
        code.digitReg(wide, 0xc1, 4, register(t));
        code.u8(count);
    }

    @Override
    public final void shiftRight(final int t, final int count) {
        code.digitReg(wide, 0xc1, 5, register(t));
        code.u8(count);
    }

    // ---- control

    @Override
    public final void jump(final Label target) {
        code.branch(0xe9, target);
    }

    @Override
    public final void jumpTo(final int t) {
        code.digitReg(false, 0xff, 4, register(t));
    }

    @Override
    public final void branch(final Rel rel, final int t, final int other, final Label target) {
        code.regReg(wide, 0x39, register(other), register(t));
        final int jcc = switch (rel) {
            case EQ -> 0x0f84;
            case NE -> 0x0f85;
            case LT -> 0x0f8c;
            case GE -> 0x0f8d;
            case LTU -> 0x0f82;
            case GEU -> 0x0f83;
        };
        code.branch(jcc, target);
    }

    @Override
    public final void call(final Label target) {
        code.branch(0xe8, target);
    }

    @Override
    public final void ret() {
        code.u8(0xc3);
    }

    // ---- kernel

    /** {@code reg} = argument. */
    final void loadArgument(final int reg, final Arg argument) {
        if (argument instanceof Arg.Const constant) {
            code.moveConst(reg, constant.value());
        } else if (argument instanceof Arg.Code label) {
            addressOf(reg, label.label());
        } else if (argument instanceof Arg.Variable variable) {
            code.regAbsolute(wide, 0x8b, reg, variable.address());
        }
    }

    /** Loads number and arguments for a system call that takes its arguments in {@code registers}. */
    final void loadArguments(final Arg number, final List<Arg> arguments, final int[] registers) {
        if (arguments.size() > registers.length) {
            throw new IllegalArgumentException(
                    "a system call takes at most " + registers.length + " arguments, not " + arguments.size());
        }
        for (int n = 0; n < arguments.size(); n++) {
            loadArgument(registers[n], arguments.get(n));
        }
        loadArgument(X86Regs.RAX, number);
    }

    /** The instruction with its labels around it. */
    final void entry(final Label at, final Label after, final int... instruction) {
        bind(at);
        code.bytes(instruction);
        bind(after);
    }

    @Override
    public final void result(final int t) {
        if (register(t) != X86Regs.RAX) {
            code.regReg(wide, 0x89, X86Regs.RAX, register(t));
        }
    }

    // ---- single instructions

    @Override
    public final void handlerReturn() {
        ret();
    }

    @Override
    public final void nop() {
        code.u8(0x90);
    }

    @Override
    public final void breakpoint() {
        code.u8(0xcc);
    }

    @Override
    public final void undefined() {
        code.bytes(0x0f, 0x0b);
    }

    @Override
    public final void spin() {
        code.bytes(0xeb, 0xfe);
    }

    @Override
    public final void raw(final byte[] bytes) {
        code.raw(bytes);
    }

    @Override
    public final void setRegister(final String name, final long value) {
        code.moveConst(named(name), value);
    }

    @Override
    public final void saveRegister(final String name, final long address) {
        code.regAbsolute(wide, 0x89, named(name), address);
    }

    @Override
    public final byte[] finish() {
        return code.finish();
    }
}
