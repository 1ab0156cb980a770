package org.kernelentry.machine.engine;

import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.Isa;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.GuestTrap;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.CodeWindow;
import org.kernelentry.machine.memory.MemoryFault;

/**
 * The intermediate form executed as its definition reads: one instruction is decoded, its operations run one by one, flags are
 * computed at once. No block, no cache, no optimisation; what {@link EngineCpu} must agree with.
 */
final class NaiveCpu {
    final CpuState state;
    long retired;
    long detail;

    private final Isa isa;
    private final BlockBuilder builder;
    private final CodeWindow window;

    NaiveCpu(final Isa isa, final AddressSpace space) {
        this.isa = isa;
        this.builder = new BlockBuilder(isa.registerSlots());
        this.state = new CpuState(BlockBuilder.slotsFor(isa.registerSlots()));
        this.state.memory = space;
        this.window = new CodeWindow(space);
    }

    /** Runs one instruction; INTERRUPT_WINDOW when nothing else happened. */
    int step() {
        final long pc = state.pc;
        builder.reset();
        builder.beginInstruction(pc);
        window.reset(state.memory, pc);
        try {
            isa.decode(window, state.mode, builder);
            final int exit = operations(pc, pc + window.length());
            if (exit == CpuExit.INTERRUPT_WINDOW || exit == CpuExit.SYSCALL || state.pc != pc) {
                retired++;
            }
            return exit;
        } catch (MemoryFault fault) {
            state.pc = pc;
            return CpuExit.PAGE_FAULT;
        } catch (GuestTrap trap) {
            detail = trap.detail;
            retired += state.pc != pc ? 1 : 0;
            return trap.exitCode;
        }
    }

    private int operations(final long pc, final long next) {
        final long[] r = state.r;
        int i = 0;
        while (i < builder.opCount()) {
            final int opcode = builder.code()[4 * i];
            final int d = builder.code()[4 * i + 1];
            final int a = builder.code()[4 * i + 2];
            final int b = builder.code()[4 * i + 3];
            final long imm = builder.imms()[i];
            i++;
            switch (opcode) {
                case Op.JMP -> {
                    state.pc = imm;
                    return CpuExit.INTERRUPT_WINDOW;
                }
                case Op.JMP_COND -> {
                    state.pc = Flags.test(state, d) ? imm : next;
                    return CpuExit.INTERRUPT_WINDOW;
                }
                case Op.JMP_IF -> {
                    state.pc = r[a] != 0 ? imm : next;
                    return CpuExit.INTERRUPT_WINDOW;
                }
                case Op.JMPR -> {
                    state.pc = r[a];
                    return CpuExit.INTERRUPT_WINDOW;
                }
                case Op.JMPR_MODE -> {
                    state.pc = r[a];
                    state.mode = (int) r[b];
                    return CpuExit.INTERRUPT_WINDOW;
                }
                case Op.EXIT -> {
                    detail = a == -1 ? 0 : r[a];
                    state.pc = imm;
                    return d;
                }
                case Op.EXITI -> {
                    detail = b;
                    state.pc = imm;
                    return d;
                }
                case Op.HELPER, Op.HELPER_END -> {
                    state.pc = pc;
                    isa.helpers().apply((int) imm).run(state, d, a, b);
                    if (opcode == Op.HELPER_END) {
                        return CpuExit.INTERRUPT_WINDOW;
                    }
                }
                case Op.SKIP -> i = (int) imm;
                case Op.SKIP_IF -> i = r[a] != 0 ? (int) imm : i;
                case Op.SKIP_IFZ -> i = r[a] == 0 ? (int) imm : i;
                case Op.SKIP_COND -> i = Flags.test(state, d) ? (int) imm : i;
                default -> plain(opcode, d, a, b, imm);
            }
        }
        state.pc = next;
        return CpuExit.INTERRUPT_WINDOW;
    }

    private void plain(final int opcode, final int d, final int a, final int b, final long imm) {
        final long[] r = state.r;
        final AddressSpace memory = state.memory;
        switch (opcode) {
            case Op.SELECT -> r[d] = r[a] != 0 ? r[b] : r[(int) imm];
            case Op.LD8U -> r[d] = memory.load8(r[a] + imm);
            case Op.LD8S -> r[d] = (byte) memory.load8(r[a] + imm);
            case Op.LD16U -> r[d] = memory.load16(r[a] + imm);
            case Op.LD16S -> r[d] = (short) memory.load16(r[a] + imm);
            case Op.LD32U -> r[d] = memory.load32(r[a] + imm) & 0xffff_ffffL;
            case Op.LD32S -> r[d] = memory.load32(r[a] + imm);
            case Op.LD64 -> r[d] = memory.load64(r[a] + imm);
            case Op.ST8 -> memory.store8(r[a] + imm, (int) r[d]);
            case Op.ST16 -> memory.store16(r[a] + imm, (int) r[d]);
            case Op.ST32 -> memory.store32(r[a] + imm, (int) r[d]);
            case Op.ST64 -> memory.store64(r[a] + imm, r[d]);
            case Op.PROBE_WRITE -> memory.probeWrite(r[a] + imm, d);
            case Op.FLAGS -> {
                final int f = state.flags;
                final long result = r[(int) imm];
                final long left = r[a];
                final long right = r[b];
                r[f] = d;
                r[f + 1] = left;
                r[f + 2] = right;
                r[f + 3] = result;
                Flags.set(state, Flags.packed(state));
            }
            case Op.GETCOND -> r[d] = Flags.test(state, (int) imm) ? 1 : 0;
            case Op.GETFLAGS -> r[d] = imm == 0 ? Flags.packed(state) : Flags.nzcv(state);
            case Op.PUTFLAGS -> Flags.set(state, (int) r[a]);
            default -> r[d] = Meanings.value(opcode, r[a], r[b], imm, r[d]);
        }
    }
}
