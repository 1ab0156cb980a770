package org.kernelentry.kernel.ptrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.ptrace.PtraceRequest.*;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.task.Wait;
import org.kernelentry.kernel.testing.Session;
import org.kernelentry.kernel.testing.TestPort;
import org.kernelentry.kernel.testing.TestProgram;

/** A tracer that is a guest itself: results go through its own memory. */
final class GuestTracerTests {
    private static final int PID = 9;
    private static final long DATA = TestPort.DATA;
    private static final long RESULT = DATA + 0x100;
    private static final long UNMAPPED = 0x40_0000_0000L;

    private final Session s = new Session();

    @AfterEach
    void close() {
        assertThat(s.k.log.warnings()).isEmpty();
        s.close();
    }

    /** The parent goes on at the returned program's end, with the child's pid in a register and the child stopped by its own SIGSTOP. */
    private void childStopped() {
        s.p.set(8, 0x0123_4567_89ab_cdefL).store(DATA + 0x40, 8);
        s.p.syscall("fork").jumpIfNotZero(0, "parent");
        s.p.syscall("ptrace", PTRACE_TRACEME);
        s.p.syscall("gettid").op(cpu -> {
            cpu.state().r[1] = Signals.SIGSTOP;
            return TestProgram.NEXT;
        });
        s.p.set(6, s.p.number("tkill")).svc().exit(5);
        s.p.label("parent").move(PID, 0);
        s.p.syscall("wait4", -1, RESULT, 0, 0).load(8, RESULT).note("status", 8);
    }

    /** ptrace(request, child, address, data), its result noted. */
    private void ptrace(final String words, final int request, final long address, final long data) {
        s.p.set(0, request).move(1, PID).set(2, address).set(3, data);
        s.p.set(6, s.p.number("ptrace")).svc().note(words, 0);
    }

    @Test
    void words_of_memory_and_registers_come_back_through_the_tracers_memory() {
        childStopped();
        ptrace("peek", PTRACE_PEEKDATA, DATA + 0x40, RESULT);
        s.p.load(8, RESULT).note("word", 8);
        ptrace("poke", PTRACE_POKEDATA, DATA + 0x40, 77);
        ptrace("peek", PTRACE_PEEKTEXT, DATA + 0x40, RESULT);
        s.p.load(8, RESULT).note("word", 8);
        ptrace("user", PTRACE_PEEKUSR, 8, RESULT);
        s.p.load(8, RESULT).note("r1", 8);
        ptrace("hole", PTRACE_PEEKDATA, UNMAPPED, RESULT);
        ptrace("nowhere", PTRACE_PEEKDATA, DATA, UNMAPPED);
        ptrace("cont", PTRACE_CONT, 0, 0);
        s.p.syscall("wait4", -1, RESULT, 0, 0).load(8, RESULT).note("status", 8).exit(0);
        final Task guest = s.spawn("g");
        assertThat(s.await(guest)).isEqualTo("exited 0");
        assertThat(s.notes())
                .containsExactly(
                        "g/100 status 4991",
                        "g/100 peek 0",
                        "g/100 word " + 0x0123_4567_89ab_cdefL,
                        "g/100 poke 0",
                        "g/100 peek 0",
                        "g/100 word 77",
                        "g/100 user 0",
                        "g/100 r1 19",
                        "g/100 hole -5",
                        "g/100 nowhere -14",
                        "g/100 cont 0",
                        "g/100 status 1280");
    }

    @Test
    void a_register_set_is_copied_through_an_iovec_whose_length_is_corrected() {
        childStopped();
        s.p.set(8, RESULT + 0x100).store(RESULT, 8).set(8, 0x1000).store(RESULT + 8, 8);
        ptrace("get", PTRACE_GETREGSET, 1, RESULT);
        s.p.load(8, RESULT + 8).note("length", 8).load(8, RESULT + 0x108).note("r1", 8);
        s.p.set(8, 12).store(RESULT + 8, 8);
        ptrace("odd", PTRACE_GETREGSET, 1, RESULT);
        ptrace("unknown", PTRACE_GETREGSET, 2, RESULT);
        s.p.exit(0);
        final Task guest = s.spawn("g");
        s.await(guest);
        assertThat(s.notes())
                .containsExactly(
                        "g/100 status 4991",
                        "g/100 get 0",
                        "g/100 length " + s.k.arch.getRegset(s.harness, 1).length,
                        "g/100 r1 19",
                        "g/100 odd -22",
                        "g/100 unknown -22");
    }

    @Test
    void siginfo_message_and_queue_are_readable() {
        childStopped();
        ptrace("siginfo", PTRACE_GETSIGINFO, 0, RESULT);
        s.p.load(8, RESULT).note("signo", 8).load(8, RESULT + 16).note("pid", 8);
        ptrace("message", PTRACE_GETEVENTMSG, 0, RESULT);
        s.p.load(8, RESULT).note("message", 8);
        // One real-time signal waits in the child's queue.
        s.p.move(0, PID).set(1, 40).set(6, s.p.number("tkill")).svc();
        s.p.set(8, 0).store(RESULT, 8).set(8, 3L << 32).store(RESULT + 8, 8);
        ptrace("peeked", PTRACE_PEEKSIGINFO, RESULT, RESULT + 0x100);
        s.p.load(8, RESULT + 0x100).note("signo", 8);
        s.p.set(8, 2).store(RESULT + 8, 8);
        ptrace("bad flags", PTRACE_PEEKSIGINFO, RESULT, RESULT + 0x100);
        s.p.exit(0);
        final Task guest = s.spawn("g");
        s.await(guest);
        assertThat(s.notes())
                .containsExactly(
                        "g/100 status 4991",
                        "g/100 siginfo 0",
                        "g/100 signo 19",
                        "g/100 pid 101",
                        "g/100 message 0",
                        "g/100 message 0",
                        "g/100 peeked 1",
                        "g/100 signo 40",
                        "g/100 bad flags -22");
    }

    @Test
    void an_unknown_request_fails_and_one_beyond_int_is_unknown() {
        childStopped();
        ptrace("unknown", 0x4299, 0, 0);
        s.p.set(0, 1L << 32 | PTRACE_CONT)
                .move(1, PID)
                .set(6, s.p.number("ptrace"))
                .svc()
                .note("wide", 0);
        s.p.exit(0);
        final Task guest = s.spawn("g");
        s.await(guest);
        assertThat(s.notes()).containsExactly("g/100 status 4991", "g/100 unknown -5", "g/100 wide -5");
    }

    @Test
    void the_tracees_of_a_dead_tracer_run_on_as_children_of_init() {
        childStopped();
        s.p.exit(0);
        final Task guest = s.spawn("g");
        s.await(guest);
        final Task child = s.k.processes.find(101);
        assertThat(child.ptrace.flags).isZero();
        assertThat(s.await(child, Wait.WALL)).isEqualTo("exited 5");
    }
}
