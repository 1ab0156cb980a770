package org.kernelentry.x86.decode;

import org.kernelentry.machine.ir.Cond;

/** The sixteen conditions of Jcc, SETcc and CMOVcc, in the order of the opcode's low four bits. */
final class Conditions {
    private static final int[] BY_CODE = {
        Cond.V, Cond.NV, Cond.C, Cond.NC, Cond.Z, Cond.NZ, Cond.C_OR_Z, Cond.NC_AND_NZ,
        Cond.N, Cond.NN, Cond.P, Cond.NP, Cond.LT, Cond.GE, Cond.LE, Cond.GT
    };

    private Conditions() {}

    static int of(final int opcode) {
        return BY_CODE[opcode & 15];
    }
}
