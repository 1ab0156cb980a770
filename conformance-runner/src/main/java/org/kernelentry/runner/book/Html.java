package org.kernelentry.runner.book;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text on its way into HTML. */
final class Html {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private Html() {}

    /** The text with the letters escaped that HTML would take for markup. */
    static String text(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** Text in which back-quotes mark code, as the catalogue and the introductions write it. */
    static String marked(String text) {
        Matcher code = CODE.matcher(text(text));
        return code.replaceAll(m -> Matcher.quoteReplacement("<code>" + m.group(1) + "</code>"));
    }

    /** A finished piece of HTML as a block of AsciiDoc that passes it through. */
    static String passThrough(String html) {
        StringBuilder block = new StringBuilder("++++\n");
        // A guest's text may contain the line that would end the block.
        html.lines()
                .forEach(l -> block.append(l.startsWith("++++") ? "&#43;" + l.substring(1) : l)
                        .append('\n'));
        return block.append("++++\n").toString();
    }

    /** Text inside a line of AsciiDoc, all of it taken literally. */
    static String literal(String text) {
        return "pass:c[" + text.replace("]", "\\]") + "]";
    }
}
