package org.kernelentry.runner.system;

import static org.kernelentry.notation.GuestProgram.Layout.*;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.task.Exec;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.machine.memory.AddressSpace;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.notation.GuestProgram;
import org.kernelentry.notation.GuestTarget;
import org.kernelentry.notation.Notation;

/** A guest program in a fresh address space: code, data, stacks, the vDSO, and the notes page shared with the observer. */
final class GuestImage {
    private static final int RW = AddressSpace.PROT_READ | AddressSpace.PROT_WRITE;
    private static final int RX = AddressSpace.PROT_READ | AddressSpace.PROT_EXEC;

    private static final int MAX_PROGRAMS = 4096;

    /** Programs assembled before: a scenario is repeated on several systems, and some tests repeat it thousands of times. */
    private static final Map<Source, GuestProgram> PROGRAMS = new ConcurrentHashMap<>();

    private final String mode;
    private final Mm mm;
    private final GuestProgram program;

    /** Assembles and loads {@code text}; its notes are numbered behind {@code earlierNotes}. */
    GuestImage(
            final Kernel k,
            final String mode,
            final String text,
            final AddressSpace notesPage,
            final List<String> earlierNotes) {
        this(k, mode, text, notesPage, earlierNotes, 0);
    }

    /** The same for a system whose vDSO has its system call instruction elsewhere; 0 for where this kernel has it. */
    GuestImage(
            final Kernel k,
            final String mode,
            final String text,
            final AddressSpace notesPage,
            final List<String> earlierNotes,
            final long vdsoSyscall) {
        this.mode = mode;
        this.mm = new Mm(PagedSpace.create(k.arch.taskSize(mode)), k.arch.taskSize(mode));
        k.arch.mapVdso(mm, mode);
        if (vdsoSyscall != 0) {
            mm.vdso += vdsoSyscall - k.arch.vdsoSyscall(mm, mode);
        }
        // Position dependent: ia32's other system call instruction is in the vDSO of this very space.
        if (PROGRAMS.size() >= MAX_PROGRAMS) {
            PROGRAMS.clear();
        }
        this.program = PROGRAMS.computeIfAbsent(
                new Source(k.arch.name(), mode, text, List.copyOf(earlierNotes), k.arch.vdsoSyscall(mm, mode)),
                source -> Notation.assemble(
                        text,
                        new GuestTarget(mode, k.arch.abi(mode), origin -> k.arch.assembler(mode, origin, mm)),
                        earlierNotes));
        final AddressSpace space = mm.space;
        map(CODE, program.code().length, RX);
        space.poke(CODE, program.code(), 0, program.code().length);
        map(DATA, DATA_SIZE, RW);
        space.poke(DATA, program.data(), 0, program.data().length);
        // A shared mapping: what children note is seen too, and the notes outlive the program.
        space.share(NOTES, NOTES_SIZE, RW, notesPage, NOTES);
        map(STACK, STACK_TOP - STACK, RW);
        map(THREAD_STACKS, (MAX_THREADS + 1) * THREAD_STACK_SIZE, RW);
    }

    /** A page for notes that every image of a kernel can share. */
    static AddressSpace notesPage(final long top) {
        final AddressSpace page = PagedSpace.create(top);
        page.map(NOTES, NOTES_SIZE, RW);
        return page;
    }

    private void map(final long address, final long length, final int prot) {
        mm.space.map(address, length + AddressSpace.PAGE_SIZE - 1 & -AddressSpace.PAGE_SIZE, prot);
    }

    /** All that the bytes of a program follow from. */
    private record Source(String port, String mode, String text, List<String> earlierNotes, long vdsoSyscall) {}

    Mm mm() {
        return mm;
    }

    GuestProgram program() {
        return program;
    }

    /** First stack pointer of the program. */
    static long stackPointer() {
        return STACK_TOP - 64;
    }

    /** As execve(2) takes it. */
    Exec.Image executable() {
        return new Exec.Image(mode, mm, CODE, stackPointer());
    }
}
