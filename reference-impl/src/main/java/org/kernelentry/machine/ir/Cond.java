package org.kernelentry.machine.ir;

/** Conditions over the flags N (sign), Z, C, V and P, in words that fit x86 and Arm. {@code C} after SUB is borrow, after SUBC not-borrow. */
public final class Cond {
    public static final int Z = 0;
    public static final int NZ = 1;
    public static final int C = 2;
    public static final int NC = 3;
    public static final int N = 4;
    public static final int NN = 5;
    public static final int V = 6;
    public static final int NV = 7;
    /** C set and Z clear: Arm HI. */
    public static final int C_AND_NZ = 8;
    /** C clear or Z set: Arm LS. */
    public static final int NC_OR_Z = 9;
    /** N equals V: signed greater or equal. */
    public static final int GE = 10;

    public static final int LT = 11;
    public static final int GT = 12;
    public static final int LE = 13;
    /** C clear and Z clear: x86 above. */
    public static final int NC_AND_NZ = 14;
    /** C set or Z set: x86 below or equal. */
    public static final int C_OR_Z = 15;
    /** Even parity of the low result byte. */
    public static final int P = 16;

    public static final int NP = 17;

    private Cond() {}

    /** The opposite condition. */
    public static int not(final int cond) {
        return cond ^ 1;
    }
}
