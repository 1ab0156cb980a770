package org.kernelentry.x86.asm;

import java.util.List;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.x86.X86Regs;

/**
 * Assembles guest programs for 64-bit code.
 *
 * <p>{@code syscall} takes number and arguments as the 64-bit ABI does; {@code int80} takes the 32-bit ABI's number and its registers,
 * which is how 64-bit code reaches the 32-bit system call table.
 */
public final class X64Assembler extends X86Assembler {
    /** Source: linux v7.3 arch/x86/entry/entry_64.S entry_SYSCALL_64. */
    private static final int[] SYSCALL_ARGUMENTS = {
        X86Regs.RDI, X86Regs.RSI, X86Regs.RDX, X86Regs.R10, X86Regs.R8, X86Regs.R9
    };

    private static final int RT_SIGRETURN = 15;

    public X64Assembler(final long origin) {
        super(origin, true);
    }

    @Override
    int named(final String name) {
        final int slot = X86Regs.slot(name);
        if (slot < 0 || slot > X86Regs.R15) {
            throw new IllegalArgumentException("x86-64 has no register " + name);
        }
        return slot;
    }

    @Override
    public List<String> entries() {
        return List.of("syscall", "int80");
    }

    @Override
    public void syscall(
            final String entry, final Arg number, final List<Arg> arguments, final Label at, final Label after) {
        switch (entry) {
            case "syscall" -> {
                loadArguments(number, arguments, SYSCALL_ARGUMENTS);
                entry(at, after, 0x0f, 0x05);
            }
            case "int80" -> {
                code.plusReg(false, 0x50, X86Regs.RBX);
                code.plusReg(false, 0x50, X86Regs.RBP);
                loadArguments(number, arguments, Ia32Assembler.ARGUMENTS);
                entry(at, after, 0xcd, 0x80);
                code.plusReg(false, 0x58, X86Regs.RBP);
                code.plusReg(false, 0x58, X86Regs.RBX);
            }
            default -> throw new IllegalArgumentException("x86-64 has no system call instruction " + entry);
        }
    }

    /** The arguments of a handler are those of a function: rdi, rsi, rdx. What the handler may change is the caller's to save. */
    @Override
    public void handlerEntry(final long signalAddress, final long infoAddress, final long contextAddress) {
        code.regAbsolute(true, 0x89, X86Regs.RDI, signalAddress);
        code.regAbsolute(true, 0x89, X86Regs.RSI, infoAddress);
        code.regAbsolute(true, 0x89, X86Regs.RDX, contextAddress);
    }

    /** 64-bit code has the one call. */
    @Override
    public void restorer(final boolean rt) {
        code.moveConst(X86Regs.RAX, RT_SIGRETURN);
        code.bytes(0x0f, 0x05);
    }
}
