package org.kernelentry.runner.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.engine.EngineCpu;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.x86.X86Regs;

/** Code that changes, moves and ends, and accesses at the edges of pages and of the address space, in every instruction set. */
class CodeAndMemoryTests {
    private static final int ALL = AddressSpace.PROT_READ | AddressSpace.PROT_WRITE | AddressSpace.PROT_EXEC;
    private static final int PAGE = AddressSpace.PAGE_SIZE;
    private static final long CODE = 0x1000;
    private static final long DATA = 0x0020_0000;
    private static final long TOP = 0xffff_f000L;
    private static final int FIVE = 5;
    private static final int SEVEN = 7;
    /** More than it takes until a loop is translated. */
    private static final int HOT = 20_000;

    /**
     * The same few instructions everywhere. R0, R1 and R2 are the first registers in the order of a state; on x86 these are RAX, RCX and
     * RDX.
     */
    private enum Isa {
        X64(0, "b805000000", "8911", 1, 7, 8, "488b01", "488b0411", "e9fbefffff", "49ffc8 75f6"),
        IA32(1, "b805000000", "8911", 1, 7, 4, "8b01", "8b0411", "e9fbefffff", "4b 75f8"),
        A64(2, "a0008052", "220000b9", 0, 0x5280_00e0, 8, "200040f9", "206862f8", "00fcff17", "63040071 c1ffff54"),
        ARM(3, "0500a0e3", "002081e5", 0, 0xe3a0_0007, 4, "000091e5", "020091e7", "fefbffea", "013053e2 fcffff1a"),
        THUMB(4, "0520", "0a80", 0, 0x2007, 4, "0868", "8858", "fef7febf", "013b fcd1");

        private final int mode;
        private final String five;
        private final String store;
        /** Where in {@link #five} the store goes, and the value that makes it R0 = 7. */
        final int place;

        final long seven;
        /** Bytes of a register. */
        final int width;

        private final String load;
        private final String loadSum;
        private final String back;
        private final String loop;

        Isa(
                final int mode,
                final String five,
                final String store,
                final int place,
                final long seven,
                final int width,
                final String load,
                final String loadSum,
                final String back,
                final String loop) {
            this.mode = mode;
            this.five = five;
            this.store = store;
            this.place = place;
            this.seven = seven;
            this.width = width;
            this.load = load;
            this.loadSum = loadSum;
            this.back = back;
            this.loop = loop;
        }

        CpuMode mode() {
            return CpuModes.all().get(mode);
        }

        /** R0 = 5. */
        byte[] five() {
            return hex(five);
        }

        /** Stores R2, as wide as an instruction of {@link #five} or its immediate, where R1 points to. */
        byte[] store() {
            return hex(store);
        }

        /** R0 = [R1]. */
        byte[] load() {
            return hex(load);
        }

        /** R0 = [R1 + R2]. */
        byte[] loadSum() {
            return hex(loadSum);
        }

        /** A jump to 4096 bytes before itself. */
        byte[] back() {
            return hex(back);
        }

        /** Counts a register down and jumps to the instruction of {@link #five} before it. */
        byte[] loop() {
            return hex(loop);
        }

        private static byte[] hex(final String text) {
            return HexFormat.of().parseHex(text.replace(" ", ""));
        }

        boolean is32() {
            return width == 4;
        }
    }

    private static final class Machine {
        final Isa isa;
        final AddressSpace space = PagedSpace.create(1L << 47);
        final EngineCpu cpu;
        final CpuState s;

