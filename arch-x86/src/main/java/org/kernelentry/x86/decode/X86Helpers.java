package org.kernelentry.x86.decode;

import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.GuestTrap;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.x86.X86Regs;

/** Instructions that are too wide for the intermediate form, and those that touch segments or the whole flags register. */
final class X86Helpers {
    // Four in a row each: 8, 16, 32, 64 bits; see widthIndex.
    /** d = RAX, a = divisor (zero-extended), b = RDX. */
    static final int DIV = 0;
    /** d = RAX, a = divisor (sign-extended), b = RDX. */
    static final int IDIV = 4;
    /** d = value in and out (zero-extended), a = masked count, b = packed flags in and out. */
    static final int RCL = 8;

    static final int RCR = 12;
    /** d = segment register slot, a = selector. */
    static final int LOAD_SEGMENT = 16;
    /** d = slot with the popped value, a = slot with the next pc, b = slot with the new stack pointer. */
    static final int POPF = 17;
    /** d = slot with size | level &lt;&lt; 16, a = slot with the bytes of a word, b = 1 in 64-bit code. */
    static final int ENTER = 18;
    /** d = slot with the new stack pointer, a = slot with the target, b = slot with the selector. */
    static final int FAR = 19;
    /** a = slot with the bytes of a word. */
    static final int IRET32 = 20;

    static final int IRET64 = 21;
    static final int CPUID = 22;
    /** d = FS_BASE or GS_BASE, a = value. */
    static final int WRITE_BASE = 23;
    /** d = opcode, a = packed flags in and out. */
    static final int DECIMAL = 24;
    /** d = 0 for AAM, 1 for AAD; a = slot with the immediate, b = packed flags out. */
    static final int DECIMAL_IMMEDIATE = 25;

    /** d = access rights out, a = selector, b = packed flags in and out. */
    static final int LAR = 26;
    /** d = limit out, a = selector, b = packed flags in and out. */
    static final int LSL = 27;
    /** a = selector, b = packed flags in and out. */
    static final int VERR = 28;

    static final int VERW = 29;

    static final int COUNT = 30;

    @SuppressWarnings("StaticAssignmentOfThrowable") // carries no stack trace; raising it must not allocate
    static final GuestTrap DIVIDE_ERROR = new GuestTrap(CpuExit.DIVIDE_ERROR, 0);

    @SuppressWarnings("StaticAssignmentOfThrowable") // as DIVIDE_ERROR
    static final GuestTrap PROTECTION_0 = new GuestTrap(CpuExit.PROTECTION, 0);

    @SuppressWarnings("StaticAssignmentOfThrowable") // as DIVIDE_ERROR
    private static final GuestTrap MISALIGNED = new GuestTrap(CpuExit.ALIGNMENT, 0);

    /** One for each selector without its RPL: the error code of a refused segment. */
    private static final GuestTrap[] SELECTOR_TRAPS = new GuestTrap[1 << 14];

    static {
        for (int n = 0; n < SELECTOR_TRAPS.length; n++) {
            SELECTOR_TRAPS[n] = new GuestTrap(CpuExit.PROTECTION, (long) n << 2);
        }
    }

    private X86Helpers() {}

    static int widthIndex(final int width) {
        return Integer.numberOfTrailingZeros(width) - 3;
    }

    static Helper[] all() {
        final Helper[] helpers = new Helper[COUNT];
        for (int n = 0; n < 4; n++) {
            final int width = 8 << n;
            helpers[DIV + n] = (s, d, a, b) -> Division.unsigned(s, width, s.r[a]);
            helpers[IDIV + n] = (s, d, a, b) -> Division.signed(s, width, s.r[a]);
            helpers[RCL + n] = (s, d, a, b) -> rcl(s, width, d, (int) s.r[a], b);
            helpers[RCR + n] = (s, d, a, b) -> rcr(s, width, d, (int) s.r[a], b);
        }
        helpers[LOAD_SEGMENT] = (s, d, a, b) -> movOrPopSegment(s, d, (int) s.r[a]);
        helpers[POPF] = X86Helpers::popf;
        helpers[ENTER] = (s, d, a, b) -> enter(s, (int) s.r[d], (int) s.r[a], b == 1);
        helpers[FAR] = X86Helpers::far;
        helpers[IRET32] = (s, d, a, b) -> iret(s, (int) s.r[a], false);
        helpers[IRET64] = (s, d, a, b) -> iret(s, (int) s.r[a], true);
        helpers[CPUID] = Cpuid::run;
        helpers[WRITE_BASE] = (s, d, a, b) -> writeBase(s, d, s.r[a]);
        helpers[DECIMAL] = (s, d, a, b) -> Decimal.adjust(s, d, a);
        helpers[DECIMAL_IMMEDIATE] = (s, d, a, b) -> Decimal.immediate(s, d, (int) s.r[a], b);
        helpers[LAR] = (s, d, a, b) -> Descriptors.lar(s, d, (int) s.r[a], b);
        helpers[LSL] = (s, d, a, b) -> Descriptors.lsl(s, d, (int) s.r[a], b);
        helpers[VERR] = (s, d, a, b) -> Descriptors.verify(s, (int) s.r[a], b, false);
        helpers[VERW] = (s, d, a, b) -> Descriptors.verify(s, (int) s.r[a], b, true);
        return helpers;
    }

