package org.kernelentry.runner.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.isa.DecodeTable;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.Isa;
import org.kernelentry.machine.engine.EngineCpu;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.CodeWindow;
import org.kernelentry.machine.memory.PagedSpace;

/** Every class of the manuals' top-level tables, with every value of the fields that tell its instructions apart. */
@Execution(ExecutionMode.CONCURRENT)
class EncodingClassTests {
    private static final long CODE = 0x10000;
    /** How many undefined encodings of a class are run, too. */
    private static final int RUN = 32;
    /** Classes with few values get several random remainders for each. */
    private static final int AT_LEAST = 1 << 12;

    /**
     * A class.
     *
     * @param letters the bits of which every value is tried
     * @param fields those that are zeros, ones or random, each field by itself
     */
    private record EncodingClass(
            String name,
            int width,
            int mask,
            int value,
            int letters,
            List<Integer> fields,
            String executed,
            String pattern) {
        static EncodingClass of(String line) {
            String[] columns = line.split("\\|", -1);
            String bits = columns[0].replace(" ", "");
            int mask = 0;
            int value = 0;
            int letters = 0;
            Map<Character, Integer> fields = new TreeMap<>();
            for (int i = 0; i < bits.length(); i++) {
                char c = bits.charAt(i);
                int bit = 1 << bits.length() - 1 - i;
                mask |= c == '0' || c == '1' ? bit : 0;
                value |= c == '1' ? bit : 0;
                letters |= Character.isLowerCase(c) ? bit : 0;
                if (Character.isUpperCase(c)) {
                    fields.merge(c, bit, (a, b) -> a | b);
                }
            }
            assertThat(bits.length()).as(line).isIn(16, 32);
            return new EncodingClass(
                    columns[1],
                    bits.length(),
                    mask,
                    value,
                    letters,
                    List.copyOf(fields.values()),
                    columns[2],
                    columns[0]);
        }

        boolean fits(int insn, int bits) {
            return bits == width && (insn & mask) == value;
        }

        /** An encoding with the n-th value of the letters, modulo their number. */
        int encoding(int n, Random random) {
            int any = random.nextInt();
            for (int field : fields) {
                int kind = random.nextInt(3);
                any = kind == 0 ? any & ~field : kind == 1 ? any | field : any;
            }
            int insn = value | any & (width == 32 ? -1 : 0xffff) & ~(mask | letters);
            for (int rest = letters, from = n; rest != 0; rest &= rest - 1, from >>>= 1) {
                insn |= (from & 1) != 0 ? rest & -rest : 0;
            }
            return insn;
        }

        @Override
        public String toString() {
            return pattern + " " + name;
        }
    }

    /** Our CPU and its decoder by themselves. */
    private static final class Decoder {
        final ArmFamilyMode mode;
        final Isa isa;
        final AddressSpace space = PagedSpace.create(0xffff_0000L);
        final CodeWindow window = new CodeWindow(space);
        final BlockBuilder out;
        final EngineCpu cpu;

        Decoder(ArmFamilyMode mode) {
            this.mode = mode;
            this.isa = mode.isa();
            this.out = new BlockBuilder(isa.registerSlots());
            this.cpu = new EngineCpu(isa);
            space.map(CODE, AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
            cpu.switchTo(space);
            long[] state = mode.state(new Random(1));
            if (mode.name().equals("thumb")) {
                state[ArmFamilyMode.STATUS] = 0x30;
            }
            mode.load(cpu.state(), state);
        }

        /** Decodes an encoding; true when all that it means is an undefined instruction. */
        boolean isUndefined(byte[] code) {
            space.poke(CODE, code, 0, code.length);
            out.reset();
            out.beginInstruction(CODE);
            window.reset(space, CODE);
            isa.decode(window, cpu.state().mode, out);
            if (window.length() != code.length) {
                throw new AssertionError(
                        "length " + window.length() + " of " + HexFormat.of().formatHex(code));
            }
            int last = out.opCount() - 1;
            if (last < 0) {
                return false;
            }
            // In front of it there may be the test of a condition, and temporaries that nothing sees.
            for (int n = 0; n < last; n++) {
                if (out.code()[4 * n] != Op.SKIP_COND && out.code()[4 * n + 1] < isa.registerSlots()) {
                    return false;
                }
            }
            return out.code()[4 * last] == Op.EXITI && out.code()[4 * last + 1] == CpuExit.UNDEFINED;
        }
    }

