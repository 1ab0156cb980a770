package org.kernelentry.kernel.fs;

/** Where a process is in the tree ({@code struct fs_struct}), shared by CLONE_FS. */
public final class FsStruct {
    /** Working directory. */
    public Directory cwd;

    public int umask = 022;

    public FsStruct(final Directory cwd) {
        this.cwd = cwd;
    }

    /** {@code copy_fs_struct()}. */
    public FsStruct copy() {
        final FsStruct other = new FsStruct(cwd);
        other.umask = umask;
        return other;
    }
}
