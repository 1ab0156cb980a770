package org.kernelentry.runner.exec;

import java.io.IOException;
import java.io.OutputStream;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.fs.OpenFile;
import org.kernelentry.kernel.signal.SigInfo;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;

/** A guest's standard output or error: each write goes to a stream of the host at once, byte for byte. */
final class HostOutput extends OpenFile {
    private static final int CHUNK = 1 << 16;

    private final Kernel k;
    private final OutputStream out;

    HostOutput(final Kernel kernel, final OutputStream out) {
        this.k = kernel;
        this.out = out;
    }

    @Override
    public int accessMode() {
        return O_WRONLY;
    }

    @Override
    public long read(final Task current, final long address, final long count) {
        return -Errno.EBADF;
    }

    @Override
    public long write(final Task current, final long address, final long count) {
        long done = 0;
        while (done < count) {
            final byte[] bytes = new byte[(int) Math.min(count - done, CHUNK)];
            if (!k.user.copyFrom(current, address + done, bytes, 0, bytes.length)) {
                return done > 0 ? done : -Errno.EFAULT;
            }
            try {
                out.write(bytes);
                out.flush();
            } catch (final IOException nobodyReads) {
                k.signals.send(current, SigInfo.kernel(Signals.SIGPIPE), false);
                return -Errno.EPIPE;
            }
            done += bytes.length;
        }
        return done;
    }

    @Override
    public int poll() {
        return POLLOUT | POLLWRNORM;
    }
}
