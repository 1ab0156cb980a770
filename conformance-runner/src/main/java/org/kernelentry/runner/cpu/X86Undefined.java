package org.kernelentry.runner.cpu;

import java.util.Map;
import java.util.Set;
import org.kernelentry.runner.cpu.CpuOutcome.End;
import org.kernelentry.x86.decode.X86Samples;

/** What the Intel SDM leaves open in x86, by its sections. */
final class X86Undefined {
    private static final int C = 1;
    private static final int P = 1 << 2;
    private static final int A = 1 << 4;
    private static final int Z = 1 << 6;
    private static final int S = 1 << 7;
    private static final int O = 1 << 11;

    /** Flags that are undefined after an instruction: SDM volume 2, "Flags Affected" of each; volume 1, appendix A. */
    private static final Map<String, Integer> FLAGS = Map.ofEntries(
            Map.entry("AND", A),
            Map.entry("OR", A),
            Map.entry("XOR", A),
            Map.entry("TEST", A),
            Map.entry("MUL", S | Z | A | P),
            Map.entry("IMUL", S | Z | A | P),
            Map.entry("DIV", C | O | S | Z | A | P),
            Map.entry("IDIV", C | O | S | Z | A | P),
            Map.entry("BT", O | S | A | P),
            Map.entry("BTS", O | S | A | P),
            Map.entry("BTR", O | S | A | P),
            Map.entry("BTC", O | S | A | P),
            Map.entry("BSF", C | O | S | A | P),
            Map.entry("BSR", C | O | S | A | P),
            Map.entry("TZCNT", O | S | A | P),
            Map.entry("LZCNT", O | S | A | P),
            Map.entry("AAA", O | S | Z | P),
            Map.entry("AAS", O | S | Z | P),
            Map.entry("AAM", O | A | C),
            Map.entry("AAD", O | A | C),
            Map.entry("DAA", O),
            Map.entry("DAS", O),
            Map.entry("ROL", O),
            Map.entry("ROR", O),
            Map.entry("RCL", O),
            Map.entry("RCR", O),
            Map.entry("SHL", O | A | C),
            Map.entry("SAL", O | A | C),
            Map.entry("SHR", O | A | C),
            Map.entry("SAR", A),
            Map.entry("SHLD", O | A),
            Map.entry("SHRD", O | A));

    /** Near branches. */
    private static final Set<String> NEAR = Set.of("Jcc", "JMP", "CALL", "RET", "LOOP", "LOOPE", "LOOPNE", "JCXZ");

    /** EFLAGS.ID in the third byte of the flags. */
    private static final int ID = 0x20;

    private static final Set<Byte> PREFIXES = Set.of(
            (byte) 0x26,
            (byte) 0x2e,
            (byte) 0x36,
            (byte) 0x3e,
            (byte) 0x64,
            (byte) 0x65,
            (byte) 0x66,
            (byte) 0x67,
            (byte) 0xf0,
            (byte) 0xf2,
            (byte) 0xf3);

    /** What stores or loads more than the processor does at once. */
    private static final Set<String> AREAS = Set.of("FXRSTOR", "FNSTENV", "FLDENV", "FNSAVE", "FRSTOR");

    private X86Undefined() {}

    /** Whether it ended by an address: one that is not mapped, or is none. */
    private static boolean isAddress(End end) {
        return end == End.PAGE_FAULT || end == End.PROTECTION;
    }

    /** Whether nothing is open that an instruction does. */
    static boolean definite(String row, byte[] code) {
        // Everybody clears AF where AND, OR, XOR and TEST leave it open.
        boolean flags = (FLAGS.getOrDefault(row, 0) & ~A) == 0 && !row.equals("SAR");
        return flags
                && !row.isEmpty()
                && !row.equals("FXSAVE")
                && !row.startsWith("RCP")
                && !row.startsWith("RSQRT")
                && !row.startsWith("MASKMOV")
                && !row.equals("POPA")
                && !row.equals("VERW")
                && !AREAS.contains(row)
                && !NEAR.contains(row)
                && !X87Undefined.indefinite(row)
                && !(row.equals("MOV") && code[0] == (byte) 0xf0);
    }

