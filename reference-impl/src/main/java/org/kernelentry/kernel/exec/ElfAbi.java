package org.kernelentry.kernel.exec;

/**
 * What a port tells the ELF loader about one of its modes: the contents of {@code asm/elf.h}.
 *
 * @param mode of {@link org.kernelentry.kernel.arch.Arch#modes}
 * @param machine EM_* that {@code elf_check_arch()} wants
 * @param is64 whether ELFCLASS64 or ELFCLASS32 is wanted
 * @param stackTop STACK_TOP: first address above the stack
 * @param dynBase ELF_ET_DYN_BASE
 * @param hwcap AT_HWCAP
 * @param hwcap2 AT_HWCAP2
 * @param platform AT_PLATFORM
 * @param minSignalStack AT_MINSIGSTKSZ in bytes, 0 where the kernel passes none
 */
public record ElfAbi(
        String mode,
        int machine,
        boolean is64,
        long stackTop,
        long dynBase,
        long hwcap,
        long hwcap2,
        String platform,
        long minSignalStack) {
    public static final int EM_386 = 3;
    public static final int EM_ARM = 40;
    public static final int EM_X86_64 = 62;
    public static final int EM_AARCH64 = 183;

    /** Whether a file is for this mode. */
    public boolean accepts(final ElfFile file) {
        return file.machine() == machine && file.is64() == is64;
    }
}
