package org.kernelentry.runner.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What compilers make of C, unmodified, under the reference kernel: prints and returns what it does on this machine's own CPU and kernel
 * (x86) or under qemu-user (arm64, arm). What a machine does not have is skipped with its name.
 */
@Tag("linux")
final class ProgramTests {
    private static final Path SOURCES = Path.of("src/test/programs");
    private static final int SECONDS = 600;
    private static final long BUDGET = 2_000_000_000L;
    private static final String INPUT = "a line of input\n";
    private static final String NATIVE = "";
    private static final List<String> GIVEN = List.of("one", "two words");

    /** Whether this machine's kernel has {@code CONFIG_IA32_EMULATION}, and it is not switched off. */
    private static final boolean HOST_RUNS_32_BITS = hostRuns32Bits();

    /**
     * Programs that end in another way under qemu-i386 7.2 than on a kernel that runs them, where they were compared before: it does not raise the
     * x87's denormal exception, dies of a signal, and loses what threads count.
     */
    private static final Set<String> NOT_FOR_QEMU_I386 =
            Set.of("freestanding/floating.c", "freestanding/signals.c", "freestanding/threads.c");

    /** A compiler, and what runs its programs besides us. */
    private enum Toolchain {
        X64_GLIBC("x86_64-linux-gnu-gcc", NATIVE),
        X64_MUSL("musl-gcc", NATIVE),
        I386_GLIBC("i686-linux-gnu-gcc", NATIVE),
        ARM64_GLIBC("aarch64-linux-gnu-gcc", "qemu-aarch64"),
        /** Of Thumb, as Debian's compiler is set. */
        ARM_GLIBC("arm-linux-gnueabihf-gcc", "qemu-arm"),
        /** Of A32; the C library would be the same Thumb code again. */
        ARM_A32("arm-linux-gnueabihf-gcc", "qemu-arm", "-marm");

        final String compiler;
        final String runner;
        final String option;

        Toolchain(final String compiler, final String runner) {
            this(compiler, runner, "");
        }

        Toolchain(final String compiler, final String runner, final String option) {
            this.compiler = compiler;
            this.runner = runner;
            this.option = option;
        }

        /** What runs the programs, before their names. A kernel may leave those of 32 bits to qemu-user, too. */
        String runner() {
            return this == I386_GLIBC && !HOST_RUNS_32_BITS ? "qemu-i386" : runner;
        }

        /** What is missing here, or null. */
        @Nullable
        String missing() {
            if (!onPath(compiler)) {
                return compiler + " is not installed";
            }
            if (runner().equals(NATIVE)) {
                return System.getProperty("os.arch").toLowerCase(Locale.ROOT).equals("amd64")
                        ? null
                        : "this machine is not an x86-64 one";
            }
            return onPath(runner()) ? null : runner() + " is not installed";
        }

        /** Without a C library musl's compiler is the one of glibc. */
        List<Path> sources() {
            final Path folder = switch (this) {
                case X64_MUSL -> SOURCES.resolve("libc");
                case ARM_A32 -> SOURCES.resolve("freestanding");
                default -> SOURCES;
            };
            try (Stream<Path> files = Files.walk(folder)) {
                return files.filter(f -> f.toString().endsWith(".c")).sorted().toList();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        static boolean onPath(final String program) {
            return Stream.of(String.valueOf(System.getenv("PATH")).split(":", -1))
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        }
    }

    /**
     * How a program ended and what it printed.
     *
     * @param status its exit status, 128 and the signal when one killed it
     */
    private record Ending(int status, String output) {}

    @TempDir
    private static Path folder;

    private static final Map<String, String> FAILED = new ConcurrentHashMap<>();
    private static final Set<String> COMPARED = new HashSet<>();

    private static String name(final Path source) {
        return source.getFileName().toString().replace(".c", "");
    }

    private static boolean freestanding(final Path source) {
        return source.getParent().endsWith("freestanding");
    }

    static List<Arguments> programs() {
        final List<Arguments> all = new ArrayList<>();
        for (final Toolchain toolchain : Toolchain.values()) {
            for (final Path source : toolchain.sources()) {
                all.add(Arguments.of(toolchain, SOURCES.relativize(source).toString(), source));
            }
        }
        return all;
    }

    private static Path binary(final Toolchain toolchain, final Path source) {
        return folder.resolve(toolchain + "-" + source.getParent().getFileName() + "-" + name(source));
    }

    @BeforeAll
    static void compileAll() throws InterruptedException {
        final ExecutorService workers =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        for (final Toolchain toolchain : Toolchain.values()) {
            if (toolchain.missing() == null) {
                toolchain.sources().forEach(source -> workers.execute(() -> compile(toolchain, source)));
            }
        }
        workers.shutdown();
        assertThat(workers.awaitTermination(30, TimeUnit.MINUTES)).isTrue();
    }

    private static void compile(final Toolchain toolchain, final Path source) {
        final Path binary = binary(toolchain, source);
        final List<String> command =
                new ArrayList<>(List.of(toolchain.compiler, "-std=gnu11", "-O2", "-static", "-o", binary.toString()));
        if (!toolchain.option.isEmpty()) {
            command.add(toolchain.option);
        }
        command.add(source.toString());
        command.addAll(
                freestanding(source)
                        ? List.of("-ffreestanding", "-fno-math-errno", "-nostdlib", "-fno-stack-protector", "-lgcc")
                        : List.of("-lm", "-pthread"));
        try {
            final Ending ending = process(command, "");
            if (ending.status != 0) {
                FAILED.put(binary.toString(), String.join(" ", command) + " ends with " + ending.status);
            }
        } catch (final IOException e) {
            FAILED.put(binary.toString(), e.toString());
        }
    }

    /** Runs a program of the host. On the error output qemu-user has its own word for a program that is killed; none of ours writes there. */
    private static Ending process(final List<String> command, final String input) throws IOException {
        final ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("LC_ALL", "C");
        final Process process = builder.start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (final IOException e) {
            // It has ended without reading.
        }
        try (InputStream out = process.getInputStream()) {
            final String output = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS))
                    .as("%s ended", command)
                    .isTrue();
            return new Ending(process.exitValue(), output);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean hostRuns32Bits() {
        final int told = 7;
        try {
            final Path answer = Files.createTempDirectory("kernel-entry-32");
            final Path source = Files.writeString(answer.resolve("answer.c"), """
                    void _start(void)
                    {
                    \t__asm__ volatile("int $0x80" : : "a"(1), "b"(7));
                    }
                    """);
            final Path binary = answer.resolve("answer");
            process(
                    List.of("i686-linux-gnu-gcc", "-static", "-nostdlib", "-o", binary.toString(), source.toString()),
                    "");
            final boolean runs = process(List.of(binary.toString()), "").status == told;
            Files.deleteIfExists(binary);
            Files.delete(source);
            Files.delete(answer);
            return runs;
        } catch (final IOException e) {
            // No compiler; then nothing asks.
            return false;
        }
    }

    private static Ending reference(final Path binary, final List<String> arguments) throws ExecException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final ProgramRun.Options options = new ProgramRun.Options();
        options.budget = BUDGET;
        options.in = new ByteArrayInputStream(INPUT.getBytes(StandardCharsets.UTF_8));
        options.out = out;
        final Program program = Program.read(binary);
        final ProgramRun.Result result = new ProgramRun(program, options).run(program.architecture(null), arguments);
        return new Ending(result.exitCode(), out.toString(StandardCharsets.UTF_8));
    }

