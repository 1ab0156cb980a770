package org.kernelentry.isa.aarch32;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;

/** Code under assembly: its bytes and labels, and the single instructions that A32 and T32 encode each in their own way. */
abstract class CodeBuffer implements GuestAssembler {
    /** Condition field of an unconditional branch. */
    static final int ALWAYS = 14;

    /** How a place that names a label is patched. */
    enum Patch {
        ADDRESS,
        BRANCH,
        BRANCH_IF,
        BRANCH_LINK
    }

    private record Reference(int at, Label label, Patch patch) {}

    private final long origin;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<Reference> references = new ArrayList<>();

    CodeBuffer(final long origin) {
        this.origin = origin;
    }

    // ---- what the two instruction sets encode differently

    abstract void movw(int d, int imm16);

    abstract void movt(int d, int imm16);

    abstract void mov(int d, int m);

    /** d = n op m, where op is a number of {@link DataProcessing}: ADD, SUB, AND, ORR. */
    abstract void alu(int operation, int d, int n, int m);

    /** d = m shifted by a constant, by a type of {@link Shifter}. */
    abstract void shift(int type, int d, int m, int amount);

    abstract void cmp(int n, int m);

    /** t = [n + offset] or the reverse; {@code offset} from 0 to 255. */
    abstract void access(boolean load, int size, int t, int n, int offset);

    abstract void push(int list);

    abstract void pop(int list);

    abstract void bx(int m);

    abstract void svc(int immediate);

    abstract void mrs(int d);

    /** A place for a branch; its offset is filled in by {@link #patched}. */
    abstract void branchPlace(Patch patch, int cond);

    /** The bytes of the instruction(s) at a reference, once {@code target} is known. */
    abstract byte[] patched(byte[] code, int at, Patch patch, long pc, long target);

    // ---- bytes and labels

    void halfword(final int value) {
        bytes.write(value);
        bytes.write(value >>> 8);
    }

    void word(final int value) {
        halfword(value);
        halfword(value >>> 16);
    }

    final void refer(final Label label, final Patch patch) {
        references.add(new Reference(bytes.size(), label, patch));
    }

    @Override
    public final long origin() {
        return origin;
    }

    @Override
    public final long here() {
        return origin + bytes.size();
    }

    @Override
    public final void bind(final Label label) {
        label.bind(here());
    }

    @Override
    public final byte[] finish() {
        final byte[] code = bytes.toByteArray();
        for (final Reference r : references) {
            final byte[] instruction = patched(code, r.at, r.patch, origin + r.at, r.label.address());
            System.arraycopy(instruction, 0, code, r.at, instruction.length);
        }
        return code;
    }

    static IllegalStateException tooFar(final long pc, final long target) {
        return new IllegalStateException(
                "branch at " + Long.toHexString(pc) + " does not reach " + Long.toHexString(target));
    }

    @Override
    public final void raw(final byte[] raw) {
        bytes.write(raw, 0, raw.length);
    }
}
