package org.kernelentry.kernel.fs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.Timers;

/**
 * The files that guests see: a small tree in memory, nothing of the host's. There are {@code /dev}, {@code /proc/self} and {@code /tmp}, and
 * what a loader put there.
 *
 * <p>Source: linux v7.3 fs/namei.c; path_resolution(7).
 */
public final class FileTree {
    /** Bytes that all files may hold together. */
    public static final long LIMIT = 512L << 20;

    private static final int NAME_MAX = 255;
    private static final int MAXSYMLINKS = 40;

    final Kernel k;
    private @Nullable Directory root;
    private long nextNumber = 1;
    private long used;

    public FileTree(final Kernel kernel) {
        this.k = kernel;
    }

    /** CLOCK_REALTIME now, in nanoseconds. */
    long now() {
        return Timers.WALL_SECONDS_AT_BOOT * 1_000_000_000L - Timers.BOOT + k.timers.now();
    }

    boolean charge(final long bytes) {
        if (bytes > LIMIT - used) {
            return false;
        }
        used += bytes;
        return true;
    }

    /** {@code /}; the tree is made when somebody looks. */
    public Directory root() {
        Directory top = root;
        if (top == null) {
            top = new Directory(k, null, 0755, nextNumber++);
            root = top;
            populate(top);
        }
        return top;
    }

    private void populate(final Directory top) {
        final Directory dev = mkdir(top, "dev", 0755);
        for (final Device.Kind kind : Device.Kind.values()) {
            dev.put(kind.name().toLowerCase(java.util.Locale.ROOT), new Device(k, nextNumber++, kind));
        }
        dev.put("fd", symlink(task -> "/proc/self/fd"));
        mkdir(top, "tmp", 01777);
        mkdir(top, "etc", 0755);
        final Directory proc = mkdir(top, "proc", 0555);
        final Directory self = mkdir(proc, "self", 0555);
        final ProcText text = new ProcText(k);
        self.put("exe", symlink(task -> task.mm == null ? "" : task.mm.exePath));
        self.put("cwd", symlink(task -> pathOf(fs(task).cwd)));
        self.put("maps", procFile(text::maps));
        self.put("stat", procFile(text::stat));
        self.put("status", procFile(text::status));
        self.put("cmdline", procFile(text::cmdline));
        self.put("environ", procFile(text::environ));
        self.put("auxv", procFile(text::auxv));
        self.put("comm", procFile(text::comm));
        proc.put("cpuinfo", procFile(text::cpuinfo));
        proc.put("meminfo", procFile(text::meminfo));
    }

    private Directory mkdir(final Directory parent, final String name, final int permissions) {
        final Directory made = new Directory(k, parent, permissions, nextNumber++);
        parent.put(name, made);
        parent.links++;
        return made;
    }

    private Symlink symlink(final Function<Task, String> target) {
        return new Symlink(k, nextNumber++, target);
    }

    private ProcFile procFile(final Function<Task, byte[]> text) {
        return new ProcFile(k, nextNumber++, text);
    }

    /** Where a task is; the root for one that never was told. */
    public FsStruct fs(final Task task) {
        FsStruct fs = task.fs;
        if (fs == null) {
            fs = new FsStruct(root());
            task.fs = fs;
        }
        return fs;
    }

    /** Makes the directories of an absolute path, or finds them; null when something else is in the way. */
    public @Nullable Directory makeDirectories(final String path) {
        Directory at = root();
        for (final String name : path.split("/", -1)) {
            if (name.isEmpty()) {
                continue;
            }
            final Inode known = at.find(name);
            if (known != null && !(known instanceof Directory)) {
                return null;
            }
            at = known == null ? mkdir(at, name, 0755) : (Directory) known;
        }
        return at;
    }

    /** Puts a file with this content at an absolute path and makes the directories above it; false when something else is in the way. */
    public boolean install(final String path, final int permissions, final byte[] contents) {
        final int slash = path.lastIndexOf('/');
        final Directory parent = makeDirectories(path.substring(0, slash + 1));
        if (parent == null) {
            return false;
        }
        final RegularFile file = new RegularFile(k, permissions, nextNumber++);
        file.set(contents);
        parent.put(path.substring(slash + 1), file);
        return true;
    }

    // ---- paths

