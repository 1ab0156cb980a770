package org.kernelentry.runner.steps;

import java.util.Map;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.runner.system.Guest;
import org.kernelentry.runner.system.SetupException;

/**
 * What a word in a table means as a number: a number, {@code -EINTR}, {@code SIGUSR1}, {@code TRAP_TRACE}, {@code nr.getppid}, {@code AUDIT_ARCH}
 * (of the scenario's ABI), a name of the guest program ({@code L}, {@code L.next}, {@code L+2}), a register of the stopped task ({@code sp+8}), or
 * the word in memory at one of these ({@code [sp+8]}).
 */
final class Values {
    private static final Map<String, Long> NAMES = Map.ofEntries(
            Map.entry("-EPERM", -1L),
            Map.entry("-ENOENT", -2L),
            Map.entry("-ESRCH", -3L),
            Map.entry("-EINTR", -4L),
            Map.entry("-EIO", -5L),
            Map.entry("-EBADF", -9L),
            Map.entry("-ECHILD", -10L),
            Map.entry("-EAGAIN", -11L),
            Map.entry("-ENOMEM", -12L),
            Map.entry("-EACCES", -13L),
            Map.entry("-EFAULT", -14L),
            Map.entry("-EBUSY", -16L),
            Map.entry("-EINVAL", -22L),
            Map.entry("-ERANGE", -34L),
            Map.entry("-ENOSYS", -38L),
            Map.entry("-ETIMEDOUT", -110L),
            Map.entry("-ERESTARTSYS", (long) -Errno.ERESTARTSYS),
            Map.entry("-ERESTARTNOINTR", (long) -Errno.ERESTARTNOINTR),
            Map.entry("-ERESTARTNOHAND", (long) -Errno.ERESTARTNOHAND),
            Map.entry("-ERESTART_RESTARTBLOCK", (long) -Errno.ERESTART_RESTARTBLOCK),
            Map.entry("SI_USER", (long) SigInfo.SI_USER),
            Map.entry("SI_KERNEL", (long) SigInfo.SI_KERNEL),
            Map.entry("SI_TKILL", (long) SigInfo.SI_TKILL),
            Map.entry("TRAP_BRKPT", (long) SigInfo.TRAP_BRKPT),
            Map.entry("TRAP_TRACE", (long) SigInfo.TRAP_TRACE),
            Map.entry("TRAP_HWBKPT", (long) SigInfo.TRAP_HWBKPT),
            Map.entry("SYS_SECCOMP", (long) SigInfo.SYS_SECCOMP),
            Map.entry("SYS_USER_DISPATCH", (long) SigInfo.SYS_USER_DISPATCH),
            Map.entry("SEGV_MAPERR", (long) SigInfo.SEGV_MAPERR),
            Map.entry("SEGV_ACCERR", (long) SigInfo.SEGV_ACCERR),
            Map.entry("ILL_ILLTRP", (long) SigInfo.ILL_ILLTRP),
            Map.entry("SIGTRAP|0x80", 0x85L),
            Map.entry("AUDIT_ARCH_X86_64", 0xc000003eL),
            Map.entry("AUDIT_ARCH_I386", 0x40000003L),
            Map.entry("AUDIT_ARCH_AARCH64", 0xc00000b7L),
            Map.entry("AUDIT_ARCH_ARM", 0x40000028L));

    private Values() {}

    /** The number {@code word} stands for. */
    static long of(final String word, final Guest guest) {
        final Long named = NAMES.get(word);
        if (named != null) {
            return named;
        }
        if ("AUDIT_ARCH".equals(word)) {
            return guest.abi().auditArch() & 0xffff_ffffL;
        }
        if (word.startsWith("SIG")) {
            final int signal = Signals.number(word);
            if (signal > 0) {
                return signal;
            }
        }
        if (word.startsWith("nr.")) {
            final int number = guest.abi().number(word.substring(3));
            if (number < 0) {
                throw new SetupException(
                        "the ABI " + guest.abi().name() + " has no system call '" + word.substring(3) + "'");
            }
            return number;
        }
        final char first = word.charAt(0);
        if (Character.isDigit(first) || first == '-') {
            return number(word);
        }
        if (first == '[') {
            return inMemory(word, guest);
        }
        final int sign = Math.max(word.lastIndexOf('+'), word.lastIndexOf('-'));
        final String name = sign < 0 ? word : word.substring(0, sign);
        final Long symbol = guest.program().symbols().get(name);
        final long base = symbol != null ? symbol : guest.read(name);
        if (sign < 0) {
            return base;
        }
        final long offset = number(word.substring(sign + 1));
        return word.charAt(sign) == '+' ? base + offset : base - offset;
    }

    /** {@code [sp+8]}: the word at an address in the guest's memory. */
    private static long inMemory(final String word, final Guest guest) {
        if (!word.endsWith("]")) {
            throw new SetupException("'" + word + "' lacks its closing bracket");
        }
        final int size = guest.abi().wordSize();
        final long address = of(word.substring(1, word.length() - 1), guest);
        return guest.peek(size == 4 ? address & 0xffff_ffffL : address, size);
    }

    /** What a value column shows: a register or detail of the stop, {@code [sp+4]} in memory, or either as {@code sp+8 mod 16}. */
    static long column(final String name, final Guest guest) {
        final int mod = name.indexOf(" mod ");
        if (mod > 0) {
            return Math.floorMod(of(name.substring(0, mod), guest), number(name.substring(mod + 5)));
        }
        return name.startsWith("[") ? of(name, guest) : guest.read(name);
    }

    /** Whether {@code actual} is what {@code word} stands for; 32-bit ABIs compare 32 bits. */
    static boolean equal(final String word, final long actual, final Guest guest) {
        final long expected = of(word, guest);
        return expected == actual
                || guest.abi().wordSize() == 4 && (int) expected == (int) actual
                || word.startsWith("AUDIT_ARCH") && (int) expected == (int) actual;
    }

    /** A value as a person reads it. */
    static String show(final long value, final Guest guest) {
        if (Errno.isError(value)) {
            return Errno.show(value);
        }
        if (value >= 0x1_0000) {
            return guest.program().nearest(value);
        }
        return Long.toString(value);
    }

    private static long number(final String word) {
        try {
            if (word.startsWith("0x")) {
                return Long.parseUnsignedLong(word.substring(2), 16);
            }
            return Long.parseLong(word);
        } catch (final NumberFormatException e) {
            throw new SetupException("'" + word + "' is not a number");
        }
    }
}
