package org.kernelentry.machine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.kernelentry.machine.memory.AddressSpace.PAGE_SIZE;
import static org.kernelentry.machine.memory.AddressSpace.PROT_EXEC;
import static org.kernelentry.machine.memory.AddressSpace.PROT_NONE;
import static org.kernelentry.machine.memory.AddressSpace.PROT_READ;
import static org.kernelentry.machine.memory.AddressSpace.PROT_WRITE;

import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class PagedSpaceTests {
    private static final long TOP = 1L << 47;
    private static final long BASE = 0x10000;
    private static final int RW = PROT_READ | PROT_WRITE;

    private final PagedSpace space = PagedSpace.create(TOP);

    static void assertFault(final ThrowingCallable access, final long address, final int kind, final boolean present) {
        final MemoryFault fault = catchThrowableOfType(MemoryFault.class, access);
        assertThat(fault).as("a fault at %x", address).isNotNull();
        assertThat(fault.address).as("lowest refused byte").isEqualTo(address);
        assertThat(fault.access).isEqualTo(kind);
        assertThat(fault.present).isEqualTo(present);
        assertThat(fault.getStackTrace()).isEmpty();
    }

    private static void assertTrue(final boolean value) {
        assertThat(value).isTrue();
    }

    @Test
    void wordsAreLittleEndianAtAnyAlignment() {
        assertTrue(space.map(BASE, 2 * PAGE_SIZE, RW));
        for (long a = BASE + PAGE_SIZE - 9; a < BASE + PAGE_SIZE + 9; a++) {
            space.store64(a, 0x8877_6655_4433_2211L);
            assertThat(space.load8(a)).isEqualTo(0x11);
            assertThat(space.load8(a + 7)).isEqualTo(0x88);
            assertThat(space.load16(a + 6)).isEqualTo(0x8877);
            assertThat(space.load32(a + 4)).isEqualTo(0x8877_6655);
            assertThat(space.load64(a)).isEqualTo(0x8877_6655_4433_2211L);
            space.store32(a, 0xdead_beef);
            space.store16(a + 5, 0x1234);
            space.store8(a + 4, 0x99);
            assertThat(space.load64(a)).isEqualTo(0x8812_3499_dead_beefL);
        }
    }

    @Test
    void anAccessIsRefusedAtItsLowestRefusedByteAndChangesNothing() {
        assertTrue(space.map(BASE, PAGE_SIZE, RW));
        final long last = BASE + PAGE_SIZE - 3;
        final long hole = BASE + PAGE_SIZE;
        space.store16(last, 0x5555);
        assertFault(() -> space.store64(last, -1), hole, PROT_WRITE, false);
        assertThat(space.load16(last)).isEqualTo(0x5555);
        assertFault(() -> space.load32(last), hole, PROT_READ, false);
        assertTrue(space.map(hole, PAGE_SIZE, PROT_READ));
        assertFault(() -> space.store32(last, -1), hole, PROT_WRITE, true);
        assertThat(space.load16(last)).isEqualTo(0x5555);
        // The first byte speaks first when both pages refuse.
        assertTrue(space.protect(BASE, PAGE_SIZE, PROT_NONE));
        space.unmap(hole, PAGE_SIZE);
        assertFault(() -> space.load64(last), last, PROT_READ, true);
        assertFault(() -> space.store64(last, 0), last, PROT_WRITE, true);
    }

    @Test
    void eachPermissionAllowsItsOwnAccessOnly() {
        assertTrue(space.map(BASE, PAGE_SIZE, PROT_EXEC));
        assertThat(space.fetch8(BASE)).isZero();
        assertFault(() -> space.load8(BASE), BASE, PROT_READ, true);
        assertFault(() -> space.store8(BASE, 1), BASE, PROT_WRITE, true);
        assertTrue(space.protect(BASE, PAGE_SIZE, PROT_WRITE));
        space.store8(BASE, 1);
        assertFault(() -> space.load8(BASE), BASE, PROT_READ, true);
        assertFault(() -> space.fetch8(BASE), BASE, PROT_EXEC, true);
        assertTrue(space.protect(BASE, PAGE_SIZE, PROT_READ));
        assertThat(space.load8(BASE)).isEqualTo(1);
        assertFault(() -> space.store8(BASE, 2), BASE, PROT_WRITE, true);
        assertThat(space.protection(BASE + 5)).isEqualTo(PROT_READ);
        assertThat(space.protection(BASE - 1)).isEqualTo(-1);
        space.unmap(BASE, PAGE_SIZE);
        assertFault(() -> space.load8(BASE), BASE, PROT_READ, false);
    }

    @Test
    void anAccessThatWrapsAtTheTopOfTheAddressSpaceIsRefused() {
        final PagedSpace high = PagedSpace.create(-1);
        assertThat(high.top()).isEqualTo(-PAGE_SIZE);
        assertThat(high.map(-PAGE_SIZE, PAGE_SIZE, RW)).isFalse();
        assertTrue(high.map(-2L * PAGE_SIZE, PAGE_SIZE, RW));
        assertTrue(high.map(0, PAGE_SIZE, RW));
        high.store64(-PAGE_SIZE - 8, 7);
        assertThat(high.load64(-PAGE_SIZE - 8)).isEqualTo(7);
        assertFault(() -> high.load64(-PAGE_SIZE - 4), -PAGE_SIZE, PROT_READ, false);
        assertFault(() -> high.load64(-4), -4, PROT_READ, false);
        assertFault(() -> high.store64(-1, 0), -1, PROT_WRITE, false);
        assertFault(() -> high.load(-4, new byte[8], 0, 8), -4, PROT_READ, false);
        assertFault(() -> high.probeWrite(-4, 8), -4, PROT_WRITE, false);
        assertThat(high.load64(0)).isZero();
    }

    @Test
    void aMappingBeyondTopOrBeyondTheLimitChangesNothing() {
        final PagedSpace small = PagedSpace.create(TOP, 4 * PAGE_SIZE, new GuestRam(1 << 20));
        assertThat(small.map(TOP - PAGE_SIZE, 2 * PAGE_SIZE, RW)).isFalse();
        assertThat(small.map(TOP, PAGE_SIZE, RW)).isFalse();
        assertThat(small.map(BASE, -PAGE_SIZE, RW)).isFalse();
        assertTrue(small.map(BASE, 3 * PAGE_SIZE, RW));
        small.store8(BASE, 9);
        assertThat(small.map(BASE + 2 * PAGE_SIZE, 3 * PAGE_SIZE, RW)).isFalse();
        assertThat(small.share(BASE + 8 * PAGE_SIZE, 2 * PAGE_SIZE, RW, small, BASE))
                .isFalse();
        assertThat(small.mappedBytes()).isEqualTo(3 * PAGE_SIZE);
        // Replacing counts what it replaces.
        assertTrue(small.map(BASE + 2 * PAGE_SIZE, 2 * PAGE_SIZE, RW));
        assertThat(small.mappedBytes()).isEqualTo(4 * PAGE_SIZE);
        assertThat(small.load8(BASE)).isEqualTo(9);
        small.unmap(0, TOP);
        assertThat(small.mappedBytes()).isZero();
        assertThatThrownBy(() -> small.map(1, PAGE_SIZE, RW)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void memoryIsTakenOnFirstTouchAndGivenBackByTheLastMapping() {
        final GuestRam ram = new GuestRam(2 * PAGE_SIZE);
        final PagedSpace one = PagedSpace.create(TOP, 1 << 20, ram);
        assertTrue(one.map(BASE, 16 * PAGE_SIZE, RW));
        assertThat(ram.usedBytes()).isZero();
        one.store8(BASE, 1);
        one.load8(BASE + PAGE_SIZE);
        assertThat(ram.usedBytes()).isEqualTo(2 * PAGE_SIZE);
        assertFault(() -> one.store64(BASE + 2 * PAGE_SIZE - 4, -1), BASE + 2 * PAGE_SIZE, PROT_WRITE, true);
        assertThat(one.load32(BASE + 2 * PAGE_SIZE - 4)).isZero();
        assertThat(one.fork()).isNull();
        assertThat(ram.usedBytes()).isEqualTo(2 * PAGE_SIZE);
        assertTrue(one.share(BASE + PAGE_SIZE, PAGE_SIZE, RW, one, BASE));
        assertThat(ram.usedBytes()).isEqualTo(PAGE_SIZE);
        one.unmap(BASE, PAGE_SIZE);
        assertThat(one.load8(BASE + PAGE_SIZE)).isEqualTo(1);
        assertThat(ram.usedBytes()).isEqualTo(PAGE_SIZE);
        one.unmap(0, TOP);
        assertThat(ram.usedBytes()).isZero();
    }

    @Test
    void protectStopsAtTheFirstGapAndKeepsWhatItChanged() {
        assertTrue(space.map(BASE, PAGE_SIZE, RW));
        assertTrue(space.map(BASE + 2 * PAGE_SIZE, PAGE_SIZE, RW));
        space.store8(BASE, 1);
        assertThat(space.protect(BASE, 3 * PAGE_SIZE, PROT_READ)).isFalse();
        assertThat(space.protection(BASE)).isEqualTo(PROT_READ);
        assertThat(space.protection(BASE + 2 * PAGE_SIZE)).isEqualTo(RW);
        assertFault(() -> space.store8(BASE, 2), BASE, PROT_WRITE, true);
    }

    @Test
    void aNewMappingIsZeroedAndHidesTheOldOne() {
        assertTrue(space.map(BASE, 4 * PAGE_SIZE, RW));
        space.store64(BASE + PAGE_SIZE, -1);
        space.store64(BASE + 3 * PAGE_SIZE, -1);
        assertTrue(space.map(BASE + PAGE_SIZE, PAGE_SIZE, RW));
        assertThat(space.load64(BASE + PAGE_SIZE)).isZero();
        assertThat(space.load64(BASE + 3 * PAGE_SIZE)).isEqualTo(-1);
    }

    @Test
    void aForkSeesOldContentsAndNeitherSideSeesTheOthersStores() {
        assertTrue(space.map(BASE, 2 * PAGE_SIZE, RW));
        space.store64(BASE, 1);
        final AddressSpace child = space.fork();
        assertThat(child).isNotNull();
        space.store64(BASE, 2);
        child.store64(BASE + 8, 3);
        child.store64(BASE + PAGE_SIZE, 4);
        assertThat(child.load64(BASE)).isEqualTo(1);
        assertThat(space.load64(BASE + 8)).isZero();
        assertThat(space.load64(BASE + PAGE_SIZE)).isZero();
        assertTrue(child.protect(BASE, PAGE_SIZE, PROT_NONE));
        assertThat(space.load64(BASE)).isEqualTo(2);
        assertThat(child.mappedBytes()).isEqualTo(space.mappedBytes());
        assertThat(child.top()).isEqualTo(space.top());
    }

    @Test
    void sharedPagesStaySharedAcrossAliasesSpacesAndForks() {
        final PagedSpace other = PagedSpace.create(TOP);
        assertTrue(space.map(BASE, 2 * PAGE_SIZE, RW));
        space.store64(BASE, 1);
        assertTrue(other.share(BASE * 4, 2 * PAGE_SIZE, PROT_READ, space, BASE));
        assertTrue(other.share(BASE * 8, 2 * PAGE_SIZE, RW, other, BASE * 4));
        final AddressSpace child = other.fork();
        assertThat(child).isNotNull();
        assertThat(child.load64(BASE * 4)).isEqualTo(1);
        child.store64(BASE * 8 + PAGE_SIZE - 4, 0x1111_2222_3333_4444L);
        assertThat(space.load64(BASE + PAGE_SIZE - 4)).isEqualTo(0x1111_2222_3333_4444L);
        assertThat(other.load64(BASE * 4 + PAGE_SIZE - 4)).isEqualTo(0x1111_2222_3333_4444L);
        assertFault(() -> other.store8(BASE * 4, 0), BASE * 4, PROT_WRITE, true);
        space.unmap(BASE, 2 * PAGE_SIZE);
        assertThat(child.load64(BASE * 4)).isEqualTo(1);
        assertThat(other.share(BASE, PAGE_SIZE, RW, space, BASE)).isFalse();
    }

    @Test
    void aCopyIsDoneWhollyOrNotAtAll() {
        assertTrue(space.map(BASE, 4 * PAGE_SIZE, RW));
        final byte[] data = new byte[2 * PAGE_SIZE + 20];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * 7);
        }
        space.store(BASE + PAGE_SIZE - 10, data, 0, data.length);
        final byte[] back = new byte[data.length + 2];
        space.load(BASE + PAGE_SIZE - 10, back, 1, data.length);
        assertThat(Arrays.copyOfRange(back, 1, back.length - 1)).isEqualTo(data);
        assertTrue(space.protect(BASE + 2 * PAGE_SIZE, PAGE_SIZE, PROT_NONE));
        final byte[] untouched = new byte[data.length];
        assertFault(
                () -> space.load(BASE + PAGE_SIZE - 10, untouched, 0, untouched.length),
                BASE + 2 * PAGE_SIZE,
                PROT_READ,
                true);
        assertThat(untouched).containsOnly(0);
        assertFault(
                () -> space.store(BASE + 5, new byte[2 * PAGE_SIZE], 0, 2 * PAGE_SIZE),
                BASE + 2 * PAGE_SIZE,
                PROT_WRITE,
                true);
        assertThat(space.load8(BASE + PAGE_SIZE - 10 + 1)).isEqualTo(7);
        assertFault(() -> space.probeWrite(BASE, 2 * PAGE_SIZE + 1), BASE + 2 * PAGE_SIZE, PROT_WRITE, true);
        space.probeWrite(BASE, 2 * PAGE_SIZE);
        space.load(0, untouched, 0, 0);
        space.store(0, untouched, 0, 0);
        space.probeWrite(0, 0);
    }

    @Test
    void aDebuggerIgnoresPermissionsButNotHoles() {
        assertTrue(space.map(BASE, PAGE_SIZE, PROT_NONE));
        space.poke(BASE + 8, new byte[] {1, 2, 3}, 0, 3);
        final byte[] back = new byte[3];
        space.peek(BASE + 8, back, 0, 3);
        assertThat(back).containsExactly(1, 2, 3);
        final long last = BASE + PAGE_SIZE - 1;
        assertFault(() -> space.peek(last, back, 0, 3), BASE + PAGE_SIZE, PROT_READ, false);
        assertFault(() -> space.poke(last, new byte[] {9, 9}, 0, 2), BASE + PAGE_SIZE, PROT_WRITE, false);
        space.peek(last, back, 0, 1);
        assertThat(back).containsExactly(0, 2, 3);
    }

    @Test
    void aGapIsTheLowestThatFits() {
        assertThat(space.findGap(0, PAGE_SIZE)).isZero();
        assertTrue(space.map(BASE, 2 * PAGE_SIZE, RW));
        assertTrue(space.map(BASE + 4 * PAGE_SIZE, 100 * PAGE_SIZE, RW));
        assertThat(space.findGap(BASE, 2 * PAGE_SIZE)).isEqualTo(BASE + 2 * PAGE_SIZE);
        assertThat(space.findGap(BASE + 1, 1)).isEqualTo(BASE + 2 * PAGE_SIZE);
        assertThat(space.findGap(BASE, 3 * PAGE_SIZE)).isEqualTo(BASE + 104 * PAGE_SIZE);
        assertThat(space.findGap(TOP - PAGE_SIZE, PAGE_SIZE)).isEqualTo(TOP - PAGE_SIZE);
        assertThat(space.findGap(TOP - PAGE_SIZE, 2 * PAGE_SIZE)).isEqualTo(-1);
        assertThat(space.findGap(TOP, PAGE_SIZE)).isEqualTo(-1);
        assertThat(space.findGap(0, Long.MAX_VALUE)).isEqualTo(-1);
        assertThat(space.findGap(-1, PAGE_SIZE)).isEqualTo(-1);
        assertThat(PagedSpace.create(0).findGap(0, PAGE_SIZE)).isEqualTo(-1);
    }

    @Test
    void onlyChangesOfCodeAreNoticedAsSuch() {
        final int rwx = RW | PROT_EXEC;
        assertTrue(space.map(BASE, 2 * PAGE_SIZE, rwx));
        space.store8(BASE, 1);
        final int start = space.codeGeneration();
        space.noteCode(BASE + 130);
        space.store8(BASE + 127, 1);
        space.store8(BASE + 192, 1);
        space.store64(BASE + 120, 1);
        space.store8(BASE + PAGE_SIZE, 1);
        assertThat(space.codeGeneration()).isEqualTo(start);
        space.store64(BASE + 121, 1);
        assertThat(space.codeGeneration()).isNotEqualTo(start);
        final int afterStore = space.codeGeneration();
        space.store64(BASE + 130, 1);
        assertThat(space.codeGeneration()).as("nothing is cached any more").isEqualTo(afterStore);
    }

    @Test
    void everyWayToChangeCodeIsNoticed() {
        final int rwx = RW | PROT_EXEC;
        final PagedSpace other = PagedSpace.create(TOP);
        assertTrue(space.map(BASE, 2 * PAGE_SIZE, rwx));
        assertTrue(other.share(BASE, PAGE_SIZE, RW, space, BASE));
        other.store8(BASE, 1);
        final Runnable[] changes = {
            () -> space.store8(BASE + 64, 1),
            () -> space.store(BASE, new byte[PAGE_SIZE + 1], 0, PAGE_SIZE + 1),
            () -> space.poke(BASE + 60, new byte[5], 0, 5),
            () -> space.store64(BASE + 57, 1),
            () -> space.store64(BASE + 64, 1),
            () -> other.store8(BASE + 100, 2),
            () -> other.poke(BASE + 100, new byte[1], 0, 1),
            () -> assertTrue(space.protect(BASE, PAGE_SIZE, RW)),
            () -> assertTrue(space.share(BASE, PAGE_SIZE, rwx, space, BASE + PAGE_SIZE)),
            () -> assertTrue(space.map(BASE, PAGE_SIZE, rwx)),
            () -> space.unmap(BASE, PAGE_SIZE),
        };
        for (int i = 0; i < changes.length; i++) {
            assertTrue(space.protect(BASE, PAGE_SIZE, rwx));
            space.noteCode(BASE + 64);
            final int before = space.codeGeneration();
            changes[i].run();
            assertThat(space.codeGeneration()).as("change %d", i).isNotEqualTo(before);
        }
    }

    @Test
    void aStoreThroughAnAliasThatWasUsedBeforeIsNoticedBySpaceThatHoldsCode() {
        final PagedSpace other = PagedSpace.create(TOP);
        assertTrue(space.map(BASE, PAGE_SIZE, PROT_READ | PROT_EXEC));
        assertTrue(other.share(BASE, PAGE_SIZE, RW, space, BASE));
        other.store64(BASE, 1);
        space.noteCode(BASE);
        final int ours = space.codeGeneration();
        final int theirs = other.codeGeneration();
        other.store64(BASE + 8, 1);
        assertThat(space.codeGeneration()).isNotEqualTo(ours);
        assertThat(other.codeGeneration()).isEqualTo(theirs);
    }

    @Test
    void everyAccessIsCountedOnceAlsoThoseThatCrossPagesOrCopy() {
        final AccessCount count = new AccessCount();
        assertTrue(space.map(BASE, 2 * PAGE_SIZE, RW));
        space.store64(BASE, 1);
        space.count(count);
        for (int i = 0; i < 3; i++) {
            space.store8(BASE, 1);
            space.store32(BASE + PAGE_SIZE - 2, 1);
            space.store(BASE, new byte[17], 0, 17);
            assertThat(space.load16(BASE)).isZero();
            assertThat(space.load64(BASE + PAGE_SIZE - 2)).isEqualTo(1);
            space.load(BASE, new byte[8], 0, 8);
        }
        assertThat(count.stores).isEqualTo(3 * (1 + 1 + 3));
        assertThat(count.loads).isEqualTo(3 * 3);
    }

    @Test
    void refusedAndForcedAccessesAndThoseAfterCountingAreNotCounted() {
        final AccessCount count = new AccessCount();
        assertTrue(space.map(BASE, PAGE_SIZE, PROT_READ));
        space.count(count);
        assertFault(() -> space.store8(BASE, 1), BASE, PROT_WRITE, true);
        assertFault(() -> space.load64(BASE + PAGE_SIZE - 4), BASE + PAGE_SIZE, PROT_READ, false);
        space.peek(BASE, new byte[4], 0, 4);
        space.poke(BASE, new byte[4], 0, 4);
        space.count(null);
        assertThat(space.load8(BASE)).isZero();
        assertThat(count.loads + count.stores).isZero();
    }
}
