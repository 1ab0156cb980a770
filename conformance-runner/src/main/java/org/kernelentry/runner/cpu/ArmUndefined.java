package org.kernelentry.runner.cpu;

import java.util.regex.Pattern;
import org.kernelentry.runner.cpu.CpuOutcome.End;

/** What the manual (DDI 0406C) leaves open in A32 and T32, by its sections. */
final class ArmUndefined {
    private static final Pattern SEVERAL =
            Pattern.compile("(LDM|STM|PUSH|POP|LDRD|STRD|VLDM|VSTM|VPUSH|VPOP|VLD[1-4]|VST[1-4]|VLDR|VSTR).*");

    private static final int IT_LAST = 8;

    private ArmUndefined() {}

    static boolean loadsSeveral(String row) {
        return SEVERAL.matcher(row).matches();
    }

    /** The section that lets an encoding do anything, or an empty string. */
    static String section(CpuCase test, String row, CpuOutcome ours, CpuOutcome theirs) {
        long pc = ours.after()[ArmFamilyMode.PC];
        // What is UNPREDICTABLE is undefined here; a judge may do something else.
        boolean refused = ours.end() == End.UNDEFINED && pc == CpuCase.CODE_START;
        boolean done = theirs.end() != End.UNDEFINED || theirs.after()[ArmFamilyMode.PC] != CpuCase.CODE_START;
        if (refused && done) {
            return "UNPREDICTABLE encodings";
        }
        if (row.startsWith("STREX") && ours.end() == End.ALIGNMENT && theirs.end() == End.UNDEFINED) {
            return "B2.4.8 ExclusiveMonitorsPass: whether an abort goes before a failing monitor";
        }
        if (branchInsideIt(test, ours)) {
            return "A8.8.54 IT: a branch that is not the last instruction of a block";
        }
        return "";
    }

    private static boolean branchInsideIt(CpuCase test, CpuOutcome ours) {
        int cpsr = (int) test.before()[ArmFamilyMode.STATUS];
        int it = cpsr >>> 25 & 3 | cpsr >>> 8 & 0xfc;
        long behind = ours.after()[ArmFamilyMode.PC] - CpuCase.CODE_START - test.code().length;
        return (it & 15) != 0 && (it & 15) != IT_LAST && (behind < -8 || behind > 2);
    }
}
