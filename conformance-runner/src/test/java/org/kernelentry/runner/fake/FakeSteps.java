package org.kernelentry.runner.fake;

import io.cucumber.java.Before;
import io.cucumber.java.Scenario;
import io.cucumber.java.en.Given;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.opentest4j.TestAbortedException;

/** A system without a kernel: the name of the call says how the scenario ends. */
public final class FakeSteps {
    private static final Set<Thread> SPINNING = ConcurrentHashMap.newKeySet();

    private Scenario scenario;
    private String mode = "";
    private String call = "";

    @Before
    public void remember(Scenario begun) {
        scenario = begun;
    }

    @Given("a task on {word}")
    public void aTask(String name) {
        mode = name;
    }

    @Given("a task")
    public void aTask() {
        mode = FakeGlue.mode();
    }

    @When("it makes the call {word}")
    public void itMakesTheCall(String name) {
        call = name;
    }

    @Then("it happened")
    public void itHappened() {
        attach("journal", """
                -- cpu0 guest/100
                  do_syscall_64 (110)
                    swapgs
                    syscall_trace_enter (SYSCALL_TRACE)
                      ptrace_report_syscall_entry
                -- cpu0 observer/1
                  __schedule (1)
                -- cpu0 guest/100
                    %s
                """.formatted(call));
        attach("trace", mode + " on " + FakeGlue.system() + " made " + call);
        switch (call) {
            case "write" -> {
                attach("difference", "line 2: exit-stop | nothing");
                throw new AssertionError("the trace differs");
            }
            case "pause" -> throw new TestAbortedException("needs CONFIG_PAUSE");
            case "crash" -> throw new IllegalStateException("the model fell over");
            case "spin" -> spin();
            default -> {}
        }
    }

    /** A loop that no interrupt ends, as a mistake in the model would be. */
    private static void spin() {
        SPINNING.add(Thread.currentThread());
        while (spins(Thread.currentThread())) {
            LockSupport.park();
        }
    }

    /** Whether a thread is in that loop. */
    static boolean spins(Thread thread) {
        return SPINNING.contains(thread);
    }

    /** Ends all loops, so that no thread is left behind. */
    public static void stopSpinning() {
        Set<Thread> spinning = Set.copyOf(SPINNING);
        SPINNING.clear();
        spinning.forEach(LockSupport::unpark);
    }

    @Then("nothing else happened")
    public void nothingElseHappened() {}

    private void attach(String name, String text) {
        scenario.attach(text, "text/plain", name);
    }
}
