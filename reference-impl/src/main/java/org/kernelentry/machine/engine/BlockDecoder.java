package org.kernelentry.machine.engine;

import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.Isa;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.CodeWindow;
import org.kernelentry.machine.memory.MemoryFault;

/** Decodes guest instructions into blocks. */
final class BlockDecoder {
    private static final long PAGE = -AddressSpace.PAGE_SIZE;
    /** Granularity at which an address space tracks code, or finer. */
    private static final int NOTE_STEP = 16;

    private final Isa isa;
    private final BlockBuilder builder;
    private final CodeWindow window;

    BlockDecoder(final Isa isa, final AddressSpace space) {
        this.isa = isa;
        this.builder = new BlockBuilder(isa.registerSlots());
        this.window = new CodeWindow(space);
    }

    /**
     * Decodes from {@code pc} up to the end of the block, of the page, or {@code limit} instructions. Only the last instruction may
     * reach into the next page.
     *
     * @return null when the first instruction could not be fetched; the space's fault says why
     */
    @Nullable
    Block decode(final AddressSpace space, final long pc, final int mode, final int limit) {
        builder.reset();
        long next = pc;
        int now = mode;
        do {
            builder.beginInstruction(next);
            window.reset(space, next);
            try {
                isa.decode(window, now, builder);
            } catch (MemoryFault fault) {
                builder.dropInstruction();
                if (builder.instructionCount() == 0) {
                    return null;
                }
                // The instructions before it run; the fault is met again, precisely, when execution gets there.
                break;
            }
            final int length = window.length();
            if (length == 0 && builder.ended()) {
                // The pc itself is refused (misaligned): an exit without a fetch.
                break;
            }
            if (length <= 0) {
                throw new IllegalStateException("an instruction of no bytes at " + Long.toHexString(next));
            }
            for (int i = 0; i < length; i += NOTE_STEP) {
                space.noteCode(next + i);
            }
            space.noteCode(next + length - 1);
            next += length;
            if (builder.ended()) {
                final int changed = builder.goOn(next);
                now = changed < 0 ? now : changed;
            }
        } while (!builder.ended() && builder.instructionCount() < limit && ((next ^ pc) & PAGE) == 0);
        return Block.of(builder, next, mode, now);
    }
}
