package org.kernelentry.runner.qemu;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/**
 * Writes the file system a guest starts with, in the form the kernel unpacks: a "newc" cpio archive, compressed with gzip
 * (linux v7.3 Documentation/driver-api/early-userspace/buffer-format.rst). Everything belongs to root and is of the epoch, so the same
 * contents are the same bytes.
 */
final class Initramfs implements AutoCloseable {
    private static final int EXECUTABLE = CpioConstants.C_ISREG | 0755;
    private static final int PLAIN = CpioConstants.C_ISREG | 0644;
    private static final int DIRECTORY = CpioConstants.C_ISDIR | 0755;
    private static final int CHARACTER_DEVICE = CpioConstants.C_ISCHR | 0600;

    private final CpioArchiveOutputStream archive;
    private long inode = 1;

    /** Starts an archive; closing this closes {@code out}. */
    Initramfs(final OutputStream out) throws IOException {
        archive = new CpioArchiveOutputStream(new GZIPOutputStream(out), CpioConstants.FORMAT_NEW);
    }

    /** A folder; those above it must have been added before. */
    Initramfs directory(final String path) throws IOException {
        return entry(path, DIRECTORY, new byte[0], 0, 0);
    }

    /** A file. */
    Initramfs file(final String path, final byte[] content, final boolean executable) throws IOException {
        return entry(path, executable ? EXECUTABLE : PLAIN, content, 0, 0);
    }

    /** A character device. */
    Initramfs device(final String path, final int major, final int minor) throws IOException {
        return entry(path, CHARACTER_DEVICE, new byte[0], major, minor);
    }

    private Initramfs entry(final String path, final int mode, final byte[] content, final int major, final int minor)
            throws IOException {
        final CpioArchiveEntry entry = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, path);
        entry.setMode(mode);
        entry.setSize(content.length);
        entry.setTime(0);
        entry.setInode(inode++);
        entry.setNumberOfLinks(1);
        entry.setRemoteDeviceMaj(major);
        entry.setRemoteDeviceMin(minor);
        archive.putArchiveEntry(entry);
        archive.write(content);
        archive.closeArchiveEntry();
        return this;
    }

    @Override
    public void close() throws IOException {
        archive.close();
    }
}
