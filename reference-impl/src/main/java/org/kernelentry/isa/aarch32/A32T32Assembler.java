package org.kernelentry.isa.aarch32;

import java.util.List;
import java.util.Locale;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.Label;

/**
 * What the assemblers for A32 and T32 have in common: which registers mean what, the system call and handler sequences, and labels.
 *
 * <p>T0 to T2 are r1 to r3, so that r0 still holds a result while they are used and r4 to r11 are left to programs that set registers
 * by name. r12 is the assembler's own scratch register. A system call takes its number in r7 and its arguments in r0 to r6, as the
 * EABI says; they are not saved around it, because a program may have no usable stack there.
 */
abstract class A32T32Assembler extends CodeBuffer {
    static final int SCRATCH = 12;
    static final int SP = A32Regs.SP;
    static final int LR = A32Regs.LR;
    static final int PC = A32Regs.PC;
    static final int NUMBER = 7;
    static final int MAX_ARGUMENTS = 7;

    static final int SVC_OABI_BASE = 0x900000;
    private static final int NR_SIGRETURN = 119;
    private static final int NR_RT_SIGRETURN = 173;

    private static final int R3_TO_R11 = 0xff8;

    A32T32Assembler(final long origin) {
        super(origin);
    }

    @Override
    public final int wordSize() {
        return 4;
    }

    // ---- moves

    static int register(final int t) {
        return t + 1;
    }

    private void constant(final int register, final long value) {
        final int v = (int) value;
        movw(register, v & 0xffff);
        if (v >>> 16 != 0) {
            movt(register, v >>> 16);
        }
    }

    private void codeAddress(final int register, final Label label) {
        refer(label, Patch.ADDRESS);
        movw(register, 0);
        movt(register, 0);
    }

    private void variable(final int register, final long address) {
        constant(register, address);
        access(true, 4, register, register, 0);
    }

    @Override
    public final void loadConst(final int t, final long value) {
        constant(register(t), value);
    }

    @Override
    public final void loadAddress(final int t, final Label label) {
        codeAddress(register(t), label);
    }

    @Override
    public final void loadVariable(final int t, final long address) {
        variable(register(t), address);
    }

    @Override
    public final void storeVariable(final long address, final int t) {
        constant(SCRATCH, address);
        access(false, 4, register(t), SCRATCH, 0);
    }

    @Override
    public final void load(final int t, final int base, final int offset, final int size) {
        access(true, checkedSize(size), register(t), base(base, offset), Math.max(encodable(offset), 0));
    }

    @Override
    public final void store(final int t, final int base, final int offset, final int size) {
        access(false, checkedSize(size), register(t), base(base, offset), Math.max(encodable(offset), 0));
    }

    private static int checkedSize(final int size) {
        if (size != 1 && size != 2 && size != 4) {
            throw new IllegalArgumentException("a 32-bit arm register cannot be loaded or stored with size " + size);
        }
        return size;
    }

    /** The offset when an instruction can carry it, else -1. */
    private static int encodable(final int offset) {
        return offset >= 0 && offset <= 255 ? offset : -1;
    }

    private int base(final int base, final int offset) {
        if (encodable(offset) >= 0) {
            return register(base);
        }
        constant(SCRATCH, offset);
        alu(DataProcessing.ADD, SCRATCH, SCRATCH, register(base));
        return SCRATCH;
    }

    @Override
    public final void move(final int t, final int from) {
        mov(register(t), register(from));
    }

    // ---- arithmetic

    private void operate(final int operation, final int t, final int other) {
        alu(operation, register(t), register(t), register(other));
    }

    @Override
    public final void add(final int t, final int other) {
        operate(DataProcessing.ADD, t, other);
    }

    @Override
    public final void sub(final int t, final int other) {
        operate(DataProcessing.SUB, t, other);
    }

    @Override
    public final void and(final int t, final int other) {
        operate(DataProcessing.AND, t, other);
    }

    @Override
    public final void or(final int t, final int other) {
        operate(DataProcessing.ORR, t, other);
    }

    @Override
    public final void addConst(final int t, final long value) {
        constant(SCRATCH, value);
        alu(DataProcessing.ADD, register(t), register(t), SCRATCH);
    }

    @Override
    public final void shiftLeft(final int t, final int count) {
        shiftBy(Shifter.LSL, t, count);
    }

    @Override
    public final void shiftRight(final int t, final int count) {
        shiftBy(Shifter.LSR, t, count);
    }

    private void shiftBy(final int type, final int t, final int count) {
        if (count < 0 || count > 31) {
            throw new IllegalArgumentException("a 32-bit arm register cannot be shifted by " + count);
        }
        if (count != 0) {
            shift(type, register(t), register(t), count);
        }
    }

    // ---- control

    @Override
    public final void jump(final Label target) {
        refer(target, Patch.BRANCH);
        branchPlace(Patch.BRANCH, ALWAYS);
    }

    @Override
    public final void jumpTo(final int t) {
        bx(register(t));
    }