    /**
     * What a path leads to.
     *
     * @param error negative, or 0
     * @param parent the directory of the last component, null when that is the root or the way to it does not exist
     * @param name last component
     * @param inode null when only the last component does not exist (error is then -ENOENT and parent is there)
     */
    public record Found(
            long error,
            @Nullable Directory parent,
            String name,
            @Nullable Inode inode) {
        private static Found failed(final long error) {
            return new Found(error, null, "", null);
        }
    }

    /**
     * Walks a path.
     *
     * @param from where a relative one starts
     * @param follow whether a symbolic link at its end is followed
     */
    public Found walk(final Task current, final Directory from, final String path, final boolean follow) {
        if (path.isEmpty()) {
            return Found.failed(-Errno.ENOENT);
        }
        Directory at = path.startsWith("/") ? root() : from;
        final Deque<String> todo = new ArrayDeque<>(components(path));
        int links = 0;
        Directory parent = null;
        String name = ".";
        Inode last = at;
        while (!todo.isEmpty()) {
            name = todo.removeFirst();
            if (!(last instanceof Directory directory)) {
                return Found.failed(-Errno.ENOTDIR);
            }
            at = directory;
            if (name.length() > NAME_MAX) {
                return Found.failed(-Errno.ENAMETOOLONG);
            }
            parent = at;
            final boolean slashBehind = !todo.isEmpty() && todo.peekFirst().isEmpty();
            if (name.isEmpty() || name.equals(".")) {
                last = at;
                continue;
            }
            final Inode next = name.equals("..") ? at.parent : at.find(name);
            if (next == null) {
                final boolean end = todo.isEmpty() || slashBehind && todo.size() == 1;
                return end ? new Found(-Errno.ENOENT, parent, name, null) : Found.failed(-Errno.ENOENT);
            }
            last = next;
            if (next instanceof Symlink link && (follow || !todo.isEmpty())) {
                final String target = link.target(current);
                if (target.isEmpty()) {
                    return Found.failed(-Errno.ENOENT);
                }
                if (++links > MAXSYMLINKS) {
                    return Found.failed(-Errno.ELOOP);
                }
                final List<String> more = components(target);
                for (int i = more.size() - 1; i >= 0; i--) {
                    todo.addFirst(more.get(i));
                }
                last = target.startsWith("/") ? root() : at;
            }
        }
        return new Found(0, parent, name, last);
    }

