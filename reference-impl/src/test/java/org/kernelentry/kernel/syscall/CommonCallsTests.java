package org.kernelentry.kernel.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.testing.TestPort.DATA;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.task.CloneArgs;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.testing.TestPort;
import org.kernelentry.kernel.testing.TestProgram;

/** Bodies that do not sleep: memory, descriptors, prctl, clocks, groups. */
final class CommonCallsTests {
    private static final long ANONYMOUS_PRIVATE = 0x22;
    private static final long ANONYMOUS_SHARED = 0x21;
    private static final long FIXED = 0x10;
    private static final long MAP = 0x4000_0000;

    private final Kernel k = TestPort.kernel(2);
    private final TestProgram p = TestPort.program(k);
    private final int[] status = new int[1];

    @AfterEach
    void close() {
        k.close();
    }

    /** Runs the program to its end; what the first guest noted. */
    private List<String> run() {
        p.exit(0);
        return runAsIs();
    }

    private List<String> runAsIs() {
        final Task harness = k.processes.createHarness("harness");
        TestPort.spawn(k, harness, "guest");
        assertThat(k.processes.wait4(harness, 100, 0, status)).isEqualTo(100);
        assertThat(k.log.warnings()).isEmpty();
        return p.notes.stream().map(note -> note.replace("guest/100 ", "")).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 4096, 3, 0x22, 0, 0x40000000, anywhere",
        "0x50000123, 1, 3, 0x22, 0, 0x50000000, a hint is rounded down",
        "0x100000, 4096, 3, 0x22, 0, 0x40000000, a hint that is taken",
        "0x100000, 4096, 3, 0x32, 0, 0x100000, fixed replaces",
        "0x100000, 4096, 3, 0x100022, 0, -17, fixed without replacing",
        "0x60000000, 4096, 3, 0x100022, 0, 0x60000000, fixed into a gap",
        "0x100001, 4096, 3, 0x32, 0, -22, fixed and not on a page",
        "0xfffffff000, 0x2000, 3, 0x32, 0, -12, beyond the end",
        "0, 0, 3, 0x22, 0, -22, no length",
        "0, -1, 3, 0x22, 0, -12, a length that wraps",
        "0, 4096, 3, 0x20, 0, -22, neither shared nor private",
        "0, 4096, 3, 0x22, 1, -22, an offset within a page",
        "0, 0x20000000, 3, 0x22, 0, -12, more than there is",
    })
    void mmap_places_and_refuses(
            final long address,
            final long length,
            final long prot,
            final long flags,
            final long offset,
            final long result,
            final String why) {
        p.syscall("mmap", address, length, prot, flags, -1, offset).note("mmap", 0);
        assertThat(run()).as(why).containsExactly("mmap " + result);
    }

    @Test
    void mmap_of_a_file_finds_none_that_can_be_mapped() {
        p.syscall("mmap", 0, 4096, 1, 2, 1, 0)
                .note("console", 0)
                .syscall("mmap", 0, 4096, 1, 2, 9, 0)
                .note("none", 0);
        assertThat(run()).containsExactly("console -" + Errno.ENODEV, "none -" + Errno.EBADF);
    }

    @Test
    void shared_memory_is_seen_by_a_forked_child_and_by_its_futexes() {
        p.syscall("mmap", 0, 4096, 3, ANONYMOUS_SHARED, -1, 0).syscall("fork").jumpIfZero(0, "child");
        p.syscall("futex", MAP, 0, 0, 0)
                .note("futex", 0)
                .load(8, MAP)
                .note("word", 8)
                .exit(0);
        p.label("child")
                .spin(1_000_000)
                .storeLong(MAP, 8)
                .syscall("futex", MAP, 1, 1)
                .exit(0);
        assertThat(runAsIs()).containsExactly("futex 0", "word 8");
    }

    @Test
    void private_memory_has_its_own_futexes_in_a_forked_child() {
        p.syscall("mmap", 0, 4096, 3, ANONYMOUS_PRIVATE, -1, 0).syscall("fork").jumpIfZero(0, "child");
        p.storeLong(DATA, 0)
                .storeLong(DATA + 8, 9_000_000)
                .syscall("futex", MAP, 0, 0, DATA)
                .note("futex", 0)
                .exit(0);
        p.label("child")
                .spin(1_000_000)
                .syscall("futex", MAP, 1, 1)
                .note("woken", 0)
                .exit(0);
        runAsIs();
        assertThat(p.notes).containsExactlyInAnyOrder("guest/101 woken 0", "guest/100 futex -" + Errno.ETIMEDOUT);
    }

    @Test
    void mprotect_takes_effect_and_refuses_gaps_and_unknown_bits() {
        p.syscall("mprotect", DATA, 4096, 0x40)
                .note("bits", 0)
                .syscall("mprotect", DATA + 1, 4096, 1)
                .note("align", 0);
        p.syscall("mprotect", 0x7000_0000, 4096, 1)
                .note("gap", 0)
                .syscall("mprotect", DATA, 0, 1)
                .note("empty", 0);
        p.syscall("mprotect", DATA, 4096, 1)
                .note("done", 0)
                .syscall("pipe2", DATA, 0)
                .note("efault", 0);
        p.storeLong(DATA, 1);
        assertThat(run())
                .containsExactly("bits -22", "align -22", "gap -12", "empty 0", "done 0", "efault -" + Errno.EFAULT);
        assertThat(status[0]).as("the last store").isEqualTo(Signals.SIGSEGV);
    }

    @Test
    void munmap_leaves_a_hole() {
        p.syscall("munmap", DATA + 1, 4096)
                .note("align", 0)
                .syscall("munmap", DATA, 0)
                .note("empty", 0);
        p.syscall("munmap", DATA, 4096)
                .note("done", 0)
                .syscall("munmap", DATA, 4096)
                .note("again", 0);
        p.load(8, DATA);
        assertThat(run()).containsExactly("align -22", "empty -22", "done 0", "again 0");
        assertThat(status[0]).isEqualTo(Signals.SIGSEGV);
    }

    @Test
    void brk_moves_up_and_down_but_not_through_a_mapping() {
        final long start = 0x30_0000;
        p.syscall("brk", 0)
                .note("now", 0)
                .syscall("brk", start + 10)
                .note("up", 0)
                .storeLong(start + 8, 5);
        p.syscall("mmap", start + 0x2000, 4096, 3, ANONYMOUS_PRIVATE | FIXED, -1, 0);
        p.syscall("brk", start + 0x3000)
                .note("blocked", 0)
                .syscall("brk", start)
                .note("down", 0)
                .load(8, start);
        assertThat(run())
                .containsExactly("now " + start, "up " + (start + 10), "blocked " + (start + 10), "down " + start);
        assertThat(status[0]).isEqualTo(Signals.SIGSEGV);
    }

    @Test
    void descriptors_are_the_lowest_free_and_copied_by_dup() {
        p.syscall("pipe2", DATA, 0)
                .syscall("dup", 4)
                .note("dup", 0)
                .syscall("close", 3)
                .syscall("dup2", 5, 9);
        p.note("dup2", 0)
                .syscall("fcntl", 9, 0, 3)
                .note("dupfd", 0)
                .syscall("dup3", 9, 9, 0)
                .note("same", 0);
        p.syscall("close", 3).syscall("fcntl", 9, 1).note("cloexec", 0).syscall("fcntl", 9, 2, 1);
        p.syscall("fcntl", 9, 1)
                .note("cloexec", 0)
                .syscall("close", 77)
                .note("close", 0)
                .syscall("dup2", 5, 5000);
        p.note("high", 0)
                .syscall("lseek", 5, 0, 0)
                .note("lseek", 0)
                .syscall("ioctl", 1, 0x5401, 0)
                .note("ioctl", 0);
        assertThat(run())
                .containsExactly(
                        "dup 5",
                        "dup2 9",
                        "dupfd 3",
                        "same -22",
                        "cloexec 0",
                        "cloexec 1",
                        "close -9",
                        "high -9",
                        "lseek -29",
                        "ioctl -25");
    }

    @Test
    void a_pipe_without_a_reader_kills_or_says_epipe() {
        p.storeLong(DATA + 0x100, 1)
                .storeLong(DATA + 0x108, 0)
                .storeLong(DATA + 0x110, 0)
                .storeLong(DATA + 0x118, 0);
        p.syscall("pipe2", DATA, 0).syscall("close", 3);
        p.syscall("rt_sigaction", Signals.SIGPIPE, DATA + 0x100, 0, 8)
                .syscall("write", 4, DATA, 8)
                .note("write", 0);
        p.storeLong(DATA + 0x100, 0).syscall("rt_sigaction", Signals.SIGPIPE, DATA + 0x100, 0, 8);
        p.syscall("write", 4, DATA, 8).note("never", 0);
        assertThat(run()).containsExactly("write -" + Errno.EPIPE);
        assertThat(status[0]).isEqualTo(Signals.SIGPIPE);
    }

    @Test
    void a_full_pipe_that_does_not_block_takes_what_fits() {
        final long nonblock = 0x800;
        p.syscall("mmap", 0, 0x2_0000, 3, ANONYMOUS_PRIVATE, -1, 0).syscall("pipe2", DATA, nonblock);
        p.syscall("read", 3, MAP, 8)
                .note("empty", 0)
                .syscall("write", 4, MAP, 0x2_0000)
                .note("fits", 0);
        p.syscall("write", 4, MAP, 1)
                .note("full", 0)
                .syscall("read", 3, MAP, 10)
                .note("read", 0);
        p.syscall("write", 4, MAP, 4096)
                .note("atomic", 0)
                .syscall("write", 4, MAP, 10)
                .note("room", 0);
        assertThat(run()).containsExactly("empty -11", "fits 65536", "full -11", "read 10", "atomic -11", "room 10");
    }

    @Test
    void poll_tells_what_each_descriptor_is_ready_for() {
        p.syscall("pipe2", DATA, 0)
                .storeInt(DATA + 0x20, 3)
                .storeInt(DATA + 0x24, 1)
                .storeInt(DATA + 0x28, 4);
        p.storeInt(DATA + 0x2c, 4).storeInt(DATA + 0x30, 55).storeInt(DATA + 0x34, 1);
        p.storeInt(DATA + 0x38, -1).storeInt(DATA + 0x3c, 0x7fff_0001);
        p.syscall("poll", DATA + 0x20, 4, -1).note("ready", 0);
        for (int i = 0; i < 4; i++) {
            final long at = DATA + 0x26 + 8L * i;
            p.op(cpu -> {
                p.notes.add("revents " + cpu.state().memory.load16(at));
                return TestProgram.NEXT;
            });
        }
        assertThat(run()).containsExactly("ready 2", "revents 0", "revents 4", "revents 32", "revents 0");
    }

    @Test
    void select_counts_bits_and_refuses_closed_descriptors() {
        p.syscall("pipe2", DATA, 0).syscall("write", 4, DATA, 1);
        p.storeLong(DATA + 0x20, 1 << 3).storeLong(DATA + 0x28, 1 << 4 | 1 << 3);
        p.syscall("select", 5, DATA + 0x20, DATA + 0x28, 0, 0)
                .note("select", 0)
                .load(8, DATA + 0x20)
                .note("in", 8);
        p.load(8, DATA + 0x28).note("out", 8).storeLong(DATA + 0x20, 1 << 9);
        p.syscall("select", 10, DATA + 0x20, 0, 0, 0).note("closed", 0).syscall("select", -1, 0, 0, 0, 0);
        p.note("negative", 0);
        assertThat(run()).containsExactly("select 2", "in 8", "out 16", "closed -9", "negative -22");
    }

    @Test
    void prctl_keeps_names_and_flags() {
        p.string(DATA, "a name that is too long").syscall("prctl", 15, DATA).syscall("prctl", 16, DATA + 0x40);
        p.op(cpu -> {
            final byte[] name = new byte[16];
            cpu.state().memory.load(DATA + 0x40, name, 0, 16);
            p.notes.add(new String(name, java.nio.charset.StandardCharsets.ISO_8859_1).replace('\0', '.'));
            return TestProgram.NEXT;
        });
        p.string(DATA, "guest").syscall("prctl", 15, DATA);
        p.syscall("prctl", 39, 0, 0, 0, 0)
                .note("nnp", 0)
                .syscall("prctl", 38, 1, 1, 0, 0)
                .note("bad", 0);
        p.syscall("prctl", 38, 1, 0, 0, 0).syscall("prctl", 39, 0, 0, 0, 0).note("nnp", 0);
        p.syscall("prctl", 4, 0)
                .syscall("prctl", 3)
                .note("dumpable", 0)
                .syscall("prctl", 4, 2)
                .note("suid", 0);
        p.syscall("prctl", 1, 65).note("pdeath", 0).syscall("prctl", 999).note("unknown", 0);
        p.syscall("prctl", 59, 0, 0, 0, 0).note("dispatch", 0);
        assertThat(run())
                .containsExactly(
                        "a name that is .",
                        "nnp 0",
                        "bad -22",
                        "nnp 1",
                        "dumpable 0",
                        "suid -22",
                        "pdeath -22",
                        "unknown -22",
                        "dispatch " + (k.dispatch.supported() ? 0 : -22));
    }

    @Test
    void the_parents_death_signal_arrives() {
        p.syscall("fork").jumpIfZero(0, "child").spin(1_000_000).exit(0);
        p.label("child").syscall("prctl", 1, Signals.SIGUSR2).syscall("pause");
        final Task harness = k.processes.createHarness("harness");
        TestPort.spawn(k, harness, "guest");
        assertThat(k.processes.wait4(harness, 100, 0, status)).isEqualTo(100);
        assertThat(k.processes.wait4(harness, 101, 0, status)).isEqualTo(101);
        assertThat(status[0]).isEqualTo(Signals.SIGUSR2);
    }

    @Test
    void clocks_agree_and_bad_ones_are_refused() {
        p.syscall("clock_gettime", 1, DATA)
                .syscall("clock_gettime", 0, DATA + 0x10)
                .syscall("time", 0)
                .note("time", 0);
        p.load(8, DATA).note("monotonic", 8).load(8, DATA + 0x10).note("realtime", 8);
        p.syscall("clock_gettime", 10, DATA)
                .note("bad", 0)
                .syscall("clock_gettime", 1, 8)
                .note("efault", 0);
        p.storeLong(DATA, 0)
                .storeLong(DATA + 8, 1_000_000_000)
                .syscall("nanosleep", DATA, 0)
                .note("einval", 0);
        assertThat(run())
                .containsExactly(
                        "time 1767225600", "monotonic 1", "realtime 1767225600", "bad -22", "efault -14", "einval -22");
    }

    @Test
    void affinity_moves_a_task_and_getcpu_shows_it() {
        p.storeLong(DATA, 2)
                .syscall("sched_setaffinity", 0, 8, DATA)
                .note("set", 0)
                .syscall("getcpu", DATA + 8, 0);
        p.load(8, DATA + 8).note("cpu", 8).storeLong(DATA, 1).syscall("sched_setaffinity", 0, 8, DATA);
        p.syscall("sched_yield")
                .syscall("getcpu", DATA + 8, 0)
                .load(8, DATA + 8)
                .note("cpu", 8);
        p.storeLong(DATA, 4).syscall("sched_setaffinity", 0, 8, DATA).note("none", 0);
        p.syscall("sched_getaffinity", 0, 8, DATA).note("get", 0).load(8, DATA).note("mask", 8);
        assertThat(run()).containsExactly("set 0", "cpu 1", "cpu 0", "none -22", "get 8", "mask 1");
    }

    @Test
    void groups_and_sessions_follow_the_rules() {
        p.syscall("setsid")
                .note("leader", 0)
                .syscall("fork")
                .jumpIfZero(0, "child")
                .syscall("wait4", -1, 0, 0, 0);
        p.exit(0).label("child").syscall("setpgid", 0, 0).syscall("getpgrp").note("pgrp", 0);
        p.syscall("setpgid", 0, 4711)
                .note("unknown", 0)
                .syscall("setpgid", 100, 0)
                .note("parent", 0);
        p.syscall("setsid")
                .note("session", 0)
                .syscall("getsid", 0)
                .note("sid", 0)
                .exit(0);
        assertThat(runAsIs())
                .containsExactly(
                        "leader -1",
                        "guest/101 pgrp 101",
                        "guest/101 unknown -1",
                        "guest/101 parent -3",
                        "guest/101 session -1",
                        "guest/101 sid 100");
    }

    @Test
    void a_robust_futex_of_a_dead_owner_is_marked_and_passed_on() {
        final long thread = CloneArgs.CLONE_VM | CloneArgs.CLONE_SIGHAND | CloneArgs.CLONE_THREAD;
        final long head = DATA + 0x200;
        final long entry = DATA + 0x300;
        p.storeLong(entry, head).storeInt(entry + 8, 0x8000_0000 | 101);
        p.syscall("clone", thread, TestPort.STACK_TOP - 0x1000).jumpIfZero(0, "owner");
        p.syscall("futex", entry + 8, 0, 0x8000_0000 | 101, 0)
                .note("futex", 0)
                .load(8, entry + 8)
                .note("word", 8);
        p.exit(0).label("owner").storeLong(head, entry).storeLong(head + 8, 8).storeLong(head + 16, 0);
        p.syscall("set_robust_list", head, 24)
                .syscall("set_robust_list", head, 23)
                .note("size", 0);
        p.spin(1_000_000).syscall("exit", 0);
        assertThat(runAsIs()).containsExactly("guest/101 size -22", "futex 0", "word " + 0xc000_0000L);
    }

    @Test
    void clone3_checks_its_structure() {
        p.storeLong(DATA + 0x20, Signals.SIGCHLD).syscall("clone3", DATA, 63).note("short", 0);
        p.syscall("clone3", DATA, 4097).note("long", 0).storeLong(DATA + 88, 1).syscall("clone3", DATA, 96);
        p.note("newer", 0)
                .storeLong(DATA + 88, 0)
                .storeLong(DATA, 0x11)
                .syscall("clone3", DATA, 64)
                .note("csignal", 0);
        p.storeLong(DATA, 0)
                .storeLong(DATA + 0x28, 8)
                .syscall("clone3", DATA, 64)
                .note("stack", 0);
        p.storeLong(DATA + 0x28, 0).storeLong(DATA + 64, DATA + 0x100).storeLong(DATA + 72, 1);
        p.storeInt(DATA + 0x100, 4000)
                .syscall("clone3", DATA, 88)
                .jumpIfZero(0, "child")
                .note("tid", 0);
        p.syscall("wait4", -1, 0, 0, 0)
                .exit(0)
                .label("child")
                .syscall("gettid")
                .note("child", 0)
                .exit(0);
        assertThat(runAsIs())
                .containsExactly(
                        "short -22",
                        "long -7",
                        "newer -7",
                        "csignal -22",
                        "stack -22",
                        "tid 4000",
                        "guest/4000 child 4000");
    }

    @Test
    void getrandom_gives_the_same_bytes_in_every_run() {
        p.syscall("getrandom", DATA, 8, 0).note("got", 0).load(8, DATA).note("bytes", 8);
        p.syscall("getrandom", DATA, 8, 6).note("both", 0);
        final List<String> first = run();
        assertThat(first.get(0)).isEqualTo("got 8");
        assertThat(first.get(2)).isEqualTo("both -22");
        try (Kernel other = TestPort.kernel(1)) {
            final TestProgram q = TestPort.program(other);
            q.syscall("getrandom", DATA, 8, 0).load(8, DATA).note("bytes", 8).exit(0);
            final Task harness = other.processes.createHarness("harness");
            TestPort.spawn(other, harness, "guest");
            other.processes.wait4(harness, -1, 0, status);
            assertThat(q.notes).containsExactly("guest/100 " + first.get(1));
        }
    }
}
