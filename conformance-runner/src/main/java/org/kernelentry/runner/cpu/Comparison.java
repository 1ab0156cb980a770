package org.kernelentry.runner.cpu;

import java.util.ArrayList;
import java.util.List;
import org.kernelentry.runner.cpu.CpuOutcome.End;

/** What differs between two outcomes of a case, in words. */
final class Comparison {
    private Comparison() {}

    static List<String> differences(CpuMode mode, CpuOutcome ours, CpuOutcome theirs) {
        List<String> found = new ArrayList<>();
        if (ours.end() != theirs.end()) {
            found.add("end: ours " + ours.end() + ", theirs " + theirs.end());
        }
        if (theirs.end() == End.NEVER || theirs.end() == End.LOST) {
            return found;
        }
        if (ours.end() == theirs.end() && ours.address() != theirs.address()) {
            found.add(values("fault address", ours.address(), theirs.address()));
        }
        List<String> names = mode.registers();
        for (int i = 0; i < names.size(); i++) {
            if (!names.get(i).isEmpty() && ours.after()[i] != theirs.after()[i]) {
                found.add(values(names.get(i), ours.after()[i], theirs.after()[i]));
            }
        }
        for (int i = 0; i < CpuCase.PAGE; i++) {
            if (ours.memory()[i] != theirs.memory()[i]) {
                found.add(values(
                        "[" + (CpuCase.DATA + i - CpuCase.CENTRE) + "]",
                        ours.memory()[i] & 0xff,
                        theirs.memory()[i] & 0xff));
            }
        }
        return found;
    }

    private static String values(String what, long ours, long theirs) {
        return what + ": ours " + Long.toHexString(ours) + ", theirs " + Long.toHexString(theirs);
    }
}