    /** Names between slashes; an empty one at the end stands for a trailing slash, which wants a directory. */
    private static List<String> components(final String path) {
        final List<String> names = new ArrayList<>();
        final String[] parts = path.split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            if (!parts[i].isEmpty() || i == parts.length - 1 && i > 0) {
                names.add(parts[i]);
            }
        }
        return names;
    }

    /** Absolute path of a directory. */
    public String pathOf(final Directory directory) {
        final StringBuilder path = new StringBuilder();
        Directory at = directory;
        while (at.parent != at) {
            final String name = at.parent.nameOf(at);
            if (name == null) {
                return path + " (deleted)";
            }
            path.insert(0, "/" + name);
            at = at.parent;
        }
        return path.length() == 0 ? "/" : path.toString();
    }

    // ---- changes

    /** {@code do_open()}: a file, or null with the error in {@code error[0]}. */
    public @Nullable OpenFile open(
            final Task current, final Directory from, final String path, final OpenFlags flags, final long[] error) {
        final Found found = walk(current, from, path, !flags.noFollow() && !flags.exclusive());
        error[0] = found.error;
        Inode inode = found.inode;
        final Directory parent = found.parent;
        if (inode == null) {
            if (parent == null || !flags.create() || found.error != -Errno.ENOENT) {
                return null;
            }
            if (path.endsWith("/")) {
                error[0] = -Errno.EISDIR;
                return null;
            }
            inode = new RegularFile(k, flags.mode() & ~fs(current).umask & 07777, nextNumber++);
            parent.put(found.name, inode);
        } else {
            error[0] = mayOpen(inode, flags);
            if (error[0] != 0) {
                return null;
            }
        }
        error[0] = 0;
        if (flags.truncate() && inode instanceof RegularFile) {
            inode.truncate(0);
        }
        return inode.open(flags.bits());
    }

    private static long mayOpen(final Inode inode, final OpenFlags flags) {
        if (flags.create() && flags.exclusive()) {
            return -Errno.EEXIST;
        }
        if (inode instanceof Symlink) {
            return -Errno.ELOOP;
        }
        if (inode instanceof Directory) {
            return flags.writes() || flags.create() ? -Errno.EISDIR : 0;
        }
        if (flags.directory()) {
            return -Errno.ENOTDIR;
        }
        return inode instanceof ProcFile && flags.writes() ? -Errno.EACCES : 0;
    }

    /** mkdir(2). */
    public long mkdir(final Task current, final Found found, final int mode) {
        final Directory parent = found.parent;
        if (found.inode != null) {
            return -Errno.EEXIST;
        }
        if (parent == null) {
            return found.error;
        }
        mkdir(parent, found.name, mode & ~fs(current).umask & 01777);
        return 0;
    }

    /** unlink(2), or rmdir(2) with {@code directory}. */
    public long remove(final Found found, final boolean directory) {
        final Inode inode = found.inode;
        final Directory parent = found.parent;
        if (inode == null) {
            return found.error;
        }
        if (parent == null || found.name.equals("..") || found.name.equals(".") || found.name.isEmpty()) {
            return directory ? -Errno.EINVAL : -Errno.EISDIR;
        }
        if (inode instanceof Directory old) {
            if (!directory) {
                return -Errno.EISDIR;
            }
            if (!old.isEmpty()) {
                return -Errno.ENOTEMPTY;
            }
            parent.links--;
            old.links = 0;
        } else if (directory) {
            return -Errno.ENOTDIR;
        } else {
            inode.links--;
        }
        parent.remove(found.name);
        return 0;
    }

    /** rename(2). */
    public long rename(final Found from, final Found to) {
        final Inode inode = from.inode;
        final Directory oldParent = from.parent;
        final Directory newParent = to.parent;
        if (inode == null) {
            return from.error;
        }
        if (newParent == null || oldParent == null) {
            return to.error == 0 ? -Errno.EBUSY : to.error;
        }
        final Inode there = to.inode;
        if (there == inode) {
            return 0;
        }
        if (inode instanceof Directory moved) {
            for (Directory up = newParent; up.parent != up; up = up.parent) {
                if (up == moved) {
                    return -Errno.EINVAL;
                }
            }
        }
        if (there instanceof Directory old) {
            if (!(inode instanceof Directory)) {
                return -Errno.EISDIR;
            }
            if (!old.isEmpty()) {
                return -Errno.ENOTEMPTY;
            }
            newParent.links--;
        } else if (there != null) {
            if (inode instanceof Directory) {
                return -Errno.ENOTDIR;
            }
            there.links--;
        }
        oldParent.remove(from.name);
        newParent.put(to.name, inode);
        if (inode instanceof Directory moved) {
            oldParent.links--;
            newParent.links++;
            moved.parent = newParent;
        }
        return 0;
    }

    /** link(2). */
    public long link(final Found from, final Found to) {
        final Inode inode = from.inode;
        final Directory parent = to.parent;
        if (inode == null) {
            return from.error;
        }
        if (to.inode != null) {
            return -Errno.EEXIST;
        }
        if (parent == null) {
            return to.error;
        }
        if (inode instanceof Directory) {
            return -Errno.EPERM;
        }
        parent.put(to.name, inode);
        inode.links++;
        return 0;
    }

    /** symlink(2). */
    public long symlink(final String target, final Found to) {
        final Directory parent = to.parent;
        if (to.inode != null) {
            return -Errno.EEXIST;
        }
        if (parent == null) {
            return to.error;
        }
        if (target.isEmpty()) {
            return -Errno.ENOENT;
        }
        parent.put(to.name, symlink(task -> target));
        return 0;
    }

    /** Contents of an executable file, or null with the error in {@code error[0]}. */
    public byte @Nullable [] program(final Found found, final long[] error) {
        final Inode inode = found.inode;
        error[0] = found.error;
        if (inode == null) {
            return null;
        }
        if (!(inode instanceof RegularFile) || (inode.mode() & 0111) == 0) {
            error[0] = -Errno.EACCES;
            return null;
        }
        return inode.contents();
    }

    /** Absolute path of what {@code found} names. */
    public String pathOf(final Found found) {
        final Directory parent = found.parent;
        if (parent == null) {
            return "/";
        }
        final String above = pathOf(parent);
        return (above.equals("/") ? "" : above) + "/" + found.name;
    }
}
