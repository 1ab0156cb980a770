package org.kernelentry.runner.system;

import java.util.Map;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.spec.Mode;

/** Registers and stop details of a stopped task on the reference, as its tracer reads them. */
final class ReferenceRegisters {
    private static final int NT_PRSTATUS = 1;
    private static final int NT_ARM_SYSTEM_CALL = 0x404;
    private static final int PTRACE_SET_SYSCALL = 23;
    private static final Map<String, java.util.function.ToLongFunction<SigInfo>> SIGINFO = Map.of(
            "si_signo", SigInfo::signo,
            "si_code", SigInfo::code,
            "si_errno", SigInfo::errno,
            "si_pid", SigInfo::pid,
            "si_addr", SigInfo::addr,
            "si_syscall", SigInfo::value,
            "si_status", SigInfo::value,
            "si_arch", SigInfo::arch);

    private final Kernel k;
    private final Mode mode;

    ReferenceRegisters(final Kernel kernel, final Mode mode) {
        this.k = kernel;
        this.mode = mode;
    }

    /** Name of the call a task is stopped in, by the number its tracer is told. */
    String callName(final Task task) {
        final Abi abi = k.arch.abi(task);
        final int number = (int) k.arch.syscallGetNr(task, task.regs);
        final String name = abi.name(number);
        return name == null ? Integer.toString(number) : name;
    }

    long read(final Task task, final String name) {
        if ("message".equals(name)) {
            return task.ptrace.message;
        }
        final var field = SIGINFO.get(name);
        if (field != null) {
            final SigInfo info = task.ptrace.lastSigInfo;
            if (info == null) {
                throw new SetupException("there is no siginfo in this stop");
            }
            return field.applyAsLong(info);
        }
        if ("number".equals(name)) {
            if (mode.architecture() == Architecture.ARM64) {
                return (int) little(regset(task, NT_ARM_SYSTEM_CALL), 0, 4);
            }
            if (mode.architecture() == Architecture.ARM) {
                return (int) k.arch.syscallGetNr(task, task.regs);
            }
        }
        final int size = k.arch.registerSize(task);
        final long value = little(regset(task, NT_PRSTATUS), offset(task, name), size);
        return size == 4 ? (int) value : value;
    }

    long write(final Task tracer, final Task task, final String name, final long value) {
        if ("number".equals(name) && mode.architecture() == Architecture.ARM64) {
            final byte[] bytes = new byte[4];
            put(bytes, 0, 4, value);
            return k.arch.setRegset(task, NT_ARM_SYSTEM_CALL, bytes);
        }
        if ("number".equals(name) && mode.architecture() == Architecture.ARM) {
            return k.arch.archPtrace(tracer, task, PTRACE_SET_SYSCALL, 0, value);
        }
        final byte[] bytes = regset(task, NT_PRSTATUS);
        put(bytes, offset(task, name), k.arch.registerSize(task), value);
        return k.arch.setRegset(task, NT_PRSTATUS, bytes);
    }

    private int offset(final Task task, final String name) {
        final int offset = k.arch.registerOffset(task, RegisterNames.of(mode, name));
        if (offset < 0) {
            throw new SetupException("mode " + mode.label() + " has no register or stop detail '" + name + "'");
        }
        return offset;
    }

    private byte[] regset(final Task task, final int type) {
        final byte[] bytes = k.arch.getRegset(task, type);
        if (bytes == null) {
            throw new SetupException("mode " + mode.label() + " has no register set 0x" + Integer.toHexString(type));
        }
        return bytes;
    }

    private static long little(final byte[] bytes, final int at, final int size) {
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xff;
        }
        return value;
    }

    private static void put(final byte[] bytes, final int at, final int size, final long value) {
        for (int i = 0; i < size; i++) {
            bytes[at + i] = (byte) (value >> 8 * i);
        }
    }
}
