package org.kernelentry.machine.ir;

/**
 * How the lazy flags were produced. A flag setter only stores (kind, a, b, result); {@link Flags} computes a flag when it is read.
 *
 * <p>Width (8, 16, 32 or 64) is packed beside the kind as {@code kind << 8 | width}.
 */
public final class FlagKind {
    /** {@code result} is the packed flags word, see {@link Flags}. */
    public static final int RAW = 0;
    /** result = a + b (+ carry in). C = carry out. */
    public static final int ADD = 1;
    /** result = a - b (- borrow in). C = borrow (x86). */
    public static final int SUB = 2;
    /** result = a - b (- borrow in). C = no borrow (Arm). */
    public static final int SUBC = 3;
    /** N, Z, P from result; C = V = A = 0. */
    public static final int LOGIC = 4;
    /** N, Z, P from result; C = a != 0, V = b != 0, A = 0: shifts, multiplies, Arm's shifter carry. */
    public static final int RESULT_CV = 5;
    /** result = x + 1; C = a != 0 is kept from before (x86 INC). */
    public static final int INC = 6;
    /** result = x - 1; C = a != 0 is kept from before (x86 DEC). */
    public static final int DEC = 7;
    /** result = a << 1, a itself being shifted by one step less than asked for. C = a's top bit; V = that and result's differ; A = 0. */
    public static final int SHL = 8;
    /** result = a >>> 1, a as for {@link #SHL}. C = a's bit 0; V = a's top bit; A = 0. */
    public static final int SHR = 9;
    /** result = a >> 1, a as for {@link #SHL}. C = a's bit 0; V = A = 0. */
    public static final int SAR = 10;

    private FlagKind() {}

    public static int pack(final int kind, final int width) {
        return kind << 8 | width;
    }
}
