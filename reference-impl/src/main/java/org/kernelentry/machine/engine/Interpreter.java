package org.kernelentry.machine.engine;

import static org.kernelentry.machine.ir.Block.a;
import static org.kernelentry.machine.ir.Block.b;
import static org.kernelentry.machine.ir.Block.d;

import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.Arithmetic;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.FlagKind;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.GuestTrap;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.MemoryFault;
import org.kernelentry.machine.memory.PagedSpace;

/**
 * Executes operations of the intermediate form, one switch over the opcode.
 *
 * <p>Whole blocks are run, one after the other as long as the successor is known, the budget covers all of it, no code has changed, and
 * nobody asks for an interrupt window. A block is left in its middle only behind an operation that stores or calls a helper, at the
 * boundary of that operation's instruction, or at the start of an instruction that faults.
 *
 * <p>{@link #execute} must stay below the 8000 bytes of bytecode up to which the JVM compiles a method. What several cases compute from the
 * operation alone, the JVM computes before the switch, for all of them: masks and options are therefore operations of their own.
 */
final class Interpreter {
    /** Left behind the last instruction of {@link #last}. */
    static final int FALL = -1;
    /** Left by a jump to a constant from {@link #last}. */
    static final int TAKEN = -2;
    /** Left to an address that may differ next time, or in the middle of a block. */
    static final int INDIRECT = -3;

    private static final int NO_SLOT = 0xffff;
    private static final long LOW = 0xffff_ffffL;

    private final CpuState state;
    private final Helper[] helpers;
    private final int translateAfter;
    private @Nullable CachedBlock last;
    private long completed;
    private long detail;

    /** @param translateAfter heat at which a block is left to the translator */
    Interpreter(final CpuState state, final Helper[] helpers, final int translateAfter) {
        this.state = state;
        this.helpers = helpers;
        this.translateAfter = translateAfter;
    }

    /** The block that was left last. */
    @Nullable
    CachedBlock last() {
        return last;
    }

    /** Instructions completed by the last {@link #execute}. */
    long completed() {
        return completed;
    }

    /** Detail of the exit that the last {@link #execute} returned. */
    long detail() {
        return detail;
    }

