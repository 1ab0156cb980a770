package org.kernelentry.notation;

import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.machine.asm.GuestAssembler;

/**
 * What a guest program is lowered for.
 *
 * @param mode as scenarios name it
 * @param abi system call numbers and word size
 * @param assembler makes an assembler for code at an address
 */
public record GuestTarget(String mode, Abi abi, AssemblerFactory assembler) {
    /** Makes assemblers of one mode. */
    @FunctionalInterface
    public interface AssemblerFactory {
        GuestAssembler at(long origin);
    }
}
