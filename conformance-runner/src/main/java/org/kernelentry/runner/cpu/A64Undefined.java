package org.kernelentry.runner.cpu;

import java.util.regex.Pattern;
import org.kernelentry.runner.cpu.CpuOutcome.End;

/** What the manual (DDI 0487) leaves open in A64, by its sections, and what qemu-user does not do. */
final class A64Undefined {
    private static final Pattern SEVERAL = Pattern.compile("(LD|ST)([1-4]|P|NP).*");
    private static final Pattern EXCLUSIVE_STORE = Pattern.compile("ST(XR|XP|LXR|LXP).*");
    /** An address without the byte that data accesses ignore. */
    private static final long UNTAGGED = -1L >>> 8;

    private A64Undefined() {}

    /** D1.3.1, precise exceptions: registers that an aborted load of several would have loaded, and memory stored to, are unknown. */
    static boolean severalAborted(String row, CpuOutcome ours, CpuOutcome theirs) {
        return ours.end() == End.PAGE_FAULT
                && theirs.end() == End.PAGE_FAULT
                && SEVERAL.matcher(row).matches();
    }

    /**
     * The section that leaves a case open, or an empty string.
     *
     * @param insn the instruction at which our CPU stopped, in the table's row {@code row}
     */
    static String section(int insn, String row, CpuOutcome ours, CpuOutcome theirs) {
        if (row.equals("DC ZVA") && ours.end() == End.PAGE_FAULT && theirs.end() == End.PAGE_FAULT) {
            return "C5.3 DC ZVA: qemu-user shows its fault at the start of the block";
        }
        if (ours.end() != End.ALIGNMENT) {
            return "";
        }
        if (ours.address() == ours.after()[ArmFamilyMode.PC]) {
            return "D1.3.5 PC alignment: qemu-user looks up the page first";
        }
        // Theirs may have gone on, and stopped behind it for whatever reason.
        boolean passed =
                theirs.end() != End.ALIGNMENT || theirs.after()[ArmFamilyMode.PC] != ours.after()[ArmFamilyMode.PC];
        if (EXCLUSIVE_STORE.matcher(row).matches() && passed) {
            return "B2.12.5 AArch64.ExclusiveMonitorsPass: whether an abort goes before a failing monitor";
        }
        if (theirs.end() == End.ALIGNMENT) {
            return ours.address() != theirs.address() && (ours.address() & UNTAGGED) == (theirs.address() & UNTAGGED)
                    ? "D8.8 address tagging: qemu-user shows the address without the tag"
                    : "";
        }
        if (ours.address() == ours.after()[ArmFamilyMode.SP] && (ours.address() & 15) != 0 && usesSp(insn)) {
            return "D1.3.10 SP alignment: qemu-user does not check it";
        }
        if (row.equals("LDAPR")) {
            return "B2.9 alignment of ordered accesses: qemu-user does not check that of LDAPR";
        }
        return "";
    }

    private static boolean usesSp(int insn) {
        return (insn >>> 5 & 31) == ArmFamilyMode.SP;
    }
}
