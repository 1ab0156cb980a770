package org.kernelentry.runner.linux;

import java.util.HexFormat;
import java.util.function.IntFunction;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.Mode;
import org.kernelentry.runner.system.GuestCode;
import org.kernelentry.runner.system.SetupException;

/** Registers of stopped tasks by name, among them {@code number}, which is where the kernel holds the number of the call. */
final class TaskRegisters {
    /** The general registers (elf.h). */
    private static final int NT_PRSTATUS = 1;
    /** NT_ARM_SYSTEM_CALL (elf.h): the number that a call will have, which no register of arm64 holds. */
    private static final int NT_ARM_SYSTEM_CALL = 0x404;
    /** PTRACE_SET_SYSCALL (linux v7.3 arch/arm/include/uapi/asm/ptrace.h; the same for compat tasks of arm64). */
    private static final int PTRACE_SET_SYSCALL = 23;

    private static final String NUMBER = "number";

    private final Agent agent;
    private final Mode mode;
    private final GuestCode code;
    private final IntFunction<String> names;

    /**
     * Registers of the tasks of a guest.
     *
     * @param names what tasks are called, by their numbers
     */
    TaskRegisters(final Agent agent, final Mode mode, final GuestCode code, final IntFunction<String> names) {
        this.agent = agent;
        this.mode = mode;
        this.code = code;
        this.names = names;
    }

    /**
     * The value of a register, sign-extended.
     *
     * @throws SetupException if the task is not stopped
     */
    long read(final int task, final String name) {
        if (NUMBER.equals(name) && mode == Mode.A64) {
            return LittleEndian.register(set(task, NT_ARM_SYSTEM_CALL), 0, 4);
        }
        if (NUMBER.equals(name) && mode.architecture() != Architecture.X86) {
            return agent.number("sysnr " + task);
        }
        return LittleEndian.register(set(task, NT_PRSTATUS), code.registerOffset(name), code.registerSize());
    }

    /** Writes a register; 0 or a negative error number. */
    long write(final int task, final String name, final long value) {
        if (NUMBER.equals(name) && mode == Mode.A64) {
            return put(task, NT_ARM_SYSTEM_CALL, LittleEndian.bytes(value, 4));
        }
        if (NUMBER.equals(name) && mode.architecture() != Architecture.X86) {
            return agent.number("ptrace " + PTRACE_SET_SYSCALL + " " + task + " 0 " + value);
        }
        final byte[] bytes = set(task, NT_PRSTATUS);
        final int size = code.registerSize();
        System.arraycopy(LittleEndian.bytes(value, size), 0, bytes, code.registerOffset(name), size);
        return put(task, NT_PRSTATUS, bytes);
    }

    private byte[] set(final int task, final int set) {
        final String[] reply = agent.ask("getregs " + task + " " + set);
        if (reply.length == 1) {
            throw new SetupException("the registers of " + names.apply(task) + " cannot be read: error " + reply[0]);
        }
        return HexFormat.of().parseHex(reply[1]);
    }

    private long put(final int task, final int set, final byte[] bytes) {
        return agent.number("setregs " + task + " " + set + " " + HexFormat.of().formatHex(bytes));
    }
}
