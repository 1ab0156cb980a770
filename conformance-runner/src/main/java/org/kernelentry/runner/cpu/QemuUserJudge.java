package org.kernelentry.runner.cpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.kernelentry.runner.cpu.CpuOutcome.End;

/**
 * qemu-user. A small program of ours ({@code cpu-judge.c}) runs in it; its signal handler takes the state of each case from a file,
 * returns into it, and writes back what the signal at the end of the case shows. Unlike QEMU's log of instructions, that includes
 * memory and faults, and the same program judges on a machine of the architecture.
 */
final class QemuUserJudge implements CpuJudge {
    /** As in {@code cpu-judge.c}. */
    private static final int REGISTERS = 100;

    private static final int CODE_BYTES = 64;
    private static final int AFTER = REGISTERS * 8;
    private static final int SIGNO = 2 * REGISTERS * 8;
    private static final int SI_CODE = SIGNO + 8;
    private static final int ADDRESS = SIGNO + 16;
    private static final int LENGTH = SIGNO + 24;
    private static final int INSNS = SIGNO + 32;
    private static final int MEMORY_BEFORE = INSNS + CODE_BYTES;
    private static final int MEMORY_AFTER = MEMORY_BEFORE + CpuCase.PAGE;
    private static final int RECORD = MEMORY_AFTER + CpuCase.PAGE;

    private static final int SIGILL = 4;
    private static final int SIGTRAP = 5;
    private static final int SIGBUS = 7;
    private static final int SIGSEGV = 11;
    private static final int BUS_ADRALN = 1;

    /** A batch takes a second at most unless a case hangs. */
    private static final long SECONDS = 60;

    private final String qemu;
    private final String cpu;
    private final String version;
    private final Path folder;
    private final Path program;

    QemuUserJudge(String qemu, String cpu, String compiler) {
        this.qemu = qemu;
        this.cpu = cpu;
        for (String needed : List.of(qemu, compiler)) {
            if (!Toolbox.has(needed)) {
                throw new JudgeException(needed + " is not installed, and the judge needs it (Debian: qemu-user, "
                        + "gcc-aarch64-linux-gnu, gcc-arm-linux-gnueabihf).");
            }
        }
        this.version = Toolbox.firstLine(List.of(qemu, "--version")).replaceAll("^\\S+ version (\\S+).*", "$1");
        try {
            this.folder = Files.createTempDirectory("conform-judge");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.program = Toolbox.compile(compiler, "cpu-judge.c", folder, List.of());
    }

    @Override
    public String name() {
        return qemu + " " + version + ", CPU " + cpu;
    }

    @Override
    public List<CpuOutcome> run(List<CpuCase> cases) {
        List<CpuOutcome> outcomes = new ArrayList<>();
        while (outcomes.size() < cases.size()) {
            List<CpuCase> rest = cases.subList(outcomes.size(), cases.size());
            outcomes.addAll(batch(rest));
        }
        return outcomes;
    }

    /** The outcomes up to and including the first case over which the program broke down. */
    private List<CpuOutcome> batch(List<CpuCase> cases) {
        Path file = folder.resolve("cases");
        ByteBuffer records = ByteBuffer.allocate(cases.size() * RECORD).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < cases.size(); i++) {
            put(records, i * RECORD, cases.get(i));
        }
        try {
            Files.write(file, records.array());
            int status = Toolbox.run(
                    List.of(qemu, "-cpu", cpu, program.toString(), file.toString()), folder.resolve("log"), SECONDS);
            ByteBuffer filled = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            List<CpuOutcome> outcomes = new ArrayList<>();
            for (int i = 0; i < cases.size(); i++) {
                int at = i * RECORD;
                if (filled.getLong(at + SIGNO) == 0) {
                    if (i == 0 && status == 2) {
                        throw new JudgeException(qemu + " cannot run the judge's program.");
                    }
                    outcomes.add(new CpuOutcome(
                            status == -1 ? End.NEVER : End.LOST, 0, new long[REGISTERS], new byte[CpuCase.PAGE]));
                    return outcomes;
                }
                outcomes.add(get(filled, at));
            }
            return outcomes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(ByteBuffer records, int at, CpuCase test) {
        long[] before = test.before();
        for (int i = 0; i < before.length; i++) {
            records.putLong(at + 8 * i, before[i]);
        }
        records.putLong(at + LENGTH, test.code().length);
        records.put(at + INSNS, test.code());
        records.put(at + MEMORY_BEFORE, test.memory());
    }

    private static CpuOutcome get(ByteBuffer records, int at) {
        long[] after = new long[REGISTERS];
        for (int i = 0; i < REGISTERS; i++) {
            after[i] = records.getLong(at + AFTER + 8 * i);
        }
        byte[] memory = new byte[CpuCase.PAGE];
        records.get(at + MEMORY_AFTER, memory);
        End end = end((int) records.getLong(at + SIGNO), (int) records.getLong(at + SI_CODE));
        boolean fault = end == End.PAGE_FAULT || end == End.ALIGNMENT;
        return new CpuOutcome(end, fault ? records.getLong(at + ADDRESS) : 0, after, memory);
    }

    private static End end(int signo, int code) {
        return switch (signo) {
            case SIGILL -> End.UNDEFINED;
            case SIGTRAP -> End.BREAKPOINT;
            case SIGBUS -> code == BUS_ADRALN ? End.ALIGNMENT : End.PAGE_FAULT;
            case SIGSEGV -> End.PAGE_FAULT;
            default -> End.TRAP;
        };
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
