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
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT) // It mostly waits.
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

    /** A line on which an answer comes late; time passes as the test wants. */
    private abstract static class Late implements AgentLink {
        private final PipedOutputStream other = new PipedOutputStream();
        private final InputStream in;
        private final ByteArrayOutputStream asked = new ByteArrayOutputStream();

        Late() {
            try {
                in = new PipedInputStream(other);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
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
        public @Nullable String gone() {
            return null;
        }

        @Override
        public void close() {
            // Nothing is open.
        }

        void reply() {
            try {
                other.write(REPLY.getBytes(StandardCharsets.ISO_8859_1));
                other.flush();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        long questions() {
            return asked.toString(StandardCharsets.ISO_8859_1).lines().count();
        }

        String[] answer(final long patience) {
            try (Agent asking = new Agent(this, patience)) {
                return asking.ask("x");
            }
        }
    }

    @Test
    void anAnswerMayTakeAsLongAsTheMachineHasNoProcessor() {
        final Late link = new Late() {
            private long looks;

            /** A millisecond from one look to the next, whatever passes here. */
            @Override
            public long clock() {
                if (++looks == 4) {
                    reply();
                }
                return looks * 1_000_000;
            }
        };
        assertThat(link.answer(5000)).containsExactly("42");
        assertThat(link.questions()).isEqualTo(1);
    }

    @Test
    void anAnswerThatIsLateByTheMachinesOwnTimeIsAskedForAgain() {
        final Late link = new Late() {
            private long time;

            /** The patience is over at the second look; what is asked again is answered. */
            @Override
            public long clock() {
                if (questions() == 1) {
                    time += 6_000_000_000L;
                } else {
                    reply();
                }
                return time;
            }
        };
        assertThat(link.answer(5000)).containsExactly("42");
        assertThat(link.questions()).isEqualTo(2);
    }

    @Test
    void anAgentThatNeverAnswersIsGivenUpThoughItsMachineHasNoProcessor() {
        final Late link = new Late() {
            @Override
            public long clock() {
                return 0;
            }
        };
        assertThatThrownBy(() -> link.answer(20))
                .isInstanceOf(AgentException.class)
                .hasMessage("The agent does not answer to \"x\".");
        assertThat(link.questions()).isEqualTo(3);
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
