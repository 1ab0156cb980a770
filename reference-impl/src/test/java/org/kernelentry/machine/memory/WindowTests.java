package org.kernelentry.machine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.machine.memory.AddressSpace.PAGE_SHIFT;
import static org.kernelentry.machine.memory.AddressSpace.PAGE_SIZE;
import static org.kernelentry.machine.memory.AddressSpace.PROT_EXEC;
import static org.kernelentry.machine.memory.AddressSpace.PROT_READ;
import static org.kernelentry.machine.memory.AddressSpace.PROT_WRITE;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What translated code sees through windows is what the space's own loads and stores see. */
final class WindowTests {
    private static final int ENOUGH = 1 << 16;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final long BASE = 0x40_0000;

    /** One page of a model: its bytes, and the lines from which somebody decoded code. */
    private static final class Bytes {
        final byte[] content = new byte[PAGE_SIZE];
        final BitSet code = new BitSet();
    }

    private record Mapped(int prot, Bytes bytes) {}

    private static final class Model {
        final PagedSpace space = PagedSpace.create(1L << 43);
        final Map<Long, Mapped> pages = new HashMap<>();

        boolean allows(final long address, final int length, final int access) {
            for (final long at : new long[] {address, address + length - 1}) {
                final Mapped mapped = pages.get(at >>> PAGE_SHIFT);
                if (mapped == null || (mapped.prot & access) == 0) {
                    return false;
                }
            }
            return true;
        }

        Bytes at(final long address) {
            final Mapped mapped = pages.get(address >>> PAGE_SHIFT);
            assertThat(mapped).isNotNull();
            return mapped.bytes;
        }
    }

    private static boolean shows(final Window window, final long address) {
        return address + window.limits.bias < window.limits.limit;
    }

    private static int place(final PagedSpace space, final Window window, final long address) {
        return (int) address + window.limits.delta & Integer.highestOneBit(space.pool().length) - 1;
    }

    private static long loadByWindow(final byte[] pool, final int place, final int length) throws Throwable {
        return switch (length) {
            case 1 -> pool[place] & 0xffL;
            case 2 -> {
                final char unsigned = (char) Window.GET16.invokeExact(pool, place);
                final short signed = (short) Window.GET16S.invokeExact(pool, place);
                assertThat(signed).isEqualTo((short) unsigned);
                yield unsigned;
            }
            case 4 -> (int) Window.GET32.invokeExact(pool, place) & 0xffff_ffffL;
            default -> (long) Window.GET64.invokeExact(pool, place);
        };
    }

    private static void storeByWindow(final byte[] pool, final int place, final int length, final long value)
            throws Throwable {
        switch (length) {
            case 1 -> pool[place] = (byte) value;
            case 2 -> Window.PUT16.invokeExact(pool, place, (short) value);
            case 4 -> Window.PUT32.invokeExact(pool, place, (int) value);
            default -> Window.PUT64.invokeExact(pool, place, value);
        }
    }

    private static @Nullable Long load(
            final PagedSpace space, final Window window, final long address, final int length) throws Throwable {
        if (shows(window, address)) {
            return loadByWindow(space.pool(), place(space, window, address), length);
        }
        window.missed(address);
        try {
            return switch (length) {
                case 1 -> (long) space.load8(address);
                case 2 -> (long) space.load16(address);
                case 4 -> space.load32(address) & 0xffff_ffffL;
                default -> space.load64(address);
            };
        } catch (MemoryFault fault) {
            return null;
        }
    }

    /** Returns whether it was done, and by the window. */
    private static boolean[] store(
            final PagedSpace space, final Window window, final long address, final int length, final long value)
            throws Throwable {
        if (shows(window, address)) {
            storeByWindow(space.pool(), place(space, window, address), length, value);
            return new boolean[] {true, true};
        }
        window.missed(address);
        try {
            switch (length) {
                case 1 -> space.store8(address, (int) value);
                case 2 -> space.store16(address, (int) value);
                case 4 -> space.store32(address, (int) value);
                default -> space.store64(address, value);
            }
            return new boolean[] {true, false};
        } catch (MemoryFault fault) {
            return new boolean[] {false, false};
        }
    }

    private static void open(final PagedSpace space, final int number, final long address) {
        final Window window = space.window(number);
        for (int i = 0; i < ENOUGH && !shows(window, address); i++) {
            window.missed(address);
        }
        assertThat(shows(window, address)).as("window on %x", address).isTrue();
    }

    /** Translated code is left for each access until the window shows it. */
    private static void openByLeaving(final PagedSpace space, final int number, final long address) {
        final Window window = space.window(number);
        for (int i = 0; i < 8 && !shows(window, address); i++) {
            window.refused(address);
        }
        assertThat(shows(window, address)).as("window on %x", address).isTrue();
    }

