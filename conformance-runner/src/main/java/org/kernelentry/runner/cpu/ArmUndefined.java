package org.kernelentry.runner.cpu;

import java.util.Set;
import java.util.regex.Pattern;
import org.kernelentry.isa.aarch32.A32Regs;
import org.kernelentry.runner.cpu.CpuOutcome.End;

/** What the manual (DDI 0406C) leaves open in A32 and T32, by its sections. */
final class ArmUndefined {
    private static final Pattern SEVERAL =
            Pattern.compile("(LDM|STM|PUSH|POP|LDRD|STRD|VLDM|VSTM|VPUSH|VPOP|VLD[1-4]|VST[1-4]|VLDR|VSTR).*");

    private static final Set<String> EXCHANGES = Set.of("VTRN", "VUZP", "VZIP");
    private static final int IT_LAST = 8;
    /** A6.2.3: ADD and MOV of two bytes that write the pc, whatever register they read. */
    private static final int WRITES_PC = 0x4487;

    private static final int WRITES_PC_MASK = 0xfd87;
    /** Behind the code up to three undefined halfwords may be skipped by their condition. */
    private static final int SKIPPED = 6;

    private ArmUndefined() {}

    static boolean loadsSeveral(String row) {
        return SEVERAL.matcher(row).matches();
    }

    /** What may not stand in a block: what changes the byte order, conditions or the length of vectors (not modelled), and
     * what the manual leaves open. */
    static boolean indefinite(String row) {
        return EXCHANGES.contains(row)
                || row.startsWith("STREX")
                || row.equals("VMSR")
                || row.equals("IT")
                || row.startsWith("MSR")
                || row.equals("SETEND");
    }

    /** The section that lets an encoding do anything, or an empty string. */
    static String section(CpuCase test, String row, CpuOutcome ours, CpuOutcome theirs) {
        long pc = ours.after()[ArmFamilyMode.PC];
        // What is UNPREDICTABLE is undefined here; a judge may do something else.
        boolean refused = ours.end() == End.UNDEFINED && test.contains(pc);
        boolean done = theirs.end() != End.UNDEFINED || theirs.after()[ArmFamilyMode.PC] != pc;
        if (refused && done) {
            return "UNPREDICTABLE encodings";
        }
        if (row.startsWith("STREX") && ours.end() == End.ALIGNMENT && theirs.end() == End.UNDEFINED) {
            return "B2.4.8 ExclusiveMonitorsPass: whether an abort goes before a failing monitor";
        }
        if (ours.changedCode()) {
            return "A3.5.4 Concurrent modification and execution of instructions: changed without maintenance of the caches";
        }
        boolean structure = row.startsWith("VLD") || row.startsWith("VST");
        if (structure
                && ours.end() == End.ALIGNMENT
                && (theirs.end() != End.ALIGNMENT || theirs.after()[ArmFamilyMode.PC] != pc)) {
            return "A3.2.1 alignment: qemu-user does not check all that an instruction may ask for";
        }
        if (EXCHANGES.contains(row) && sameRegister(test)) {
            return "A8.8.420 VTRN, A8.8.422 VUZP, A8.8.423 VZIP: both registers the same";
        }
        if (row.equals("IT") && (it(test) & 15) != 0) {
            return "A8.8.54 IT: inside of a block";
        }
        if (branchInsideIt(test, ours)) {
            return "A8.8.54 IT: a branch that is not the last instruction of a block";
        }
        return "";
    }

    /** Vd and Vm, which stand in the same places in both sets, but for the order of halfwords. */
    private static boolean sameRegister(CpuCase test) {
        byte[] code = test.code();
        boolean thumb = test.mode().name().equals("thumb");
        int low = ArmFamilyMode.half(code, thumb ? 2 : 0);
        int high = ArmFamilyMode.half(code, thumb ? 0 : 2);
        return (low >>> 12 | (high >>> 6 & 1) << 4) == (low & 15 | (low >>> 5 & 1) << 4);
    }

    private static boolean writesPc(byte[] code) {
        return code.length == Short.BYTES && (ArmFamilyMode.half(code, 0) & WRITES_PC_MASK) == WRITES_PC;
    }

    private static int it(CpuCase test) {
        return it(test.before());
    }

    private static int it(long[] state) {
        int cpsr = (int) state[ArmFamilyMode.STATUS];
        return cpsr >>> 25 & 3 | cpsr >>> 8 & 0xfc;
    }

    private static boolean branchInsideIt(CpuCase test, CpuOutcome ours) {
        int it = it(test);
        long behind = ours.after()[ArmFamilyMode.PC] - CpuCase.CODE_START - test.code().length;
        // Right behind such an instruction the block is not at its end, unless that was a branch, to there.
        boolean ended = behind == 0 && writesPc(test.code()) && it(ours.after()) == 0;
        boolean elsewhere = behind < -test.code().length || behind > SKIPPED || ended;
        boolean leavesThumb = (ours.after()[ArmFamilyMode.STATUS] & A32Regs.CPSR_T) == 0;
        return (it & 15) != 0 && ((it & 15) != IT_LAST && elsewhere || leavesThumb);
    }
}
