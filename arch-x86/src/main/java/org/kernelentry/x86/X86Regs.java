package org.kernelentry.x86;

import java.util.Arrays;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Flags;

/**
 * Slots of {@link CpuState#r} and values of {@link CpuState#mode} on x86, and the flags register as a whole.
 *
 * <p>Source: Intel SDM volume 1, 3.4 (basic program execution registers).
 */
public final class X86Regs {
    /** {@link CpuState#mode}: 64-bit code ({@code cs} = {@link #USER_CS}). */
    public static final int MODE_64 = 0;
    /** {@link CpuState#mode}: 32-bit compatibility code ({@code cs} = {@link #USER32_CS}). */
    public static final int MODE_32 = 1;

    /** Bit of {@link CpuState#mode}: EFLAGS.AC is set, so that code is decoded with its checks of alignment ({@code CR0.AM} is). */
    public static final int MODE_AC = 2;

    // General registers, in the numbering of ModRM and REX.
    public static final int RAX = 0;
    public static final int RCX = 1;
    public static final int RDX = 2;
    public static final int RBX = 3;
    public static final int RSP = 4;
    public static final int RBP = 5;
    public static final int RSI = 6;
    public static final int RDI = 7;
    public static final int R8 = 8;
    public static final int R9 = 9;
    public static final int R10 = 10;
    public static final int R11 = 11;
    public static final int R12 = 12;
    public static final int R13 = 13;
    public static final int R14 = 14;
    public static final int R15 = 15;

    // Segment selectors, in the numbering of ModRM.reg.
    public static final int ES = 16;
    public static final int CS = 17;
    public static final int SS = 18;
    public static final int DS = 19;
    public static final int FS = 20;
    public static final int GS = 21;

    public static final int FS_BASE = 22;
    public static final int GS_BASE = 23;
    /** RFLAGS without the six arithmetic flags, which {@link Flags} holds. */
    public static final int EFLAGS = 24;
    /** What RDTSC reads next. */
    public static final int TSC = 25;
    /** First of three thread-local descriptors of the GDT: {@code base | TLS_PRESENT}. */
    public static final int TLS = 26;

    /** First slot of what FXSAVE saves; all of it up to {@link #SLOTS} belongs to one task ({@code struct fpu}). */
    public static final int FPU = TLS + 3;
    /** XMM0 to XMM15, two slots each, the low half first. */
    public static final int XMM = FPU;

    public static final int XMM_REGISTERS = 16;
    /** The eight physical registers of the x87 FPU, two slots each: the significand, which MMX calls MM0 to MM7; sign and exponent. */
    public static final int ST = XMM + 2 * XMM_REGISTERS;

    public static final int ST_REGISTERS = 8;
    public static final int MXCSR = ST + 2 * ST_REGISTERS;
    /** The x87 control word. */
    public static final int FCW = MXCSR + 1;
    /** The x87 status word, TOP included. */
    public static final int FSW = FCW + 1;
    /** The x87 tags as FXSAVE abridges them: bit n is set when physical register n is not empty. */
    public static final int FTW = FSW + 1;
    /** Last opcode, instruction and operand of the x87 FPU; kept for those who load and save them, not tracked. */
    public static final int FOP = FTW + 1;

    public static final int FIP = FOP + 1;
    public static final int FDP = FIP + 1;
    /** Slots the architecture defines. */
    public static final int SLOTS = FDP + 1;
    /** How many slots there are from {@link #FPU} on. */
    public static final int FPU_SLOTS = SLOTS - FPU;

    /** MXCSR after reset: all exceptions masked, rounding to nearest. */
    public static final long MXCSR_DEFAULT = 0x1f80;
    /** Bits of MXCSR that exist. */
    public static final long MXCSR_VALID = 0xffff;
    /** The x87 control word after FNINIT: all exceptions masked, 64 bits of significand, rounding to nearest. */
    public static final long FCW_DEFAULT = 0x37f;

    /** The exceptions: masks in the control word, flags in the status word. */
    private static final long X87_EXCEPTIONS = 0x3f;
    /** ES and B of the x87 status word. */
    private static final long X87_PENDING = 0x8080;

