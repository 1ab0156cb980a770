package org.kernelentry.kernel.ptrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.ptrace.PtraceRequest.*;
import static org.kernelentry.kernel.ptrace.SyscallInfo.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.syscall.Errno;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.testing.Session;
import org.kernelentry.kernel.testing.TestPort;

final class SyscallInfoTests {
    private static final int GOOD = PTRACE_O_TRACESYSGOOD;

    private final Session s = new Session();
    private final byte[] bytes = new byte[SyscallInfo.SIZE];
    private final ByteBuffer info = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

    @AfterEach
    void close() {
        assertThat(s.k.log.warnings()).isEmpty();
        s.close();
    }

    private Task guest(final int options) {
        s.p.syscall("kill", 0x1111, 0x2222, 0x3333, 0x4444, 0x5555, 0x6666)
                .note("kill", 0)
                .exit(0);
        return s.spawnSeized("g", options);
    }

    private long get(final Task task) {
        java.util.Arrays.fill(bytes, (byte) 0);
        return s.k.ptrace.getSyscallInfo(s.harness, task.pid, bytes);
    }

    private long set(final Task task) {
        return s.k.ptrace.setSyscallInfo(s.harness, task.pid, bytes);
    }

    @Test
    void an_entry_has_number_and_arguments() {
        final Task g = guest(GOOD);
        s.resume(PTRACE_SYSCALL, g);
        assertThat(get(g)).isEqualTo(80);
        assertThat(info.get(0)).isEqualTo((byte) PTRACE_SYSCALL_INFO_ENTRY);
        assertThat(info.getInt(ARCH)).isEqualTo(s.k.arch.abi("test").auditArch());
        assertThat(info.getLong(INSTRUCTION_POINTER)).isEqualTo(s.register(g, "pc"));
        assertThat(info.getLong(STACK_POINTER)).isEqualTo(TestPort.STACK_TOP);
        assertThat(info.getLong(NR)).isEqualTo(s.p.number("kill"));
        for (int i = 0; i < 6; i++) {
            assertThat(info.getLong(ARGS + 8 * i)).isEqualTo(0x1111L * (i + 1));
        }
    }

    @Test
    void an_exit_has_the_value_or_the_error() {
        final Task g = guest(GOOD);
        s.resume(PTRACE_SYSCALL, g);
        s.resume(PTRACE_SYSCALL, g);
        assertThat(get(g)).isEqualTo(33);
        assertThat(info.get(0)).isEqualTo((byte) PTRACE_SYSCALL_INFO_EXIT);
        assertThat(info.getLong(RVAL)).isEqualTo(-Errno.ESRCH);
        assertThat(info.get(IS_ERROR)).isEqualTo((byte) 1);
        s.setRegister(g, "r0", -Errno.ERESTART_RESTARTBLOCK);
        get(g);
        assertThat(info.getLong(RVAL)).isEqualTo(-516);
        assertThat(info.get(IS_ERROR)).isEqualTo((byte) 1);
        s.setRegister(g, "r0", -4096);
        get(g);
        assertThat(info.getLong(RVAL)).isEqualTo(-4096);
        assertThat(info.get(IS_ERROR)).isZero();
    }

