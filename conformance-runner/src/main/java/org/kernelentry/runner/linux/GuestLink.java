package org.kernelentry.runner.linux;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.qemu.QemuGuest;
import org.kernelentry.runner.report.Reports;

/** The line to the agent in a machine of QEMU's. The machine is this agent's alone and ends with it. */
final class GuestLink implements AgentLink {
    /** How long what the kernel has said last may take through the console, in milliseconds. */
    private static final long LAST_WORDS = 30_000;

    private final QemuGuest machine;

    GuestLink(final QemuGuest machine) {
        this.machine = machine;
    }

    @Override
    public InputStream in() {
        return machine.in();
    }

    @Override
    public OutputStream out() {
        return machine.out();
    }

    @Override
    public String gone() {
        Optional<String> why = machine.whyGone();
        for (long i = 0; i < LAST_WORDS && why.isEmpty(); i += 20) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            why = machine.whyGone();
        }
        return why.orElse("its machine goes on without it") + "; " + log();
    }

    private String log() {
        return "what the kernel printed is in " + Reports.shown(machine.log()) + ".";
    }

    @Override
    public @Nullable String silent() {
        return log();
    }

    @Override
    public long clock() {
        return machine.clock();
    }

    @Override
    public List<String> console() {
        return machine.console();
    }

    /** Where the console is kept. */
    Path file() {
        return machine.log();
    }

    @Override
    public void close() {
        machine.close();
    }
}
