package org.kernelentry.x86.decode;

import java.util.HexFormat;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.engine.EngineCpu;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.x86.X86Regs;

/** A CPU with a page of code, a page of data and nothing else. */
final class Guest {
    static final long CODE = 0x1000_0000;
    static final long DATA = 0x2000_0000;

    final EngineCpu cpu = new EngineCpu(new X86Isa());
    final CpuState s = cpu.state();
    final AddressSpace space = PagedSpace.create(1L << 47);

    /** @param code instructions in hexadecimal, spaces ignored */
    Guest(final int mode, final String code) {
        space.map(CODE, AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
        space.map(DATA, AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
        final byte[] bytes = HexFormat.of().parseHex(code.replace(" ", ""));
        space.poke(CODE, bytes, 0, bytes.length);
        cpu.switchTo(space);
        X86Regs.reset(s, mode);
        s.pc = CODE;
        s.r[X86Regs.RSP] = DATA + 0x800;
    }

    static Guest x64(final String code) {
        return new Guest(X86Regs.MODE_64, code);
    }

    static Guest ia32(final String code) {
        return new Guest(X86Regs.MODE_32, code);
    }

    /** Runs {@code instructions} at most; the exit. */
    int run(final int instructions) {
        return cpu.run(instructions);
    }

    long at() {
        return s.pc - CODE;
    }
}
