package org.kernelentry.kernel.seccomp;

import static org.kernelentry.kernel.seccomp.Bpf.*;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Abi;

/**
 * The numbers that a chain of filters allows whatever the arguments, per ABI: for those no filter has to run (SEC-35).
 *
 * <p>Source: linux v7.3 kernel/seccomp.c struct action_cache, seccomp_cache_prepare(), seccomp_is_const_allow().
 */
final class ActionCache {
    /** First version whose cache knows the two uprobe calls as always allowed (SEC-34); 6.12 has it from its stable branch. */
    private static final int SINCE_UPROBE_EXCEPTION = 612;

    private final int[] arches;
    private final BitSet[] allow;

    private ActionCache(final int[] arches, final BitSet[] allow) {
        this.arches = arches;
        this.allow = allow;
    }

    /** The cache of {@code program} on top of the filters that {@code previous} stands for: a number allowed by both. */
    static ActionCache prepare(final Kernel k, final long[] program, final @Nullable ActionCache previous) {
        final List<Abi> abis = new ArrayList<>();
        for (final String mode : k.arch.modes()) {
            final Abi abi = k.arch.abi(mode);
            if (abis.stream().noneMatch(other -> other.auditArch() == abi.auditArch())) {
                abis.add(abi);
            }
        }
        final int[] arches = new int[abis.size()];
        final BitSet[] allow = new BitSet[abis.size()];
        for (int i = 0; i < arches.length; i++) {
            final Abi abi = abis.get(i);
            arches[i] = abi.auditArch();
            allow[i] = new BitSet(abi.tableSize());
            for (int nr = 0; nr < abi.tableSize(); nr++) {
                if (previous != null && !previous.allow[i].get(nr)) {
                    continue;
                }
                // The exception is for native calls only, which the first mode makes.
                final boolean exempt = i == 0 && uprobeException(k, abi, nr);
                allow[i].set(nr, exempt || isConstAllow(program, nr, arches[i]));
            }
        }
        return new ActionCache(arches, allow);
    }

    /** {@code seccomp_uprobe_exception()}: x86-64's uretprobe and uprobe, which no program issues itself. */
    static boolean uprobeException(final Kernel k, final Abi abi, final int nr) {
        if (k.config.version() < SINCE_UPROBE_EXCEPTION) {
            return false;
        }
        final String name = abi.name(nr);
        return "uretprobe".equals(name) || "uprobe".equals(name);
    }

    /** {@code seccomp_cache_check_allow()}. */
    boolean allows(final SeccompData data) {
        for (int i = 0; i < arches.length; i++) {
            if (arches[i] == data.arch) {
                return data.nr >= 0 && allow[i].get(data.nr);
            }
        }
        return false;
    }

    /**
     * Whether {@code program} returns a plain ALLOW for this number and ABI, found by following only what the two decide.
     *
     * <p>Anything else met on the way, an argument loaded or an instruction the kernel does not follow here, means no.
     */
    static boolean isConstAllow(final long[] program, final int nr, final int arch) {
        int a = 0;
        for (int pc = 0; pc < program.length; pc++) {
            final long insn = program[pc];
            final int k = k(insn);
            switch (code(insn)) {
                case BPF_LD | BPF_W | BPF_ABS -> {
                    if (k != SeccompData.NR && k != SeccompData.ARCH) {
                        return false;
                    }
                    a = k == SeccompData.NR ? nr : arch;
                }
                case BPF_RET | BPF_K -> {
                    // With data in the low bits it is not the plain action, and not cached.
                    return k == SeccompAction.ALLOW.value();
                }
                case BPF_JMP | BPF_JA -> pc += k;
                case BPF_JMP | BPF_JEQ | BPF_K -> pc += a == k ? jt(insn) : jf(insn);
                case BPF_JMP | BPF_JGE | BPF_K -> pc += Integer.compareUnsigned(a, k) >= 0 ? jt(insn) : jf(insn);
                case BPF_JMP | BPF_JGT | BPF_K -> pc += Integer.compareUnsigned(a, k) > 0 ? jt(insn) : jf(insn);
                case BPF_JMP | BPF_JSET | BPF_K -> pc += (a & k) != 0 ? jt(insn) : jf(insn);
                case BPF_ALU | BPF_AND | BPF_K -> a &= k;
                default -> {
                    return false;
                }
            }
        }
        return false;
    }
}
