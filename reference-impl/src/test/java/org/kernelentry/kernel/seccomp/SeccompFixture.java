package org.kernelentry.kernel.seccomp;

import static org.kernelentry.kernel.seccomp.Bpf.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.testing.ParkedGuest;
import org.kernelentry.kernel.testing.TestPort;
import org.kernelentry.machine.memory.AddressSpace;

/** A parked guest and the ways to put filters on it through its own memory. */
final class SeccompFixture {
    static final long FPROG = TestPort.DATA;
    static final long PROGRAM = 0x40_0000;
    private static final int ROOM = INSN_SIZE * BPF_MAXINSNS;

    private SeccompFixture() {}

    /** A program that returns {@code value} for number {@code nr} and allows all else. */
    static long[] forNumber(final int nr, final int value) {
        return new long[] {
            stmt(BPF_LD | BPF_W | BPF_ABS, SeccompData.NR),
            jump(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
            stmt(BPF_RET | BPF_K, value),
            stmt(BPF_RET | BPF_K, SeccompAction.ALLOW.value())
        };
    }

    static long[] always(final int value) {
        return new long[] {stmt(BPF_RET | BPF_K, value)};
    }

    /** Writes the program and its {@code struct sock_fprog} of a 64-bit ABI; the address of the latter. */
    static long store(final Task task, final long... program) {
        final ByteBuffer bytes = ByteBuffer.allocate(program.length * INSN_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (final long insn : program) {
            bytes.putLong(insn);
        }
        task.requireMm().space.map(PROGRAM, ROOM, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
        task.requireMm().space.store(PROGRAM, bytes.array(), 0, bytes.capacity());
        task.requireMm().space.store64(FPROG, program.length);
        task.requireMm().space.store64(FPROG + 8, PROGRAM);
        return FPROG;
    }

    static long install(final ParkedGuest guest, final int flags, final long... program) {
        return install(guest, guest.task, flags, program);
    }

    static long install(final ParkedGuest guest, final Task task, final int flags, final long... program) {
        return guest.k.seccomp.sysSeccomp(task, SeccompInstall.SECCOMP_SET_MODE_FILTER, flags, store(task, program));
    }

    static KernelConfig config() {
        return KernelConfig.of(KernelConfig.Flavour.GENERIC);
    }

    static boolean judge(final ParkedGuest guest) {
        return guest.k.seccomp.secureComputing(guest.task, guest.task.regs);
    }
}
