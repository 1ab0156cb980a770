package org.kernelentry.kernel.syscall;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;

/**
 * A system call ABI whose numbers are a resource of the port: lines {@code number name [mark]}, comments with {@code #}.
 *
 * <p>Ports derive from it only to add what is theirs.
 */
public class TableAbi implements Abi {
    private final String name;
    private final int wordSize;
    private final int auditArch;
    private final @Nullable String[] byNumber;
    private final Set<Integer> marks = new HashSet<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    /**
     * Reads the table.
     *
     * @param owner class beside whose package the resource is
     * @param granularity the table size is rounded up to a multiple of it
     */
    protected TableAbi(
            final String name,
            final int wordSize,
            final int auditArch,
            final Class<?> owner,
            final String resource,
            final int granularity) {
        this.name = name;
        this.wordSize = wordSize;
        this.auditArch = auditArch;
        final SortedMap<Integer, String> lines = new TreeMap<>();
        try (InputStream in = owner.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("resource " + resource + " is missing");
            }
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> add(lines, line));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        this.byNumber = new @Nullable String[(lines.lastKey() + granularity) / granularity * granularity];
        lines.forEach((number, call) -> byNumber[number] = call);
    }

    private void add(final SortedMap<Integer, String> lines, final String line) {
        final String[] fields = line.split(" ", -1);
        final int number = Integer.parseInt(fields[0]);
        lines.put(number, fields[1]);
        numbers.put(fields[1], number);
        if (fields.length > 2) {
            marks.add(number);
        }
    }

    /** Whether the line of a number carries a mark, whose meaning is the port's. */
    protected final boolean marked(final int number) {
        return marks.contains(number);
    }

    /** The table of {@code k}. */
    public final CallTable table(final Kernel k) {
        return new CallTable(k.bodies, byNumber);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final int wordSize() {
        return wordSize;
    }

    @Override
    public final int auditArch() {
        return auditArch;
    }

    @Override
    public final int number(final String call) {
        return numbers.getOrDefault(call, -1);
    }

    @Override
    public final @Nullable String name(final int number) {
        return number >= 0 && number < byNumber.length ? byNumber[number] : null;
    }

    @Override
    public final int tableSize() {
        return byNumber.length;
    }

    @Override
    public final List<String> names() {
        return Arrays.stream(byNumber)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
    }
}
