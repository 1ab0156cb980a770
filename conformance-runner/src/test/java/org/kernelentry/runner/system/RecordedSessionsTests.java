package org.kernelentry.runner.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What a real kernel answered to tracers, replayed on the reference: stops, their order, siginfo, messages and registers.
 *
 * <p>The resource was recorded on Linux 6.18 by {@code src/test/c/ptrace-recorder.c} from the input that {@link SessionScripts} makes. Only the
 * kernel's answers count: a difference is a mistake of the reference, never of the recording.
 */
final class RecordedSessionsTests {
    private record Session(String name, String code, String data, long options, List<String> lines) {}

    private static List<Session> sessions() throws IOException {
        final List<Session> sessions = new ArrayList<>();
        try (InputStream in = RecordedSessionsTests.class.getResourceAsStream("ptrace-sessions-x64.txt");
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(Objects.requireNonNull(in, "recording"), StandardCharsets.UTF_8))) {
            String program = "";
            String code = "";
            String data = "";
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                final String rest = line.substring(line.indexOf(' ') + 1);
                if (line.startsWith("program ")) {
                    program = rest;
                } else if (line.startsWith("code ")) {
                    code = rest;
                } else if (line.startsWith("data ")) {
                    data = rest;
                } else if (line.startsWith("session ")) {
                    final long options = Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
                    sessions.add(new Session(program + ", " + line, code, data, options, new ArrayList<>()));
                } else if (!line.startsWith("#")) {
                    sessions.get(sessions.size() - 1).lines.add(line);
                }
            }
        }
        return sessions;
    }

    @TestFactory
    List<DynamicTest> the_reference_answers_as_the_recorded_kernel_did() throws IOException {
        final List<Session> sessions = sessions();
        assertThat(sessions).hasSizeGreaterThan(100);
        return sessions.stream()
                .map(session -> DynamicTest.dynamicTest(session.name, () -> replay(session)))
                .toList();
    }

    private static void replay(final Session session) {
        final List<String> played = new ArrayList<>();
        try (RecordedSession reference = new RecordedSession(
                RecordedSession.bytes(session.code), RecordedSession.bytes(session.data), session.options)) {
            for (final String line : session.lines) {
                final String ask = line.substring(0, line.indexOf(" -> "));
                played.add(ask + " -> " + reference.answer(ask));
                // Later answers follow from earlier ones: the first difference is the one to look at.
                assertThat(played).isEqualTo(session.lines.subList(0, played.size()));
            }
            assertThat(reference.warnings()).isEmpty();
        }
    }
}
