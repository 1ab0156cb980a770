package org.kernelentry.machine.memory;

/** What a decoder sees: bytes fetched with execute permission from the pc on. Throws the space's {@link MemoryFault} (PROT_EXEC) beyond. */
public final class CodeWindow {
    private AddressSpace space;
    private long pc;
    private int length;

    public CodeWindow(final AddressSpace space) {
        this.space = space;
    }

    /** Starts a new instruction at {@code address}. */
    public void reset(final AddressSpace newSpace, final long address) {
        this.space = newSpace;
        this.pc = address;
        this.length = 0;
    }

    /** Address of the instruction being decoded. */
    public long pc() {
        return pc;
    }

    /** Bytes consumed so far: the instruction's length once it is decoded. */
    public int length() {
        return length;
    }

    /** Address behind the bytes consumed so far. */
    public long next() {
        return pc + length;
    }

    /** Next byte, 0..255. */
    public int u8() {
        final int value = space.fetch8(pc + length);
        length++;
        return value;
    }

    public int u16() {
        final int lo = u8();
        return lo | u8() << 8;
    }

    public int s32() {
        final int lo = u16();
        return lo | u16() << 16;
    }

    public long s64() {
        final long lo = s32() & 0xffff_ffffL;
        return lo | (long) s32() << 32;
    }
}
