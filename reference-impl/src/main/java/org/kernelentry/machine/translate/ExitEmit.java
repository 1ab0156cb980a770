package org.kernelentry.machine.translate;

import static org.kernelentry.machine.translate.Emit.*;
import static org.objectweb.asm.Opcodes.*;

import org.kernelentry.machine.CpuExit;
import org.objectweb.asm.Label;

/** The ways out of a region: to the next block that is not in it, to the kernel, and by a fault or trap. */
final class ExitEmit {
    private final Emit e;
    private final UniformFrames m;
    private final Place at;
    private final FlagEmit flags;
    private final int most;
    private final boolean roomy;
    /** Leaves with {@link RegionCode#INDIRECT} for the pc in {@link Emit#PC}. */
    private final Label out = new Label();
    /** Leaves with what {@link Emit#CODE} says. */
    private final Label left = new Label();

    /** @param plan of the region */
    ExitEmit(final Emit e, final Place at, final FlagEmit flags, final RegionPlan plan) {
        this.flags = flags;
        this.most = plan.most();
        this.roomy = plan.isRoomy();
        this.e = e;
        this.m = e.m;
        this.at = at;
    }

    /** Goes on elsewhere, at the pc in {@link Emit#PC}. */
    void goOutside() {
        if (flags.now().stored()) {
            m.visitJumpInsn(GOTO, out);
            return;
        }
        e.integer(RegionCode.INDIRECT);
        m.visitVarInsn(ISTORE, CODE);
        m.visitJumpInsn(GOTO, flags.out(left));
    }

    /** As {@link #goOutside}, for who has stored the flags. */
    Label out() {
        return out;
    }

    /**
     * Leaves with the code in {@link Emit#CODE}: an exit's and {@link RegionCode#INDIRECT}, for the pc in {@link Emit#PC}; or one of {@link
     * RegionRun#stopped} for instruction {@link Emit#AT}.
     */
    Label left() {
        return left;
    }

    /** The code at the labels, but for traps; ways out are one, as storing registers takes most of it, but for system calls of small regions. */
    void leave() {
        flags.leave(left);
        m.visitLabel(out);
        e.integer(RegionCode.INDIRECT);
        m.visitVarInsn(ISTORE, CODE);
        m.visitLabel(left);
        e.saveRegisters();
        final Label stopped = new Label();
        m.visitVarInsn(ILOAD, CODE);
        e.integer(RegionCode.MISSED);
        m.visitJumpInsn(IF_ICMPLE, stopped);
        complete(() -> m.visitVarInsn(ILOAD, CODE));
        m.visitLabel(stopped);
        where();
        m.visitVarInsn(ILOAD, CODE);
        m.visitVarInsn(LLOAD, ADDRESS);
        e.call(RUN_NAME, "stopped", "(L" + STATE_NAME + ";JI[J[IIJ)I");
        m.visitInsn(IRETURN);
    }

    /** Returns what {@code code} pushes, to go on at the pc in {@link Emit#PC}. */
    private void complete(final Runnable code) {
        e.storePc();
        m.visitVarInsn(ALOAD, RUN);
        done();
        m.visitFieldInsn(PUTFIELD, RUN_NAME, "completed", "J");
        code.run();
        m.visitInsn(IRETURN);
    }

    /** Pushes what the methods of a run that name an instruction begin with. */
    private void where() {
        m.visitVarInsn(ALOAD, RUN);
        m.visitVarInsn(ALOAD, STATE);
        done();
        m.visitVarInsn(ILOAD, AT);
        m.visitFieldInsn(GETSTATIC, Translator.CLASS_NAME, "pcs", "[J");
        m.visitFieldInsn(GETSTATIC, Translator.CLASS_NAME, "before", "[I");
    }

    /** As the interpreter: a system call is complete even where it is told to look at itself again; other exits when they moved on. */
    void exit(final int code, final long pc, final Runnable detail) {
        m.visitVarInsn(ALOAD, RUN);
        detail.run();
        m.visitFieldInsn(PUTFIELD, RUN_NAME, "detail", "J");
        final boolean complete = code == CpuExit.SYSCALL || pc != at.pc();
        e.moveLeft(-at.insn - (complete ? 1 : 0));
        e.setPc(pc);
        if (code == CpuExit.SYSCALL && roomy) {
            // The way that is worth its own code.
            e.saveRegisters();
            complete(() -> e.integer(code));
            return;
        }
        e.integer(code);
        m.visitVarInsn(ISTORE, CODE);
        m.visitJumpInsn(GOTO, left);
    }

    private void done() {
        // Not the argument: it would live in a register of the host all the time.
        m.visitVarInsn(ALOAD, RUN);
        m.visitFieldInsn(GETFIELD, RUN_NAME, "budget", "J");
        m.visitVarInsn(ILOAD, LEFT);
        e.integer(most);
        m.visitInsn(IADD);
        m.visitInsn(I2L);
        m.visitInsn(LSUB);
    }

    /** Where an access of the space's throws: the registers are exact. A helper's fault found them in their slots, and goes the same way. */
    void fault(final Label begin) {
        m.expect(FAULT_NAME);
        m.visitLabel(begin);
        m.visitInsn(POP);
        e.integer(RegionRun.FAULT);
        m.visitVarInsn(ISTORE, CODE);
        m.visitJumpInsn(GOTO, left);
    }

    /** Where a helper traps, which has saved everything. */
    void trap(final Label begin) {
        m.expect(TRAP_NAME);
        m.visitLabel(begin);
        m.visitVarInsn(ASTORE, SCRATCH);
        where();
        m.visitVarInsn(ALOAD, SCRATCH);
        e.call(RUN_NAME, "trap", "(L" + STATE_NAME + ";JI[J[IL" + TRAP_NAME + ";)I");
        m.visitInsn(IRETURN);
    }
}