    static String section(X86Samples samples, CpuCase test, CpuOutcome ours, CpuOutcome theirs) {
        byte[] code = test.codeAt(ours.after()[X86Mode.PC]);
        String row = test.mode().row(code);
        if (theirs.end() == End.NEVER && EntryProbe.hasStrangeStack(test)) {
            return "this machine's hypervisor enters no code with a stack pointer that is not canonical";
        }
        boolean canonical = ours.address() << 16 >> 16 == ours.address();
        if (ours.end() == End.PAGE_FAULT && !canonical && theirs.end() == End.PROTECTION) {
            return "vol. 1, 3.3.7.1: an address that is not canonical is told apart by the kernel's entry code";
        }
        if (row.equals("FXSAVE")) {
            return "vol. 1, 10.5.1.1: MXCSR_MASK, and the last instruction and operand, are the processor's own";
        }
        if (row.startsWith("RCP") || row.startsWith("RSQRT")) {
            return "vol. 2, RCPPS, RSQRTPS: relative error up to 1.5 * 2^-12";
        }
        if (ours.end() == End.PAGE_FAULT
                && theirs.end() == End.PAGE_FAULT
                && (row.startsWith("MASKMOV") || AREAS.contains(row))) {
            return "vol. 2, MASKMOVDQU, FXRSTOR, FNSAVE: which of the bytes faults first";
        }
        if (row.equals("CMPS") && isAddress(ours.end()) && isAddress(theirs.end())) {
            return "vol. 2, CMPS: which of its two operands faults first";
        }
        if (ours.end() == End.ALIGNMENT && isAddress(theirs.end())
                || isAddress(ours.end()) && theirs.end() == End.ALIGNMENT) {
            return "vol. 3, 6.9: whether an address or its alignment faults first";
        }
        if (row.equals("POPA") && ours.end() == End.PAGE_FAULT && theirs.end() == End.PAGE_FAULT) {
            return "vol. 2, POPA: which registers are loaded before one faults";
        }
        if (row.startsWith("MASKMOV") && ours.end() == End.UNDEFINED && theirs.end() != End.UNDEFINED) {
            return "vol. 2, MASKMOVDQU: whether a mask of zeros lets an address fault";
        }
        // A branch may lead back into the code.
        if (NEAR.contains(test.mode().row(test.code())) && test.mode().name().equals("x64") && operand16(test.code())) {
            return "vol. 2, Jcc, CALL, RET: 66 in 64-bit code, which AMD's processors obey and Intel's do not";
        }
        if (ours.end() == End.TRAP && theirs.end() == End.BREAKPOINT) {
            return "vol. 3, 6.4.2: INT1 under a hypervisor";
        }
        if (row.equals("MOV") && ours.end() == End.UNDEFINED && code[0] == (byte) 0xf0) {
            return "AMD APM vol. 3, MOV CRn: LOCK makes it CR8 on AMD's processors";
        }
        if (row.equals("VERW") && ours.end() == End.UNDEFINED && code[0] == (byte) 0xf0) {
            return "vol. 2, LOCK: #UD with any other instruction, which AMD's processors do not raise for VERW";
        }
        if (led(samples, test, ours) || led(samples, test, theirs)) {
            return "a branch into the code, to an instruction that is bound to the machine";
        }
        if (ours.end() == End.UNDEFINED && notModelled(test, ours) && differs(ours, theirs)) {
            return "vol. 2, table A-6, group 7, and FISTTP: not in the modelled processor";
        }
        if (row.startsWith("SH") && row.endsWith("D") && operand16(code) && samples.immediateCount(code) != 1) {
            return "vol. 2, SHLD, SHRD: a count beyond the operand size";
        }
        if (row.equals("PUSHF")) {
            // A debugger cannot set EFLAGS.ID: theirs is what an earlier POPF has left.
            copyIdFlag(ours, theirs);
        }
        String x87 = X87Undefined.section(row, test);
        if (!x87.isEmpty()) {
            return x87;
        }
        X87Undefined.mask(row, test, ours, theirs);
        int undefined = FLAGS.getOrDefault(row, 0);
        if (samples.immediateCount(code) == 1 && !row.endsWith("D")) {
            undefined &= A;
        }
        // Ours goes for both, so that a kept case can be replayed.
        long open = undefined;
        theirs.after()[X86Mode.FLAGS] = theirs.after()[X86Mode.FLAGS] & ~open | ours.after()[X86Mode.FLAGS] & open;
        return "";
    }

    private static void copyIdFlag(CpuOutcome ours, CpuOutcome theirs) {
        long at = ours.after()[X86Mode.RSP] + 2 - CpuCase.DATA;
        if (at >= 0 && at < ours.memory().length) {
            byte[] memory = theirs.memory();
            memory[(int) at] = (byte) (memory[(int) at] & ~ID | ours.memory()[(int) at] & ID);
        }
    }

    private static boolean differs(CpuOutcome ours, CpuOutcome theirs) {
        return theirs.end() != End.UNDEFINED || ours.after()[X86Mode.PC] != theirs.after()[X86Mode.PC];
    }

    private static boolean led(X86Samples samples, CpuCase test, CpuOutcome outcome) {
        long pc = outcome.after()[X86Mode.PC];
        return pc != CpuCase.CODE_START && test.contains(pc) && samples.boundToMachine(test.codeAt(pc));
    }

    /** Whether our run ended within the code, at a register form of 0F 01 (XGETBV, virtualization) or at FISTTP of SSE3. */
    private static boolean notModelled(CpuCase test, CpuOutcome ours) {
        long pc = ours.after()[X86Mode.PC];
        byte[] code = test.codeAt(pc);
        int at = opcode(code);
        if (!test.contains(pc) || at + 2 >= code.length) {
            return false;
        }
        if (code[at] == 0x0f) {
            return code[at + 1] == 0x01 && (code[at + 2] & 0xc0) == 0xc0;
        }
        boolean integers = code[at] == (byte) 0xdb || code[at] == (byte) 0xdd || code[at] == (byte) 0xdf;
        return integers && (code[at + 1] & 0x38) == 1 << 3 && (code[at + 1] & 0xc0) != 0xc0;
    }

    /** Where the opcode is, behind legacy prefixes and REX; a REX that is none is INC or DEC and no prefix of 0F 01. */
    private static int opcode(byte[] code) {
        int at = 0;
        while (at < code.length && (PREFIXES.contains(code[at]) || (code[at] & 0xf0) == 0x40)) {
            at++;
        }
        return at;
    }

    private static boolean operand16(byte[] code) {
        for (byte b : code) {
            if (b == 0x66) {
                return true;
            }
            if (b == 0x0f) {
                return false;
            }
        }
        return false;
    }
}