    /**
     * Runs {@code first} and the blocks that follow it.
     *
     * @param budget instructions that may be completed; covers {@code first}
     * @return a code of {@link CpuExit} or one of the negative constants; the pc is set
     */
    int execute(final EngineCpu cpu, final CachedBlock first, final long budget) {
        final CpuState s = state;
        final long[] r = s.r;
        final int flags = s.flags;
        // The class, not the interface: its fast paths are to be inlined without a check of the receiver.
        final PagedSpace mem = (PagedSpace) s.memory;
        final int generation = mem.codeGeneration();
        CachedBlock block = first;
        long done = 0;
        int i = 0;
        try {
            for (; ; ) {
                final long[] ops = block.program;
                int end = ops.length;
                int stop = block.instructions;
                i = 0;
                int status = FALL;
                run:
                while (i < end) {
                    final long op = ops[i];
                    final long imm = ops[i + 1];
                    i += 2;
                    // Operations after which the block may have to end early leave the switch by break, all others by
                    // continue.
                    switch (Block.opcode(op)) {
                        case Op.CONST:
                            r[d(op)] = imm;
                            continue;
                        case Op.MOV:
                            r[d(op)] = r[a(op)];
                            continue;
                        case Op.ADD:
                            r[d(op)] = r[a(op)] + r[b(op)];
                            continue;
                        case Op.SUB:
                            r[d(op)] = r[a(op)] - r[b(op)];
                            continue;
                        case Op.AND:
                            r[d(op)] = r[a(op)] & r[b(op)];
                            continue;
                        case Op.OR:
                            r[d(op)] = r[a(op)] | r[b(op)];
                            continue;
                        case Op.XOR:
                            r[d(op)] = r[a(op)] ^ r[b(op)];
                            continue;
                        case Op.MUL:
                            r[d(op)] = r[a(op)] * r[b(op)];
                            continue;
                        case Op.ADD32:
                            r[d(op)] = r[a(op)] + r[b(op)] & LOW;
                            continue;
                        case Op.SUB32:
                            r[d(op)] = r[a(op)] - r[b(op)] & LOW;
                            continue;
                        case Op.AND32:
                            r[d(op)] = r[a(op)] & r[b(op)] & LOW;
                            continue;
                        case Op.OR32:
                            r[d(op)] = (r[a(op)] | r[b(op)]) & LOW;
                            continue;
                        case Op.XOR32:
                            r[d(op)] = (r[a(op)] ^ r[b(op)]) & LOW;
                            continue;
                        case Op.MUL32:
                            r[d(op)] = r[a(op)] * r[b(op)] & LOW;
                            continue;
                        case Op.ADDI:
                            r[d(op)] = r[a(op)] + imm;
                            continue;
                        case Op.ADDI32:
                            r[d(op)] = r[a(op)] + imm & LOW;
                            continue;
                        case Op.ANDI:
                            r[d(op)] = r[a(op)] & imm;
                            continue;
                        case Op.ORI:
                            r[d(op)] = r[a(op)] | imm;
                            continue;
                        case Op.XORI:
                            r[d(op)] = r[a(op)] ^ imm;
                            continue;
                        case Op.SHLI:
                            r[d(op)] = r[a(op)] << imm;
                            continue;
                        case Op.SHRI:
                            r[d(op)] = r[a(op)] >>> imm;
                            continue;
                        case Op.SARI:
                            r[d(op)] = r[a(op)] >> imm;
                            continue;
                        case Op.SHLI32:
                            r[d(op)] = (int) r[a(op)] << (int) imm & LOW;
                            continue;
                        case Op.SHRI32:
                            r[d(op)] = (int) r[a(op)] >>> (int) imm & LOW;
                            continue;
                        case Op.SARI32:
                            r[d(op)] = (int) r[a(op)] >> (int) imm & LOW;
                            continue;
                        case Op.RORI32:
                            r[d(op)] = Integer.rotateRight((int) r[a(op)], (int) imm) & LOW;
                            continue;
                        case Op.ZX8:
                            r[d(op)] = r[a(op)] & 0xff;
                            continue;
                        case Op.ZX16:
                            r[d(op)] = r[a(op)] & 0xffff;
                            continue;
                        case Op.ZX32:
                            r[d(op)] = r[a(op)] & LOW;
                            continue;
                        case Op.SX32:
                            r[d(op)] = (int) r[a(op)];
                            continue;
                        case Op.INSERT:
                            r[d(op)] = Arithmetic.insert(r[d(op)], r[a(op)], imm);
                            continue;
                        case Op.SELECT:
                            r[d(op)] = r[r[a(op)] != 0 ? b(op) : (int) imm];
                            continue;
                        case Op.LD8U:
                            r[d(op)] = mem.load8(r[a(op)] + imm);
                            continue;
                        case Op.LD32U:
                            r[d(op)] = mem.load32(r[a(op)] + imm) & LOW;
                            continue;
                        case Op.LD32S:
                            r[d(op)] = mem.load32(r[a(op)] + imm);
                            continue;
                        case Op.LD64:
                            r[d(op)] = mem.load64(r[a(op)] + imm);
                            continue;
                        case Op.ST8:
                            mem.store8(r[a(op)] + imm, (int) r[d(op)]);
                            break;
                        case Op.ST32:
                            mem.store32(r[a(op)] + imm, (int) r[d(op)]);
                            break;
                        case Op.ST64:
                            mem.store64(r[a(op)] + imm, r[d(op)]);
                            break;
                        case Op.FLAGS:
                            r[flags] = d(op);
                            r[flags + 1] = r[a(op)];
                            r[flags + 2] = r[b(op)];
                            r[flags + 3] = r[(int) imm];
                            continue;
                        case Op.GETCOND:
                            r[d(op)] = Flags.test(s, (int) imm) ? 1 : 0;
                            continue;
                        case Op.SKIP:
                            i = 2 * (int) imm;
                            continue;
                        case Op.SKIP_IF:
                            i = r[a(op)] != 0 ? 2 * (int) imm : i;
                            continue;
                        case Op.SKIP_IFZ:
                            i = r[a(op)] == 0 ? 2 * (int) imm : i;
                            continue;
                        case Op.SKIP_COND:
                            i = Flags.test(s, d(op)) ? 2 * (int) imm : i;
                            continue;
                        case Op.JMP:
                            s.pc = imm;
                            status = TAKEN;
                            break run;
                        case Op.JMP_COND:
                            if (Flags.test(s, d(op))) {
                                s.pc = imm;
                                status = TAKEN;
                            }
                            break run;
                        case Op.JMP_IF:
                            if (r[a(op)] != 0) {
                                s.pc = imm;
                                status = TAKEN;
                            }
                            break run;
                        case Op.JMPR:
                            s.pc = r[a(op)];
                            status = INDIRECT;
                            break run;
                        case Op.JMPR_MODE:
                            s.pc = r[a(op)];
                            s.mode = (int) r[b(op)];
                            status = INDIRECT;
                            break run;
                        case Op.EXIT:
                            detail = a(op) == NO_SLOT ? 0 : r[a(op)];
                            return leave(block, i, done, d(op), imm);
                        case Op.EXITI:
                            detail = Block.detail(op);
                            return leave(block, i, done, d(op), imm);
                        case Op.HELPER:
                            s.pc = block.pcOf(block.instructionOf((i >> 1) - 1));
                            helpers[(int) imm].run(s, d(op), a(op), b(op));
                            break;
                        case Op.HELPER_END:
                            s.pc = block.pcOf(block.instructionOf((i >> 1) - 1));
                            helpers[(int) imm].run(s, d(op), a(op), b(op));
                            status = INDIRECT;
                            break run;
                        case FusedOp.ADD_FLAGS:
                            setFlags(r, flags, imm, r[a(op)], r[b(op)], r[a(op)] + r[b(op)]);
                            r[d(op)] = r[flags + 3];
                            continue;
                        case FusedOp.SUB_FLAGS:
                            setFlags(r, flags, imm, r[a(op)], r[b(op)], r[a(op)] - r[b(op)]);
                            r[d(op)] = r[flags + 3];
                            continue;
                        case FusedOp.AND_FLAGS:
                            setFlags(r, flags, imm, r[a(op)], r[b(op)], r[a(op)] & r[b(op)]);
                            r[d(op)] = r[flags + 3];
                            continue;
                        case FusedOp.OR_FLAGS:
                            setFlags(r, flags, imm, r[a(op)], r[b(op)], r[a(op)] | r[b(op)]);
                            r[d(op)] = r[flags + 3];
                            continue;
                        case FusedOp.XOR_FLAGS:
                            setFlags(r, flags, imm, r[a(op)], r[b(op)], r[a(op)] ^ r[b(op)]);
                            r[d(op)] = r[flags + 3];
                            continue;
                        case FusedOp.ADDI_FLAGS:
                            setFlags(r, flags, b(op), r[a(op)], imm, r[a(op)] + imm);
                            r[d(op)] = r[flags + 3];
                            continue;
                        case FusedOp.SUBI_FLAGS:
                            setFlags(r, flags, b(op), r[a(op)], imm, r[a(op)] - imm);
                            r[d(op)] = r[flags + 3];
                            continue;
                        case FusedOp.ANDI_FLAGS:
                            setFlags(r, flags, b(op), r[a(op)], imm, r[a(op)] & imm);
                            r[d(op)] = r[flags + 3];
                            continue;
                        case FusedOp.ORI_FLAGS:
                            setFlags(r, flags, b(op), r[a(op)], imm, r[a(op)] | imm);
                            r[d(op)] = r[flags + 3];
                            continue;
                        case FusedOp.XORI_FLAGS:
                            setFlags(r, flags, b(op), r[a(op)], imm, r[a(op)] ^ imm);
                            r[d(op)] = r[flags + 3];
                            continue;
                        case FusedOp.ADD_FLAGS32:
                            setFlags(r, flags, imm, r[a(op)], r[b(op)], r[a(op)] + r[b(op)]);
                            r[d(op)] = r[flags + 3] & LOW;
                            continue;
                        case FusedOp.SUB_FLAGS32:
                            setFlags(r, flags, imm, r[a(op)], r[b(op)], r[a(op)] - r[b(op)]);
                            r[d(op)] = r[flags + 3] & LOW;
                            continue;
                        case FusedOp.AND_FLAGS32:
                            setFlags(r, flags, imm, r[a(op)], r[b(op)], r[a(op)] & r[b(op)]);
                            r[d(op)] = r[flags + 3] & LOW;
                            continue;
                        case FusedOp.OR_FLAGS32:
                            setFlags(r, flags, imm, r[a(op)], r[b(op)], r[a(op)] | r[b(op)]);
                            r[d(op)] = r[flags + 3] & LOW;
                            continue;
                        case FusedOp.XOR_FLAGS32:
                            setFlags(r, flags, imm, r[a(op)], r[b(op)], r[a(op)] ^ r[b(op)]);
                            r[d(op)] = r[flags + 3] & LOW;
                            continue;
                        case FusedOp.ADDI_FLAGS32:
                            setFlags(r, flags, b(op), r[a(op)], imm, r[a(op)] + imm);
                            r[d(op)] = r[flags + 3] & LOW;
                            continue;
                        case FusedOp.SUBI_FLAGS32:
                            setFlags(r, flags, b(op), r[a(op)], imm, r[a(op)] - imm);
                            r[d(op)] = r[flags + 3] & LOW;
                            continue;
                        case FusedOp.ANDI_FLAGS32:
                            setFlags(r, flags, b(op), r[a(op)], imm, r[a(op)] & imm);
                            r[d(op)] = r[flags + 3] & LOW;
                            continue;
                        case FusedOp.ORI_FLAGS32:
                            setFlags(r, flags, b(op), r[a(op)], imm, r[a(op)] | imm);
                            r[d(op)] = r[flags + 3] & LOW;
                            continue;
                        case FusedOp.XORI_FLAGS32:
                            setFlags(r, flags, b(op), r[a(op)], imm, r[a(op)] ^ imm);
                            r[d(op)] = r[flags + 3] & LOW;
                            continue;
                        case FusedOp.SKIP_IF_NO_BITS:
                            i = (r[a(op)] & b(op)) == 0 ? 2 * (int) imm : i;
                            continue;
                        case FusedOp.JMP_Z:
                            if (zero(r, flags)) {
                                s.pc = imm;
                                status = TAKEN;
                            }
                            break run;
                        case FusedOp.JMP_NZ:
                            if (!zero(r, flags)) {
                                s.pc = imm;
                                status = TAKEN;
                            }
                            break run;
                        case FusedOp.LD8U_CUT:
                            r[d(op)] = mem.load8(r[a(op)] + imm & LOW);
                            continue;
                        case FusedOp.LD32U_CUT:
                            r[d(op)] = mem.load32(r[a(op)] + imm & LOW) & LOW;
                            continue;
                        case FusedOp.ST8_CUT:
                            mem.store8(r[a(op)] + imm & LOW, (int) r[d(op)]);
                            break;
                        case FusedOp.ST32_CUT:
                            mem.store32(r[a(op)] + imm & LOW, (int) r[d(op)]);
                            break;
                        case FusedOp.ADD_SHIFTED:
                            r[d(op)] = r[a(op)] + (r[b(op)] << imm);
                            continue;
                        case FusedOp.ADD_SHIFTED32:
                            r[d(op)] = r[a(op)] + (r[b(op)] << imm) & LOW;
                            continue;
                        case FusedOp.SUB_FLAGS_JMP: {
                            final long x = r[a(op)];
                            final long y = r[b(op)];
                            setFlags(r, flags, imm, x, y, x - y);
                            r[d(op)] = extended(x - y, ops[i]);
                            if (holds(ops[i], x, y)) {
                                s.pc = ops[i + 1];
                                status = TAKEN;
                            }
                            break run;
                        }
                        case FusedOp.SUBI_FLAGS_JMP: {
                            final long x = r[a(op)];
                            setFlags(r, flags, b(op), x, imm, x - imm);
                            r[d(op)] = extended(x - imm, ops[i]);
                            if (holds(ops[i], x, imm)) {
                                s.pc = ops[i + 1];
                                status = TAKEN;
                            }
                            break run;
                        }
                        case FusedOp.AND_FLAGS_JMP:
                            setFlags(r, flags, imm, r[a(op)], r[b(op)], r[a(op)] & r[b(op)]);
                            r[d(op)] = extended(r[flags + 3], ops[i]);
                            if (zero(r, flags) == (Block.opcode(ops[i]) == FusedOp.JMP_Z)) {
                                s.pc = ops[i + 1];
                                status = TAKEN;
                            }
                            break run;
                        case FusedOp.ANDI_FLAGS_JMP:
                            setFlags(r, flags, b(op), r[a(op)], imm, r[a(op)] & imm);
                            r[d(op)] = extended(r[flags + 3], ops[i]);
                            if (zero(r, flags) == (Block.opcode(ops[i]) == FusedOp.JMP_Z)) {
                                s.pc = ops[i + 1];
                                status = TAKEN;
                            }
                            break run;
                        case FusedOp.ADDI_FLAGS_JMP:
                            setFlags(r, flags, b(op), r[a(op)], imm, r[a(op)] + imm);
                            r[d(op)] = extended(r[flags + 3], ops[i]);
                            if (zero(r, flags) == (Block.opcode(ops[i]) == FusedOp.JMP_Z)) {
                                s.pc = ops[i + 1];
                                status = TAKEN;
                            }
                            break run;
                        default:
                            if (rare(op, imm, mem)) {
                                break;
                            }
                            continue;
                    }
                    if (mem.codeGeneration() != generation || s.singleStep) {
                        // What was decoded for the next instruction may be stale, or it has to be stepped: end behind
                        // this one.
                        stop = block.instructionOf((i >> 1) - 1) + 1;
                        end = 2 * block.firstOp(stop);
                    }
                }
                done += stop;
                CachedBlock next;
                if (status == FALL) {
                    s.pc = block.pcOf(stop);
                    next = block.fall;
                    if (stop != block.instructions) {
                        status = INDIRECT;
                    }
                } else if (status == TAKEN) {
                    next = block.taken;
                } else {
                    next = cpu.cached(s.pc, s.mode);
                    if (next != null) {
                        next.entered = true;
                        block.wentTo = next;
                    }
                }
                if (next == null
                        || ++next.heat >= translateAfter
                        || next.pc != s.pc
                        || next.instructions > budget - done
                        || mem.codeGeneration() != generation
                        || s.singleStep
                        || cpu.interruptPending()) {
                    last = block;
                    completed = done;
                    return status;
                }
                block = next;
            }
        } catch (MemoryFault fault) {
            final int k = block.instructionOf((i >> 1) - 1);
            s.pc = block.pcOf(k);
            completed = done + k;
            return CpuExit.PAGE_FAULT;
        } catch (GuestTrap trap) {
            detail = trap.detail;
            return leave(block, i, done, trap.exitCode, s.pc);
        }
    }