    @Test
    void theThirdPlaceReplacesThePoolAndAllCode() throws Throwable {
        final PagedSpace space = PagedSpace.create(1L << 43);
        final long[] places = {BASE, BASE + (1L << 24), BASE + (1L << 33)};
        for (final long place : places) {
            space.map(place, PAGE_SIZE, RW);
            space.store64(place + 8, place);
        }
        openByLeaving(space, Window.READ, places[0]);
        openByLeaving(space, Window.WRITE, places[1]);
        final byte[] pool = space.pool();
        final int generation = space.codeGeneration();
        openByLeaving(space, Window.READ_STACK, places[2]);
        assertThat(space.pool()).isNotSameAs(pool);
        assertThat(space.codeGeneration()).isNotEqualTo(generation);
        for (final long place : places) {
            openByLeaving(space, Window.READ, place);
            assertThat(load(space, space.window(Window.READ), place + 8, 8)).isEqualTo(place);
            space.store64(place + 16, ~place);
            assertThat(load(space, space.window(Window.READ), place + 16, 8)).isEqualTo(~place);
        }
    }

    private static PagedSpace touched(final int pages) {
        final PagedSpace space = PagedSpace.create(1L << 43);
        space.map(BASE, (long) pages * PAGE_SIZE, RW);
        for (int i = 0; i < pages; i++) {
            space.store64(BASE + (long) i * PAGE_SIZE, i);
        }
        return space;
    }

    @Test
    void whereAccessesAreCountedWindowsCloseAndStayClosed() {
        final PagedSpace space = touched(1);
        open(space, Window.READ, BASE);
        space.count(new AccessCount());
        final Window window = space.window(Window.READ);
        assertThat(shows(window, BASE)).isFalse();
        for (int i = 0; i < ENOUGH; i++) {
            window.missed(BASE);
        }
        assertThat(shows(window, BASE)).isFalse();
    }

    @ParameterizedTest(name = "page {0} is never shown")
    @ValueSource(longs = {0, (1L << 20) - 1, 1L << 20})
    void pagesAroundMultiplesOf4GAreNotShown(final long page) {
        final PagedSpace space = PagedSpace.create(1L << 43);
        space.map(page * PAGE_SIZE, PAGE_SIZE, RW);
        for (final int number : new int[] {Window.READ, Window.WRITE}) {
            space.store64(page * PAGE_SIZE, 1);
            space.arenas().point(space.window(number), page, true);
            assertThat(shows(space.window(number), page * PAGE_SIZE)).isFalse();
        }
    }

    @Test
    void whatCanOnlyBeWrittenIsNotShown() {
        final PagedSpace space = touched(1);
        space.protect(BASE, PAGE_SIZE, PROT_WRITE);
        space.arenas().point(space.window(Window.WRITE), BASE / PAGE_SIZE, true);
        assertThat(shows(space.window(Window.WRITE), BASE)).isFalse();
        space.protect(BASE, PAGE_SIZE, RW);
        space.arenas().point(space.window(Window.WRITE), BASE / PAGE_SIZE, true);
        assertThat(shows(space.window(Window.WRITE), BASE)).isTrue();
    }

    @Test
    void aWindowEndsWhereThePermissionEnds() {
        final PagedSpace space = touched(3);
        space.protect(BASE + 2 * PAGE_SIZE, PAGE_SIZE, PROT_READ);
        open(space, Window.WRITE, BASE);
        final Window window = space.window(Window.WRITE);
        assertThat(shows(window, BASE + PAGE_SIZE)).isTrue();
        assertThat(shows(window, BASE + 2 * PAGE_SIZE)).isFalse();
        assertThat(shows(window, BASE + 2 * PAGE_SIZE - 7))
                .as("eight bytes from here cross the end")
                .isFalse();
        assertThat(shows(window, BASE - 1)).isFalse();
    }

    @Test
    void aLostPermissionClosesTheWindow() {
        final PagedSpace space = touched(2);
        open(space, Window.READ, BASE);
        space.protect(BASE + PAGE_SIZE, PAGE_SIZE, 0);
        assertThat(shows(space.window(Window.READ), BASE)).isFalse();
    }

    @Test
    void codeInAPageClosesTheWindowsToWrite() {
        final PagedSpace space = touched(2);
        space.protect(BASE, PAGE_SIZE, RW | PROT_EXEC);
        open(space, Window.WRITE, BASE);
        space.noteCode(BASE);
        assertThat(shows(space.window(Window.WRITE), BASE)).isFalse();
        final int before = space.codeGeneration();
        space.store8(BASE, 1);
        assertThat(space.codeGeneration()).isNotEqualTo(before);
    }

    @Test
    void anUntouchedPageIsNotShownSinceItMayBeRefused() {
        final PagedSpace space = PagedSpace.create(1L << 43);
        space.map(BASE, 2 * PAGE_SIZE, RW);
        space.store8(BASE, 1);
        open(space, Window.READ, BASE);
        assertThat(shows(space.window(Window.READ), BASE + PAGE_SIZE)).isFalse();
    }

