package org.kernelentry.kernel.fs;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/** Where descriptors 0 to 2 of every process lead: nothing to read, and what is written is kept, per task, up to a limit. */
public final class Console extends OpenFile {
    /** Bytes kept of all that guests write; more is accepted and forgotten. */
    public static final int LIMIT = 1 << 20;
    /** Longest single write taken at once. */
    private static final int CHUNK = 1 << 16;

    /**
     * One write.
     *
     * @param pid who wrote
     * @param text the bytes as ISO-8859-1 characters
     */
    public record Write(int pid, String text) {}

    private final Kernel k;
    private final List<Write> writes = new ArrayList<>();
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();

    public Console(final Kernel kernel) {
        this.k = kernel;
    }

    /** A table with the console as descriptors 0, 1 and 2. */
    public FileTable newTable() {
        final FileTable table = new FileTable();
        for (int fd = 0; fd < 3; fd++) {
            table.install(this, false);
        }
        return table;
    }

    @Override
    public int anonymousMode() {
        return Inode.S_IFCHR | 0620;
    }

    /** End of file at once. */
    @Override
    public long read(final Task current, final long address, final long count) {
        return 0;
    }

    @Override
    public long write(final Task current, final long address, final long count) {
        final byte[] bytes = new byte[(int) Math.min(count, CHUNK)];
        if (!k.user.copyFrom(current, address, bytes, 0, bytes.length)) {
            return -Errno.EFAULT;
        }
        if (all.size() + bytes.length <= LIMIT) {
            all.writeBytes(bytes);
            writes.add(new Write(current.pid, new String(bytes, StandardCharsets.ISO_8859_1)));
        }
        return bytes.length;
    }

    /** Every write, in order. */
    public List<Write> writes() {
        return Collections.unmodifiableList(writes);
    }

    /** All output as ISO-8859-1 characters. */
    public String text() {
        return all.toString(StandardCharsets.ISO_8859_1);
    }
}
