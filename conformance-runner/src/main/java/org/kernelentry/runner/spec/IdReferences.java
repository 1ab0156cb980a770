package org.kernelentry.runner.spec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the IDs that a sentence names, in the short forms the catalogue uses: {@code ENT-25..27}, {@code ENT-26/27},
 * {@code PTR-08/09/10}, {@code ARM-01..ARM-07}, and "everything marked `gen`".
 */
final class IdReferences {
    private static final Pattern REFERENCE =
            Pattern.compile("\\b((?:DIF-)?[A-Z][A-Z0-9]{2})-(\\d{2})((?:\\.\\.(?:\\1-)?\\d{2})|(?:/\\d{2})+)?\\b");
    private static final String EVERYTHING_GENERIC = "everything marked `gen`";
    private static final Pattern GENERIC = Pattern.compile("\\bgen\\b");

    private IdReferences() {}

    /** All IDs named, each once, in the order of the text. */
    static Set<String> in(String text, Collection<Behaviour> behaviours) {
        Set<String> ids = new LinkedHashSet<>();
        Matcher matcher = REFERENCE.matcher(text);
        while (matcher.find()) {
            for (int number : numbers(Integer.parseInt(matcher.group(2)), matcher.group(3))) {
                ids.add("%s-%02d".formatted(matcher.group(1), number));
            }
        }
        if (text.contains(EVERYTHING_GENERIC)) {
            behaviours.stream()
                    .filter(b -> GENERIC.matcher(b.where()).find())
                    .map(Behaviour::id)
                    .forEach(ids::add);
        }
        return ids;
    }

    private static List<Integer> numbers(int first, @Nullable String rest) {
        List<Integer> numbers = new ArrayList<>(List.of(first));
        if (rest == null) {
            return numbers;
        }
        if (rest.startsWith("..")) {
            int last = Integer.parseInt(rest.substring(rest.length() - 2));
            for (int number = first + 1; number <= last; number++) {
                numbers.add(number);
            }
        } else {
            for (String number : rest.substring(1).split("/", -1)) {
                numbers.add(Integer.parseInt(number));
            }
        }
        return numbers;
    }
}
