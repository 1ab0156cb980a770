package org.kernelentry.x86.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Op;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.CodeWindow;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.x86.X86Regs;

/** Instructions are as long as objdump of the GNU binutils says. */
@Tag("linux")
class DisassemblerTests {
    private static final long CODE = 0x1000_0000;
    private static final String[] PREFIXES = {"", "66", "f2", "f3", "67", "48", "6648", "f348"};
    private static final String[] MAPS = {"", "0f"};
    /** Every form of an address, registers, and each opcode extension at least once. */
    private static final int[] MOD_RMS = {
        0x00, 0x04, 0x05, 0x0c, 0x15, 0x44, 0x4d, 0x84, 0xa5, 0x38, 0x30, 0xc1, 0xd8, 0xe3, 0xfa
    };
    /** An instruction, then one-byte ones, behind which a disassembler that took another length is in step again. */
    private static final int SLOT = 32;

    private static final int NOP = 0x90;
    /** FWAIT, which the disassembler takes together with the instruction behind it. */
    private static final int FWAIT = 0x9b;

    private static final Pattern LINE = Pattern.compile("\\s*([0-9a-f]+):\\t([0-9a-f ]+)\\t(.*)");
    /** What it says of bytes that are no instruction, or of prefixes that it does not take as part of one. */
    private static final Pattern NO_INSTRUCTION =
            Pattern.compile("\\(bad\\)|(data16|addr32|addr16|repz|repnz|rex\\.?\\w*)( |$).*");

    private final X86Isa isa = new X86Isa();
    private final AddressSpace space = PagedSpace.create(1L << 47);
    private final CodeWindow window = new CodeWindow(space);
    private final BlockBuilder out = new BlockBuilder(isa.registerSlots());

    @TempDir
    Path folder;

    DisassemblerTests() {
        space.map(CODE, AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource({X86Regs.MODE_64 + ", i386:x86-64", X86Regs.MODE_32 + ", i386"})
    void everyInstructionIsAsLongAsTheDisassemblerSays(final int mode, final String machine)
            throws IOException, InterruptedException {
        assumeThat(onPath()).as("objdump is installed").isTrue();
        final List<byte[]> slots = slots(mode);
        final Map<Integer, String> theirs = disassemble(slots, machine);
        final List<String> wrong = new ArrayList<>();
        int compared = 0;
        for (int n = 0; n < slots.size(); n++) {
            final String said = theirs.get(n);
            final int length = decode(slots.get(n), mode);
            if (said == null || length == 0) {
                continue;
            }
            compared++;
            if (!said.startsWith(length + " ")) {
                wrong.add(HexFormat.of().formatHex(slots.get(n), 0, Insn.MAX_LENGTH) + ": " + length + ", not " + said);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(compared).isGreaterThan(10_000);
    }

    private static boolean onPath() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(dir -> Files.isExecutable(Path.of(dir, "objdump")));
    }

    private static List<byte[]> slots(final int mode) {
        final Random random = new Random(3);
        final List<byte[]> slots = new ArrayList<>();
        for (final String prefix : PREFIXES) {
            if (mode == X86Regs.MODE_32 && prefix.endsWith("48")) {
                continue;
            }
            for (final String map : MAPS) {
                for (int opcode = 0; opcode < 256; opcode++) {
                    if (map.isEmpty() && opcode == FWAIT) {
                        continue;
                    }
                    for (final int modRm : MOD_RMS) {
                        final byte[] slot = new byte[SLOT];
                        random.nextBytes(slot);
                        final byte[] start =
                                HexFormat.of().parseHex(prefix + map + String.format("%02x%02x", opcode, modRm));
                        System.arraycopy(start, 0, slot, 0, start.length);
                        Arrays.fill(slot, Insn.MAX_LENGTH, SLOT, (byte) NOP);
                        slots.add(slot);
                    }
                }
            }
        }
        return slots;
    }

    /** Our length; 0 where it is not defined. */
    private int decode(final byte[] bytes, final int mode) {
        space.poke(CODE, bytes, 0, bytes.length);
        out.reset();
        out.beginInstruction(CODE);
        window.reset(space, CODE);
        isa.decode(window, mode, out);
        for (int n = 0; n < out.opCount(); n++) {
            final int op = out.code()[4 * n];
            if ((op == Op.EXIT || op == Op.EXITI) && out.code()[4 * n + 1] == CpuExit.UNDEFINED) {
                return 0;
            }
        }
        return window.length();
    }

    /** By slot: the length of the instruction at its start, and its text. */
    private Map<Integer, String> disassemble(final List<byte[]> slots, final String machine)
            throws IOException, InterruptedException {
        final Path file = folder.resolve("code");
        final byte[] all = new byte[slots.size() * SLOT];
        for (int n = 0; n < slots.size(); n++) {
            System.arraycopy(slots.get(n), 0, all, n * SLOT, SLOT);
        }
        Files.write(file, all);
        final Process objdump = new ProcessBuilder(
                        "objdump",
                        "-D",
                        "-z",
                        "-b",
                        "binary",
                        "-m",
                        machine,
                        "-M",
                        "intel64",
                        "--insn-width=16",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        final Map<Integer, String> found = new TreeMap<>();
        try (BufferedReader reader = objdump.inputReader(StandardCharsets.US_ASCII)) {
            reader.lines().forEach(line -> {
                final Matcher m = LINE.matcher(line);
                if (m.matches()) {
                    final int at = Integer.parseInt(m.group(1), 16);
                    final String text = m.group(3).strip();
                    if (at % SLOT == 0 && !NO_INSTRUCTION.matcher(text).find()) {
                        found.put(at / SLOT, m.group(2).strip().split(" ").length + " " + text);
                    }
                }
            });
        }
        assertThat(objdump.waitFor()).isZero();
        return found;
    }
}
