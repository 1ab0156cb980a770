package org.kernelentry.kernel.exec;

import org.kernelentry.kernel.syscall.Errno;

/** A file that cannot be executed, and why: the message is one sentence without its subject, which is the file. */
public final class ElfFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int errno;

    ElfFormatException(final String message) {
        this(message, Errno.ENOEXEC);
    }

    ElfFormatException(final String message, final int errno) {
        super(message);
        this.errno = errno;
    }

    /** What execve(2) answers, positive. */
    public int errno() {
        return errno;
    }
}
