package org.kernelentry.runner.system;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.syscall.Abi;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.notation.GuestProgram;
import org.kernelentry.notation.GuestProgram.Layout;
import org.kernelentry.runner.spec.Mode;

/** A guest program for a system other than the reference: its bytes, and the ABI's tables that an observer needs to read it. */
public final class GuestCode implements AutoCloseable {
    private final Mode mode;
    private final Kernel kernel;
    private final GuestProgram program;
    private final Map<String, GuestProgram> executables = new LinkedHashMap<>();
    private List<String> notes;
    private final Task task;

    /**
     * Assembles {@code text} for {@code mode}.
     *
     * @param texts programs that it may execute, by path
     * @param vdsoSyscall address of the vDSO's own system call instruction there, AT_SYSINFO; 0 where there is none
     */
    public GuestCode(final Mode mode, final String text, final Map<String, String> texts, final long vdsoSyscall) {
        this.mode = mode;
        this.kernel = new Kernel(KernelConfig.of(Flavour.GENERIC), Systems.port(mode.architecture()));
        final String label = mode.label();
        final GuestImage image = new GuestImage(
                kernel, label, text, GuestImage.notesPage(kernel.arch.taskSize(label)), List.of(), vdsoSyscall);
        this.program = image.program();
        this.notes = program.notes();
        texts.forEach((path, each) -> {
            final GuestProgram executable = new GuestImage(
                            kernel, label, each, GuestImage.notesPage(kernel.arch.taskSize(label)), notes, vdsoSyscall)
                    .program();
            executables.put(path, executable);
            notes = executable.notes();
        });
        this.task = kernel.processes.create(
                kernel.processes.createHarness("tables"), "tables", label, image.mm(), Layout.CODE, 0);
    }

    public GuestProgram program() {
        return program;
    }

    /** What it may execute, by path. */
    public Map<String, GuestProgram> executables() {
        return Collections.unmodifiableMap(executables);
    }

    /** What the tags of notes mean, from 1, in all of these programs. */
    public List<String> notes() {
        return notes;
    }

    public Abi abi() {
        return kernel.arch.abi(mode.label());
    }

    /** Name of a system call by its number, the number itself when it has none. */
    public String callName(final int number) {
        final String name = abi().name(number);
        return name == null ? Integer.toString(number) : name;
    }

    /**
     * Where a register is in NT_PRSTATUS, in bytes.
     *
     * @param name neutral ({@link RegisterNames}) or the port's own
     * @throws SetupException for a name that does not exist
     */
    public int registerOffset(final String name) {
        final int offset = kernel.arch.registerOffset(task, RegisterNames.of(mode, name));
        if (offset < 0) {
            throw new SetupException("mode " + mode.label() + " has no register or stop detail '" + name + "'");
        }
        return offset;
    }

    /** Bytes of a register. */
    public int registerSize() {
        return kernel.arch.registerSize(task);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
