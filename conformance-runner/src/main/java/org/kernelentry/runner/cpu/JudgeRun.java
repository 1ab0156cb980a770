package org.kernelentry.runner.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.kernelentry.runner.cpu.CpuOutcome.End;

/** Makes random cases for a mode, runs them here and at the judge, and compares. */
public final class JudgeRun {
    private static final int BATCH = 2000;
    private static final int BLOCK = 8;
    /** Rows are drawn at random; after so many that are not wanted there is none. */
    private static final int ATTEMPTS = 200_000;

    /** Addresses near the two pages, and the first page of all, are unmapped everywhere. */
    private static final long KNOWN_GAP = 0x8000;

    private final CpuMode mode;
    private final boolean blocks;
    private final Predicate<String> only;
    private final Random random;
    private final Map<String, int[]> rows = new TreeMap<>();
    private final Map<String, Integer> open = new TreeMap<>();
    private final Map<String, Integer> openRows = new TreeMap<>();
    private final Map<String, Chapter> chapters = new TreeMap<>();
    private int compared;
    private int different;
    private int disturbed;

    /**
     * @param blocks make short blocks instead of single instructions
     * @param seed the same seed gives the same cases
     * @param only the rows of the decoder's tables that instructions are made from
     */
    public JudgeRun(CpuMode mode, boolean blocks, long seed, Predicate<String> only) {
        this.mode = mode;
        this.blocks = blocks;
        this.only = only;
        this.random = new Random(seed);
    }

    /** The line that stands before kept lines in a file. */
    public static String header() {
        return KeptCase.header();
    }

    /**
     * Compares {@code cases} cases.
     *
     * @param progress told how many more are done
     * @param onDifference told the kept line of what the judge said, and what differs
     */
    public void run(
            CpuJudge judge,
            int cases,
            IntConsumer progress,
            BiConsumer<String, List<String>> onDifference,
            BiConsumer<String, String> onAgreement) {
        try (ReferenceCpu reference = new ReferenceCpu(mode)) {
            int left = cases;
            while (left > 0) {
                List<CpuCase> batch = new ArrayList<>();
                List<CpuOutcome> ours = new ArrayList<>();
                while (batch.size() < Math.min(left, BATCH)) {
                    CpuCase test = draw();
                    CpuOutcome outcome = reference.run(test);
                    if (usable(outcome)) {
                        batch.add(test);
                        ours.add(outcome);
                    }
                }
                List<CpuOutcome> theirs = judge.run(batch);
                for (int i = 0; i < batch.size(); i++) {
                    compare(judge, batch.get(i), ours.get(i), theirs.get(i), onDifference, onAgreement);
                }
                left -= batch.size();
                progress.accept(batch.size());
            }
        }
    }

    private CpuCase draw() {
        for (; ; ) {
            int count = blocks ? 2 + random.nextInt(BLOCK - 1) : 1;
            byte[] code = new byte[0];
            for (int i = 0; i < count; i++) {
                byte[] more = instruction();
                int at = code.length;
                code = Arrays.copyOf(code, at + more.length);
                System.arraycopy(more, 0, code, at, more.length);
            }
            if (!mode.excluded(code)) {
                return new CpuCase(mode, random.nextInt() & 0xffff_ffffL, code);
            }
        }
    }

    private byte[] instruction() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            byte[] code = mode.instruction(random);
            if (only.test(mode.row(code)) && (!blocks || mode.definite(code))) {
                return code;
            }
        }
        throw new JudgeException("no row of " + mode.name() + " has such a name");
    }

    private static boolean usable(CpuOutcome outcome) {
        if (outcome.end() == End.PAGE_FAULT) {
            long at = outcome.address();
            return at >= 0 && at < CpuCase.PAGE || at > CpuCase.CODE - KNOWN_GAP && at < CpuCase.DATA + 2 * KNOWN_GAP;
        }
        return KeptCase.isUsable(outcome);
    }

    private void compare(
            CpuJudge judge,
            CpuCase test,
            CpuOutcome ours,
            CpuOutcome inBatch,
            BiConsumer<String, List<String>> onDifference,
            BiConsumer<String, String> onAgreement) {
        String section = mode.mask(test, ours, inBatch);
        if (!section.isEmpty()) {
            open.merge(section, 1, Integer::sum);
            openRows.merge(mode.row(test.code()), 1, Integer::sum);
            return;
        }
        compared++;
        String row = mode.row(test.code());
        Chapter chapter = chapters.computeIfAbsent(mode.chapter(test.code()), key -> new Chapter());
        chapter.compared++;
        if (ours.end() != End.UNDEFINED || ours.after()[mode.pc()] != CpuCase.CODE_START) {
            chapter.executed.add(row);
        }
        int[] counts = rows.computeIfAbsent(row, key -> new int[2]);
        counts[0]++;
        CpuOutcome theirs = inBatch;
        List<String> differences = Comparison.differences(mode, ours, theirs);
        if (!differences.isEmpty()) {
            // The store of a case before it may have hit the judge's own memory; alone it is judged by nothing but
            // itself.
            theirs = judge.run(List.of(test)).get(0);
            mode.mask(test, ours, theirs);
            differences = Comparison.differences(mode, ours, theirs);
            disturbed += differences.isEmpty() ? 1 : 0;
        }
        if (!differences.isEmpty()) {
            different++;
            chapter.different++;
            counts[1]++;
            onDifference.accept(KeptCase.line(test, theirs), differences);
        } else {
            onAgreement.accept(row, KeptCase.line(test, theirs));
        }
    }

    /** Cases compared so far. */
    public int compared() {
        return compared;
    }

    /** Cases that differed. */
    public int different() {
        return different;
    }

    /** Cases that differed behind the cases before them, and not alone; not among {@link #different}. */
    public int disturbed() {
        return disturbed;
    }

    /** Per row of the tables: compared, different. */
    public Map<String, int[]> rows() {
        return rows;
    }

    /** What was seen of one of the manual's chapters. */
    public static final class Chapter {
        private final Set<String> executed = new TreeSet<>();
        private int compared;
        private int different;

        /** How many instructions, by name, did more than to be refused. */
        public int executed() {
            return executed.size();
        }

        /** Cases compared. */
        public int compared() {
            return compared;
        }

        /** Cases that differed. */
        public int different() {
            return different;
        }
    }

    /** By the manual's chapters; an empty name is for code that is no instruction. */
    public Map<String, Chapter> chapters() {
        return chapters;
    }

    /** Per row of the tables: cases the manual leaves open. */
    public Map<String, Integer> openRows() {
        return openRows;
    }

    /** Per section of the manual: cases it leaves open. */
    public Map<String, Integer> open() {
        return open;
    }
}
