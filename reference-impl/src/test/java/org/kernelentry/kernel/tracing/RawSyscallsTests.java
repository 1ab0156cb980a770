package org.kernelentry.kernel.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.task.ThreadFlags.SYSCALL_WORK_SYSCALL_TRACEPOINT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kernelentry.kernel.task.Task;
import org.kernelentry.kernel.testing.ParkedGuest;
import org.kernelentry.kernel.testing.TestPort;
import org.kernelentry.kernel.testing.TestProgram;

/** The raw_syscalls events and the work bit that follows them. */
final class RawSyscallsTests {
    private final ParkedGuest guest = new ParkedGuest();
    private final TraceEvents trace = guest.k.trace;

    @AfterEach
    void shutDown() {
        guest.close();
    }

    private static boolean bit(final Task task) {
        return (task.syscallWork & SYSCALL_WORK_SYSCALL_TRACEPOINT) != 0;
    }

    private Task another() {
        return guest.k.processes.create(
                guest.harness, "other", "test", TestPort.memory(guest.k), TestProgram.TEXT, TestPort.STACK_TOP);
    }

    @Test
    void theWorkBitFollowsWhetherAnyOfTheTwoEventsIsOn() {
        final Task other = another();
        trace.enable(RawSyscalls.SYS_EXIT);
        assertThat(bit(guest.task)).isTrue();
        assertThat(bit(other)).isTrue();
        trace.enable(RawSyscalls.SYS_ENTER);
        trace.enable(RawSyscalls.SYS_ENTER);
        trace.disable(RawSyscalls.SYS_EXIT);
        assertThat(bit(guest.task)).as("one is still on").isTrue();
        trace.disable(RawSyscalls.SYS_EXIT);
        trace.disable(RawSyscalls.SYS_ENTER);
        assertThat(bit(guest.task)).isFalse();
        assertThat(bit(other)).isFalse();
    }

    @Test
    void otherEventsLeaveTheWorkBitAlone() {
        trace.enable("sched:sched_switch");
        assertThat(bit(guest.task)).isFalse();
    }

    @Test
    void aNewThreadHasTheBitExactlyIfItsCreatorHas() {
        final Task child = another();
        child.setSyscallWork(SYSCALL_WORK_SYSCALL_TRACEPOINT);
        guest.k.rawSyscalls.copy(guest.task, child);
        assertThat(bit(child)).isFalse();
        trace.enable(RawSyscalls.SYS_ENTER);
        final Task late = another();
        guest.k.rawSyscalls.copy(guest.task, late);
        assertThat(bit(late)).isTrue();
    }

    @Test
    void theEventsReadTheRegistersAsTheyAreThen() {
        guest.k.rawSyscalls.enable();
        guest.call(0x1_0004, 39, 0xa0, 0, 2, -1, 4, 0xff);
        guest.k.rawSyscalls.sysEnter(guest.task, guest.task.regs);
        guest.call(0x1_0004, -1);
        guest.result(-22);
        guest.k.rawSyscalls.sysExit(guest.task, guest.task.regs);
        assertThat(trace.events())
                .extracting(TraceEvents.Event::line)
                .containsExactly("sys_enter: NR 39 (a0, 0, 2, ffffffffffffffff, 4, ff)", "sys_exit: NR -1 = -22");
    }

    @Test
    void anEventThatIsOffRecordsNothingThoughTheBitIsSet() {
        trace.enable(RawSyscalls.SYS_EXIT);
        guest.call(0x1_0004, 39);
        guest.k.rawSyscalls.sysEnter(guest.task, guest.task.regs);
        guest.k.rawSyscalls.sysExit(guest.task, guest.task.regs);
        assertThat(trace.events()).extracting(TraceEvents.Event::line).containsExactly("sys_exit: NR 39 = 0");
    }

    @Test
    void aFullBufferLosesTheOldestEventsAndCountsThem() {
        trace.enable("test:event");
        final int written = TraceEvents.CAPACITY + 10;
        for (int i = 0; i < written; i++) {
            trace.event(guest.k.cpu, "test:event", Integer.toString(i));
        }
        assertThat(trace.events().size() + trace.overrun()).isEqualTo(written);
        assertThat(trace.events().get(trace.events().size() - 1).text()).isEqualTo(Integer.toString(written - 1));
    }
}