    // ---- rotates through carry

    private static void rcl(final CpuState s, final int width, final int value, final int count, final int flags) {
        long v = s.r[value];
        int f = (int) s.r[flags];
        for (int n = 0; n < count; n++) {
            final long in = f & Flags.C;
            f = f & ~Flags.C | (int) (v >>> width - 1 & 1);
            v = v << 1 | in;
        }
        final int overflow = (int) (v >>> width - 1 & 1) ^ f & Flags.C;
        s.r[value] = v;
        s.r[flags] = f & ~Flags.V | overflow * Flags.V;
    }

    private static void rcr(final CpuState s, final int width, final int value, final int count, final int flags) {
        long v = s.r[value];
        int f = (int) s.r[flags];
        for (int n = 0; n < count; n++) {
            final long in = f & Flags.C;
            f = f & ~Flags.C | (int) (v & 1);
            v = v >>> 1 | in << width - 1;
        }
        final int overflow = (int) ((v >>> width - 1 ^ v >>> width - 2) & 1);
        s.r[value] = v;
        s.r[flags] = f & ~Flags.V | overflow * Flags.V;
    }

    // ---- segments

    private static GuestTrap refused(final int selector) {
        return SELECTOR_TRAPS[(selector & 0xffff) >> 2];
    }

    /** A load of SS holds the debug trap of TF back until the instruction behind it is done (SDM vol. 3, "Masking exceptions and interrupts when switching stacks"). */
    private static void movOrPopSegment(final CpuState s, final int segment, final int selector) {
        loadSegment(s, segment, selector);
        s.stepHeldBack = segment == X86Regs.SS && s.singleStep;
    }

    /**
     * A data segment: null (not SS), the user segments, or a present thread-local descriptor. Sets the base of FS and GS; loading a
     * null selector clears it, as Intel processors do.
     */
    private static void loadSegment(final CpuState s, final int segment, final int selector) {
        long base = 0;
        if ((selector & 0xfffc) == 0) {
            if (segment == X86Regs.SS) {
                throw PROTECTION_0;
            }
        } else if (selector >= X86Regs.TLS_SELECTOR - 3
                && selector < X86Regs.TLS_SELECTOR - 3 + 8 * X86Regs.TLS_ENTRIES
                && (selector & 4) == 0) {
            final long descriptor = s.r[X86Regs.TLS + (selector - X86Regs.TLS_SELECTOR + 3 >> 3)];
            if ((descriptor & X86Regs.TLS_PRESENT) == 0) {
                throw refused(selector);
            }
            base = descriptor & 0xffff_ffffL;
        } else if (segment == X86Regs.SS) {
            if (selector != X86Regs.USER_DS) {
                throw refused(selector);
            }
        } else {
            final int rpl3 = selector | 3;
            if (rpl3 != X86Regs.USER_DS && rpl3 != X86Regs.USER_CS && rpl3 != X86Regs.USER32_CS) {
                throw refused(selector);
            }
        }
        s.r[segment] = selector;
        if (segment == X86Regs.FS) {
            s.r[X86Regs.FS_BASE] = base;
        } else if (segment == X86Regs.GS) {
            s.r[X86Regs.GS_BASE] = base;
        }
    }

    private static void writeBase(final CpuState s, final int slot, final long value) {
        if (!Insn.canonical(value)) {
            throw PROTECTION_0;
        }
        s.r[slot] = value;
    }

    /** A code segment that user mode may enter; throws #GP otherwise. */
    private static void checkCode(final int selector) {
        if (selector != X86Regs.USER_CS && selector != X86Regs.USER32_CS) {
            throw refused(selector);
        }
    }

    private static void far(final CpuState s, final int sp, final int target, final int selector) {
        final int cs = (int) s.r[selector] & 0xffff;
        checkCode(cs);
        final int mode = X86Regs.modeOf(cs);
        final long pc = mode == X86Regs.MODE_64 ? s.r[target] : s.r[target] & 0xffff_ffffL;
        if (!Insn.canonical(pc)) {
            throw PROTECTION_0;
        }
        s.r[X86Regs.RSP] = s.r[sp];
        s.r[X86Regs.CS] = cs;
        s.mode = mode | s.mode & X86Regs.MODE_AC;
        s.pc = pc;
    }

