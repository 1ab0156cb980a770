package org.kernelentry.machine.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntFunction;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.Isa;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Cond;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.GuestTrap;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.CodeWindow;

/**
 * An instruction set for tests: 12 bytes an instruction (opcode, d, a, b, constant of 64 bits), each one operation of the intermediate
 * form, and a few of several operations. 12 does not divide a page, so instructions cross pages by themselves.
 */
final class PlainIsa implements Isa {
    static final int LENGTH = 12;
    static final int REGISTERS = 16;
    private static final int REGISTER_MASK = REGISTERS - 1;

    /** [a + imm] = d and [a + imm + 8] = b, probed before the first store. */
    static final int STORE_PAIR = 200;
    /** d = d + [a + imm]; then b = 1: registers are written behind the load. */
    static final int LOAD_ADD = 201;
    /** d = 1, or 2 when the skip named by imm (an opcode) over the second assignment is taken, testing slot a or condition b. */
    static final int SKIPPED = 202;
    /** Leaves with DIVIDE_ERROR at the instruction when a is 0, else d = 1 and on behind it. */
    static final int TRAP_IF_ZERO = 203;
    /** d = a + b with the flags of a 64-bit addition. */
    static final int ADD_FLAGS = 204;
    /** d = a - b with the flags of a 64-bit subtraction. */
    static final int SUB_FLAGS = 205;
    /** No operation; in a mode other than 0, register 15 = mode. */
    static final int NOP = 206;
    /** [a + imm] = d, then jumps to b (pushes and calls). */
    static final int STORE_JUMP = 207;
    /** Jumps to imm when a is not 0, then, behind the jump, d = 1. */
    static final int JUMP_ELSE = 208;

    /** [a + imm] = d, then sets flags as a logical operation with result b. */
    static final int STORE_FLAGS = 209;

    /** Jumps to imm in mode b, both constants. */
    static final int JUMP_MODE = 210;

    /** As {@code Op.INSERT} where b is not 0. */
    static final int INSERT_IF = 211;

    /** d = [a], by memory access in a helper. */
    static final int HELPER_LOAD = 0;
    /** [a] = d. */
    static final int HELPER_STORE = 1;
    /** Raises TRAP with detail 4. */
    static final int HELPER_TRAP = 2;
    /** single-step = a != 0. */
    static final int HELPER_STEP = 3;
    /** pc = a. */
    static final int HELPER_JUMP = 4;
    /** d = pc. */
    static final int HELPER_PC = 5;

    static final int HELPERS = 6;

    private static final Helper[] TABLE = {
        (s, d, a, b) -> s.r[d] = s.memory.load64(s.r[a]),
        (s, d, a, b) -> s.memory.store64(s.r[a], s.r[d]),
        (s, d, a, b) -> {
            throw new GuestTrap(CpuExit.TRAP, 4);
        },
        (s, d, a, b) -> s.singleStep = s.r[a] != 0,
        (s, d, a, b) -> s.pc = s.r[a],
        (s, d, a, b) -> s.r[d] = s.pc,
    };

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public int stackPointer(final int mode) {
        return 0;
    }

    @Override
    public int registerSlots() {
        return REGISTERS;
    }

    @Override
    public IntFunction<Helper> helpers() {
        return number -> TABLE[number];
    }

