package org.kernelentry.kernel.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kernelentry.kernel.dispatch.SyscallUserDispatch.*;
import static org.kernelentry.kernel.testing.TestPort.DATA;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kernelentry.kernel.signal.Signals;
import org.kernelentry.kernel.testing.Observed;
import org.kernelentry.kernel.testing.TestCpu;
import org.kernelentry.kernel.testing.TestProgram;
import org.kernelentry.kernel.tracing.TraceEvents;

/** User dispatch met by a running program: what it sees, and what nobody else sees. */
final class DispatchPathTests {
    private static final long SELECTOR = DATA;
    private static final long SCRATCH = DATA + 0x1000;
    private static final int SIGTRAP_STOP = Signals.SIGTRAP << 8 | 0x7f;

    private final Observed o = new Observed();

    @AfterEach
    void shutDown() {
        o.close();
        assertThat(o.k.log.warnings()).isEmpty();
    }

    /** Arms inclusive dispatch of the one call that ends at label {@code after}. */
    private TestProgram armed(final long selector) {
        o.p.sigaction(Signals.SIGSYS, "handler", 0, SCRATCH);
        return o.p.set(0, PR_SET_SYSCALL_USER_DISPATCH)
                .set(1, PR_SYS_DISPATCH_INCLUSIVE_ON)
                .setAddress(2, "after")
                .set(3, 1)
                .set(4, selector)
                .set(TestCpu.NR, o.nr("prctl"))
                .svc()
                .note("armed", 0);
    }

    private void handler() {
        o.p.label("handler").note("signal", 0).syscall("rt_sigreturn");
    }

    @Test
    void aDispatchedCallRunsTheHandlerAndNobodyElseNoticesIt() {
        o.k.rawSyscalls.enable();
        o.k.audit.enable();
        o.k.audit.alloc(o.harness, o.guest);
        o.k.rawSyscalls.copy(o.harness, o.guest);
        armed(SELECTOR)
                .storeInt(SELECTOR, SYSCALL_DISPATCH_FILTER_BLOCK)
                .syscall("getppid", 0x66)
                .label("after")
                .note("result", 0)
                .exit(0);
        handler();
        assertThat(o.run()).isZero();
        assertThat(o.p.notes).containsExactly("guest/100 armed 0", "guest/100 signal 31", "guest/100 result 102");
        final String number = "NR " + o.nr("getppid") + " ";
        assertThat(o.k.trace.events()).extracting(TraceEvents.Event::text).noneMatch(t -> t.startsWith(number));
        assertThat(o.k.trace.events())
                .extracting(TraceEvents.Event::line)
                .anyMatch(t -> t.startsWith("sys_enter: NR " + o.nr("prctl") + " "));
        assertThat(o.k.audit.recordLines()).noneMatch(r -> r.contains(" syscall=" + o.nr("getppid") + " "));
        assertThat(o.k.audit.recordLines()).anyMatch(r -> r.contains(" syscall=" + o.nr("prctl") + " success=yes"));
    }

    @Test
    void aCallThatIsLetThroughIsAnOrdinaryCallToAll() {
        o.k.rawSyscalls.enable();
        o.k.rawSyscalls.copy(o.harness, o.guest);
        armed(SELECTOR)
                .storeInt(SELECTOR, SYSCALL_DISPATCH_FILTER_ALLOW)
                .syscall("getppid")
                .label("after")
                .note("result", 0)
                .exit(0);
        handler();
        assertThat(o.run()).isZero();
        assertThat(o.p.notes).containsExactly("guest/100 armed 0", "guest/100 result " + o.harness.pid);
        assertThat(o.k.trace.events())
                .extracting(TraceEvents.Event::line)
                .contains("sys_exit: NR " + o.nr("getppid") + " = " + o.harness.pid);
    }

    /** Every stop from the call on, as {@code entry}, {@code exit} or the signal. */
    private List<String> stops() {
        final List<String> seen = new ArrayList<>();
        while (true) {
            o.resume(Observed.PTRACE_SYSCALL);
            final int status = o.await();
            if ((status & 0xff) != 0x7f) {
                seen.add("end " + status);
                return seen;
            }
            if (status == SIGTRAP_STOP && o.guest.ptrace.message != 0) {
                seen.add(o.guest.ptrace.message == 1 ? "entry" : "exit " + o.guest.regs.slot[0]);
            } else {
                seen.add("signal " + (status >> 8));
            }
        }
    }

    private List<String> stopsOfOneCall(final int selectorByte) {
        armed(SELECTOR).storeInt(SELECTOR, selectorByte).breakpoint();
        final long stop = o.p.here();
        o.p.syscall("getppid", 0x66)
                .label("after")
                .set(TestCpu.NR, o.nr("exit_group"))
                .svc();
        handler();
        o.seize(0);
        o.start();
        assertThat(o.await()).as("the breakpoint").isEqualTo(SIGTRAP_STOP);
        o.k.arch.setInstructionPointer(o.guest.regs, stop);
        return stops();
    }

    @Test
    void aTracerOfSystemCallsSeesNoStopOfADispatchedCall() {
        assertThat(stopsOfOneCall(SYSCALL_DISPATCH_FILTER_BLOCK))
                .startsWith("signal 31")
                .doesNotContain("entry exit");
    }

    @Test
    void aBadSelectorGivesAnExitStopWithoutAnEntryStopAndThenDeath() {
        assertThat(stopsOfOneCall(7)).containsExactly("exit -38", "end " + Signals.SIGSYS);
    }

    @Test
    void anAllowedCallHasBothStops() {
        assertThat(stopsOfOneCall(SYSCALL_DISPATCH_FILTER_ALLOW)).startsWith("entry", "exit " + o.harness.pid, "entry");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"fork", "clone"})
    void aChildStartsWithDispatchOff(final String how) {
        // A plain clone(SIGCHLD) is a fork.
        armed(0).syscall(how, "clone".equals(how) ? Signals.SIGCHLD : 0).jumpIfZero(0, "child");
        o.p.syscall("wait4", -1, 0, 0, 0).exit(0);
        o.p.label("child")
                .syscall("getppid", 0x66)
                .label("after")
                .note("child", 0)
                .exit(0);
        handler();
        assertThat(o.run()).isZero();
        assertThat(o.p.notes).containsExactly("guest/100 armed 0", "guest/101 child 100");
    }
}
