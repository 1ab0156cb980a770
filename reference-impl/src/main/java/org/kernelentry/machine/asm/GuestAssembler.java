package org.kernelentry.machine.asm;

import java.util.List;

/**
 * The small machine-independent instruction set that guest programs are lowered to, implemented by each architecture and mode with
 * its own real encodings.
 *
 * <p>Scratch registers {@link #T0}, {@link #T1}, {@link #T2} are general registers of the architecture. They hold nothing across a
 * system call, a call, or the setting up of arguments: whatever must live longer is a variable, a word at a constant address below
 * 2 GiB. All code is position dependent at {@link #origin()}.
 */
public interface GuestAssembler {
    int T0 = 0;
    int T1 = 1;
    int T2 = 2;

    /** Signed and unsigned relations for {@link #branch}. */
    enum Rel {
        EQ,
        NE,
        LT,
        GE,
        LTU,
        GEU
    }

    /** Address of the first byte. */
    long origin();

    /** Address of the next instruction to be emitted. */
    long here();

    /** Bytes of a register and of a pointer: 8 or 4. */
    int wordSize();

    void bind(Label label);

    // ---- moves

    void loadConst(int t, long value);

    /** t = address of a code label, usable as a function pointer (Thumb sets bit 0). */
    void loadAddress(int t, Label label);

    /** t = word at a constant address. */
    void loadVariable(int t, long address);

    /** word at a constant address = t. */
    void storeVariable(long address, int t);

    /** t = [base + offset], zero-extended from {@code size} 1, 2, 4 or 8 bytes (8 only where the word size is 8). */
    void load(int t, int base, int offset, int size);

    /** [base + offset] = low {@code size} bytes of t. */
    void store(int t, int base, int offset, int size);

    void move(int t, int from);

    // ---- arithmetic

    void add(int t, int other);

    void sub(int t, int other);

    void and(int t, int other);

    void or(int t, int other);

    void addConst(int t, long value);

    void shiftLeft(int t, int count);

    void shiftRight(int t, int count);

    // ---- control

    void jump(Label target);

    void jumpTo(int t);

    void branch(Rel rel, int t, int other, Label target);

    /** Calls a code label; returns with {@link #ret}. Calls do not nest deeper than the stack allows. */
    void call(Label target);

    void ret();

    // ---- kernel

    /** Names of the system call instructions of this mode, the default first: {@code syscall}, {@code sysenter}, {@code int80}, {@code svc}, {@code oabi}. */
    List<String> entries();

    /**
     * Loads number and arguments into their registers and executes the system call instruction.
     *
     * <p>Registers the ABI preserves and that this sequence needs (ia32's argument registers) are saved and restored around it, outside
     * of [at, after).
     *
     * @param entry one of {@link #entries()}
     * @param number constant or variable
     * @param arguments up to six (seven on arm)
     * @param at bound to the system call instruction (ia32 sysenter: to the one in the vDSO that a restart executes)
     * @param after bound behind it: the pc the kernel reports for the call
     */
    void syscall(String entry, Arg number, List<Arg> arguments, Label at, Label after);

    /** t = the result register, valid right after {@link #syscall}. */
    void result(int t);

    // ---- signal handlers

    /**
     * First code of a handler: saves what the ABI makes it save and stores the signal number, the siginfo pointer and the ucontext pointer
     * as words at three constant addresses (siginfo and context only where the handler was installed with SA_SIGINFO).
     */
    void handlerEntry(long signalAddress, long infoAddress, long contextAddress);

    /** Returns from a handler to its restorer. */
    void handlerReturn();

    /** Code usable as {@code sa_restorer}: the rt_sigreturn system call, or the plain one where {@code rt} is false. */
    void restorer(boolean rt);

    // ---- single instructions

    void nop();

    /** INT3, BRK #0, or the undefined encoding that Linux takes for a breakpoint on arm. */
    void breakpoint();

    /** UD2, UDF. */
    void undefined();

    /** Jumps to itself for ever. */
    void spin();

    /** Raw bytes in the instruction stream. */
    void raw(byte[] bytes);

    /** Sets a register by the architecture's own name ({@code rbx}, {@code x19}, {@code r7}, ...). */
    void setRegister(String name, long value);

    /** Stores a register, by name, as a word at a constant address without changing others that hold something (flags excepted). */
    void saveRegister(String name, long address);

    /** Resolves labels and returns the machine code for {@link #origin()}. The assembler is done afterwards. */
    byte[] finish();
}
