package org.kernelentry.runner.cpu;

import java.util.Arrays;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.engine.EngineCpu;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.runner.cpu.CpuOutcome.End;

/** Our own CPU on the memory of a case. */
final class ReferenceCpu implements AutoCloseable {
    /** Instructions after which a run counts as endless; a page of instructions without effect is less. */
    private static final int BUDGET = 3000;

    private static final long TOP = 0xffff_f000L;

    private final CpuMode mode;
    private final AddressSpace space = PagedSpace.create(TOP);
    private final EngineCpu cpu;
    private final byte[] codePage = new byte[CpuCase.PAGE];

    ReferenceCpu(CpuMode mode) {
        this.mode = mode;
        this.cpu = new EngineCpu(mode.isa());
        space.map(
                CpuCase.CODE, CpuCase.PAGE, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE | AddressSpace.PROT_EXEC);
        space.map(CpuCase.DATA, CpuCase.PAGE, AddressSpace.PROT_READ | AddressSpace.PROT_WRITE);
        byte[] filler = mode.filler();
        for (int i = 0; i < codePage.length; i++) {
            codePage[i] = filler[i % filler.length];
        }
        cpu.switchTo(space);
    }

    CpuOutcome run(CpuCase test) {
        byte[] memory = test.memory();
        space.poke(CpuCase.CODE, codePage, 0, codePage.length);
        space.poke(CpuCase.CODE_START, test.code(), 0, test.code().length);
        space.poke(CpuCase.DATA, memory, 0, memory.length);
        mode.load(cpu.state(), test.before());
        End end = end(cpu.run(BUDGET));
        boolean fault = end == End.PAGE_FAULT || end == End.ALIGNMENT;
        space.peek(CpuCase.DATA, memory, 0, memory.length);
        byte[] code = new byte[test.code().length];
        space.peek(CpuCase.CODE_START, code, 0, code.length);
        return new CpuOutcome(
                end,
                fault ? cpu.faultAddress() : 0,
                mode.store(cpu.state()),
                memory,
                !Arrays.equals(code, test.code()));
    }

    private static End end(int exit) {
        return switch (exit) {
            case CpuExit.UNDEFINED -> End.UNDEFINED;
            case CpuExit.PAGE_FAULT -> End.PAGE_FAULT;
            case CpuExit.ALIGNMENT -> End.ALIGNMENT;
            case CpuExit.BREAKPOINT -> End.BREAKPOINT;
            case CpuExit.DIVIDE_ERROR -> End.DIVIDE_ERROR;
            case CpuExit.PROTECTION -> End.PROTECTION;
            case CpuExit.TRAP -> End.TRAP;
            case CpuExit.SYSCALL -> End.SYSTEM_CALL;
            default -> End.NEVER;
        };
    }

    @Override
    public void close() {
        space.unmap(0, TOP);
    }
}
