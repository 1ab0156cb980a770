package org.kernelentry.x86.decode;

import java.util.Set;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.CodeWindow;
import org.kernelentry.machine.memory.MemoryFault;
import org.kernelentry.x86.X86Regs;

/**
 * Tells #SS from #GP: an address that is not canonical raises the former where the stack segment is the default.
 *
 * <p>Source: Intel SDM volume 1, 3.3.7.1 (canonical addressing); volume 2, 3.1.1.14 (64-bit mode exceptions).
 */
public final class StackAccess {
    private static final Set<String> USES_STACK =
            Set.of("PUSH", "POP", "PUSHF", "POPF", "CALL", "RET", "RETF", "ENTER", "IRET");

    private StackAccess() {}

    /** Whether the 64-bit instruction at the pc, which was refused an address that is not canonical, was refused it on the stack. */
    public static boolean isStackFault(final CpuState s) {
        final AddressSpace space = s.memory;
        final CodeWindow code = new CodeWindow(space);
        code.reset(space, s.pc);
        final BlockBuilder out = new BlockBuilder(X86Regs.SLOTS);
        out.beginInstruction(s.pc);
        final Insn insn = new Insn(code, s.mode, out);
        try {
            insn.decode();
        } catch (final MemoryFault | Insn.TooLong e) {
            return false;
        }
        if (insn.row == null) {
            return false;
        }
        final String mnemonic = insn.form().mnemonic;
        if (mnemonic.equals("LEAVE")) {
            return true;
        }
        if (USES_STACK.contains(mnemonic) && !Insn.canonical(s.r[X86Regs.RSP] - Long.BYTES)) {
            return true;
        }
        return insn.memory && insn.segment < X86Regs.FS && (insn.base == X86Regs.RSP || insn.base == X86Regs.RBP);
    }
}