    @ParameterizedTest(name = "seed {0}: windows show what is there, whatever happens to the mappings")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void windowsShowWhatIsThereWhateverHappensToTheMappings(final long seed) throws Throwable {
        final Random random = new Random(seed);
        final List<Model> models = List.of(new Model(), new Model());
        int shown = 0;
        for (int step = 0; step < 60_000; step++) {
            final Model m = models.get(random.nextInt(2));
            final Model other = models.get(random.nextInt(2));
            final long page = page(random);
            final int count = 1 + random.nextInt(3);
            switch (random.nextInt(120)) {
                case 0, 1 -> change(m, page, count, random.nextInt(8));
                case 2 -> {
                    m.space.unmap(page * PAGE_SIZE, (long) count * PAGE_SIZE);
                    for (long n = page; n < page + count; n++) {
                        m.pages.remove(n);
                    }
                }
                case 3, 4 -> protect(m, page, count, random.nextInt(8));
                case 5 -> share(m, other, page, page(random), count, random.nextInt(8));
                case 6 -> move(m, page, page(random), count);
                case 7 -> {
                    final int offset = random.nextInt(PAGE_SIZE);
                    if (m.allows(page * PAGE_SIZE, 1, PROT_EXEC)) {
                        m.space.noteCode(page * PAGE_SIZE + offset);
                        m.at(page * PAGE_SIZE).code.set(offset >> 6);
                    }
                }
                default -> shown += access(m, random, page) ? 1 : 0;
            }
        }
        assertThat(shown).as("accesses through windows").isGreaterThan(2_000);
    }

    private static long page(final Random random) {
        return (random.nextBoolean() ? 0x3fcL : 0x7_0000L) + random.nextInt(8);
    }

    private static void change(final Model m, final long page, final int count, final int prot) {
        assertThat(m.space.map(page * PAGE_SIZE, (long) count * PAGE_SIZE, prot | RW))
                .isTrue();
        for (long n = page; n < page + count; n++) {
            m.pages.put(n, new Mapped(prot | RW, new Bytes()));
        }
    }

    private static void protect(final Model m, final long page, final int count, final int prot) {
        m.space.protect(page * PAGE_SIZE, (long) count * PAGE_SIZE, prot);
        for (long n = page; n < page + count && m.pages.containsKey(n); n++) {
            m.pages.computeIfPresent(n, (k, old) -> new Mapped(prot, old.bytes));
        }
    }

    private static void share(
            final Model m, final Model from, final long page, final long source, final int count, final int prot) {
        final List<Bytes> shared = new ArrayList<>();
        for (long n = source; n < source + count && from.pages.containsKey(n); n++) {
            shared.add(from.at(n * PAGE_SIZE));
        }
        assertThat(m.space.share(page * PAGE_SIZE, (long) count * PAGE_SIZE, prot, from.space, source * PAGE_SIZE))
                .isEqualTo(shared.size() == count);
        if (shared.size() == count) {
            for (int i = 0; i < count; i++) {
                m.pages.put(page + i, new Mapped(prot, shared.get(i)));
            }
        }
    }

    private static void move(final Model m, final long from, final long to, final int count) {
        if (Math.abs(from - to) < count) {
            return;
        }
        assertThat(m.space.move(from * PAGE_SIZE, to * PAGE_SIZE, (long) count * PAGE_SIZE))
                .isTrue();
        for (int i = 0; i < count; i++) {
            m.pages.remove(to + i);
            final Mapped moved = m.pages.remove(from + i);
            if (moved != null) {
                m.pages.put(to + i, moved);
            }
        }
    }

    /** One load or store; returns whether a window did it. */
    private static boolean access(final Model m, final Random random, final long page) throws Throwable {
        final int length = 1 << random.nextInt(4);
        final long address = page * PAGE_SIZE + random.nextInt(PAGE_SIZE);
        final boolean write = random.nextBoolean();
        final Window window = m.space.window((write ? Window.WRITE : Window.READ) + random.nextInt(2));
        if (random.nextInt(4) == 0) {
            m.space.arenas().point(window, page, true);
        }
        final boolean allowed = m.allows(address, length, write ? PROT_WRITE : PROT_READ);
        final boolean shown = shows(window, address);
        if (!write) {
            final Long value = load(m.space, window, address, length);
            assertThat(value != null).as("load at %x", address).isEqualTo(allowed);
            if (value != null) {
                assertThat(value).as("load at %x", address).isEqualTo(expected(m, address, length));
            }
            return shown;
        }
        final long value = random.nextLong();
        final boolean[] done = store(m.space, window, address, length, value);
        assertThat(done[0]).as("store at %x", address).isEqualTo(allowed);
        if (allowed) {
            for (int i = 0; i < length; i++) {
                final Bytes bytes = m.at(address + i);
                assertThat(done[1] && !bytes.code.isEmpty())
                        .as("a window showed code at %x", address)
                        .isFalse();
                bytes.content[(int) (address + i) & PAGE_SIZE - 1] = (byte) (value >>> 8 * i);
                if (bytes.code.get((int) (address + i & PAGE_SIZE - 1) >> 6)) {
                    bytes.code.clear();
                }
            }
        }
        return shown;
    }

    private static long expected(final Model m, final long address, final int length) {
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (m.at(address + i).content[(int) (address + i) & PAGE_SIZE - 1] & 0xffL) << 8 * i;
        }
        return value;
    }
}