    private static ArmFamilyMode mode(String name) {
        return (ArmFamilyMode) CpuModes.all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static final Map<String, List<EncodingClass>> CLASSES =
            Map.of("a64", read("a64"), "arm", read("arm"), "thumb", read("thumb"));

    private static List<EncodingClass> classes(String mode) {
        return Objects.requireNonNull(CLASSES.get(mode));
    }

    private static List<EncodingClass> read(String mode) {
        String resource = "classes-" + mode + ".txt";
        try (InputStream in = EncodingClassTests.class.getResourceAsStream(resource)) {
            assertThat(in).as(resource).isNotNull();
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
                return reader.lines()
                        .filter(line -> !line.startsWith("#"))
                        .map(EncodingClass::of)
                        .toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable EncodingClass classOf(List<EncodingClass> classes, int insn, int width) {
        for (EncodingClass each : classes) {
            if (each.fits(insn, width)) {
                return each;
            }
        }
        return null;
    }

    static Stream<Arguments> everyClass() {
        return Stream.of("a64", "arm", "thumb")
                .flatMap(mode -> classes(mode).stream().map(each -> Arguments.of(mode, each)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyClass")
    void every_encoding_of_a_class_decodes_or_is_undefined(String mode, EncodingClass tried) {
        Decoder decoder = new Decoder(mode(mode));
        List<EncodingClass> classes = classes(mode);
        Random random = new Random(tried.value());
        int values = 1 << Integer.bitCount(tried.letters());
        int executed = 0;
        int undefined = 0;
        List<byte[]> undefinedOnes = new ArrayList<>();
        List<String> noRowButMeaning = new ArrayList<>();
        for (int n = 0; n < Math.max(values, AT_LEAST); n++) {
            int insn = tried.encoding(n, random);
            if (!tried.equals(classOf(classes, insn, tried.width()))) {
                continue;
            }
            byte[] code = decoder.mode.bytes(insn, tried.width());
            if (decoder.isUndefined(code)) {
                undefined++;
                if (undefinedOnes.size() < RUN && n % 7 == 0) {
                    undefinedOnes.add(code);
                }
            } else {
                executed++;
                if (decoder.mode.row(code).isEmpty()) {
                    noRowButMeaning.add(HexFormat.of().formatHex(code));
                }
            }
        }

        assertThat(noRowButMeaning).as("executed without a row of the table").isEmpty();
        assertThat(executed + undefined).as("encodings of %s", tried).isPositive();
        switch (tried.executed()) {
            case "all" ->
                assertThat(undefined).as("undefined ones of %s", tried).isZero();
            case "none" -> assertThat(executed).as("executed ones of %s", tried).isZero();
            default ->
                assertThat(List.of(executed > 0, undefined > 0))
                        .as("executed, undefined ones of %s", tried)
                        .containsOnly(true);
        }
        assertUndefinedWhenRun(decoder, undefinedOnes);
    }

    /** An encoding without a meaning leaves the CPU as an undefined instruction, at its own address. */
    private static void assertUndefinedWhenRun(Decoder decoder, List<byte[]> codes) {
        for (byte[] code : codes) {
            boolean conditional = decoder.mode.name().equals("arm") && (code[3] & 0xf0) != 0xf0;
            if (conditional) {
                // Whatever the flags are.
                code[3] = (byte) (code[3] & 0x0f | 0xe0);
            }
            decoder.space.poke(CODE, code, 0, code.length);
            decoder.cpu.state().pc = CODE;
            assertThat(List.of(decoder.cpu.run(1), decoder.cpu.state().pc))
                    .as(HexFormat.of().formatHex(code))
                    .isEqualTo(List.of(CpuExit.UNDEFINED, CODE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a64", "arm", "thumb"})
    void every_encoding_belongs_to_a_class(String mode) {
        List<EncodingClass> classes = classes(mode);
        Random random = new Random(3);
        List<String> homeless = new ArrayList<>();
        // The upper halfword selects the class in all three sets, the rest is random.
        for (int upper = 0; upper < 1 << 16; upper++) {
            boolean narrow = mode.equals("thumb") && upper < 0xe800;
            int insn = narrow ? upper : upper << 16 | random.nextInt() & 0xffff;
            if (classOf(classes, insn, narrow ? 16 : 32) == null) {
                homeless.add(Integer.toHexString(insn));
            }
        }
        assertThat(homeless).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a64", "arm", "thumb"})
    void every_row_of_the_decoders_tables_belongs_to_a_class_that_is_executed(String mode) {
        List<EncodingClass> classes = classes(mode);
        Decoder decoder = new Decoder(mode(mode));
        Random random = new Random(4);
        List<String> strangers = new ArrayList<>();
        for (DecodeTable<?> table : decoder.mode.tables()) {
            for (DecodeTable.Row<?> row : table.rows()) {
                int insn = row.value() | random.nextInt() & ~row.mask() & (table.width() == 32 ? -1 : 0xffff);
                EncodingClass found = classOf(classes, insn, table.width());
                boolean none = found == null || found.executed().equals("none");
                if (none && !decoder.isUndefined(decoder.mode.bytes(insn, table.width()))) {
                    strangers.add(row.name() + ": " + found);
                }
            }
        }
        assertThat(strangers).isEmpty();
    }
}
