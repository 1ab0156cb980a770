package org.kernelentry.runner.cpu;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.kernelentry.machine.CpuState;
import org.kernelentry.machine.Isa;

/**
 * An instruction set that can be judged: how its state looks, how random states and code are made, and what is undefined in it.
 *
 * <p>A state is a {@code long[]} whose entries {@link #registers} names. What every mode needs is found by {@link #pc}.
 */
public interface CpuMode {
    /** Name on the command line and in kept cases: {@code x64}, {@code ia32}, {@code a64}, {@code arm}, {@code thumb}. */
    String name();

    /** The architecture on the command line. */
    String arch();

    /** A fresh instruction set of our own CPU. */
    Isa isa();

    /** What our CPU fills the page of code with: every run ends there at the latest. */
    byte[] filler();

    /** Names of the entries of a state, in order; an empty name is an entry without meaning. */
    List<String> registers();

    /** The entry of a state that is the pc. */
    int pc();

    /** Whether an entry holds addresses, so that kept cases write it relative to the data. */
    boolean isAddress(int register);

    /** A state made from nothing but {@code random}; kept cases rely on it, so it must never change. */
    long[] state(Random random);

    /** Puts a state into our CPU. */
    void load(CpuState s, long[] state);

    /** Reads a state from our CPU. */
    long[] store(CpuState s);

    /** One random instruction, by a row of the tables or raw. */
    byte[] instruction(Random random);

    /** The name of the row that decodes the first instruction of {@code code}; empty when there is none. */
    String row(byte[] code);

    /** The manual's chapter for the first instruction of {@code code}; empty when there is none. */
    String chapter(byte[] code);

    /** Rows of the tables in each of the manual's chapters. */
    Map<String, Integer> chapters();

    /** Whether an instruction may stand among others in a block: nothing that the manual leaves open comes from it. */
    boolean definite(byte[] code);

    /** Whether code must not be given to a judge: it would call that system's kernel, or what it reads differs by nature. */
    boolean excluded(byte[] code);

    /**
     * Makes equal in both outcomes what the manual leaves undefined after a case.
     *
     * @return the section of the manual that lets everything be different, or an empty string
     */
    String mask(CpuCase test, CpuOutcome ours, CpuOutcome theirs);

    /** The judge of this mode. */
    CpuJudge judge();
}