    /** Bit of a {@link #TLS} slot: the descriptor is present; the low 32 bits are its base. */
    public static final long TLS_PRESENT = 1L << 32;
    /** Number of {@link #TLS} slots (GDT_ENTRY_TLS_ENTRIES). */
    public static final int TLS_ENTRIES = 3;
    /** Selector of the first thread-local descriptor, RPL 3 (GDT_ENTRY_TLS_MIN * 8 + 3). */
    public static final int TLS_SELECTOR = 0x63;

    // Selectors of user mode. Source: linux v7.3 arch/x86/include/asm/segment.h, the 64-bit kernel's.
    public static final int USER32_CS = 0x23;
    public static final int USER_DS = 0x2b;
    public static final int USER_CS = 0x33;

    /** First address above user space with four-level paging. Source: linux v7.3 arch/x86/include/asm/page_64_types.h. */
    public static final long TASK_SIZE_MAX = 0x7fff_ffff_f000L;

    // Bits of RFLAGS outside the arithmetic flags (Intel SDM volume 1, 3.4.3).
    /** Always 1. */
    public static final long FIXED = 1 << 1;

    public static final long TF = 1 << 8;
    public static final long IF = 1 << 9;
    public static final long DF = 1 << 10;
    public static final long IOPL = 3 << 12;
    public static final long NT = 1 << 14;
    public static final long RF = 1 << 16;
    public static final long AC = 1 << 18;
    public static final long ID = 1 << 21;

    /** Bits that POPF of user mode may change (IOPL 0, so neither IF nor IOPL). */
    public static final long USER_WRITABLE = Flags.ALL | TF | DF | NT | AC | ID;

    /** All bits that a return to user mode may load. */
    public static final long ALL_FLAGS = USER_WRITABLE | IF | IOPL | RF | FIXED;

    private static final String[] NAMES = {
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
        "es", "cs", "ss", "ds", "fs", "gs", "fs_base", "gs_base"
    };

    private X86Regs() {}

    /** Puts a register file in the state a fresh program finds: all zero, interrupts on, the flat user segments of {@code mode}. */
    public static void reset(final CpuState s, final int mode) {
        Arrays.fill(s.r, 0);
        s.r[MXCSR] = MXCSR_DEFAULT;
        s.r[FCW] = FCW_DEFAULT;
        s.mode = mode;
        s.r[CS] = mode == MODE_64 ? USER_CS : USER32_CS;
        s.r[SS] = USER_DS;
        if (mode == MODE_32) {
            s.r[DS] = USER_DS;
            s.r[ES] = USER_DS;
        }
        setRflags(s, IF);
    }

    /** Name of a register slot, for traces; temporaries have none and read {@code slot n}. */
    public static String name(final int slot) {
        return slot < NAMES.length ? NAMES[slot] : "slot " + slot;
    }

    /** Slot of the 64-bit general register, selector or base called {@code name}, or -1. */
    public static int slot(final String name) {
        for (int i = 0; i < NAMES.length; i++) {
            if (NAMES[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** RFLAGS as a whole. */
    public static long rflags(final CpuState s) {
        return s.r[EFLAGS] | Flags.packed(s);
    }

    /** Replaces RFLAGS; bits that do not exist are dropped, bit 1 is set. TF decides {@link CpuState#singleStep}, AC a bit of
     * {@link CpuState#mode}. */
    public static void setRflags(final CpuState s, final long value) {
        Flags.set(s, (int) value & Flags.ALL);
        s.r[EFLAGS] = value & ALL_FLAGS & ~(long) Flags.ALL | FIXED;
        s.singleStep = (value & TF) != 0;
        s.mode = s.mode & ~MODE_AC | ((value & AC) != 0 ? MODE_AC : 0);
    }

    /** Mode that code of the code segment {@code selector} runs in. */
    public static int modeOf(final long selector) {
        return (selector & ~3L) == (USER_CS & ~3L) ? MODE_64 : MODE_32;
    }

    /** The x87 status word with ES, and B as its copy, telling whether a flag is set that is not masked. Source: Intel SDM volume 1, 8.1.3. */
    public static long summarized(final long fsw, final long fcw) {
        return (fsw & ~fcw & X87_EXCEPTIONS) != 0 ? fsw | X87_PENDING : fsw & ~X87_PENDING;
    }
}
