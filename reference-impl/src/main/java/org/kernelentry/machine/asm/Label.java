package org.kernelentry.machine.asm;

/** A place in code under assembly; bound once. */
public final class Label {
    private long address = -1;
    private final String name;

    public Label(final String name) {
        this.name = name;
    }

    public boolean bound() {
        return address != -1;
    }

    /** Address once bound. */
    public long address() {
        if (address == -1) {
            throw new IllegalStateException("label " + name + " is not bound");
        }
        return address;
    }

    /** Called by the assembler only. */
    public void bind(final long newAddress) {
        if (bound()) {
            throw new IllegalStateException("label " + name + " is bound twice");
        }
        this.address = newAddress;
    }

    @Override
    public String toString() {
        return name;
    }
}
