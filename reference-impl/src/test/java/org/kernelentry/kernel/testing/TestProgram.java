package org.kernelentry.kernel.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.machine.CpuExit;

/**
 * User code of the scripted CPU: one operation per four bytes of address, the same text for every process.
 *
 * <p>Registers 0 to 5 carry arguments, 0 the result, {@link TestCpu#NR} the system call number. All other state of a program is its pc, so
 * that fork, signals, restart and ptrace work on it as on real code.
 */
public final class TestProgram {
    /** Address of the first operation. */
    public static final long TEXT = 0x1_0000;

    /** One operation: returns a code of {@link CpuExit}, or {@link #NEXT}. The pc is behind it already. */
    @FunctionalInterface
    public interface Op {
        int run(TestCpu cpu);
    }

    public static final int NEXT = -1;

    private final Abi abi;
    private final List<Op> ops = new ArrayList<>();
    private final Map<String, Long> labels = new HashMap<>();
    /** What {@link #note} wrote, in order: {@code comm/pid words value}. */
    public final List<String> notes = new ArrayList<>();

    TestProgram(final Abi abi) {
        this.abi = abi;
    }

    Op at(final long pc) {
        final long index = pc - TEXT >> 2;
        return (pc & 3) == 0 && index >= 0 && index < ops.size() ? ops.get((int) index) : cpu -> CpuExit.UNDEFINED;
    }

    /** Address of the next operation. */
    public long here() {
        return TEXT + 4L * ops.size();
    }

    /** Address of a label, known or yet to come when it is run. */
    public long address(final String label) {
        final Long address = labels.get(label);
        if (address == null) {
            throw new IllegalArgumentException("no label " + label);
        }
        return address;
    }

    public TestProgram label(final String name) {
        labels.put(name, here());
        return this;
    }

    public TestProgram op(final Op op) {
        ops.add(op);
        return this;
    }

    public TestProgram set(final int register, final long value) {
        return op(cpu -> {
            cpu.state().r[register] = value;
            return NEXT;
        });
    }

    /** Sets a register to the address of a label, which may come later in the text. */
    public TestProgram setAddress(final int register, final String label) {
        return op(cpu -> {
            cpu.state().r[register] = address(label);
            return NEXT;
        });
    }

    public TestProgram move(final int to, final int from) {
        return op(cpu -> {
            cpu.state().r[to] = cpu.state().r[from];
            return NEXT;
        });
    }

    public TestProgram add(final int register, final long value) {
        return op(cpu -> {
            cpu.state().r[register] += value;
            return NEXT;
        });
    }

    /** The arguments into registers 0.., then the call. */
    public TestProgram syscall(final String name, final long... args) {
        for (int i = 0; i < args.length; i++) {
            set(i, args[i]);
        }
        return set(TestCpu.NR, abi.number(name)).svc();
    }

    /** Number of a call. */
    public int number(final String name) {
        return abi.number(name);
    }

    /** The system call instruction. */
    public TestProgram svc() {
        return op(cpu -> CpuExit.SYSCALL);
    }

    public TestProgram jump(final String label) {
        return op(cpu -> {
            cpu.state().pc = address(label);
            return NEXT;
        });
    }

    public TestProgram jumpIfZero(final int register, final String label) {
        return op(cpu -> {
            if (cpu.state().r[register] == 0) {
                cpu.state().pc = address(label);
            }
            return NEXT;
        });
    }

    public TestProgram jumpIfNotZero(final int register, final String label) {
        return op(cpu -> {
            if (cpu.state().r[register] != 0) {
                cpu.state().pc = address(label);
            }
            return NEXT;
        });
    }

    /** Spends {@code count} instructions, counted down in register {@link TestCpu#COUNT}. */
    public TestProgram spin(final long count) {
        return op(cpu -> {
            final long[] r = cpu.state().r;
            if (r[TestCpu.COUNT] == 0) {
                r[TestCpu.COUNT] = count;
            }
            r[TestCpu.COUNT] -= cpu.spend(r[TestCpu.COUNT]);
            if (r[TestCpu.COUNT] > 0) {
                cpu.state().pc -= 4;
            }
            return NEXT;
        });
    }

    /** A jump to itself. */
    public TestProgram forever() {
        return op(cpu -> {
            cpu.spend(Long.MAX_VALUE);
            cpu.state().pc -= 4;
            return NEXT;
        });
    }

    /** An eight byte store of a register. */
    public TestProgram store(final long address, final int register) {
        return op(cpu -> {
            cpu.state().memory.store64(address, cpu.state().r[register]);
            return NEXT;
        });
    }

    /** An eight byte load. */
    public TestProgram load(final int register, final long address) {
        return op(cpu -> {
            cpu.state().r[register] = cpu.state().memory.load64(address);
            return NEXT;
        });
    }

    /** A four byte store of a value. */
    public TestProgram storeInt(final long address, final int value) {
        return op(cpu -> {
            cpu.state().memory.store32(address, value);
            return NEXT;
        });
    }

    /** An eight byte store of a value. */
    public TestProgram storeLong(final long address, final long value) {
        return op(cpu -> {
            cpu.state().memory.store64(address, value);
            return NEXT;
        });
    }

    /** Stores a string with its end. */
    public TestProgram string(final long address, final String text) {
        final byte[] bytes = (text + '\0').getBytes(StandardCharsets.ISO_8859_1);
        return op(cpu -> {
            cpu.state().memory.store(address, bytes, 0, bytes.length);
            return NEXT;
        });
    }

    /** {@code rt_sigaction(sig, {handler at label, flags, no mask})}, with the structure at {@code scratch}. */
    public TestProgram sigaction(final int sig, final String label, final long flags, final long scratch) {
        op(cpu -> {
            cpu.state().memory.store64(scratch, address(label));
            return NEXT;
        });
        storeLong(scratch + 8, flags).storeLong(scratch + 16, 0).storeLong(scratch + 24, 0);
        return syscall("rt_sigaction", sig, scratch, 0, 8);
    }

    /** Writes {@code comm/pid words value-of-register} to {@link #notes}. */
    public TestProgram note(final String words, final int register) {
        return op(cpu -> {
            notes.add(cpu.who() + " " + words + " " + cpu.state().r[register]);
            return NEXT;
        });
    }

    /** Writes {@code comm/pid words} to {@link #notes}. */
    public TestProgram note(final String words) {
        return op(cpu -> {
            notes.add(cpu.who() + " " + words);
            return NEXT;
        });
    }

    /** {@code exit_group(status)}. */
    public TestProgram exit(final int status) {
        return syscall("exit_group", status);
    }

    public TestProgram undefined() {
        return op(cpu -> CpuExit.UNDEFINED);
    }

    public TestProgram breakpoint() {
        return op(cpu -> CpuExit.BREAKPOINT);
    }
}