    /** The bytes of one instruction. */
    static byte[] insn(final int opcode, final int d, final int a, final int b, final long imm) {
        return ByteBuffer.allocate(LENGTH)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) opcode)
                .put((byte) d)
                .put((byte) a)
                .put((byte) b)
                .putLong(imm)
                .array();
    }

    /** The bytes of several. */
    static byte[] program(final byte[]... insns) {
        final ByteBuffer all = ByteBuffer.allocate(insns.length * LENGTH);
        for (final byte[] insn : insns) {
            all.put(insn);
        }
        return all.array();
    }

    @Override
    public void decode(final CodeWindow code, final int mode, final BlockBuilder out) {
        final int opcode = code.u8();
        final int d = code.u8() & REGISTER_MASK;
        final int a = code.u8() & REGISTER_MASK;
        final int b = code.u8();
        final int br = b & REGISTER_MASK;
        final long imm = code.s64();
        final long pc = code.pc();
        switch (opcode) {
            case Op.INSERT -> out.op(Op.INSERT, d, a, 0, field(imm));
            case Op.SELECT -> out.select(d, a, br, (int) imm & REGISTER_MASK);
            case Op.PROBE_WRITE -> out.probeWrite(a, imm, b);
            case Op.FLAGS -> out.flags(b & 7, 8 << (b >>> 3 & 3), d, a, (int) imm & REGISTER_MASK);
            case Op.GETCOND -> out.getCond(d, condition(b));
            case Op.SKIP, Op.SKIP_IF, Op.SKIP_IFZ, Op.SKIP_COND -> out.constant(d, opcode);
            case Op.JMP -> out.jump(imm);
            case Op.JMP_COND -> out.jumpIf(condition(b), imm);
            case Op.JMP_IF -> out.jumpIfNonZero(a, imm);
            case Op.JMPR -> out.jumpTo(a);
            case Op.JMPR_MODE -> out.jumpTo(a, br);
            case Op.EXIT -> out.exitWith(CpuExit.SYSCALL, a, code.next());
            case Op.EXITI -> out.exit(CpuExit.SYSCALL, (int) imm, code.next());
            case Op.HELPER -> out.helper(b % HELPERS, d, a, br);
            case Op.HELPER_END -> out.helperEnd(b % HELPERS, d, a, br);
            case STORE_PAIR -> {
                out.probeWrite(a, imm, 16);
                out.store(Op.ST64, d, a, imm);
                out.store(Op.ST64, br, a, imm + 8);
            }
            case LOAD_ADD -> {
                final int t = out.temp();
                out.load(Op.LD64, t, a, imm);
                out.alu(Op.ADD, d, d, t);
                out.constant(br, 1);
            }
            case SKIPPED -> skipped(out, (int) imm & 3, d, a, b);
            case TRAP_IF_ZERO -> {
                final int ok = out.skipIfNonZero(a);
                out.exit(CpuExit.DIVIDE_ERROR, 0, pc);
                out.bind(ok);
                out.constant(d, 1);
            }
            case ADD_FLAGS -> arithmetic(out, Op.ADD, FlagKind.ADD, d, a, br);
            case SUB_FLAGS -> arithmetic(out, Op.SUB, FlagKind.SUB, d, a, br);
            case NOP -> {
                if (mode != 0) {
                    out.constant(15, mode);
                }
            }
            case STORE_JUMP -> {
                out.store(Op.ST64, d, a, imm);
                out.jumpTo(br);
            }
            case STORE_FLAGS -> {
                out.store(Op.ST64, d, a, imm);
                out.flags(FlagKind.LOGIC, 64, br, br, br);
            }
            case JUMP_MODE -> {
                final int target = out.constant(imm);
                out.jumpTo(target, out.constant((long) b));
            }
            case INSERT_IF -> {
                final int skip = out.skipIfZero(br);
                out.op(Op.INSERT, d, a, 0, field(imm));
                out.bind(skip);
            }
            case JUMP_ELSE -> {
                final int on = out.skipIfZero(a);
                out.jump(imm);
                out.bind(on);
                out.constant(d, 1);
            }
            default -> {
                if (opcode <= Op.PROBE_WRITE) {
                    out.op(opcode, d, a, br, imm);
                } else if (opcode == Op.GETFLAGS && imm != 0) {
                    out.getNzcv(d);
                } else if (opcode == Op.GETFLAGS) {
                    out.getFlags(d);
                } else if (opcode == Op.PUTFLAGS) {
                    out.putFlags(a);
                } else {
                    out.exit(CpuExit.UNDEFINED, 0, pc);
                }
            }
        }
    }

    /** A bit field that fits a register: lowest bit in bits 0 to 4 of {@code imm}, width in bits 8 to 12. */
    static long field(final long imm) {
        return (imm & 31) << 8 | 1 + (imm >>> 8 & 31);
    }

    private static int condition(final int b) {
        return b % (Cond.NP + 1);
    }

    private static void arithmetic(
            final BlockBuilder out, final int opcode, final int kind, final int d, final int a, final int b) {
        final int t = out.temp();
        out.alu(opcode, t, a, b);
        out.flags(kind, 64, a, b, t);
        out.mov(d, t);
    }

    private static void skipped(final BlockBuilder out, final int kind, final int d, final int a, final int b) {
        out.constant(d, 2);
        final int skip = switch (kind) {
            case 0 -> out.skip();
            case 1 -> out.skipIfNonZero(a);
            case 2 -> out.skipIfZero(a);
            default -> out.skipIf(condition(b));
        };
        out.constant(d, 1);
        out.bind(skip);
    }
}
