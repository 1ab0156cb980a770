package org.kernelentry.arm.entry;

import org.kernelentry.arm.signal.DoSignal;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.arch.PtRegs;
import org.kernelentry.kernel.entry.Irq;
import org.kernelentry.kernel.step.Step;
import org.kernelentry.kernel.task.CpuLocal;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.machine.CpuExit;

/** All ways into the kernel on arm, by flavour. */
public final class EntryStubs {
    private final Kernel k;
    private final boolean generic;
    private final NativeSyscall nativeSyscall;
    private final NativeVectors nativeVectors;
    private final GenericSyscall genericSyscall;
    private final GenericVectors genericVectors;

    public EntryStubs(final Kernel k, final DoSignal signals) {
        this.k = k;
        this.generic = k.config.generic();
        final SwiDecode decode = new SwiDecode(k);
        final Dispatcher dispatcher = new Dispatcher(k);
        final Faults faults = new Faults(k);
        final NativeTrace trace = new NativeTrace(k);
        final NativeReturn returns = new NativeReturn(k, trace, signals);
        this.nativeSyscall = new NativeSyscall(k, decode, dispatcher, trace, returns);
        this.nativeVectors = new NativeVectors(k, faults, returns);
        this.genericSyscall = new GenericSyscall(k, decode, dispatcher);
        this.genericVectors = new GenericVectors(k, faults);
    }

    public void enterFromUser(final CpuLocal cpu, final Task task, final int exit) {
        if (generic) {
            if (exit == CpuExit.SYSCALL) {
                genericSyscall.vectorSwi(task);
            } else {
                genericVectors.exception(cpu, task, exit);
            }
        } else if (exit == CpuExit.SYSCALL) {
            nativeSyscall.vectorSwi(task);
        } else {
            nativeVectors.exception(cpu, task, exit);
        }
    }

    public void interruptFromUser(final CpuLocal cpu, final Task task, final Irq irq) {
        if (generic) {
            genericVectors.irqUsr(cpu, task, irq);
        } else {
            nativeVectors.irqUsr(cpu, task, irq);
        }
    }

    public void interruptFromKernel(final CpuLocal cpu, final Irq irq) {
        if (generic) {
            genericVectors.irqSvc(cpu, irq);
        } else {
            nativeVectors.irqSvc(cpu, irq);
        }
    }

    /** A data abort or an undefined instruction of kernel code. */
    public void exceptionFromKernel(final CpuLocal cpu, final boolean undefined, final Runnable handler) {
        final Step vector = undefined ? NativeVectors.UND_SVC : NativeVectors.DABT_SVC;
        if (generic) {
            genericVectors.exceptionSvc(cpu, vector, handler);
        } else {
            nativeVectors.exceptionSvc(cpu, vector, handler);
        }
    }

    public void nmiFromUser(final CpuLocal cpu, final Task task, final Irq fiq) {
        if (generic) {
            genericVectors.fiqUsr(cpu, task, fiq);
        } else {
            nativeVectors.fiqUsr(cpu, task, fiq);
        }
    }

    public void nmiFromKernel(final CpuLocal cpu, final Irq fiq) {
        if (generic) {
            genericVectors.fiqSvc(cpu, fiq);
        } else {
            nativeVectors.fiqSvc(cpu, fiq);
        }
    }

    public void returnFromFork(final Task task) {
        if (generic) {
            genericVectors.retFromFork(task);
        } else {
            nativeVectors.retFromFork(task);
        }
    }

    public void restoreUserRegisters(final CpuLocal cpu, final Task task) {
        UserRegisters.restore(k, cpu, task);
    }

    /** {@code syscall_get_nr()}. */
    public static int syscallGetNr(final Kernel k, final org.kernelentry.arm.ArmThread thread) {
        return SwiDecode.syscallGetNr(k, thread);
    }

    /** The entry-stop, with the hint in ip on the native path; generic entry's own report gives none (DIF-ARM-24). */
    public boolean reportSyscallEntry(final Task task, final PtRegs regs) {
        return generic ? k.ptrace.reportSyscallEntry(task, regs) : NativeTrace.reportEntry(k, task, regs);
    }

    /** The exit-stop, likewise. */
    public void reportSyscallExit(final Task task, final PtRegs regs, final boolean step) {
        if (generic) {
            k.ptrace.reportSyscallExit(task, regs, step);
        } else {
            NativeTrace.reportExit(k, task, regs);
        }
    }
}
