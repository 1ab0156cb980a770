package org.kernelentry.perf;

import org.kernelentry.arm.ArmPtRegs;
import org.kernelentry.arm64.Arm64PtRegs;
import org.kernelentry.machine.CpuState;
import org.kernelentry.x86.X86PtRegs;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What of {@link SyscallRoundTripBenchmark} is left without a kernel: the guest's loop on the machine, each call answered at once; and the same with
 * the general registers copied to a frame and back, as each port copies them. Below it no kernel of this model can come.
 */
public class MachineBenchmark extends GuestBenchmark {
    /** Calls in one batch. */
    public static final int CALLS = SyscallRoundTripBenchmark.CALLS;

    private static final int GENERAL_REGISTERS_OF_ARM64 = 32;

    /** Mode and flavour. */
    @Param({"x64-generic", "a64-native", "arm-native"})
    public String guest = "x64-generic";

    /** Whether registers are copied. */
    @Param({"false", "true"})
    public boolean copies;

    private final long[] frame = new long[Math.max(Arm64PtRegs.SLOTS, Math.max(ArmPtRegs.SLOTS, X86PtRegs.SLOTS))];

    /** What stands in for the kernel. */
    @FunctionalInterface
    interface Answer {
        void to(CpuState live);
    }

    private Answer answer = live -> {};

    /** Boots a kernel and lets the guest run to the end of its first batch; from then on the kernel has no part. */
    @Setup
    public void boot() {
        running = new Guest(guest, SyscallRoundTripBenchmark.PROGRAM, true, false);
        final long result = 1;
        answer = !copies
                ? live -> live.r[0] = result
                : switch (guest.substring(0, 3)) {
                    case "x64" ->
                        live -> {
                            X86PtRegs.pushGeneral(frame, live.r);
                            frame[X86PtRegs.AX] = result;
                            X86PtRegs.popGeneral(frame, live.r);
                        };
                    case "a64" ->
                        live -> {
                            System.arraycopy(live.r, 0, frame, 0, GENERAL_REGISTERS_OF_ARM64);
                            frame[0] = result;
                            System.arraycopy(frame, 0, live.r, 0, GENERAL_REGISTERS_OF_ARM64);
                        };
                    default ->
                        live -> {
                            ArmPtRegs.stm(frame, live.r);
                            frame[ArmPtRegs.R0] = result;
                            ArmPtRegs.ldm(frame, live.r);
                        };
                };
    }

    /** Runs {@link #CALLS} calls that nobody executes. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void getppid() {
        running.batchAlone(answer);
    }
}
