package org.kernelentry.runner.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class AgentTests {
    private static final String REPLY = new Frame(1, "42").line();

    /** A line on which the other side has already said everything. */
    private record Said(InputStream in, OutputStream out) implements AgentLink {
        Said(final String text) {
            this(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), new ByteArrayOutputStream());
        }

        @Override
        public @Nullable String gone() {
            return "it ended with 7.";
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private static String[] answer(final String said) {
        try (Agent agent = new Agent(new Said(said), 1000)) {
            return agent.ask("x");
        }
    }

    /** A line on which an answer comes late, because the machine gets little of a processor. */
    private static final class Slow implements AgentLink {
        private final PipedOutputStream other = new PipedOutputStream();
        private final InputStream in = new PipedInputStream(other);
        private final ByteArrayOutputStream asked = new ByteArrayOutputStream();
        private final long share;

        Slow(final long share) throws IOException {
            this.share = share;
        }

        @Override
        public InputStream in() {
            return in;
        }

        @Override
        public OutputStream out() {
            return asked;
        }

        @Override
        public long clock() {
            return System.nanoTime() / share;
        }

        @Override
        public @Nullable String gone() {
            return null;
        }

        @Override
        public void close() {
            // Nothing is open.
        }

        String[] answerAfter(final long milliseconds, final long patience) throws InterruptedException {
            final Thread agent = new Thread(() -> {
                try {
                    Thread.sleep(milliseconds);
                    other.write(REPLY.getBytes(StandardCharsets.ISO_8859_1));
                    other.flush();
                } catch (final IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            agent.start();
            try (Agent asking = new Agent(this, patience)) {
                return asking.ask("x");
            } finally {
                agent.join();
            }
        }

        long questions() {
            return asked.toString(StandardCharsets.ISO_8859_1).lines().count();
        }
    }

    @Test
    void anAnswerMayTakeAsLongAsTheMachineHasNoProcessor() throws Exception {
        final Slow slow = new Slow(10);
        assertThat(slow.answerAfter(1500, 300)).containsExactly("42");
        assertThat(slow.questions()).isEqualTo(1);
    }

    @Test
    void anAnswerThatIsLateByTheMachinesOwnTimeIsAskedForAgain() throws Exception {
        final Slow slow = new Slow(1);
        assertThat(slow.answerAfter(1500, 600)).containsExactly("42");
        assertThat(slow.questions()).isGreaterThan(1);
    }

    @Test
    void anAgentThatNeverAnswersIsGivenUpThoughItsMachineHasNoProcessor() {
        assertThatThrownBy(() -> new Slow(1L << 40).answerAfter(4000, 20))
                .isInstanceOf(AgentException.class)
                .hasMessage("The agent does not answer to \"x\".");
    }

    @Test
    void aFrameIsReadAsItWasWritten() {
        final Frame frame = new Frame(0x1f, "spawn 00ff 12");

        assertThat(Frame.in(frame.line().stripTrailing())).isEqualTo(frame);
    }

    @Test
    void aFrameWithAChangedCharacterIsNone() {
        assertThat(Frame.in(REPLY.stripTrailing().replace("42", "43"))).isNull();
    }

    @Test
    void aFrameThatIsCutIsNone() {
        assertThat(Frame.in(REPLY.substring(0, REPLY.length() - 2))).isNull();
    }

    @Test
    void linesOfTheKernelAreNotTakenForFrames() {
        assertThat(answer("[    1.0] Run /init as init process\n" + REPLY)).containsExactly("42");
    }

    @Test
    void aFrameBehindTheBeginningOfAnotherLineIsFound() {
        assertThat(answer("[    1.0] random: " + REPLY)).containsExactly("42");
    }

    @Test
    void carriageReturnsOfATerminalAreIgnored() {
        assertThat(answer(REPLY.replace("\n", "\r\n"))).containsExactly("42");
    }

    @Test
    void repliesToEarlierRequestsAreDropped() {
        assertThat(answer(new Frame(9, "old").line() + REPLY)).containsExactly("42");
    }

    @Test
    void aFloodWithoutLineEndIsNoFrame() {
        assertThat(answer("x".repeat(3 << 20) + "\n" + REPLY)).containsExactly("42");
    }

    @Test
    void anAgentThatEndsInTheMiddleOfAFrameIsGoneAndTheReasonIsTold() {
        assertThatThrownBy(() -> answer(REPLY.substring(0, 8)))
                .isInstanceOf(AgentException.class)
                .hasMessage("The agent is gone: it ended with 7.");
    }
}
