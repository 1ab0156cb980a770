package org.kernelentry.runner.spec;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How tags, slugs and scenario ids are spelled. */
final class Ids {
    /** The shape of a tag that names a row of the catalogue, whether or not there is such a row. */
    private static final Pattern ID_TAG = Pattern.compile("@([A-Z][A-Z0-9]{2}-\\d+)");

    private static final Pattern NOT_IN_SLUG = Pattern.compile("[^a-z0-9]+");
    private static final Pattern NOT_IN_CELL = Pattern.compile("[^A-Za-z0-9_.+-]+");
    private static final Pattern OUTER_DASHES = Pattern.compile("^-+|-+$");

    private Ids() {}

    static boolean isIdTag(String tag) {
        return ID_TAG.matcher(tag).matches();
    }

    /** The IDs among tags, without {@code @}. */
    static List<String> idsAmong(List<String> tags) {
        return tags.stream().filter(Ids::isIdTag).map(t -> t.substring(1)).toList();
    }

    /** Lower-case words joined by dashes; placeholders lose their brackets. */
    static String slug(String title) {
        String dashed = NOT_IN_SLUG.matcher(title.toLowerCase(Locale.ROOT)).replaceAll("-");
        return OUTER_DASHES.matcher(dashed).replaceAll("");
    }

    /** {@code rule/slug[mode,cell,cell]}; a cell keeps its sign and case but no blanks, commas or brackets. */
    static String exampleId(String ruleId, String slug, Mode mode, List<String> otherCells) {
        String cells = otherCells.stream()
                .map(c -> "," + NOT_IN_CELL.matcher(c.strip()).replaceAll("-"))
                .collect(Collectors.joining());
        return ruleId + "/" + slug + "[" + mode.label() + cells + "]";
    }
}
