package org.kernelentry.machine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random maps, unmaps, permission changes, loads and stores against a map from address to byte. */
final class PagedSpaceModelTests {
    private static final int PAGE = AddressSpace.PAGE_SIZE;
    /** Pages that share slots of the small tables of recent pages, neighbours, and leaf edges. */
    private static final long[] PAGES = {0, 1, 2, 62, 63, 64, 65, 255, 256, 257, 258, 512, 0x7fff_fffe, 0x7fff_ffffL};

    private final Map<Long, Integer> prot = new HashMap<>();
    private final Map<Long, Integer> bytes = new HashMap<>();
    private final PagedSpace space = PagedSpace.create(1L << 43);

    private long refused(final long address, final int length, final int access) {
        for (int i = 0; i < length; i++) {
            final Integer p = prot.get(address + i >>> AddressSpace.PAGE_SHIFT);
            if (p == null || (p & access) == 0) {
                return address + i;
            }
        }
        return -1;
    }

    private long read(final long address, final int length) {
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (long) bytes.getOrDefault(address + i, 0) << 8 * i;
        }
        return value;
    }

    private void checkFault(final long refused, final int access) {
        final MemoryFault fault = space.fault();
        assertThat(fault.address).isEqualTo(refused);
        assertThat(fault.access).isEqualTo(access);
        assertThat(fault.present).isEqualTo(prot.containsKey(refused >>> AddressSpace.PAGE_SHIFT));
    }

    private void load(final long address, final int length) {
        final long refused = refused(address, length, AddressSpace.PROT_READ);
        try {
            final long value = switch (length) {
                case 1 -> space.load8(address);
                case 2 -> space.load16(address);
                case 4 -> space.load32(address) & 0xffff_ffffL;
                default -> space.load64(address);
            };
            assertThat(refused).as("load of %d at %x", length, address).isEqualTo(-1);
            assertThat(value).as("load of %d at %x", length, address).isEqualTo(read(address, length));
        } catch (MemoryFault fault) {
            checkFault(refused, AddressSpace.PROT_READ);
        }
    }

    private void store(final long address, final int length, final long value) {
        final long refused = refused(address, length, AddressSpace.PROT_WRITE);
        try {
            switch (length) {
                case 1 -> space.store8(address, (int) value);
                case 2 -> space.store16(address, (int) value);
                case 4 -> space.store32(address, (int) value);
                default -> space.store64(address, value);
            }
            assertThat(refused).as("store of %d at %x", length, address).isEqualTo(-1);
            for (int i = 0; i < length; i++) {
                bytes.put(address + i, (int) (value >>> 8 * i) & 0xff);
            }
        } catch (MemoryFault fault) {
            checkFault(refused, AddressSpace.PROT_WRITE);
        }
    }

    private void forget(final long page) {
        prot.remove(page);
        bytes.keySet().removeIf(address -> address >>> AddressSpace.PAGE_SHIFT == page);
    }

    @ParameterizedTest(name = "seed {0}: memory behaves like a map from address to byte")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void memoryBehavesLikeAMapFromAddressToByte(final long seed) {
        final Random random = new Random(seed);
        for (int step = 0; step < 40_000; step++) {
            final long page = PAGES[random.nextInt(PAGES.length)];
            final long offset = random.nextInt(3) == 0 ? random.nextInt(PAGE) : PAGE - 8 + random.nextInt(8);
            final long address = page * PAGE + offset;
            final int length = 1 << random.nextInt(4);
            final int permissions = random.nextInt(8);
            final int count = 1 + random.nextInt(3);
            switch (random.nextInt(40)) {
                case 0 -> {
                    if (space.map(page * PAGE, (long) count * PAGE, permissions)) {
                        for (long n = page; n < page + count; n++) {
                            forget(n);
                            prot.put(n, permissions);
                        }
                    } else {
                        assertThat(page + count).isGreaterThan(0x8000_0000L);
                    }
                }
                case 1 -> {
                    space.unmap(page * PAGE, (long) count * PAGE);
                    for (long n = page; n < page + count; n++) {
                        forget(n);
                    }
                }
                case 2, 3 -> {
                    boolean whole = true;
                    for (long n = page; n < page + count && whole; n++) {
                        whole = prot.computeIfPresent(n, (k, old) -> permissions) != null;
                    }
                    assertThat(space.protect(page * PAGE, (long) count * PAGE, permissions))
                            .isEqualTo(whole);
                }
                case 4 -> {
                    // Code beside the data must not change what a store does.
                    if (refused(address, 1, AddressSpace.PROT_EXEC) == -1) {
                        space.noteCode(address);
                    }
                }
                default -> {
                    if (random.nextBoolean()) {
                        store(address, length, random.nextLong());
                    } else {
                        load(address, length);
                    }
                }
            }
        }
        assertThat(space.mappedBytes()).isEqualTo((long) prot.size() * PAGE);
    }
}
