package org.kernelentry.x86;

import static org.kernelentry.x86.X86PtRegs.*;

import java.util.Arrays;
import java.util.List;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.exec.ElfAbi;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.ThreadFlags;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.x86.asm.Ia32Assembler;
import org.kernelentry.x86.asm.X64Assembler;
import org.kernelentry.x86.ptrace.X86Calls;
import org.kernelentry.x86.vdso.Vdso32;
import org.kernelentry.x86.vdso.Vdso64;

/**
 * Programs and threads: their address spaces, first registers and children.
 *
 * <p>Source: linux v7.3 arch/x86/kernel/process.c copy_thread(), process_64.c start_thread_common(); arch/x86/entry/vdso/vma.c.
 */
final class X86Programs {
    static final String IA32 = "ia32";

    /** IA32_PAGE_OFFSET: a 32-bit program on a 64-bit kernel has all but the last two pages. */
    private static final long TASK_SIZE_32 = 0xffff_e000L;

    private static final long VDSO_64 = 0x7fff_f7fc_1000L;
    private static final long VDSO_32 = 0xf7fc_2000L;

    /** AT_HWCAP is what CPUID leaf 1 has in EDX: FPU, TSC, MSR, CX8, SEP, CMOV, MMX, FXSR, SSE, SSE2. */
    private static final long HWCAP = 0x0780_8931L;
    /** HWCAP2_FSGSBASE. */
    private static final long HWCAP2 = 1 << 1;

    /** {@code asm/elf.h}: a compat program calls its machine an i686. */
    static final List<ElfAbi> ELF_ABIS = List.of(
            new ElfAbi(
                    "x64",
                    ElfAbi.EM_X86_64,
                    true,
                    X86Regs.TASK_SIZE_MAX,
                    X86Regs.TASK_SIZE_MAX / 3 * 2 & -AddressSpace.PAGE_SIZE,
                    HWCAP,
                    HWCAP2,
                    "x86_64",
                    0),
            new ElfAbi(IA32, ElfAbi.EM_386, false, TASK_SIZE_32, 0x40_0000, HWCAP, HWCAP2, "i686", 0));

    private final Kernel k;
    private final X86Calls calls;

    X86Programs(final Kernel k, final X86Calls calls) {
        this.k = k;
        this.calls = calls;
    }

    private static X86Thread thread(final Task task) {
        return (X86Thread) task.thread;
    }

    static long taskSize(final String mode) {
        return mode.equals(IA32) ? TASK_SIZE_32 : X86Regs.TASK_SIZE_MAX;
    }

    static void mapVdso(final Mm mm, final String mode) {
        final boolean ia32 = mode.equals(IA32);
        final byte[] image = ia32 ? Vdso32.image() : Vdso64.image();
        mm.vdso = ia32 ? VDSO_32 : VDSO_64;
        mm.space.map(mm.vdso, AddressSpace.PAGE_SIZE, AddressSpace.PROT_READ | AddressSpace.PROT_EXEC);
        mm.space.poke(mm.vdso, image, 0, image.length);
    }

    void startThread(final Task task, final String mode, final long pc, final long sp) {
        final boolean ia32 = mode.equals(IA32);
        final long[] r = task.regs.slot;
        Arrays.fill(r, 0);
        r[IP] = pc;
        r[SP] = sp;
        r[CS] = ia32 ? X86Regs.USER32_CS : X86Regs.USER_CS;
        r[SS] = X86Regs.USER_DS;
        r[FLAGS] = X86Regs.IF | X86Regs.FIXED;
        r[ORIG_AX] = -1;
        task.regs.user = true;
        task.regs.irqsOn = true;
        final X86Thread thread = thread(task);
        thread.startProgram(ia32 ? X86Regs.USER_DS : 0);
        if (k.cpu.current == task) {
            thread.loadSegments(k.cpu.live);
            thread.loadFpu(k.cpu.live);
        }
        if (ia32) {
            task.setTif(ThreadFlags.TIF_32BIT);
        } else {
            task.clearTif(ThreadFlags.TIF_32BIT);
        }
    }

    void copyThread(final Task parent, final Task child, final long childSp, final boolean setTls, final long tls) {
        final X86Thread own = thread(parent);
        if (k.cpu.current == parent) {
            own.saveSegments(k.cpu.live);
            own.saveFpu(k.cpu.live);
        }
        child.regs.copyFrom(parent.regs);
        final X86Thread thread = thread(child);
        thread.copyFrom(own);
        child.regs.slot[AX] = 0;
        if (childSp != 0) {
            child.regs.slot[SP] = childSp;
        }
        if (setTls) {
            if (own.compat) {
                calls.setThreadArea(child, tls, false);
            } else {
                thread.fsIndex = 0;
                thread.fsBase = tls;
            }
        }
    }

    static long vdsoSyscall(final Mm mm, final String mode) {
        return mode.equals(IA32) && mm.vdso != 0 ? Vdso32.vsyscall(mm.vdso) : 0;
    }

    static GuestAssembler assembler(final String mode, final long origin, final Mm mm) {
        return mode.equals(IA32) ? new Ia32Assembler(origin, vdsoSyscall(mm, mode)) : new X64Assembler(origin);
    }
}
