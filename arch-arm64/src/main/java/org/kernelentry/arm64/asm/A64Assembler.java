package org.kernelentry.arm64.asm;

import java.util.List;
import org.kernelentry.arm64.A64Regs;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;

/**
 * Guest programs in A64.
 *
 * <p>The scratch registers are x9 to x11; x16 and x17 (IP0 and IP1, which any call may clobber) are the assembler's own. System calls:
 * number in x8, arguments in x0 to x5, {@code svc #0}.
 */
public final class A64Assembler implements GuestAssembler {
    private static final int SCRATCH = 9;
    private static final int IP0 = 16;
    private static final int IP1 = 17;
    private static final int NUMBER = 8;
    private static final int MAX_ARGUMENTS = 6;
    private static final int RT_SIGRETURN = 139;
    private static final int DOUBLEWORD = 3;

    private final A64Code code;

    /** @param origin address of the first byte, a multiple of 4 */
    public A64Assembler(final long origin) {
        this.code = new A64Code(origin);
    }

    @Override
    public long origin() {
        return code.origin();
    }

    @Override
    public long here() {
        return code.here();
    }

    @Override
    public int wordSize() {
        return Long.BYTES;
    }

    @Override
    public void bind(final Label label) {
        label.bind(here());
    }

    private void emit(final int word) {
        code.emit(word);
    }

    private void constant(final int d, final long value) {
        code.constant(d, value);
    }

    private static int x(final int t) {
        if (t < T0 || t > T2) {
            throw new IllegalArgumentException("no scratch register " + t);
        }
        return SCRATCH + t;
    }

    // ---- moves

    @Override
    public void loadConst(final int t, final long value) {
        constant(x(t), value);
    }

    @Override
    public void loadAddress(final int t, final Label label) {
        address(x(t), label);
    }

    private void address(final int d, final Label label) {
        code.emit(A64.adr(d, 0), A64Code.Field.ADR21, label);
    }

    @Override
    public void loadVariable(final int t, final long address) {
        variable(x(t), address);
    }

    private void variable(final int d, final long address) {
        constant(d, address);
        emit(A64.ldr(DOUBLEWORD, d, d, 0));
    }

    @Override
    public void storeVariable(final long address, final int t) {
        storeWord(x(t), address, IP0);
    }

    private void storeWord(final int from, final long address, final int base) {
        constant(base, address);
        emit(A64.str(DOUBLEWORD, from, base, 0));
    }

    private static int log(final int size) {
        return switch (size) {
            case 1 -> 0;
            case 2 -> 1;
            case 4 -> 2;
            case 8 -> 3;
            default -> throw new IllegalArgumentException("no access of " + size + " bytes");
        };
    }

    @Override
    public void load(final int t, final int base, final int offset, final int size) {
        final int log = log(size);
        if (scaled(offset, size)) {
            emit(A64.ldr(log, x(t), x(base), offset));
        } else if (unscaled(offset)) {
            emit(A64.ldur(log, x(t), x(base), offset));
        } else {
            constant(IP0, offset);
            emit(A64.ldrReg(log, x(t), x(base), IP0));
        }
    }

    @Override
    public void store(final int t, final int base, final int offset, final int size) {
        final int log = log(size);
        if (scaled(offset, size)) {
            emit(A64.str(log, x(t), x(base), offset));
        } else if (unscaled(offset)) {
            emit(A64.stur(log, x(t), x(base), offset));
        } else {
            constant(IP0, offset);
            emit(A64.strReg(log, x(t), x(base), IP0));
        }
    }

    private static boolean scaled(final int offset, final int size) {
        return offset >= 0 && offset % size == 0 && offset / size < 4096;
    }

    private static boolean unscaled(final int offset) {
        return offset >= -256 && offset < 256;
    }

    @Override
    public void move(final int t, final int from) {
        emit(A64.mov(x(t), x(from)));
    }

    // ---- arithmetic

    @Override
    public void add(final int t, final int other) {
        emit(A64.add(x(t), x(t), x(other)));
    }

    @Override
    public void sub(final int t, final int other) {
        emit(A64.sub(x(t), x(t), x(other)));
    }

    @Override
    public void and(final int t, final int other) {
        emit(A64.and(x(t), x(t), x(other)));
    }

    @Override
    public void or(final int t, final int other) {
        emit(A64.orr(x(t), x(t), x(other)));
    }

    @Override
    public void addConst(final int t, final long value) {
        if (value >= 0 && value < 4096) {
            emit(A64.addImm(x(t), x(t), (int) value));
        } else if (value < 0 && value > -4096) {
            emit(A64.subImm(x(t), x(t), (int) -value));
        } else {
            constant(IP0, value);
            emit(A64.add(x(t), x(t), IP0));
        }
    }

    @Override
    public void shiftLeft(final int t, final int count) {
        emit(A64.lslImm(x(t), x(t), count));
    }