        Machine(final Isa isa) {
            this.isa = isa;
            this.cpu = new EngineCpu(isa.mode().isa());
            this.s = cpu.state();
            space.map(CODE, PAGE, ALL);
            space.map(DATA, PAGE, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
            cpu.switchTo(space);
            final long[] state = isa.mode().state(new java.util.Random(1));
            java.util.Arrays.fill(state, 0, 16, 0);
            // Thumb, but no IT block.
            if (isa == Isa.THUMB) {
                state[ArmFamilyMode.STATUS] = 0x30;
            }
            isa.mode().load(s, state);
            if (isa == Isa.X64 || isa == Isa.IA32) {
                // Without alignment checks.
                X86Regs.setRflags(s, X86Regs.IF);
            }
        }

        /** Puts code at an address, with what ends a run behind it; the address behind the code itself. */
        long put(final long at, final byte[]... parts) {
            long to = at;
            for (final byte[] part : parts) {
                space.poke(to, part, 0, part.length);
                to += part.length;
            }
            return to;
        }

        long putAndStop(final long at, final byte[]... parts) {
            final long end = put(at, parts);
            put(end, isa.mode().filler());
            return end;
        }

        int run(final long from) {
            s.pc = from;
            return cpu.run(10L * HOT);
        }

        long r0() {
            return s.r[0];
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("Code that changes its next instruction runs the new one")
    void selfModifyingCode(final Isa isa) {
        final Machine m = new Machine(isa);
        m.putAndStop(CODE, isa.store(), isa.five());
        m.s.r[1] = CODE + isa.store().length + isa.place;
        m.s.r[2] = isa.seven;

        assertThat(m.run(CODE)).isEqualTo(CpuExit.UNDEFINED);
        assertThat(m.r0()).isEqualTo(SEVEN);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("A page that is mapped anew runs its new code")
    void remappedCode(final Isa isa) {
        final Machine m = new Machine(isa);
        m.putAndStop(CODE, isa.five());
        m.run(CODE);
        assertThat(m.r0()).isEqualTo(FIVE);

        m.space.unmap(CODE, PAGE);
        m.space.map(CODE, PAGE, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
        m.putAndStop(CODE, isa.load());
        m.s.r[1] = DATA;
        m.space.store32(DATA, SEVEN);
        m.run(CODE);

        assertThat(m.r0()).isEqualTo(SEVEN);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("Code on a page that lost its permission faults, however often it ran")
    void codeWithoutPermission(final Isa isa) {
        final Machine m = new Machine(isa);
        m.putAndStop(CODE, isa.five(), isa.loop());
        for (int register = 3; register < 9; register++) {
            m.s.r[register] = HOT;
        }
        assertThat(m.run(CODE)).isEqualTo(CpuExit.UNDEFINED);
        m.s.r[0] = 0;

        m.space.protect(CODE, PAGE, AddressSpace.PROT_READ);

        assertThat(m.run(CODE)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(m.cpu.faultAddress()).isEqualTo(CODE);
        assertThat(m.cpu.faultAccess()).isEqualTo(AddressSpace.PROT_EXEC);
        assertThat(m.r0()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("An instruction that goes on in a page that is not mapped faults there and does nothing")
    void instructionAcrossPages(final Isa isa) {
        final Machine m = new Machine(isa);
        // Where instructions are aligned, the next one is the first that the page lacks; T32 has R0 = 5 in two
        // halfwords.
        final byte[] code = isa == Isa.THUMB ? HexFormat.of().parseHex("4ff00500") : isa.five();
        final boolean aligned = isa == Isa.A64 || isa == Isa.ARM;
        final long at = CODE + PAGE - (aligned ? 0 : 2);
        if (!aligned) {
            m.space.poke(at, code, 0, 2);
        }

        assertThat(m.run(at)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(m.cpu.faultAddress()).isEqualTo(CODE + PAGE);
        assertThat(m.s.pc).isEqualTo(at);
        assertThat(m.r0()).isZero();

        m.space.map(CODE + PAGE, PAGE, ALL);
        m.putAndStop(at, code);

        assertThat(m.run(at)).isEqualTo(CpuExit.UNDEFINED);
        assertThat(m.r0()).isEqualTo(FIVE);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("An unaligned access goes across pages, and faults at the page that is missing")
    void unalignedAccess(final Isa isa) {
        final Machine m = new Machine(isa);
        final long at = DATA + PAGE - 3;
        m.putAndStop(CODE, isa.load());
        m.s.r[1] = at;

        assertThat(m.run(CODE)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(m.cpu.faultAddress()).isEqualTo(DATA + PAGE);
        assertThat(m.s.pc).isEqualTo(CODE);

        m.space.map(DATA + PAGE, PAGE, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
        final byte[] bytes = {1, 2, 3, 4, 5, 6, 7, 8};
        m.space.poke(at, bytes, 0, bytes.length);

        assertThat(m.run(CODE)).isEqualTo(CpuExit.UNDEFINED);
        assertThat(m.r0()).isEqualTo(isa.is32() ? 0x0403_0201L : 0x0807_0605_0403_0201L);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("A sum of base and offset wraps at the top of the address space")
    void addressesWrap(final Isa isa) {
        final Machine m = new Machine(isa);
        m.putAndStop(CODE, isa.loadSum());
        m.s.r[1] = isa.is32() ? 0xffff_fff0L : -16;
        m.s.r[2] = DATA + 16;
        m.space.store64(DATA, SEVEN);

        assertThat(m.run(CODE)).isEqualTo(CpuExit.UNDEFINED);
        assertThat(m.r0()).isEqualTo(SEVEN);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("An access that begins below the top and ends above it faults at its start")
    void accessAcrossTheTop(final Isa isa) {
        final Machine m = new Machine(isa);
        m.putAndStop(CODE, isa.load());
        final long at = isa.is32() ? 0xffff_fffdL : -3;
        m.s.r[1] = at;

        assertThat(m.run(CODE)).isEqualTo(CpuExit.PAGE_FAULT);
        assertThat(m.cpu.faultAddress()).isEqualTo(at);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("A jump to below address 0 arrives at the top")
    void jumpsWrap(final Isa isa) {
        final Machine m = new Machine(isa);
        m.space.map(0, PAGE, ALL);
        // From the page at 0, 4096 bytes back.
        m.put(0, isa.back());

        assertThat(m.run(0)).isEqualTo(CpuExit.PAGE_FAULT);
        final long target = isa.is32() ? TOP : -PAGE;
        assertThat(m.cpu.faultAddress()).isEqualTo(target);
        assertThat(m.s.pc).isEqualTo(target);
    }
}
