package org.kernelentry.runner.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An agent as its line shows it: sends requests, again where the answer is lost, and gives the replies. */
final class Agent implements AutoCloseable {
    /** Longest line that is kept; a longer one is no frame. */
    private static final int LONGEST = 1 << 20;

    private static final int TRIES = 3;
    private static final Frame END = new Frame(0, "");

    private final AgentLink link;
    private final long patience;
    private final LinkedBlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
    private int seq;
    private boolean lost;

    /** An agent whose answers take at most {@code patience} milliseconds, not counting what a request itself waits for. */
    Agent(final AgentLink link, final long patience) {
        this.link = link;
        this.patience = patience;
        final Thread reader = new Thread(this::readFrames, "agent");
        reader.setDaemon(true);
        reader.start();
    }

    private void readFrames() {
        final StringBuilder line = new StringBuilder();
        try {
            final InputStream in = link.in();
            final byte[] bytes = new byte[8192];
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                for (int i = 0; i < n; i++) {
                    if (bytes[i] != '\n') {
                        if (line.length() < LONGEST) {
                            line.append((char) (bytes[i] & 0xff));
                        }
                        continue;
                    }
                    final Frame frame = Frame.in(line.toString());
                    if (frame != null) {
                        frames.add(frame);
                    }
                    line.setLength(0);
                }
            }
        } catch (final IOException e) {
            // The same as its end: the link says why.
        }
        frames.add(END);
    }

    /** The reply to a request, in words. */
    String[] ask(final String request) {
        return ask(request, 0);
    }

    /**
     * The reply to a request that itself waits for up to {@code milliseconds}.
     *
     * @throws AgentException when the agent is gone or silent
     */
    String[] ask(final String request, final long milliseconds) {
        if (lost) {
            throw new AgentException("The agent was lost before.");
        }
        final Frame question = new Frame(++seq, request);
        for (int i = 0; i < TRIES; i++) {
            try {
                link.out().write(question.line().getBytes(StandardCharsets.ISO_8859_1));
                link.out().flush();
                final Frame answer = answer(question.seq(), milliseconds + patience);
                if (answer != null) {
                    return answer.text().split(" ");
                }
            } catch (final IOException e) {
                throw gone();
            }
        }
        lost = true;
        throw new AgentException("The agent does not answer to \"" + request.split(" ", 2)[0] + "\".");
    }

    private @org.jspecify.annotations.Nullable Frame answer(final int wanted, final long milliseconds) {
        final long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        try {
            while (true) {
                final Frame frame = frames.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (frame == null) {
                    return null;
                }
                if (frame.seq() == END.seq()) {
                    throw gone();
                }
                if (frame.seq() == wanted) {
                    return frame;
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            lost = true;
            throw new AgentException("Interrupted while the agent was asked.");
        }
    }

    private AgentException gone() {
        lost = true;
        final String why = link.gone();
        return new AgentException("The agent is gone" + (why == null ? "." : ": " + why));
    }

    /** The first word of a reply as a number. */
    long number(final String request) {
        return Long.parseLong(ask(request)[0]);
    }

    /** Whether it can be asked nothing more. */
    boolean lost() {
        return lost;
    }

    /** Gives it up: what a guest left cannot be cleaned away. */
    void giveUp() {
        lost = true;
        link.close();
    }

    @Override
    public void close() {
        link.close();
    }
}
