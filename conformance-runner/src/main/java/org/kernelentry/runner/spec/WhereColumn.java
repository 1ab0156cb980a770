package org.kernelentry.runner.spec;

import static org.kernelentry.runner.spec.Mode.A32;
import static org.kernelentry.runner.spec.Mode.A64;
import static org.kernelentry.runner.spec.Mode.ARM;
import static org.kernelentry.runner.spec.Mode.IA32;
import static org.kernelentry.runner.spec.Mode.OABI;
import static org.kernelentry.runner.spec.Mode.THUMB;
import static org.kernelentry.runner.spec.Mode.X64;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the catalogue's column {@code where}. */
final class WhereColumn {
    private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9-]*");

    /** Every mode but the old ABI, which a row names if it means it. */
    private static final Set<Mode> EVERYWHERE = EnumSet.complementOf(EnumSet.of(OABI));

    /** Generic code that one architecture alone reaches today, such as {@code gen (x86)}. */
    private static final Pattern ONLY_THERE = Pattern.compile("gen \\((\\w+)\\)");

    /** {@code gen} means everywhere: the reference has a generic flavour on each architecture. */
    private static final Map<String, Set<Mode>> WORDS = Map.ofEntries(
            Map.entry("all", EVERYWHERE),
            Map.entry("gen", EVERYWHERE),
            Map.entry("x86", EnumSet.of(X64, IA32)),
            Map.entry("FRED", EnumSet.of(X64, IA32)),
            Map.entry("x86-32", EnumSet.of(IA32)),
            Map.entry("x64", EnumSet.of(X64)),
            Map.entry("ia32", EnumSet.of(IA32)),
            Map.entry("a64", EnumSet.of(A64)),
            Map.entry("a32", EnumSet.of(A32)),
            Map.entry("arm", EnumSet.of(ARM, THUMB)),
            Map.entry("arm-oabi", EnumSet.of(OABI)));

    private WhereColumn() {}

    /**
     * The modes a column names. Words that are no mode (a CPU feature, a build option) restrict a mode and are passed
     * over; a column that names no mode of ours, such as {@code x32}, gives the empty set.
     */
    static Set<Mode> modes(String where) {
        EnumSet<Mode> modes = EnumSet.noneOf(Mode.class);
        Matcher words = WORD.matcher(where);
        while (words.find()) {
            modes.addAll(WORDS.getOrDefault(words.group(), Set.of()));
        }
        return modes;
    }

    /** Those of the modes in which the behaviour can be seen today: {@code gen (x86)} asks for x86 alone. */
    static Set<Mode> modesToShow(String where) {
        return modes(ONLY_THERE.matcher(where).replaceAll("$1"));
    }
}
