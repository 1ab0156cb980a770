package org.kernelentry.notation;

import java.util.List;
import java.util.Map;

/**
 * A guest program as machine code for one mode: what a system under test loads and what the observer needs to read it.
 *
 * @param mode {@code x64}, {@code ia32}, {@code a64}, {@code a32}, {@code arm}, {@code thumb}, {@code oabi}
 * @param code machine code for {@link Layout#CODE}, mapped read and execute
 * @param data initial bytes at {@link Layout#DATA}, mapped read and write
 * @param symbols labels, data names, {@code label.next} for the address behind a labelled system call instruction
 * @param notes what the tag numbers in the notes page mean
 */
@SuppressWarnings("ArrayRecordComponent") // programs are loaded, never compared
public record GuestProgram(String mode, byte[] code, byte[] data, Map<String, Long> symbols, List<String> notes) {
    /** Address of a name. */
    public long symbol(final String name) {
        final Long address = symbols.get(name);
        if (address == null) {
            throw new NotationException(0, name, "the program has no such label or data name");
        }
        return address;
    }

    /** The label (with a byte distance) an address belongs to, for reading traces; hexadecimal when there is none near. */
    public String nearest(final long address) {
        String best = "";
        long distance = 65;
        for (final Map.Entry<String, Long> entry : symbols.entrySet()) {
            final long d = address - entry.getValue();
            if (d >= 0 && d < distance) {
                distance = d;
                best = entry.getKey();
            }
        }
        if (best.isEmpty()) {
            return "0x" + Long.toHexString(address);
        }
        return distance == 0 ? best : best + "+" + distance;
    }

    /** Where the parts of a guest program live: below 2 GiB and above the lowest address a process may map, the same on all modes. */
    public static final class Layout {
        public static final long CODE = 0x40_0000;
        public static final long DATA = 0x60_0000;
        public static final long DATA_SIZE = 0x1_0000;
        /** Page shared with the observer: a count, then 16-byte records (tag, value). */
        public static final long NOTES = 0x70_0000;

        public static final long NOTES_SIZE = 0x4000;
        public static final long STACK = 0x80_0000;
        public static final long STACK_TOP = 0x90_0000;
        /** Stacks of threads, one after the other. */
        public static final long THREAD_STACKS = 0xa0_0000;

        public static final long THREAD_STACK_SIZE = 0x4000;
        public static final int MAX_THREADS = 8;
        /** Most notes the page can hold. */
        public static final int MAX_NOTES = (int) (NOTES_SIZE / 16 - 1);

        private Layout() {}
    }
}