    /**
     * The operations that compiled code needs less often, in a method of their own: what the JVM compiles at once has to stay small, and is
     * compiled again whenever an operation comes for the first time.
     *
     * @return whether the block may have to end early
     */
    private boolean rare(final long op, final long imm, final PagedSpace mem) {
        final CpuState s = state;
        final long[] r = s.r;
        switch (Block.opcode(op)) {
            case Op.SHL:
                r[d(op)] = r[a(op)] << r[b(op)];
                return false;
            case Op.SHR:
                r[d(op)] = r[a(op)] >>> r[b(op)];
                return false;
            case Op.SAR:
                r[d(op)] = r[a(op)] >> r[b(op)];
                return false;
            case Op.ROR:
                r[d(op)] = Long.rotateRight(r[a(op)], (int) r[b(op)]);
                return false;
            case Op.UMULH:
                r[d(op)] = Arithmetic.unsignedMultiplyHigh(r[a(op)], r[b(op)]);
                return false;
            case Op.SMULH:
                r[d(op)] = Math.multiplyHigh(r[a(op)], r[b(op)]);
                return false;
            case Op.SHL32:
                r[d(op)] = (int) r[a(op)] << (int) r[b(op)] & LOW;
                return false;
            case Op.SHR32:
                r[d(op)] = (int) r[a(op)] >>> (int) r[b(op)] & LOW;
                return false;
            case Op.SAR32:
                r[d(op)] = (int) r[a(op)] >> (int) r[b(op)] & LOW;
                return false;
            case Op.ROR32:
                r[d(op)] = Integer.rotateRight((int) r[a(op)], (int) r[b(op)]) & LOW;
                return false;
            case Op.RORI:
                r[d(op)] = Long.rotateRight(r[a(op)], (int) imm);
                return false;
            case Op.NOT:
                r[d(op)] = ~r[a(op)];
                return false;
            case Op.NEG:
                r[d(op)] = -r[a(op)];
                return false;
            case Op.SX8:
                r[d(op)] = (byte) r[a(op)];
                return false;
            case Op.SX16:
                r[d(op)] = (short) r[a(op)];
                return false;
            case Op.CLZ:
                r[d(op)] = Long.numberOfLeadingZeros(r[a(op)]);
                return false;
            case Op.CTZ:
                r[d(op)] = Long.numberOfTrailingZeros(r[a(op)]);
                return false;
            case Op.CLZ32:
                r[d(op)] = Integer.numberOfLeadingZeros((int) r[a(op)]);
                return false;
            case Op.RBIT:
                r[d(op)] = Long.reverse(r[a(op)]);
                return false;
            case Op.BSWAP:
                r[d(op)] = Long.reverseBytes(r[a(op)]);
                return false;
            case Op.BSWAP32:
                r[d(op)] = Integer.reverseBytes((int) r[a(op)]) & LOW;
                return false;
            case Op.POPCNT:
                r[d(op)] = Long.bitCount(r[a(op)]);
                return false;
            case Op.UDIV:
                r[d(op)] = Arithmetic.divideUnsigned(r[a(op)], r[b(op)]);
                return false;
            case Op.SDIV:
                r[d(op)] = Arithmetic.divide(r[a(op)], r[b(op)]);
                return false;
            case Op.UDIV32:
                r[d(op)] = Arithmetic.divide(r[a(op)] & LOW, r[b(op)] & LOW);
                return false;
            case Op.SDIV32:
                r[d(op)] = Arithmetic.divide32(r[a(op)], r[b(op)]) & LOW;
                return false;
            case Op.EQ:
                r[d(op)] = r[a(op)] == r[b(op)] ? 1 : 0;
                return false;
            case Op.LTU:
                r[d(op)] = r[a(op)] + Long.MIN_VALUE < r[b(op)] + Long.MIN_VALUE ? 1 : 0;
                return false;
            case Op.LTS:
                r[d(op)] = r[a(op)] < r[b(op)] ? 1 : 0;
                return false;
            case Op.LD8S:
                r[d(op)] = (byte) mem.load8(r[a(op)] + imm);
                return false;
            case Op.LD16U:
                r[d(op)] = mem.load16(r[a(op)] + imm);
                return false;
            case Op.LD16S:
                r[d(op)] = (short) mem.load16(r[a(op)] + imm);
                return false;
            case Op.ST16:
                mem.store16(r[a(op)] + imm, (int) r[d(op)]);
                return true;
            case Op.PROBE_WRITE:
                mem.probeWrite(r[a(op)] + imm, d(op));
                return false;
            case Op.GETFLAGS:
                r[d(op)] = Flags.packed(s);
                return false;
            case Op.PUTFLAGS:
                Flags.set(s, (int) r[a(op)]);
                return false;
            case FusedOp.LD32S_CUT:
                r[d(op)] = mem.load32(r[a(op)] + imm & LOW);
                return false;
            case FusedOp.LD64_CUT:
                r[d(op)] = mem.load64(r[a(op)] + imm & LOW);
                return false;
            case FusedOp.ST64_CUT:
                mem.store64(r[a(op)] + imm & LOW, r[d(op)]);
                return true;
            default:
                throw new IllegalStateException("operation " + Block.opcode(op));
        }
    }