    @Override
    public void shiftRight(final int t, final int count) {
        emit(A64.lsrImm(x(t), x(t), count));
    }

    // ---- control

    @Override
    public void jump(final Label target) {
        code.emit(A64.b(0), A64Code.Field.IMM26, target);
    }

    @Override
    public void jumpTo(final int t) {
        emit(A64.br(x(t)));
    }

    @Override
    public void branch(final Rel rel, final int t, final int other, final Label target) {
        emit(A64.cmp(x(t), x(other)));
        final int cond = switch (rel) {
            case EQ -> A64.EQ;
            case NE -> A64.NE;
            case LT -> A64.LT;
            case GE -> A64.GE;
            case LTU -> A64.LO;
            case GEU -> A64.HS;
        };
        code.emit(A64.bCond(cond, 0), A64Code.Field.IMM19, target);
    }

    /** The caller keeps its own return address on the stack, so that calls nest and a plain RET returns. */
    @Override
    public void call(final Label target) {
        emit(A64.strPre(A64Regs.LR, A64Regs.SP, -16));
        code.emit(A64.bl(0), A64Code.Field.IMM26, target);
        emit(A64.ldrPost(A64Regs.LR, A64Regs.SP, 16));
    }

    @Override
    public void ret() {
        emit(A64.ret());
    }

    // ---- kernel

    @Override
    public List<String> entries() {
        return List.of("svc");
    }

    @Override
    public void syscall(
            final String entry, final Arg number, final List<Arg> arguments, final Label at, final Label after) {
        if (!entries().contains(entry)) {
            throw new IllegalArgumentException("A64 has no system call instruction " + entry);
        }
        if (arguments.size() > MAX_ARGUMENTS) {
            throw new IllegalArgumentException("a system call has at most " + MAX_ARGUMENTS + " arguments");
        }
        for (int i = 0; i < arguments.size(); i++) {
            argument(i, arguments.get(i));
        }
        argument(NUMBER, number);
        bind(at);
        emit(A64.svc(0));
        bind(after);
    }

    private void argument(final int register, final Arg value) {
        if (value instanceof Arg.Const c) {
            constant(register, c.value());
        } else if (value instanceof Arg.Code c) {
            address(register, c.label());
        } else if (value instanceof Arg.Variable v) {
            variable(register, v.address());
        }
    }

    @Override
    public void result(final int t) {
        emit(A64.mov(x(t), 0));
    }

    // ---- signal handlers

    @Override
    public void handlerEntry(final long signalAddress, final long infoAddress, final long contextAddress) {
        storeWord(0, signalAddress, IP0);
        storeWord(1, infoAddress, IP0);
        storeWord(2, contextAddress, IP0);
    }

    @Override
    public void handlerReturn() {
        emit(A64.ret());
    }

    /** A64 knows only rt_sigreturn. */
    @Override
    public void restorer(final boolean rt) {
        constant(NUMBER, RT_SIGRETURN);
        emit(A64.svc(0));
    }

    // ---- single instructions

    @Override
    public void nop() {
        emit(A64.NOP);
    }

    @Override
    public void breakpoint() {
        emit(A64.brk(0));
    }

    @Override
    public void undefined() {
        emit(A64.udf(0));
    }

    @Override
    public void spin() {
        emit(A64.b(0));
    }

    /** Takes whole instructions only: the bytes are padded with zeros (UDF) to a multiple of 4. */
    @Override
    public void raw(final byte[] bytes) {
        for (int i = 0; i < bytes.length; i += 4) {
            int word = 0;
            for (int j = 0; j < 4 && i + j < bytes.length; j++) {
                word |= (bytes[i + j] & 0xff) << 8 * j;
            }
            emit(word);
        }
    }

    /** @param name {@code x0} to {@code x30}, {@code lr}, {@code fp} or {@code sp} */
    @Override
    public void setRegister(final String name, final long value) {
        final int register = register(name);
        if (register == A64Regs.SP) {
            constant(IP0, value);
            emit(A64.movSp(A64Regs.SP, IP0));
        } else {
            constant(register, value);
        }
    }

    @Override
    public void saveRegister(final String name, final long address) {
        final int register = register(name);
        if (register == A64Regs.SP) {
            emit(A64.movSp(IP1, A64Regs.SP));
            storeWord(IP1, address, IP0);
        } else {
            storeWord(register, address, register == IP0 ? IP1 : IP0);
        }
    }

    private static int register(final String name) {
        switch (name) {
            case "sp":
                return A64Regs.SP;
            case "lr":
                return A64Regs.LR;
            case "fp":
                return A64Regs.FP;
            default:
                for (int i = 0; i <= A64Regs.LR; i++) {
                    if (name.equals("x" + i)) {
                        return i;
                    }
                }
                throw new IllegalArgumentException("A64 has no register " + name);
        }
    }

    @Override
    public byte[] finish() {
        return code.finish();
    }
}
