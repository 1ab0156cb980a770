package org.kernelentry.kernel.tracing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The kernel's log buffer, as {@code dmesg} shows it. */
public final class KernelLog {
    /** Lines kept; older ones are dropped, as the ring buffer does. */
    private static final int CAPACITY = 1 << 14;

    private final List<String> lines = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Set<String> warned = new HashSet<>();

    /** {@code printk()}. */
    public void print(final String line) {
        append(lines, line);
    }

    private static void append(final List<String> to, final String line) {
        if (to.size() == CAPACITY) {
            to.subList(0, CAPACITY / 2).clear();
        }
        to.add(line);
    }

    /** {@code WARN()}: a line that makes any scenario fail unless it expects it. */
    public void warn(final String where, final String what) {
        final String line = "WARNING: at " + where + ": " + what;
        append(lines, line);
        append(warnings, line);
    }

    /** {@code WARN_ON_ONCE()}: reported the first time only, per place. */
    public void warnOnce(final String where, final String what) {
        if (warned.add(where)) {
            warn(where, what);
        }
    }

    public List<String> lines() {
        return Collections.unmodifiableList(lines);
    }

    public List<String> warnings() {
        return Collections.unmodifiableList(warnings);
    }

    /** Forgets all lines and which places have warned. */
    public void clear() {
        lines.clear();
        warnings.clear();
        warned.clear();
    }
}
