package org.kernelentry.machine.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.kernelentry.machine.Cpu;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.Isa;
import org.kernelentry.machine.ir.Block;
import org.kernelentry.machine.ir.BlockBuilder;
import org.kernelentry.machine.ir.Flags;
import org.kernelentry.machine.ir.Helper;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.MemoryFault;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.machine.translate.RegionCode;
import org.kernelentry.machine.translate.RegionRun;
import org.kernelentry.machine.translate.Translator;

/**
 * A {@link Cpu} that runs cached blocks of the intermediate form: interpreted first, translated where they turn out hot.
 *
 * <p>All methods belong to the thread that calls {@link #run}, except {@link #requestInterrupt}, which any thread may call.
 */
public final class EngineCpu implements Cpu {
    private static final VarHandle INTERRUPT;

    static {
        try {
            INTERRUPT = MethodHandles.lookup().findVarHandle(EngineCpu.class, "interruptRequested", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Most instructions between two looks at interrupt requests; more than a block has. An interpreter that was never left would also stay in the
     * code that the JVM compiled when it had seen least (on-stack replacement).
     */
    private static final long SLICE = 1 << 14;

    private final CpuState state;
    private final Interpreter interpreter;
    private final Threading threading;
    private final BlockDecoder decoder;
    /** Per space, weakly: a space that is gone takes its blocks along. */
    private final Map<AddressSpace, BlockCache> caches = new WeakHashMap<>();

    private final boolean ignoresTopByte;
    private AddressSpace space;
    private BlockCache cache;
    private long retired;
    private long translated;
    private long exitDetail;
    private long faultAddress;
    private int faultAccess;
    private boolean faultOnPresentPage;

    @SuppressWarnings("UnusedVariable") // read and written through INTERRUPT
    private boolean interruptRequested;

    private final RegionRun regionRun = new RegionRun();
    private final Regions regions;

    /** A CPU for {@code isa} that runs nobody yet: {@link #switchTo} gives it an address space. */
    public EngineCpu(final Isa isa) {
        this(isa, Regions.configuredThreshold());
    }

    /**
     * As {@link #EngineCpu(Isa)}.
     *
     * @param translateAfter how often a block is interpreted before it is translated; {@link Regions#NEVER} leaves all to the interpreter
     */
    public EngineCpu(final Isa isa, final int translateAfter) {
        this(isa, translateAfter, Inlining.thresholdFor(translateAfter));
    }

    /**
     * As {@link #EngineCpu(Isa, int)}.
     *
     * @param inlineAfter see {@link Inlining}; {@link Inlining#NEVER} leaves all code as it is
     */
    EngineCpu(final Isa isa, final int translateAfter, final int inlineAfter) {
        this.state = new CpuState(BlockBuilder.slotsFor(isa.registerSlots()));
        this.space = state.memory;
        this.ignoresTopByte = isa.ignoresTopByte();
        this.cache = new BlockCache();
        caches.put(space, cache);
        this.decoder = new BlockDecoder(isa, space);
        final IntFunction<Helper> helpers = isa.helpers();
        this.threading = new Threading(state, helpers, new Inlining(inlineAfter));
        this.interpreter = new Interpreter(state, translateAfter);
        this.regions = new Regions(new Translator(isa, helpers, state, regionRun), decoder, translateAfter);
    }

    @Override
    public CpuState state() {
        return state;
    }

    @Override
    public void switchTo(final AddressSpace newSpace) {
        state.memory = newSpace;
        if (newSpace != space) {
            space = newSpace;
            if (newSpace instanceof PagedSpace paged) {
                paged.ignoreTopByte(ignoresTopByte);
            }
            BlockCache known = caches.get(newSpace);
            if (known == null) {
                known = new BlockCache();
                caches.put(newSpace, known);
            }
            cache = known;
        }
    }

    @Override
    public int run(final long budget) {
        if (state.memory != space) {
            switchTo(state.memory);
        }
        long left = budget;
        CachedBlock previous = null;
        CachedBlock ran = null;
        int status = Code.INDIRECT;
        for (; ; ) {
            if (interruptPending()) {
                INTERRUPT.setOpaque(this, false);
                return CpuExit.INTERRUPT_WINDOW;
            }
            if (left <= 0) {
                return CpuExit.INTERRUPT_WINDOW;
            }
            cache.refresh(space.codeGeneration());
            final boolean step = state.singleStep;
            CachedBlock block = step ? null : block();
            // A block that stays is never linked to: the interpreter comes back here after each round of it.
            if (block != null && previous != null && !block.stays) {
                link(previous, status, block);
            }
            if (block == null || block.instructions > left) {
                block = single();
                if (block == null) {
                    return pageFault();
                }
            }
            if (block.stays && previous == block) {
                final long skipped = left - left % block.instructions;
                left -= skipped;
                retired += skipped;
                continue;
            }
            final PagedSpace paged = (PagedSpace) space;
            final RegionCode region =
                    step || block.stays ? null : regions.enter(block, previous == null, ran, cache, paged);
            if (region != null && left >= block.regionNeeds) {
                if (--block.regionRunsLeft < 0) {
                    Regions.turn(block, regionRun, state, paged);
                }
                final long slice = Math.min(block.regionSlice, Math.min(left, SLICE));
                regionRun.budget = slice;
                status = region.run(regionRun, state, state.r, paged, slice, block.regionEntry);
                Flags.settle(state);
                left -= regionRun.completed;
                retired += regionRun.completed;
                translated += regionRun.completed;
                if (status >= 0) {
                    return exit(status, regionRun.detail);
                }
                previous = null;
                ran = block;
                if (status == RegionCode.MISSED) {
                    final CachedBlock one = single();
                    if (one == null) {
                        return pageFault();
                    }
                    status = interpreter.execute(this, one, 1);
                    left -= interpreter.completed();
                    retired += interpreter.completed();
                    if (status >= 0) {
                        return exit(status, interpreter.detail());
                    }
                    paged.window(regionRun.window).refused(regionRun.address);
                    regions.missed(one, block, retired, cache, paged);
                }
                continue;
            }
            status = interpreter.execute(this, block, step ? 1 : Math.min(left, SLICE));
            left -= interpreter.completed();
            retired += interpreter.completed();
            if (status >= 0) {
                return exit(status, interpreter.detail());
            }
            if (step) {
                if (!state.stepHeldBack) {
                    return CpuExit.SINGLE_STEP;
                }
                state.stepHeldBack = false;
            }
            previous = interpreter.last();
        }
    }

    private static void link(final CachedBlock previous, final int status, final CachedBlock next) {
        if (status == Code.TAKEN) {
            previous.taken = next;
        } else if (status == Code.FALL) {
            previous.fall = next;
        }
    }

    private @Nullable CachedBlock block() {
        final CachedBlock known = cache.find(state.pc, state.mode);
        return known != null ? known : decode(cache.nextLimit(), false);
    }

    private @Nullable CachedBlock single() {
        final CachedBlock known = cache.findSingle(state.pc, state.mode);
        return known != null ? known : decode(1, true);
    }

    private @Nullable CachedBlock decode(final int limit, final boolean single) {
        final Block decoded = decoder.decode(space, state.pc, state.mode, limit);
        if (decoded == null) {
            return null;
        }
        final CachedBlock block = Fusion.fuse(decoded);
        block.codes = threading.thread(block);
        if (single) {
            cache.addSingle(block);
        } else {
            cache.add(block);
        }
        return block;
    }

    private int exit(final int code, final long detail) {
        if (code == CpuExit.PAGE_FAULT) {
            return pageFault();
        }
        exitDetail = detail;
        if (code == CpuExit.ALIGNMENT) {
            faultAddress = exitDetail;
            faultAccess = AddressSpace.PROT_READ;
            faultOnPresentPage = true;
        }
        return code;
    }

    private int pageFault() {
        final MemoryFault fault = space.fault();
        faultAddress = fault.address;
        faultAccess = fault.access;
        faultOnPresentPage = fault.present;
        exitDetail = 0;
        return CpuExit.PAGE_FAULT;
    }

    /** Whether somebody asked for an interrupt window. */
    boolean interruptPending() {
        return (boolean) INTERRUPT.getOpaque(this);
    }

    /** The block at {@code pc} if it is cached. */
    @Nullable
    CachedBlock cached(final long pc, final int mode) {
        return cache.find(pc, mode);
    }

    @Override
    public long retired() {
        return retired;
    }

    /** How many of the retired instructions ran in translated code. */
    public long translated() {
        return translated;
    }

    @Override
    public long exitDetail() {
        return exitDetail;
    }

    @Override
    public long faultAddress() {
        return faultAddress;
    }

    @Override
    public int faultAccess() {
        return faultAccess;
    }

    @Override
    public boolean faultOnPresentPage() {
        return faultOnPresentPage;
    }

    @Override
    public void requestInterrupt() {
        INTERRUPT.setOpaque(this, true);
    }
}