    /** Leaves for the kernel from the operation before {@code i}. */
    private int leave(final CachedBlock block, final int i, final long done, final int code, final long pc) {
        final int k = block.instructionOf((i >> 1) - 1);
        state.pc = pc;
        // A system call is complete even where it is told to look at itself again; other exits are when they moved on.
        completed = done + k + (code == CpuExit.SYSCALL || pc != block.pcOf(k) ? 1 : 0);
        return code;
    }

    private static void setFlags(
            final long[] r, final int flags, final long how, final long a, final long b, final long result) {
        r[flags] = how;
        r[flags + 1] = a;
        r[flags + 2] = b;
        r[flags + 3] = result;
    }

    /** Whether {@code jump} behind a comparison of x and y is taken. */
    private static boolean holds(final long jump, final long x, final long y) {
        final long left = x << a(jump);
        final long right = y << a(jump);
        final int relation = b(jump);
        final boolean yes = switch (relation & ~FusedOp.NOT) {
            case FusedOp.EQUAL -> left == right;
            case FusedOp.BELOW -> left + Long.MIN_VALUE < right + Long.MIN_VALUE;
            case FusedOp.LESS -> left < right;
            case FusedOp.BELOW_OR_EQUAL -> left + Long.MIN_VALUE <= right + Long.MIN_VALUE;
            default -> left <= right;
        };
        return yes == ((relation & FusedOp.NOT) == 0);
    }

    /** What an operation that is done with {@code jump} stores. */
    private static long extended(final long result, final long jump) {
        return result & -1L >>> d(jump);
    }

    /** The flag Z. A shift count is taken modulo 64, so the kind above the width does not matter there. */
    private static boolean zero(final long[] r, final int flags) {
        final int kindAndWidth = (int) r[flags];
        final long result = r[flags + 3];
        return kindAndWidth >> 8 == FlagKind.RAW ? (result & Flags.Z) != 0 : result << -kindAndWidth == 0;
    }
}
