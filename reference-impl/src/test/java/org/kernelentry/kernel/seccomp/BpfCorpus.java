package org.kernelentry.kernel.seccomp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What a real kernel (Linux 6.18, x86-64) said about programs made at random.
 *
 * <p>Each was installed with prctl(PR_SET_SECCOMP) in a child. For results, the accumulator at the end was read from the low bits of four
 * error numbers, one byte each, of a call with a number no kernel has.
 */
final class BpfCorpus {
    /** The number of the calls that were judged. */
    static final int NR = 999;

    static final int AUDIT_ARCH_X86_64 = 0xc000_003e;

    private BpfCorpus() {}

    static List<String> lines(final String resource) {
        try (InputStream in = Objects.requireNonNull(BpfCorpus.class.getResourceAsStream(resource), resource);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            return reader.lines().toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Instructions as 16 hexadecimal digits each, from word {@code from} of a line on. */
    static long[] program(final String line, final int from) {
        return Arrays.stream(line.split(" ", -1))
                .skip(from)
                .mapToLong(word -> Long.parseUnsignedLong(word, 16))
                .toArray();
    }

    static SeccompData data(final String arguments) {
        final SeccompData data = new SeccompData();
        data.nr = NR;
        data.arch = AUDIT_ARCH_X86_64;
        final String[] words = arguments.split(",", -1);
        for (int i = 0; i < data.args.length; i++) {
            data.args[i] = Long.parseUnsignedLong(words[i], 16);
        }
        return data;
    }
}
