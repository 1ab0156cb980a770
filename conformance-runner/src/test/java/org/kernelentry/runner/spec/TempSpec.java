package org.kernelentry.runner.spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A small spec in a directory of its own, to be spoiled by a test. */
public final class TempSpec {
    /** One behaviour of each kind that the lint tells apart, and one mapping row. */
    public static final String INDEX = """
            catalogue: A small catalogue
            baseline: Linux 7.3
            columns: { id: The identifier }
            run-time: [a kernel]
            paths: { EC: include/linux/entry-common.h, KEC: kernel/entry/common.c }
            threads: { thread-x: a thread }
            notes: [a note]
            expected:
              behaviours: 3
              mapping-rows: 1
              seen: 1
              by-observability: { ABI: 2, TRACE: 0, INT: 1 }
            families:
              - { family: ENT, title: Entry, file: ent.yaml, count: 3 }
              - { family: RFC, title: Patches, file: rfc.yaml, count: 1, mapping-columns: [title, at-stake] }
            """;

    public static final String ENT = """
            family: ENT
            rows:
              - id: ENT-01
                text: Nothing is done.
                where: gen
                since: '='
                obs: [INT]
                source: EC:1
              - id: ENT-02
                text: Something is done.
                where: x64, ia32
                since: '7.3'
                obs: [ABI, TRACE]
                obs-note: cost
                seen: true
                seen-note: x64
                source: KEC:2; EC:3 (see ENT-01)
              - id: ENT-03
                text: Something else is done.
                where: arm
                since: = in effect
                obs: [ABI]
                source: man 2 ptrace
            """;

    public static final String RFC = """
            family: RFC
            rows:
              - id: RFC-01
                title: Prepare
                at-stake: ENT-01..03
            """;

    public static final String CHAPTER = "= The entry\n\nWhy it matters.\n";

    public static final String FEATURE = """
            @ENT
            Feature: Entry

              @ENT-02
              Rule: A call with work does something

                Scenario Outline: The <call> does something
                  Given a task on <mode>
                  When it makes the call <call>
                  Then it happened
                  And nothing else happened

                  Examples:
                    | mode | call    |
                    | x64  | getppid |
                    | ia32 | write   |
            """;

    public static final String FEATURE_FILE = "01-entry/entry.feature";

    private final Path directory;

    private TempSpec(Path directory) {
        this.directory = directory;
    }

    /** A spec without faults. */
    public static TempSpec in(Path directory) {
        return new TempSpec(directory)
                .write("catalogue/index.yaml", INDEX)
                .write("catalogue/ent.yaml", ENT)
                .write("catalogue/rfc.yaml", RFC)
                .write("01-entry/chapter.adoc", CHAPTER)
                .write(FEATURE_FILE, FEATURE);
    }

    public TempSpec write(String name, String text) {
        try {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces text that must be there, so that a test cannot spoil nothing. */
    public TempSpec replace(String name, String old, String changed) {
        try {
            String text = Files.readString(directory.resolve(name));
            if (!text.contains(old)) {
                throw new IllegalArgumentException(name + " does not contain " + old);
            }
            return write(name, text.replace(old, changed));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public TempSpec replaceInFeature(String old, String changed) {
        return replace(FEATURE_FILE, old, changed);
    }

    public TempSpec delete(String name) {
        try {
            Files.delete(directory.resolve(name));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public SpecFolder folder() {
        return SpecFolder.directory(directory);
    }

    public Catalogue catalogue() {
        return Catalogue.load(folder());
    }

    public SpecModel model() {
        return SpecModel.load(folder());
    }

    List<SpecLint.Finding> lint() {
        return SpecLint.check(folder(), catalogue());
    }

    /** The directory's name in front of a file, as locations show it. */
    String display(String name) {
        return directory + "/" + name;
    }
}
