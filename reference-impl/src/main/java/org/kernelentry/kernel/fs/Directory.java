package org.kernelentry.kernel.fs;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.Kernel;

/** A directory in memory; its entries come in the order of their names. */
public final class Directory extends Inode {
    private final TreeMap<String, Inode> entries = new TreeMap<>();
    Directory parent;

    /** @param parent null for the root, which is its own */
    Directory(final Kernel kernel, final @Nullable Directory parent, final int permissions, final long number) {
        super(kernel, S_IFDIR, permissions, number);
        this.parent = parent == null ? this : parent;
        this.links = 2;
    }

    /** One name. */
    record Entry(String name, Inode inode) {}

    @Nullable
    Inode find(final String name) {
        return entries.get(name);
    }

    void put(final String name, final Inode inode) {
        entries.put(name, inode);
        modified = k.tree.now();
    }

    void remove(final String name) {
        entries.remove(name);
        modified = k.tree.now();
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** All entries, {@code .} and {@code ..} first. */
    List<Entry> list() {
        final List<Entry> all = new java.util.ArrayList<>();
        all.add(new Entry(".", this));
        all.add(new Entry("..", parent));
        for (final Map.Entry<String, Inode> each : entries.entrySet()) {
            all.add(new Entry(each.getKey(), each.getValue()));
        }
        return all;
    }

    /** Name under which an inode is found here, or null. */
    @Nullable
    String nameOf(final Inode inode) {
        for (final Map.Entry<String, Inode> each : entries.entrySet()) {
            if (each.getValue() == inode) {
                return each.getKey();
            }
        }
        return null;
    }

    @Override
    OpenFile open(final int flags) {
        return new DirectoryFile(this, flags);
    }
}