    /** Freestanding programs take an argument, if any, as an amount of work, others print what they get or run themselves again with some. */
    private static List<String> arguments(final Path source) {
        return name(source).equals("environment") ? GIVEN : List.of();
    }

    /** What is run for comparison: the same file. qemu-user has no exec of another architecture's file, so that is compared with x86-64's. */
    private static Path elsewhere(final Toolchain toolchain, final Path source) {
        if (!name(source).equals("exec") || toolchain.runner().equals(NATIVE)) {
            return binary(toolchain, source);
        }
        final String missing = Toolchain.X64_GLIBC.missing();
        assumeTrue(missing == null, missing);
        return binary(Toolchain.X64_GLIBC, source);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("programs")
    void a_program_does_what_it_does_elsewhere(final Toolchain toolchain, final String name, final Path source)
            throws Exception {
        final String missing = toolchain.missing();
        assumeTrue(missing == null, missing);
        assumeFalse(
                toolchain.runner().equals("qemu-i386") && NOT_FOR_QEMU_I386.contains(name),
                "this machine's kernel runs no 32-bit programs, and qemu-i386 runs this one in another way");
        final Path binary = binary(toolchain, source);
        assertThat(FAILED.get(binary.toString())).as("what the compiler says").isNull();
        final Path other = elsewhere(toolchain, source);
        final List<String> command = new ArrayList<>();
        if (other.equals(binary) && !toolchain.runner().equals(NATIVE)) {
            command.add(toolchain.runner());
        }
        command.add(other.toString());
        command.addAll(arguments(source));

        assertThat(reference(binary, arguments(source))).isEqualTo(process(command, INPUT));
        COMPARED.add(toolchain + " " + name);
    }

    @Test
    void CtrlC_ends_a_program_without_a_word() throws Exception {
        final String missing = Toolchain.X64_GLIBC.missing();
        assumeTrue(missing == null, missing);
        final Path source = Files.writeString(folder.resolve("endless.c"), """
                #include <unistd.h>
                int main(void)
                {
                \tif (write(1, "!", 1) < 0)
                \t\treturn 1;
                \tfor (;;)
                \t\t__asm__ volatile("");
                }
                """);
        final Path binary = folder.resolve("endless");
        assertThat(process(List.of("x86_64-linux-gnu-gcc", "-static", "-o", binary.toString(), source.toString()), "")
                        .status)
                .isZero();
        final String java =
                Path.of(System.getProperty("java.home"), "bin", "java").toString();
        final Process conform = new ProcessBuilder(
                        // Java leaves alone what it was told to ignore, as what runs in the background is.
                        "env",
                        "--default-signal=INT",
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.kernelentry.runner.cli.Conform",
                        "exec",
                        binary.toString())
                .redirectErrorStream(true)
                .start();
        try {
            // Not before it runs: the signal is to meet the guest, not the start of Java.
            assertThat(conform.getInputStream().read()).isEqualTo('!');
            assertThat(process(List.of("kill", "-INT", String.valueOf(conform.pid())), "").status)
                    .isZero();

            assertThat(conform.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(conform.exitValue()).isEqualTo(130);
            assertThat(conform.getInputStream().readAllBytes()).isEmpty();
        } finally {
            conform.destroyForcibly();
        }
    }

    @AfterAll
    static void everyToolchainThatIsHereWasUsed() {
        for (final Toolchain toolchain : Toolchain.values()) {
            if (toolchain.missing() == null) {
                assertThat(COMPARED).as("programs of %s", toolchain).anyMatch(c -> c.startsWith(toolchain + " "));
            }
        }
    }
}