    @Test
    void without_sysgood_a_syscall_stop_is_none() {
        final Task g = guest(0);
        s.resume(PTRACE_SYSCALL, g);
        assertThat(get(g)).isEqualTo(24);
        assertThat(info.get(0)).isZero();
        assertThat(info.getLong(INSTRUCTION_POINTER)).isEqualTo(s.register(g, "pc"));
        assertThat(set(g)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void a_signal_stop_is_none_but_has_pc_and_sp() {
        s.p.forever();
        final Task g = s.spawnSeized("g", GOOD);
        s.request(PTRACE_CONT, g, 0);
        s.send(g, Signals.SIGUSR1);
        s.await(g);
        assertThat(get(g)).isEqualTo(24);
        assertThat(info.get(0)).isZero();
        assertThat(info.getLong(STACK_POINTER)).isEqualTo(TestPort.STACK_TOP);
    }

    @Test
    void a_short_buffer_is_filled_and_the_whole_size_returned() {
        final Task g = guest(GOOD);
        s.resume(PTRACE_SYSCALL, g);
        final byte[] small = new byte[9];
        assertThat(s.k.ptrace.getSyscallInfo(s.harness, g.pid, small)).isEqualTo(80);
        assertThat(small[0]).isEqualTo((byte) PTRACE_SYSCALL_INFO_ENTRY);
        assertThat(small[8]).isEqualTo((byte) s.register(g, "pc"));
    }

    @Test
    void setting_an_entry_changes_number_and_arguments() {
        final Task g = guest(GOOD);
        s.resume(PTRACE_SYSCALL, g);
        get(g);
        info.putLong(NR, s.p.number("exit_group")).putLong(ARGS, 9);
        assertThat(set(g)).isZero();
        assertThat(s.resume(PTRACE_CONT, g)).isEqualTo("exited 9");
    }

    @Test
    void minus_one_skips_the_call_and_leaves_the_arguments() {
        final Task g = guest(GOOD);
        s.resume(PTRACE_SYSCALL, g);
        get(g);
        info.putLong(NR, -1).putLong(ARGS + 8, 9);
        assertThat(set(g)).isZero();
        assertThat(s.register(g, "r1")).isEqualTo(0x2222);
        assertThat(s.resume(PTRACE_CONT, g)).isEqualTo("exited 0");
        assertThat(s.notes()).containsExactly("g/100 kill -38");
    }

    @Test
    void a_number_beyond_int_changes_nothing() {
        final Task g = guest(GOOD);
        s.resume(PTRACE_SYSCALL, g);
        get(g);
        info.putLong(NR, 0xffff_ffffL).putLong(ARGS + 8, 9);
        assertThat(set(g)).isEqualTo(-Errno.ERANGE);
        assertThat(s.register(g, "r1")).isEqualTo(0x2222);
        assertThat(s.register(g, "orig_nr")).isEqualTo(s.p.number("kill"));
    }

    @Test
    void setting_an_exit_stores_value_or_error() {
        final Task g = guest(GOOD);
        s.resume(PTRACE_SYSCALL, g);
        s.resume(PTRACE_SYSCALL, g);
        get(g);
        info.putLong(RVAL, 0x1_2345_6789L).put(IS_ERROR, (byte) 0);
        assertThat(set(g)).isZero();
        assertThat(s.register(g, "r0")).isEqualTo(0x1_2345_6789L);
        info.putLong(RVAL, -Errno.EBADF).put(IS_ERROR, (byte) 1);
        assertThat(set(g)).isZero();
        assertThat(s.register(g, "r0")).isEqualTo(-Errno.EBADF);
    }

    @Test
    void a_wrong_size_flags_or_kind_of_stop_is_refused() {
        final Task g = guest(GOOD);
        s.resume(PTRACE_SYSCALL, g);
        get(g);
        assertThat(s.k.ptrace.setSyscallInfo(s.harness, g.pid, new byte[SyscallInfo.SIZE - 1]))
                .isEqualTo(-Errno.EINVAL);
        info.put(0, (byte) PTRACE_SYSCALL_INFO_EXIT);
        assertThat(set(g)).isEqualTo(-Errno.EINVAL);
        info.put(0, (byte) PTRACE_SYSCALL_INFO_ENTRY).put(1, (byte) 1);
        assertThat(set(g)).isEqualTo(-Errno.EINVAL);
        info.put(1, (byte) 0).put(SyscallInfo.FLAGS, (byte) 1);
        assertThat(set(g)).isEqualTo(-Errno.EINVAL);
        info.put(SyscallInfo.FLAGS, (byte) 0);
        assertThat(set(g)).isZero();
    }
}
