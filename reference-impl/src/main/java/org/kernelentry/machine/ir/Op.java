package org.kernelentry.machine.ir;

/**
 * Operations of the intermediate form. {@code d}, {@code a}, {@code b} are slots of {@code CpuState.r}, {@code imm} a constant.
 *
 * <p>Operations ending in {@code 32} compute on the low halves and zero-extend the result into the 64-bit slot. Shift counts are
 * taken modulo the width (64 or 32); an architecture with another rule masks or selects before.
 */
public final class Op {
    // d <- ...
    public static final int CONST = 0; //   imm
    public static final int MOV = 1; //     a
    public static final int ADD = 2; //     a + b
    public static final int SUB = 3;
    public static final int AND = 4;
    public static final int OR = 5;
    public static final int XOR = 6;
    public static final int SHL = 7;
    public static final int SHR = 8;
    public static final int SAR = 9;
    public static final int ROR = 10;
    public static final int MUL = 11;
    public static final int UMULH = 12;
    public static final int SMULH = 13;
    public static final int ADD32 = 14;
    public static final int SUB32 = 15;
    public static final int AND32 = 16;
    public static final int OR32 = 17;
    public static final int XOR32 = 18;
    public static final int SHL32 = 19;
    public static final int SHR32 = 20;
    public static final int SAR32 = 21;
    public static final int ROR32 = 22;
    public static final int MUL32 = 23;
    // d <- a op imm
    public static final int ADDI = 24;
    public static final int ADDI32 = 25;
    public static final int ANDI = 26;
    public static final int ORI = 27;
    public static final int XORI = 28;
    public static final int SHLI = 29;
    public static final int SHRI = 30;
    public static final int SARI = 31;
    public static final int RORI = 32;
    public static final int SHLI32 = 33;
    public static final int SHRI32 = 34;
    public static final int SARI32 = 35;
    public static final int RORI32 = 36;
    // d <- op a
    public static final int NOT = 37;
    public static final int NEG = 38;
    public static final int ZX8 = 39;
    public static final int ZX16 = 40;
    public static final int ZX32 = 41;
    public static final int SX8 = 42;
    public static final int SX16 = 43;
    public static final int SX32 = 44;
    public static final int CLZ = 45; //    64 for 0
    public static final int CTZ = 46; //    64 for 0
    public static final int CLZ32 = 47; //  32 for 0
    public static final int RBIT = 48;
    public static final int BSWAP = 49;
    public static final int BSWAP32 = 50;
    public static final int POPCNT = 51;
    /** d <- d with bits [lo, lo+width) replaced by the low bits of a; imm = lo << 8 | width. */
    public static final int INSERT = 52;
    // division; the divisor must have been tested (EXIT_IF_ZERO or select) before
    public static final int UDIV = 53; //   0 when b is 0
    public static final int SDIV = 54; //   0 when b is 0; MIN / -1 = MIN
    public static final int UDIV32 = 55;
    public static final int SDIV32 = 56;
    // comparisons of slots, d <- 0 or 1
    public static final int EQ = 57;
    public static final int LTU = 58;
    public static final int LTS = 59;
    /** d <- a != 0 ? b : slot imm. */
    public static final int SELECT = 60;
    // memory, address = a + imm (64-bit wrap; a 32-bit architecture zero-extends first)
    public static final int LD8U = 61;
    public static final int LD8S = 62;
    public static final int LD16U = 63;
    public static final int LD16S = 64;
    public static final int LD32U = 65;
    public static final int LD32S = 66;
    public static final int LD64 = 67;
    public static final int ST8 = 68; //    [a + imm] <- d
    public static final int ST16 = 69;
    public static final int ST32 = 70;
    public static final int ST64 = 71;
    /** Touches [a+imm, +d) for writing without changing it: lets a multi-store instruction fault before its first store. */
    public static final int PROBE_WRITE = 72; // d = length in bytes (a constant, not a slot)
    // flags
    public static final int FLAGS = 73; //  d = kind << 8 | width (a constant); a, b operand slots; imm = result slot
    public static final int GETCOND = 74; // d <- cond imm ? 1 : 0
    public static final int GETFLAGS = 75; // d <- packed; imm != 0: N, Z, C and V only
    public static final int PUTFLAGS = 76; // flags <- packed a
    // control inside an instruction: forward only; imm = index of the target operation
    public static final int SKIP = 77;
    public static final int SKIP_IF = 78; //  a != 0
    public static final int SKIP_IFZ = 79; // a == 0
    public static final int SKIP_COND = 80; // d = cond (a constant)
    // ends of blocks
    public static final int JMP = 81; //    pc <- imm
    public static final int JMP_COND = 82; // d = cond (a constant): pc <- imm, else the next instruction
    public static final int JMP_IF = 83; //  a != 0: pc <- imm, else the next instruction
    public static final int JMPR = 84; //    pc <- slot a
    public static final int JMPR_MODE = 85; // pc <- slot a, mode <- slot b
    /** Leave to the kernel: d = CpuExit code (a constant), pc <- imm, exit detail <- slot a (or 0 when a is -1). */
    public static final int EXIT = 86;
    /** As EXIT with the constant detail b. */
    public static final int EXITI = 87;
    /** Runs {@link Helper} number imm with (d, a, b): rare or wide instructions. */
    public static final int HELPER = 88;
    /** As HELPER and ends the block: the helper has set pc (and mode); a pending trap is taken. */
    public static final int HELPER_END = 89;
    /** mode <- imm, behind everything else that the instruction does. */
    public static final int MODE = 90;

    /** The highest number. */
    public static final int LAST = MODE;

    private Op() {}
}
