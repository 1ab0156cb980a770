package org.kernelentry.kernel.fs;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.syscall.Errno;

/** Descriptors of a process ({@code struct files_struct}), shared by CLONE_FILES. Source: linux v7.3 fs/file.c. */
public final class FileTable {
    /** RLIMIT_NOFILE. */
    public static final int LIMIT = 1024;

    private record Descriptor(OpenFile file, boolean closeOnExec) {}

    private final List<@Nullable Descriptor> slots = new ArrayList<>();
    private int users = 1;

    /** The file behind {@code fd}, or null. */
    public @Nullable OpenFile get(final int fd) {
        final Descriptor slot = fd >= 0 && fd < slots.size() ? slots.get(fd) : null;
        return slot == null ? null : slot.file;
    }

    /** Lowest free descriptor at or above {@code from}, or -EMFILE. */
    public int install(final OpenFile file, final boolean closeOnExec, final int from) {
        int fd = from;
        while (fd < slots.size() && slots.get(fd) != null) {
            fd++;
        }
        if (fd >= LIMIT) {
            return -Errno.EMFILE;
        }
        set(fd, new Descriptor(file, closeOnExec));
        file.get();
        return fd;
    }

    /** As {@link #install(OpenFile, boolean, int)} from 0. */
    public int install(final OpenFile file, final boolean closeOnExec) {
        return install(file, closeOnExec, 0);
    }

    /** Puts the file at {@code fd}, closing what was there; {@code fd} or -EBADF. */
    public int replace(final int fd, final OpenFile file, final boolean closeOnExec) {
        if (fd < 0 || fd >= LIMIT) {
            return -Errno.EBADF;
        }
        file.get();
        close(fd);
        set(fd, new Descriptor(file, closeOnExec));
        return fd;
    }

    private void set(final int fd, final Descriptor descriptor) {
        while (slots.size() <= fd) {
            slots.add(null);
        }
        slots.set(fd, descriptor);
    }

    /** 0, or -EBADF. */
    public int close(final int fd) {
        final OpenFile file = get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        slots.set(fd, null);
        file.put();
        return 0;
    }

    /** FD_CLOEXEC of a descriptor; false for none. */
    public boolean closesOnExec(final int fd) {
        final Descriptor slot = fd >= 0 && fd < slots.size() ? slots.get(fd) : null;
        return slot != null && slot.closeOnExec;
    }

    public void setCloseOnExec(final int fd, final boolean closeOnExec) {
        final OpenFile file = get(fd);
        if (file != null) {
            slots.set(fd, new Descriptor(file, closeOnExec));
        }
    }

    /** {@code do_close_on_exec()}. */
    public void closeOnExec() {
        for (int fd = 0; fd < slots.size(); fd++) {
            if (closesOnExec(fd)) {
                close(fd);
            }
        }
    }

    /** Another task uses the same table. */
    public FileTable share() {
        users++;
        return this;
    }

    /** {@code dup_fd()}: the same files behind a table of its own. */
    public FileTable copy() {
        final FileTable other = new FileTable();
        for (final Descriptor slot : slots) {
            other.slots.add(slot);
            if (slot != null) {
                slot.file.get();
            }
        }
        return other;
    }

    /** {@code exit_files()}: the last user closes all. */
    public void release() {
        users--;
        if (users == 0) {
            for (int fd = 0; fd < slots.size(); fd++) {
                close(fd);
            }
        }
    }
}
