package org.kernelentry.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;

/**
 * The bytecode of the methods that every system call runs. HotSpot inlines a hot method of up to 325 bytes (FreqInlineSize), one that it does
 * not know to be hot of up to 35 (MaxInlineSize), and does not compile one of more than 8000 at all (HugeMethodLimit): one byte more can cost
 * more than all the code that it adds.
 */
final class HotMethodTests {
    private static final Path TABLE = Path.of("src/test/resources/golden/hot-methods.txt");
    private static final List<String> HEADING = List.of(
            "# Bytes of bytecode and the limit of HotSpot they stay below: see HotMethodTests. Renewed by -Dgolden.renew, see Golden.",
            row("class.method", "bytes", "limit"));

    private static final int FIELDS = 0;
    private static final int METHODS = 1;

    private record Hot(String method, int limit) {}

    private static String row(final String method, final String bytes, final String limit) {
        return String.format(Locale.ROOT, "%-80s%6s%6s", method, bytes, limit);
    }

    private static List<Hot> named() throws IOException {
        return Files.readAllLines(TABLE).stream()
                .skip(HEADING.size())
                .map(line -> line.trim().split(" +", -1))
                .map(cells -> new Hot(cells[0], Integer.parseInt(cells[2])))
                .toList();
    }

    /** {@code code_length} of the largest method of that name. Source: Java Virtual Machine Specification, 4.6 and 4.7.3. */
    private static int size(final String name) {
        final int dot = name.lastIndexOf('.');
        final ClassReader reader = read(name.substring(0, dot));
        final char[] buffer = new char[reader.getMaxStringLength()];
        int at = reader.header + 8 + 2 * reader.readUnsignedShort(reader.header + 6);
        int largest = -1;
        for (int kind = FIELDS; kind <= METHODS; kind++) {
            final int members = reader.readUnsignedShort(at);
            at += 2;
            for (int member = 0; member < members; member++) {
                final boolean wanted = reader.readUTF8(at + 2, buffer).equals(name.substring(dot + 1));
                final int attributes = reader.readUnsignedShort(at + 6);
                at += 8;
                for (int i = 0; i < attributes; i++) {
                    if (kind == METHODS && wanted && reader.readUTF8(at, buffer).equals("Code")) {
                        largest = Math.max(largest, reader.readInt(at + 10));
                    }
                    at += 6 + reader.readInt(at + 2);
                }
            }
        }
        return largest;
    }

    private static ClassReader read(final String owner) {
        try (InputStream in = HotMethodTests.class.getResourceAsStream("/" + owner.replace('.', '/') + ".class")) {
            assertThat(in).as("class " + owner).isNotNull();
            return new ClassReader(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void hotMethodsHaveTheSizeTheyHad() throws IOException {
        final List<String> found = named().stream()
                .map(hot -> row(hot.method, Integer.toString(size(hot.method)), Integer.toString(hot.limit)))
                .toList();
        assertThat(found).hasSizeGreaterThan(50);
        assertThat(Golden.differences("hot-methods.txt", HEADING, found, UnaryOperator.identity()))
                .isEmpty();
    }

    @Test
    void hotMethodsStayBelowTheLimits() throws IOException {
        assertThat(named())
                .allSatisfy(hot -> assertThat(size(hot.method)).as(hot.method).isBetween(1, hot.limit));
    }
}
