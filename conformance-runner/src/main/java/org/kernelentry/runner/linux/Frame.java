package org.kernelentry.runner.linux;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * One request or reply: the line {@code @KEC SEQ CRC TEXT}, SEQ and CRC in hexadecimal. Only printable characters, so that a serial line needs no
 * 8-bit mode, and the kernel's own lines in between are told apart.
 *
 * @param seq number of the request
 * @param text words; bytes are hexadecimal
 */
record Frame(int seq, String text) {
    private static final Pattern LINE = Pattern.compile("@KEC ([0-9a-f]{1,8}) ([0-9a-f]{8}) (.*)");

    /** As it goes over the line, with its end. */
    String line() {
        return String.format("@KEC %x %08x %s%n", seq, checksum(text), text).replace("\r", "");
    }

    /** The frame in a line; null when there is none or it is damaged. */
    static @Nullable Frame in(final String line) {
        final Matcher m = LINE.matcher(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
        if (!m.find() || m.end() != m.regionEnd()) {
            return null;
        }
        final String text = m.group(3);
        return Long.parseLong(m.group(2), 16) == checksum(text)
                ? new Frame(Integer.parseUnsignedInt(m.group(1), 16), text)
                : null;
    }

    private static long checksum(final String text) {
        final CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return crc.getValue();
    }
}
