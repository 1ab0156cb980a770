package org.kernelentry.runner.exec;

import java.io.IOException;
import java.io.InputStream;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.fs.OpenFile;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/**
 * A guest's standard input, from a stream of the host. A read that has to wait stops the whole guest, its clock included: time is counted in
 * instructions. To poll(2) it is always readable, as a file is.
 */
final class HostInput extends OpenFile {
    private static final int CHUNK = 1 << 16;

    private final Kernel k;
    private final InputStream in;

    HostInput(final Kernel kernel, final InputStream in) {
        this.k = kernel;
        this.in = in;
    }

    @Override
    public int accessMode() {
        return O_RDONLY;
    }

    @Override
    public long read(final Task current, final long address, final long count) {
        if (count == 0) {
            return 0;
        }
        final byte[] bytes = new byte[(int) Math.min(count, CHUNK)];
        final int length;
        try {
            length = in.read(bytes);
        } catch (final IOException e) {
            return -Errno.EIO;
        }
        if (length <= 0) {
            return 0;
        }
        return k.user.copyTo(current, address, bytes, 0, length) ? length : -Errno.EFAULT;
    }

    @Override
    public long write(final Task current, final long address, final long count) {
        return -Errno.EBADF;
    }

    @Override
    public int poll() {
        return POLLIN | POLLRDNORM;
    }
}