    @Override
    public final void branch(final Rel rel, final int t, final int other, final Label target) {
        cmp(register(t), register(other));
        refer(target, Patch.BRANCH_IF);
        branchPlace(Patch.BRANCH_IF, condition(rel));
    }

    /** The condition field of a branch after CMP. */
    private static int condition(final Rel rel) {
        return switch (rel) {
            case EQ -> 0;
            case NE -> 1;
            case GEU -> 2;
            case LTU -> 3;
            case GE -> 10;
            case LT -> 11;
        };
    }

    /** The caller keeps its own return address, together with r12 so that the stack stays aligned to 8 bytes. */
    @Override
    public final void call(final Label target) {
        push(1 << SCRATCH | 1 << LR);
        refer(target, Patch.BRANCH_LINK);
        branchPlace(Patch.BRANCH_LINK, ALWAYS);
        pop(1 << SCRATCH | 1 << LR);
    }

    @Override
    public final void ret() {
        bx(LR);
    }

    // ---- kernel

    private void argument(final int register, final Arg arg) {
        if (arg instanceof Arg.Const c) {
            constant(register, c.value());
        } else if (arg instanceof Arg.Code c) {
            codeAddress(register, c.label());
        } else if (arg instanceof Arg.Variable v) {
            variable(register, v.address());
        }
    }

    @Override
    public final void syscall(
            final String entry, final Arg number, final List<Arg> arguments, final Label at, final Label after) {
        if (!entries().contains(entry)) {
            throw new IllegalArgumentException("no system call instruction is called " + entry + " here: " + entries());
        }
        if (arguments.size() > MAX_ARGUMENTS) {
            throw new IllegalArgumentException(
                    "a system call has at most " + MAX_ARGUMENTS + " arguments, not " + arguments.size());
        }
        final boolean oabi = entry.equals("oabi");
        for (int i = 0; i < arguments.size(); i++) {
            argument(i, arguments.get(i));
        }
        int immediate = 0;
        if (!oabi) {
            argument(NUMBER, number);
        } else if (number instanceof Arg.Const c) {
            immediate = SVC_OABI_BASE + (int) c.value();
        } else {
            throw new IllegalArgumentException(
                    "an OABI system call carries its number in the instruction: it must be a constant");
        }
        bind(at);
        svc(immediate);
        bind(after);
    }

    @Override
    public final void result(final int t) {
        mov(register(t), 0);
    }

    // ---- signal handlers

    /** Saves what AAPCS makes a function save, r3 among it so that the stack stays aligned to 8 bytes. */
    @Override
    public final void handlerEntry(final long signalAddress, final long infoAddress, final long contextAddress) {
        push(R3_TO_R11 | 1 << LR);
        final long[] addresses = {signalAddress, infoAddress, contextAddress};
        for (int i = 0; i < addresses.length; i++) {
            constant(SCRATCH, addresses[i]);
            access(false, 4, i, SCRATCH, 0);
        }
    }

    @Override
    public final void handlerReturn() {
        pop(R3_TO_R11 | 1 << PC);
    }

    @Override
    public final void restorer(final boolean rt) {
        constant(NUMBER, rt ? NR_RT_SIGRETURN : NR_SIGRETURN);
        svc(0);
    }

    // ---- single instructions

    @Override
    public final void spin() {
        final Label here = new Label("spin");
        bind(here);
        jump(here);
    }

    /** r0 to r15, sp, lr, pc; ip and fp by their names in AAPCS. */
    private static int number(final String name) {
        final String lower = name.toLowerCase(Locale.ROOT);
        switch (lower) {
            case "sp":
                return SP;
            case "lr":
                return LR;
            case "pc":
                return PC;
            case "ip":
                return SCRATCH;
            case "fp":
                return 11;
            default:
                if (lower.matches("r([0-9]|1[0-5])")) {
                    return Integer.parseInt(lower.substring(1));
                }
                throw new IllegalArgumentException("no arm register is called " + name);
        }
    }

    @Override
    public final void setRegister(final String name, final long value) {
        final int n = number(name);
        if (n == SP || n == PC) {
            constant(SCRATCH, value);
            if (n == PC) {
                bx(SCRATCH);
            } else {
                mov(SP, SCRATCH);
            }
        } else {
            constant(n, value);
        }
    }

    @Override
    public final void saveRegister(final String name, final long address) {
        if (name.equalsIgnoreCase("cpsr")) {
            push(1);
            mrs(0);
            constant(SCRATCH, address);
            access(false, 4, 0, SCRATCH, 0);
            pop(1);
            return;
        }
        final int n = number(name);
        if (n == PC) {
            throw new IllegalArgumentException("the pc cannot be saved: use the address of a label");
        }
        if (n == SCRATCH) {
            push(1);
            constant(0, address);
            access(false, 4, n, 0, 0);
            pop(1);
        } else {
            constant(SCRATCH, address);
            access(false, 4, n, SCRATCH, 0);
        }
    }
}
