package org.kernelentry.runner.cpu;

import org.kernelentry.runner.cpu.CpuOutcome.End;

/** What the manual (DDI 0487) leaves open in A64, by its sections, and what qemu-user does not do. */
final class A64Undefined {
    private A64Undefined() {}

    static String section(CpuCase test, CpuOutcome ours, CpuOutcome theirs) {
        if (ours.end() == End.ALIGNMENT && ours.address() == ours.after()[ArmFamilyMode.PC]) {
            return "D1.3.5 PC alignment: qemu-user looks up the page first";
        }
        boolean exclusiveStore = ours.end() == End.ALIGNMENT && theirs.end() == End.UNDEFINED;
        if (exclusiveStore && test.mode().row(test.code()).startsWith("ST")) {
            return "B2.12.5 AArch64.ExclusiveMonitorsPass: whether an abort goes before a failing monitor";
        }
        return "";
    }
}
