package org.kernelentry.x86.decode;

import org.kernelentry.isa.fp.FpEnv;
import org.kernelentry.isa.fp.FpExtended;
import org.kernelentry.machine.CpuState;

/** Packed decimal integers of 18 digits and a sign, 10 bytes. Source: Intel SDM volume 1, 4.7, and volume 2, FBLD and FBSTP. */
final class X87Decimal {
    static final Row.Meaning FBLD = onMemory(X87Decimal::load);
    static final Row.Meaning FBSTP = onMemory(X87Decimal::store);

    private static final int BYTES = 10;
    private static final int DIGIT_BYTES = 9;
    private static final long TOO_LARGE = 1_000_000_000_000_000_000L;

    private X87Decimal() {}

    @FunctionalInterface
    interface OnMemory {
        void run(CpuState s, long address);
    }

    /** An instruction on memory that is more than a number. */
    static Row.Meaning onMemory(final OnMemory what) {
        final int number = VectorHelpers.add((s, d, a, b) -> what.run(s, s.r[d]));
        return i -> {
            X87Unit.begin(i);
            i.operands.checkAlignment(Long.BYTES, i.operands.address(), i.operands.displacement());
            i.out.helper(number, X87Unit.address(i), 0, 0);
        };
    }

    private static void load(final CpuState s, final long address) {
        final byte[] bytes = new byte[BYTES];
        s.memory.load(address, bytes, 0, BYTES);
        long value = 0;
        for (int n = DIGIT_BYTES - 1; n >= 0; n--) {
            // Digits above 9 are undefined; processors add them up.
            value = value * 100 + (bytes[n] >> 4 & 15) * 10L + (bytes[n] & 15);
        }
        final FpEnv env = X87Unit.env(s);
        FpExtended.fromInteger(env, value);
        FpExtended.result(env, env.significand, env.signExponent | (bytes[DIGIT_BYTES] < 0 ? FpExtended.SIGN : 0));
        X87Moves.push(s, env);
    }

    private static void store(final CpuState s, final long address) {
        s.memory.probeWrite(address, BYTES);
        // The packed BCD indefinite.
        final byte[] bytes = {0, 0, 0, 0, 0, 0, 0, (byte) 0xc0, -1, -1};
        final boolean done;
        if (X87Unit.full(s, 0)) {
            final FpEnv env = X87Unit.env(s);
            final int se = X87Unit.se(s, 0);
            final long value = FpExtended.toInteger(env, Long.SIZE, X87Unit.sig(s, 0), se, env.rounding);
            if (value <= -TOO_LARGE || value >= TOO_LARGE) {
                env.flags = FpEnv.INVALID;
                env.roundedUp = false;
            } else {
                digits(bytes, Math.abs(value), (se & FpExtended.SIGN) != 0);
            }
            done = X87Unit.endStore(s, env);
        } else {
            done = X87Unit.stackFault(s, false);
        }
        if (done) {
            s.memory.store(address, bytes, 0, BYTES);
            X87Unit.pop(s);
        }
    }

    private static void digits(final byte[] bytes, final long magnitude, final boolean negative) {
        long rest = magnitude;
        for (int n = 0; n < DIGIT_BYTES; n++) {
            final long pair = rest % 100;
            bytes[n] = (byte) (pair / 10 << 4 | pair % 10);
            rest /= 100;
        }
        bytes[DIGIT_BYTES] = (byte) (negative ? 0x80 : 0);
    }
}
