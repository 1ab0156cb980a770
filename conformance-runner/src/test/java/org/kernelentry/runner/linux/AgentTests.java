package org.kernelentry.runner.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
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
