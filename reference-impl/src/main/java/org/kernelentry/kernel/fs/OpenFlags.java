package org.kernelentry.kernel.fs;

/**
 * What open(2) was asked for, in the numbers of no architecture.
 *
 * @param bits access mode, O_APPEND and O_NONBLOCK, which are the same everywhere
 * @param mode permissions of a new file
 */
public record OpenFlags(
        int bits, boolean create, boolean exclusive, boolean truncate, boolean directory, boolean noFollow, int mode) {
    boolean writes() {
        return (bits & OpenFile.O_ACCMODE) != OpenFile.O_RDONLY;
    }
}
