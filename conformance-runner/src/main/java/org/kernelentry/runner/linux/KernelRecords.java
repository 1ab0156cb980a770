package org.kernelentry.runner.linux;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kernelentry.kernel.audit.AuditRecord;
import org.kernelentry.runner.qemu.KernelReports;

/** What a kernel says while a guest runs: what it prints, what it reports of itself, and its audit records. */
final class KernelRecords {
    /** Type and text of a record (linux v7.3 kernel/audit.c audit_log_start()). */
    private static final Pattern AUDIT_RECORD = Pattern.compile("(\\d+) audit\\([\\d.:]+\\): (.*)");

    private final Agent agent;
    /** Whether audit records can be read. */
    private final boolean showsAudit;

    private final List<String> audit = new ArrayList<>();
    private final List<String> console = new ArrayList<>();

    /** How many of its reports of faults were asserted. */
    private int reportsKnown;

    KernelRecords(final Agent agent, final boolean showsAudit) {
        this.agent = agent;
        this.showsAudit = showsAudit;
    }

    /** The audit records so far; none where they cannot be read. */
    List<String> audit() {
        if (showsAudit) {
            final String[] reply = agent.ask("audit read");
            if (!"0".equals(reply[0])) {
                throw new AgentException("The kernel's audit records cannot be read: error " + reply[0] + ".");
            }
            final String news =
                    reply.length == 1 ? "" : new String(HexFormat.of().parseHex(reply[1]), StandardCharsets.ISO_8859_1);
            news.lines()
                    .map(AUDIT_RECORD::matcher)
                    .filter(Matcher::matches)
                    .map(m -> AuditRecord.line(Integer.parseInt(m.group(1)), m.group(2)))
                    .forEach(audit::add);
        }
        return List.copyOf(audit);
    }

    /** Everything printed so far. */
    List<String> log() {
        console.addAll(agent.freshConsole());
        return List.copyOf(console);
    }

    /** Reports of faults behind those that were expected. */
    List<String> warnings() {
        final List<String> reports = KernelReports.in(log());
        return reports.subList(Math.min(reportsKnown, reports.size()), reports.size());
    }

    /** The reports so far were expected. */
    void forgetWarnings() {
        reportsKnown = KernelReports.in(log()).size();
    }

    /** Whether there was any report in what has been read, expected or not. */
    boolean reported() {
        return !KernelReports.in(console).isEmpty();
    }
}
