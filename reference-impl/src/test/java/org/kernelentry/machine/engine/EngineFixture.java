package org.kernelentry.machine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;

/** A CPU with two pages of writable code and two of data. */
class EngineFixture {
    static final long CODE = 0x10000;
    static final long DATA = 0x40000;
    static final int RX = AddressSpace.PROT_READ | AddressSpace.PROT_EXEC;
    static final int RW = AddressSpace.PROT_READ | AddressSpace.PROT_WRITE;
    static final int RWX = RX | RW;

    final PagedSpace space = PagedSpace.create(1L << 47);
    final EngineCpu cpu = new EngineCpu(new PlainIsa());
    final long[] r = cpu.state().r;

    EngineFixture() {
        assertThat(space.map(CODE, 0x2000, RWX)).isTrue();
        assertThat(space.map(DATA, 0x2000, RW)).isTrue();
        cpu.switchTo(space);
        cpu.state().pc = CODE;
    }

    /** Address of an instruction counted from the start of the code. */
    static long at(final int instruction) {
        return CODE + (long) instruction * PlainIsa.LENGTH;
    }

    final void code(final byte[]... insns) {
        codeAt(CODE, insns);
    }

    final void codeAt(final long address, final byte[]... insns) {
        final byte[] bytes = PlainIsa.program(insns);
        space.poke(address, bytes, 0, bytes.length);
    }

    final void runTo(final int exit, final long pc) {
        assertThat(CpuExit.name(cpu.run(1000))).isEqualTo(CpuExit.name(exit));
        assertThat(cpu.state().pc).isEqualTo(pc);
    }

    final void assertPageFault(final long address, final int access, final boolean present) {
        assertThat(cpu.faultAddress()).isEqualTo(address);
        assertThat(cpu.faultAccess()).isEqualTo(access);
        assertThat(cpu.faultOnPresentPage()).isEqualTo(present);
    }
}
