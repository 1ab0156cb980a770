package org.kernelentry.kernel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.seccomp.Bpf.*;
import static org.kernelentry.kernel.seccomp.SeccompFixture.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.kernel.testing.ParkedGuest;

/** The cache of numbers that are always allowed. */
final class ActionCacheTests {
    /** Programs as filters have them: trees of tests on number and ABI, sometimes with an argument in it. */
    private static long[] tree(final Random random, final int arch) {
        final List<Long> program = new ArrayList<>();
        final int tests = 1 + random.nextInt(6);
        for (int i = 0; i < tests; i++) {
            final int what = random.nextInt(8);
            final int offset = what == 0 ? SeccompData.ARGS : what == 1 ? SeccompData.ARCH : SeccompData.NR;
            program.add(stmt(BPF_LD | BPF_W | BPF_ABS, offset));
            if (random.nextInt(4) == 0) {
                program.add(stmt(BPF_ALU | BPF_AND | BPF_K, random.nextInt(64)));
            }
            if (random.nextInt(16) == 0) {
                program.add(stmt(BPF_ALU | BPF_ADD | BPF_K, 1));
            }
            final int operation = List.of(BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET).get(random.nextInt(4));
            final int constant = offset == SeccompData.ARCH && random.nextBoolean() ? arch : random.nextInt(64);
            program.add(jump(BPF_JMP | operation | BPF_K, constant, random.nextInt(2), random.nextInt(2)));
            program.add(stmt(
                    BPF_RET | BPF_K,
                    random.nextBoolean() ? SeccompAction.ALLOW.with(random.nextInt(2)) : SeccompAction.ERRNO.with(i)));
        }
        program.add(stmt(BPF_RET | BPF_K, SeccompAction.ALLOW.value()));
        program.add(stmt(BPF_RET | BPF_K, SeccompAction.ALLOW.value()));
        return program.stream().mapToLong(Long::longValue).toArray();
    }

    @Test
    void whatTheCacheAllowsTheFiltersAllowWhateverTheArguments() {
        final Random random = new Random(99);
        final BpfInterpreter interpreter = new BpfInterpreter();
        int allowed = 0;
        int refused = 0;
        try (ParkedGuest guest = new ParkedGuest()) {
            final Abi abi = guest.k.arch.abi(guest.task);
            for (int round = 0; round < 300; round++) {
                final long[] older = tree(random, abi.auditArch());
                final long[] newer = tree(random, abi.auditArch());
                final ActionCache first = ActionCache.prepare(guest.k, older, null);
                final ActionCache both = ActionCache.prepare(guest.k, newer, first);
                final SeccompData data = new SeccompData();
                data.arch = abi.auditArch();
                for (data.nr = -2; data.nr < 80; data.nr++) {
                    data.args[0] = random.nextInt(64);
                    final boolean run = interpreter.run(older, data) == SeccompAction.ALLOW.value()
                            && interpreter.run(newer, data) == SeccompAction.ALLOW.value();
                    if (both.allows(data)) {
                        allowed++;
                        assertThat(run).as("number %d", data.nr).isTrue();
                    } else {
                        refused += run ? 1 : 0;
                    }
                }
            }
        }
        assertThat(allowed).as("the cache is of use").isGreaterThan(1000);
        assertThat(refused)
                .as("and does not guess: arguments and additions are not followed")
                .isPositive();
    }

    @Test
    void aNumberIsCachedOnlyIfNothingButNumberAndAbiDecides() {
        assertThat(ActionCache.isConstAllow(forNumber(5, SeccompAction.ERRNO.with(1)), 4, 1))
                .isTrue();
        assertThat(ActionCache.isConstAllow(forNumber(5, SeccompAction.ERRNO.with(1)), 5, 1))
                .isFalse();
        assertThat(ActionCache.isConstAllow(always(SeccompAction.ALLOW.value()), 5, 1))
                .isTrue();
        assertThat(ActionCache.isConstAllow(always(SeccompAction.ALLOW.with(1)), 5, 1))
                .isFalse();
        final long allow = stmt(BPF_RET | BPF_K, SeccompAction.ALLOW.value());
        assertThat(ActionCache.isConstAllow(new long[] {stmt(BPF_LD | BPF_W | BPF_ABS, 16), allow}, 5, 1))
                .isFalse();
        assertThat(ActionCache.isConstAllow(new long[] {stmt(BPF_LD | BPF_IMM, 0), allow}, 5, 1))
                .isFalse();
    }

    @Test
    void aCallOfAnUnknownAbiIsNeverCached() {
        try (ParkedGuest guest = new ParkedGuest()) {
            final ActionCache cache = ActionCache.prepare(guest.k, always(SeccompAction.ALLOW.value()), null);
            final SeccompData data = new SeccompData();
            data.arch = guest.k.arch.abi("test").auditArch();
            assertThat(cache.allows(data)).isTrue();
            data.arch = guest.k.arch.abi("test32").auditArch();
            assertThat(cache.allows(data)).isTrue();
            data.arch = 1;
            assertThat(cache.allows(data)).isFalse();
            data.arch = guest.k.arch.abi("test").auditArch();
            data.nr = guest.k.arch.abi("test").tableSize();
            assertThat(cache.allows(data)).isFalse();
        }
    }

    @Test
    void theUprobeCallsOfTheNativeAbiAreNotFilteredSinceTheyExist() {
        for (final int version : List.of(KernelConfig.V6_1, KernelConfig.V7_3)) {
            final KernelConfig config = config();
            try (ParkedGuest guest =
                    new ParkedGuest(new KernelConfig(config.flavour(), version, config.cpus(), config.options()))) {
                final int uprobe = guest.k.arch.abi("test").number("uprobe");
                final int compat = guest.k.arch.abi("test32").number("uprobe");
                install(guest, 0, always(SeccompAction.ERRNO.with(1)));
                guest.call(0x1_0004, uprobe);
                assertThat(judge(guest)).isEqualTo(version == KernelConfig.V7_3);
                guest.task.setTif(org.kernelentry.kernel.task.ThreadFlags.TIF_32BIT);
                guest.call(0x1_0004, compat);
                assertThat(judge(guest)).isFalse();
            }
        }
    }
}
