package org.kernelentry.machine.translate;

import static org.kernelentry.machine.translate.Emit.*;
import static org.objectweb.asm.Opcodes.*;

import org.kernelentry.machine.CpuExit;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;

/** The ways out of a region: to the next block that is not in it, to the kernel, and by a fault or trap. */
final class ExitEmit {
    private final Emit e;
    private final MethodVisitor m;
    private final Place at;
    /** Leaves with {@link RegionCode#INDIRECT} for the pc in {@link Emit#PC}. */
    private final Label out = new Label();
    /** Leaves with the code in {@link Emit#CODE} and the pc in {@link Emit#PC}. */
    private final Label exit = new Label();

    private final Label missed = new Label();

    ExitEmit(final Emit e, final Place at) {
        this.e = e;
        this.m = e.m;
        this.at = at;
    }

    /** For who goes on elsewhere, at the pc in {@link Emit#PC}. */
    Label out() {
        return out;
    }

    /** Leaves for the access to {@link Emit#ADDRESS} of instruction {@link Emit#AT} that the window in {@link Emit#CODE} does not show. */
    Label missed() {
        return missed;
    }

    /** The code at the three labels. */
    void leaves() {
        leave(out, () -> e.integer(RegionCode.INDIRECT));
        leave(exit, () -> m.visitVarInsn(ILOAD, CODE));
        m.visitLabel(missed);
        e.saveUnsettled();
        where();
        m.visitVarInsn(ILOAD, CODE);
        m.visitVarInsn(LLOAD, ADDRESS);
        e.call(RUN_NAME, "missed", "(L" + STATE_NAME + ";JI[J[IIJ)I");
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
        e.integer(code);
        m.visitVarInsn(ISTORE, CODE);
        m.visitJumpInsn(GOTO, exit);
    }

    private void leave(final Label from, final Runnable result) {
        m.visitLabel(from);
        e.saveUnsettled();
        e.storePc();
        m.visitVarInsn(ALOAD, RUN);
        done();
        m.visitFieldInsn(PUTFIELD, RUN_NAME, "completed", "J");
        result.run();
        m.visitInsn(IRETURN);
    }

    private void done() {
        // Not the argument: it would live in a register of the host all the time.
        m.visitVarInsn(ALOAD, RUN);
        m.visitFieldInsn(GETFIELD, RUN_NAME, "budget", "J");
        m.visitVarInsn(LLOAD, LEFT);
        m.visitInsn(LSUB);
    }

    /** The registers are exact; the flags are saved, unless a helper trapped, which has them already. */
    void handler(final Label begin, final String method, final String thrown, final boolean keep) {
        e.m.expect(keep ? TRAP_NAME : FAULT_NAME);
        m.visitLabel(begin);
        if (keep) {
            m.visitVarInsn(ASTORE, SCRATCH);
        } else {
            m.visitInsn(POP);
            // A helper's fault found registers and flags in their slots and left them alone, so saving them again
            // changes nothing.
            e.saveUnsettled();
        }
        where();
        if (keep) {
            m.visitVarInsn(ALOAD, SCRATCH);
        }
        e.call(RUN_NAME, method, "(L" + STATE_NAME + ";JI[J[I" + thrown + ")I");
        m.visitInsn(IRETURN);
    }
}
