package org.kernelentry.runner.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.arm64.A64Regs;
import org.kernelentry.arm64.Arm64Isa;
import org.kernelentry.isa.aarch32.A32Regs;
import org.kernelentry.isa.aarch32.A32T32Isa;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.exec.ElfAbi;
import org.kernelentry.machine.CpuExit;
import org.kernelentry.machine.engine.EngineCpu;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.runner.spec.Architecture;
import org.kernelentry.runner.system.Systems;

/** What AT_HWCAP promises is executed, and what it does not promise is undefined: one instruction of each extension. */
class HwcapTests {
    private static final long CODE = 0x10000;

    /** A halfword or a word, the first halfword first in T32. */
    private static int run(String mode, String encoding) {
        EngineCpu cpu = new EngineCpu(mode.equals("arm") ? new A32T32Isa() : new Arm64Isa());
        AddressSpace space = PagedSpace.create(0xffff_0000L);
        space.map(CODE, AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
        boolean thumb = encoding.startsWith("T");
        int insn = Integer.parseUnsignedInt(encoding.replace("T", ""), 16);
        space.poke(CODE, bytes(thumb ? insn >>> 16 | insn << 16 : insn), 0, 4);
        cpu.switchTo(space);
        cpu.state().pc = CODE;
        cpu.state().mode = mode.equals("a64") ? A64Regs.MODE_A64 : thumb ? A32Regs.MODE_T32 : A32Regs.MODE_A32;
        return cpu.run(1);
    }

    private static byte[] bytes(int word) {
        return new byte[] {(byte) word, (byte) (word >> 8), (byte) (word >> 16), (byte) (word >> 24)};
    }

    private static ElfAbi abi(String mode) {
        Architecture architecture = mode.equals("arm") ? Architecture.ARM : Architecture.ARM64;
        try (Kernel k = new Kernel(KernelConfig.of(Flavour.NATIVE), Systems.port(architecture))) {
            return k.arch.elfAbis().stream()
                    .filter(each -> each.mode().equals(mode))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        // uapi/asm/hwcap.h of arm64
        "a64, FP, 0, 1e602800",
        "a64, ASIMD, 1, 4ea08400",
        "a64, AES, 3, 4e284800",
        "a64, PMULL, 4, 0ee0e000",
        "a64, SHA1, 5, 5e000000",
        "a64, SHA2, 6, 5e004000",
        "a64, CRC32, 7, 1ac04000",
        "a64, ATOMICS, 8, b8200000",
        "a64, FPHP, 9, 1ee02800",
        "a64, ASIMDHP, 10, 4e401400",
        "a64, ASIMDRDM, 12, 2e808400",
        "a64, JSCVT, 13, 1e7e0000",
        "a64, FCMA, 14, 2e80e400",
        "a64, LRCPC, 15, b8bfc000",
        "a64, SHA3, 17, ce000000",
        "a64, SM3, 18, ce60c000",
        "a64, SM4, 19, cec08400",
        "a64, ASIMDDP, 20, 0e809400",
        "a64, SHA512, 21, ce608000",
        "a64, ILRCPC, 26, 99400000",
        "a64, FLAGM, 27, d500401f",
        // asm/hwcap.h of arm64, COMPAT_HWCAP_*
        "a32, SWP, 0, e1010092",
        "a32, HALF, 1, e1d100b0",
        "a32, THUMB, 2, Tbf00bf00",
        "a32, FAST_MULT, 4, e0810392",
        "a32, VFP, 6, ee300b00",
        "a32, EDSP, 7, e1020051",
        "a32, NEON, 12, f2200840",
        "a32, VFPv3, 13, eeb70a00",
        "a32, TLS, 15, ee1d0f70",
        "a32, VFPv4, 16, eea00a00",
        "a32, IDIVA, 17, e710f211",
        "a32, IDIVT, 18, Tfb91f0f2",
        "a32, LPAE, 20, e1c000d0",
        "a32, ASIMDDP, 24, fc200d10",
        // uapi/asm/hwcap.h of arm
        "arm, HALF, 1, e1d100b0",
        "arm, THUMB, 2, Tbf00bf00",
        "arm, FAST_MULT, 4, e0810392",
        "arm, VFP, 6, ee300b00",
        "arm, EDSP, 7, e1020051",
        "arm, NEON, 12, f2200840",
        "arm, VFPv3, 13, eeb70a00",
        "arm, TLS, 15, ee1d0f70",
        "arm, VFPv4, 16, eea00a00",
        "arm, IDIVA, 17, e710f211",
        "arm, IDIVT, 18, Tfb91f0f2",
        "arm, VFPD32, 19, ee700ba0",
        "arm, LPAE, 20, e1c000d0",
        "arm, ASIMDDP, 24, fc200d10"
    })
    void what_is_promised_is_executed(String mode, String name, int bit, String encoding) {
        boolean promised = (abi(mode).hwcap() >>> bit & 1) != 0;

        assertThat(run(mode, encoding) != CpuExit.UNDEFINED)
                .as("executes %s", name)
                .isEqualTo(promised);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "a32, AES, 0, f3b00300",
        "a32, SHA1, 2, f2000c40",
        "a32, SHA2, 3, f3000c40",
        "a32, CRC32, 4, e1000040",
        "arm, AES, 0, f3b00300",
        "arm, CRC32, 4, e1000040"
    })
    void what_the_second_word_promises_is_executed(String mode, String name, int bit, String encoding) {
        boolean promised = (abi(mode).hwcap2() >>> bit & 1) != 0;

        assertThat(run(mode, encoding) != CpuExit.UNDEFINED)
                .as("executes %s", name)
                .isEqualTo(promised);
    }
}
