package org.kernelentry.x86.asm;

import java.util.List;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.x86.X86Regs;

/** Assembles guest programs for 32-bit code. */
public final class Ia32Assembler extends X86Assembler {
    /** Source: linux v7.3 arch/x86/entry/entry_64_compat.S. */
    static final int[] ARGUMENTS = {X86Regs.RBX, X86Regs.RCX, X86Regs.RDX, X86Regs.RSI, X86Regs.RDI, X86Regs.RBP};

    private static final List<String> NAMES = List.of("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi");
    /** Those of {@link #ARGUMENTS} that a function must preserve. */
    private static final int[] PRESERVED = {X86Regs.RBX, X86Regs.RSI, X86Regs.RDI, X86Regs.RBP};

    private static final int SIGRETURN = 119;
    private static final int RT_SIGRETURN = 173;

    /**
     * Offset in {@code __kernel_vsyscall} of the instruction behind which SYSENTER returns: three pushes, the four bytes of the entry
     * sequence, INT 0x80. The kernel reports it as the pc of every call made there, whatever the caller.
     */
    private static final int LANDING_PAD = 9;
    /** Where a restart finds the call: the INT 0x80 before the landing pad. */
    private static final int RESTART_INT80 = LANDING_PAD - 2;

    private final long vsyscall;

    /** @param vsyscall address of the vDSO's {@code __kernel_vsyscall}, which holds the SYSENTER */
    public Ia32Assembler(final long origin, final long vsyscall) {
        super(origin, false);
        this.vsyscall = vsyscall;
    }

    @Override
    int named(final String name) {
        final int register = NAMES.indexOf(name);
        if (register < 0) {
            throw new IllegalArgumentException("ia32 has no register " + name);
        }
        return register;
    }

    @Override
    public List<String> entries() {
        // int80 first: its address is in the program, the other is made from the vDSO.
        return List.of("int80", "sysenter");
    }

    @Override
    public void syscall(
            final String entry, final Arg number, final List<Arg> arguments, final Label at, final Label after) {
        if (!entries().contains(entry)) {
            throw new IllegalArgumentException("ia32 has no system call instruction " + entry);
        }
        for (final int register : PRESERVED) {
            code.plusReg(false, 0x50, register);
        }
        loadArguments(number, arguments, ARGUMENTS);
        if (entry.equals("int80")) {
            entry(at, after, 0xcd, 0x80);
        } else {
            code.callTo(vsyscall);
            at.bind(vsyscall + RESTART_INT80);
            after.bind(vsyscall + LANDING_PAD);
        }
        for (int n = PRESERVED.length - 1; n >= 0; n--) {
            code.plusReg(false, 0x58, PRESERVED[n]);
        }
    }

    /** The signal number comes from the stack, as compiled handlers take it, the two pointers from the registers the kernel sets as well. */
    @Override
    public void handlerEntry(final long signalAddress, final long infoAddress, final long contextAddress) {
        code.regAbsolute(false, 0x89, X86Regs.RDX, infoAddress);
        code.regAbsolute(false, 0x89, X86Regs.RCX, contextAddress);
        code.regMem(false, false, 0x8b, X86Regs.RAX, X86Regs.RSP, 4);
        code.regAbsolute(false, 0x89, X86Regs.RAX, signalAddress);
    }

    /** The plain call wants the frame without the signal number, so it is popped first. */
    @Override
    public void restorer(final boolean rt) {
        if (!rt) {
            code.plusReg(false, 0x58, X86Regs.RAX);
        }
        code.moveConst(X86Regs.RAX, rt ? RT_SIGRETURN : SIGRETURN);
        code.bytes(0xcd, 0x80);
    }
}
