package org.kernelentry.runner.cpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.kernelentry.runner.cpu.CpuOutcome.End;

/** The x86 processor this runs on: a small program of ours ({@code host-judge.c}) puts each case into a child by ptrace. */
final class HostJudge implements CpuJudge {
    /** As in {@code host-judge.c}. */
    static final int WORDS = 100;

    private static final int CODE_BYTES = 64;
    private static final int SIGNO = 2 * WORDS * 8;
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
    private static final int SIGFPE = 8;
    private static final int SIGSEGV = 11;
    private static final int SI_KERNEL = 0x80;
    private static final int FPE_INTDIV = 1;

    private static final long SECONDS = 300;

    private final Path folder;
    private final Path program;
    private final EntryProbe probe =
            new EntryProbe(test -> execute(List.of(test)).get(0));

    HostJudge() {
        if (!System.getProperty("os.arch").toLowerCase(Locale.ROOT).equals("amd64")) {
            throw new JudgeException("x86 code is judged by the processor this runs on, and that is no x86-64 one.");
        }
        if (!Toolbox.has("gcc")) {
            throw new JudgeException("gcc is not installed, and the judge needs it.");
        }
        try {
            this.folder = Files.createTempDirectory("conform-judge");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.program = Toolbox.compile("gcc", "host-judge.c", folder, List.of());
    }

    @Override
    public String name() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.replaceAll("^.*: ", ""))
                    .orElse("this machine");
        } catch (IOException e) {
            return "this machine";
        }
    }

    @Override
    public List<CpuOutcome> run(List<CpuCase> cases) {
        List<CpuOutcome> outcomes = execute(cases);
        for (int i = 0; i < cases.size(); i++) {
            outcomes.set(i, probe.told(cases.get(i), outcomes.get(i)));
        }
        return outcomes;
    }

    private List<CpuOutcome> execute(List<CpuCase> cases) {
        Path file = folder.resolve("cases");
        ByteBuffer records = ByteBuffer.allocate(cases.size() * RECORD).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < cases.size(); i++) {
            CpuCase test = cases.get(i);
            long[] before = test.before();
            for (int w = 0; w < before.length; w++) {
                records.putLong(i * RECORD + 8 * w, before[w]);
            }
            records.putLong(i * RECORD + LENGTH, test.code().length);
            records.put(i * RECORD + INSNS, test.code());
            records.put(i * RECORD + MEMORY_BEFORE, test.memory());
        }
        try {
            Files.write(file, records.array());
            Path log = folder.resolve("log");
            int status = Toolbox.run(List.of(program.toString(), file.toString()), log, SECONDS);
            if (status != 0) {
                throw new JudgeException(
                        "the judge's program failed: " + Files.readString(log).strip());
            }
            ByteBuffer filled = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            List<CpuOutcome> outcomes = new ArrayList<>();
            for (int i = 0; i < cases.size(); i++) {
                outcomes.add(get(filled, i * RECORD));
            }
            return outcomes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CpuOutcome get(ByteBuffer records, int at) {
        long[] after = new long[WORDS];
        for (int i = 0; i < WORDS; i++) {
            after[i] = records.getLong(at + WORDS * 8 + 8 * i);
        }
        byte[] memory = new byte[CpuCase.PAGE];
        records.get(at + MEMORY_AFTER, memory);
        End end = end((int) records.getLong(at + SIGNO), (int) records.getLong(at + SI_CODE));
        return new CpuOutcome(end, end == End.PAGE_FAULT ? records.getLong(at + ADDRESS) : 0, after, memory);
    }

    private static End end(int signo, int code) {
        return switch (signo) {
            case -1 -> End.NEVER;
            case SIGILL -> End.UNDEFINED;
            case SIGTRAP -> code == SIGTRAP ? End.SYSTEM_CALL : End.BREAKPOINT;
            case SIGBUS -> code == SI_KERNEL ? End.PROTECTION : End.ALIGNMENT;
            case SIGFPE -> code == FPE_INTDIV ? End.DIVIDE_ERROR : End.TRAP;
            case SIGSEGV -> code == SI_KERNEL ? End.PROTECTION : End.PAGE_FAULT;
            default -> End.LOST;
        };
    }

    @Override
    public void close() {
        for (String name : List.of("cases", "log", "host-judge", "host-judge.c", "host-judge.c.log")) {
            try {
                Files.deleteIfExists(folder.resolve(name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        if (!folder.toFile().delete()) {
            folder.toFile().deleteOnExit();
        }
    }
}
