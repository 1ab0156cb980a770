package org.kernelentry.runner.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are no programs: one sentence each. */
final class ElfFileTests {
    private static final long ADDRESS = 0x40_0000;
    private static final int HEADERS = 64;

    @TempDir
    private Path folder;

    /** A whole x86-64 program of two segments: {@code exit_group(7)}. */
    private static ByteBuffer program() {
        final ByteBuffer file = ByteBuffer.allocate(0x1100).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        file.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1);
        file.putLong(24, ADDRESS + 0x1000).putLong(32, HEADERS);
        file.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 2);
        segment(file, 0, 5, 0x1000, ADDRESS + 0x1000, 0x20, 0x20);
        segment(file, 1, 6, 0x1080, ADDRESS + 0x2080, 0x10, 0x3000);
        // mov edi, 7; mov eax, 231; syscall
        file.position(0x1000);
        file.put(new byte[] {(byte) 0xbf, 7, 0, 0, 0, (byte) 0xb8, (byte) 0xe7, 0, 0, 0, 0x0f, 0x05});
        return file;
    }

    private static void segment(
            final ByteBuffer file,
            final int i,
            final int flags,
            final long at,
            final long to,
            final long size,
            final long memory) {
        final int h = HEADERS + 56 * i;
        file.putInt(h, 1)
                .putInt(h + 4, flags)
                .putLong(h + 8, at)
                .putLong(h + 16, to)
                .putLong(h + 24, to);
        file.putLong(h + 32, size).putLong(h + 40, memory).putLong(h + 48, 0x1000);
    }

    private ProgramRun.Result run(final byte[] bytes) throws Exception {
        final Path file = Files.write(folder.resolve("prog"), bytes);
        final ProgramRun.Options options = new ProgramRun.Options();
        options.budget = 100_000;
        final Program program = Program.read(file);
        return new ProgramRun(program, options).run(program.architecture(null), List.of());
    }

    @Test
    void a_whole_program_runs() throws Exception {
        assertThat(run(program().array()).exitCode()).isEqualTo(7);
    }

    @ParameterizedTest(name = "{0} bytes of it are refused")
    @ValueSource(ints = {0, 1, 3, 4, 15, 40, 63, 64, 100, 175, 0x1000, 0x108f})
    void a_truncated_program_is_refused(final int length) {
        assertRefused(java.util.Arrays.copyOf(program().array(), length), "is (empty|truncated.*|not an ELF file)");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "another machine, 'is for machine 243; x86, arm64 and arm are what can be run'",
        "big-endian, is not little-endian",
        "an object file, is an ELF file but no program .*",
        "overlapping segments, has overlapping segments .*",
        "a huge segment, needs more memory than a process may have",
        "a segment larger than memory can be, has a segment 1 larger than any address space",
        "more in the file than in memory, has a segment 1 with more bytes in the file than in memory",
        "an interpreter, is dynamically linked .*",
        "a segment in the stack, has a segment where its stack is to be",
        "a segment in the kernel, has a segment outside of user memory",
        "no headers, has a table of 0 program headers .*",
        "nothing to load, has nothing to load .*"
    })
    void a_malformed_program_is_refused(final String how, final String sentence) {
        final ByteBuffer file = program();
        mistake(how).accept(file);
        final byte[] bytes = new byte[file.capacity()];
        file.get(0, bytes);
        assertRefused(bytes, sentence);
    }

    private static Consumer<ByteBuffer> mistake(final String how) {
        final int second = HEADERS + 56;
        return switch (how) {
            case "another machine" -> f -> f.putShort(18, (short) 243);
            case "big-endian" -> f -> f.put(5, (byte) 2);
            case "an object file" -> f -> f.putShort(16, (short) 1);
            case "overlapping segments" -> f -> segment(f, 1, 6, 0x1010, ADDRESS + 0x1010, 0x10, 0x10);
            case "a huge segment" -> f -> f.putLong(second + 40, 1L << 40);
            case "a segment larger than memory can be" -> f -> f.putLong(second + 40, -1L);
            case "more in the file than in memory" -> f -> f.putLong(second + 40, 1);
            case "an interpreter" -> f -> f.putInt(second, 3);
            case "a segment in the stack" -> f -> segment(f, 1, 6, 0, 0x7fff_ffff_0000L, 0, 0x1000);
            case "a segment in the kernel" -> f -> segment(f, 1, 6, 0, 0x7fff_ffff_f000L, 0, 0x1000);
            case "no headers" -> f -> f.putShort(56, (short) 0);
            case "nothing to load" -> f -> f.putInt(HEADERS, 4).putInt(second, 4);
            default -> throw new IllegalArgumentException(how);
        };
    }

    private void assertRefused(final byte[] bytes, final String sentence) {
        assertThatThrownBy(() -> run(bytes))
                .isInstanceOf(ExecException.class)
                .message()
                .matches(".*/prog " + sentence + "\\.");
    }
}
