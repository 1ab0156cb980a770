package org.kernelentry.runner.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.spec.Expectation.Kind;

/** Reads the file {@code expectations.yaml} of a spec; its head explains the columns. */
public final class Expectations {
    /** The file, in the folder of a spec; a spec without one expects nothing. */
    static final String FILE = "expectations.yaml";

    private static final Set<String> COLUMNS = Set.of("what", "kernels", "modes", "expect", "reason", "link");
    private static final Pattern RANGE = Pattern.compile("(\\d+\\.\\d+)?\\.\\.(\\d+\\.\\d+)?");

    private Expectations() {}

    /**
     * All expectations of a spec, in the order of the file.
     *
     * @throws SpecException if one is malformed, lacks a column, or speaks of nothing in the spec
     */
    public static List<Expectation> load(SpecFolder folder, SpecModel model) {
        if (!folder.contains(FILE)) {
            return List.of();
        }
        List<Expectation> expectations = new ArrayList<>();
        for (YamlNode row :
                YamlNode.parse(folder.display(FILE), folder.read(FILE)).list("expectations")) {
            Expectation expectation = read(row);
            if (model.examples().stream().noneMatch(expectation::isAbout)) {
                throw row.error("no scenario is called " + expectation.what() + " in these modes");
            }
            expectations.add(expectation);
        }
        return List.copyOf(expectations);
    }

    private static Expectation read(YamlNode row) {
        row.allow(COLUMNS);
        String what = row.text("what");
        row.nameBy("what");
        String link = row.text("link");
        if (!link.matches("https?://\\S+")) {
            throw row.error("the column link is no address");
        }
        String kernels = row.text("kernels");
        Matcher range = RANGE.matcher(kernels);
        if (!range.matches()) {
            throw row.error("the column kernels is no range such as 6.1..6.12, 6.12.. or ..6.12");
        }
        Set<Mode> modes = EnumSet.noneOf(Mode.class);
        for (YamlNode mode : row.list("modes")) {
            modes.add(Mode.find(mode.asText())
                    .orElseThrow(() -> mode.error(mode.asText() + " is no mode; known are " + Mode.labels())));
        }
        if (modes.isEmpty()) {
            throw row.error("the column modes is empty");
        }
        return new Expectation(
                what,
                version(range.group(1)),
                version(range.group(2)),
                modes,
                kind(row),
                row.text("reason"),
                link,
                row.location());
    }

    private static @Nullable KernelVersion version(@Nullable String text) {
        return text == null ? null : KernelVersion.of(text).orElse(null);
    }

    private static Kind kind(YamlNode row) {
        String word = row.text("expect");
        return Arrays.stream(Kind.values())
                .filter(k -> word(k).equals(word))
                .findFirst()
                .orElseThrow(() -> row.error("the column expect is neither differs nor cannot-run"));
    }

    private static String word(Kind kind) {
        return switch (kind) {
            case DIFFERS -> "differs";
            case CANNOT_RUN -> "cannot-run";
        };
    }
}