    // ---- flags as a whole

    private static void popf(final CpuState s, final int value, final int next, final int sp) {
        final long keep = s.r[X86Regs.EFLAGS] & (X86Regs.IF | X86Regs.IOPL);
        s.r[X86Regs.RSP] = s.r[sp];
        X86Regs.setRflags(s, s.r[value] & X86Regs.USER_WRITABLE | keep);
        s.pc = s.r[next];
    }

    /** IRET in user mode: 32-bit code pops pc, CS and flags; 64-bit code also the stack pointer and SS. */
    private static void iret(final CpuState s, final int bytes, final boolean longMode) {
        if ((s.r[X86Regs.EFLAGS] & X86Regs.NT) != 0) {
            throw PROTECTION_0;
        }
        final long pc = word(s, 0, bytes, longMode);
        final int cs = (int) word(s, 1, bytes, longMode) & 0xffff;
        final long popped = word(s, 2, bytes, longMode);
        long sp = s.r[X86Regs.RSP] + 3L * bytes;
        if (longMode) {
            sp = word(s, 3, bytes, true);
            final int ss = (int) word(s, 4, bytes, true) & 0xffff;
            checkCode(cs);
            loadSegment(s, X86Regs.SS, ss);
        } else {
            checkCode(cs);
            sp &= 0xffff_ffffL;
        }
        final long old = X86Regs.rflags(s);
        final long fixed = old & (X86Regs.IF | X86Regs.IOPL);
        final long flags = bytes == 2 ? popped | old & ~0xffffL : popped;
        s.r[X86Regs.RSP] = sp;
        s.r[X86Regs.CS] = cs;
        s.mode = X86Regs.modeOf(cs);
        s.pc = s.mode == X86Regs.MODE_64 ? pc : pc & 0xffff_ffffL;
        X86Regs.setRflags(s, flags & (X86Regs.USER_WRITABLE | X86Regs.RF) | fixed);
    }

    private static long word(final CpuState s, final int n, final int bytes, final boolean longMode) {
        final long at = s.r[X86Regs.RSP] + (long) n * bytes;
        return read(s, longMode ? at : at & 0xffff_ffffL, bytes);
    }

    /** What {@link Operands#checkAlignment} is for an access of a helper. */
    private static void checkAlignment(final CpuState s, final long address, final int bytes) {
        final boolean refused =
                (s.mode & X86Regs.MODE_32) == 0 ? !Insn.canonical(address) : address + bytes - 1 >>> Integer.SIZE != 0;
        if ((s.mode & X86Regs.MODE_AC) != 0 && (address & bytes - 1) != 0 && !refused) {
            throw MISALIGNED;
        }
    }

    private static long read(final CpuState s, final long address, final int bytes) {
        checkAlignment(s, address, bytes);
        return switch (bytes) {
            case 2 -> s.memory.load16(address) & 0xffffL;
            case 4 -> s.memory.load32(address) & 0xffff_ffffL;
            default -> s.memory.load64(address);
        };
    }

    private static void write(final CpuState s, final long address, final int bytes, final long value) {
        checkAlignment(s, address, bytes);
        switch (bytes) {
            case 2 -> s.memory.store16(address, (int) value);
            case 4 -> s.memory.store32(address, (int) value);
            default -> s.memory.store64(address, value);
        }
    }

    /** ENTER with its nesting level: copies the outer frames' pointers. */
    private static void enter(final CpuState s, final int sizeAndLevel, final int bytes, final boolean longMode) {
        final long mask = longMode ? -1 : 0xffff_ffffL;
        final int level = sizeAndLevel >> 16;
        long sp = s.r[X86Regs.RSP] - bytes & mask;
        write(s, sp, bytes, s.r[X86Regs.RBP]);
        final long frame = sp;
        for (int n = 1; n < level; n++) {
            final long outer = read(s, s.r[X86Regs.RBP] - (long) n * bytes & mask, bytes);
            sp = sp - bytes & mask;
            write(s, sp, bytes, outer);
        }
        if (level > 0) {
            sp = sp - bytes & mask;
            write(s, sp, bytes, frame);
        }
        sp = sp - (sizeAndLevel & 0xffff) & mask;
        // The final stack pointer must be writable and aligned, although nothing is written there.
        checkAlignment(s, sp, bytes);
        s.memory.store8(sp, s.memory.load8(sp));
        s.r[X86Regs.RSP] = sp;
        s.r[X86Regs.RBP] = bytes == 2 ? s.r[X86Regs.RBP] & ~0xffffL | frame & 0xffff : frame;
    }
}
