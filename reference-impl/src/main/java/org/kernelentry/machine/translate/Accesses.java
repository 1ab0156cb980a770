package org.kernelentry.machine.translate;

/** How the instructions of a region access memory. What turns out wrong is changed, and the region translated again. */
@FunctionalInterface
public interface Accesses {
    /** Through the window that the address register suggests; the region is left where that does not show the place. */
    int WINDOW = 0;
    /** Through the other window of the kind. */
    int OTHER_WINDOW = 1;
    /** By the space's own methods where the window does not show the place. */
    int SPACE = 2;

    /** The way of the instruction at {@code pc}: one of the constants here. */
    int of(long pc, int mode);
}
