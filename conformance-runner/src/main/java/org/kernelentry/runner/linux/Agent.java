package org.kernelentry.runner.linux;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.kernelentry.runner.qemu.Heartbeat;

/** An agent as its line shows it: sends requests, again where the answer is lost, and gives the replies. */
final class Agent implements AutoCloseable {
    /** Longest line that is kept; a longer one is no frame. */
    private static final int LONGEST = 1 << 20;

    private static final int TRIES = 3;
    /** How long an answer may take, in milliseconds. */
    private static final long PATIENCE = 5000;
    /** Before the agent's own lines in the kernel's log. */
    private static final String MARK = "kernel-entry-agent: ";

    private static final Frame END = new Frame(0, "");

    private final AgentLink link;
    private final long patience;
    private final LinkedBlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
    private int seq;
    private boolean lost;
    /** Path of the program that it is, where it can become another. */
    private String program;

    /** Lines of the kernel's console that have been read. */
    private int consoleRead;

    private int marks;

    /** An agent that is one program only. */
    Agent(final AgentLink link) {
        this(link, "");
    }

    /** An agent in a machine where there are several programs. */
    Agent(final AgentLink link, final String program) {
        this(link, PATIENCE);
        this.program = program;
    }

    /** An agent whose answers take at most {@code patience} milliseconds, not counting what a request itself waits for. */
    Agent(final AgentLink link, final long patience) {
        this.link = link;
        this.patience = patience;
        this.program = "";
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
        final String more = link.silent();
        throw new AgentException("The agent does not answer to \"" + request.split(" ", 2)[0] + "\""
                + (more == null ? "." : "; " + more));
    }

    /** Null when there is none in the time that the other side may have for it, which is not that of other programs here. */
    private @Nullable Frame answer(final int wanted, final long milliseconds) {
        final Deadline deadline = new Deadline(link, milliseconds);
        Frame frame;
        do {
            frame = answerWithin(wanted, Deadline.AT_ONCE);
        } while (frame == null && !deadline.isOver());
        return frame;
    }

    private @Nullable Frame answerWithin(final int wanted, final long milliseconds) {
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
                    Heartbeat.beat();
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

    /** Makes it another program, so that it can serve guests of another ABI; 0 or a negative error number. */
    long become(final String path) {
        if (path.equals(program)) {
            return 0;
        }
        final long result = number("become " + path);
        if (result == 0) {
            program = path;
        }
        return result;
    }

    /**
     * The content of a file where the agent is; null if it cannot be read.
     *
     * @param path without blanks
     */
    byte @Nullable [] file(final String path) {
        final ByteArrayOutputStream content = new ByteArrayOutputStream();
        while (true) {
            final String[] reply = ask("file " + path + " " + content.size());
            if (!"0".equals(reply[0])) {
                return null;
            }
            if (reply.length == 1) {
                return content.toByteArray();
            }
            content.writeBytes(HexFormat.of().parseHex(reply[1]));
        }
    }

    /** Writes a line into the kernel's log; {@code text} without blanks. Nothing happens where the console is not read. */
    void mark(final String text) {
        if (link.console() != null) {
            ask("mark " + text);
        }
    }

    /**
     * What the kernel has printed since the last call, to the present moment: the console is slower than the agent's line, so it is read up to a
     * mark that the kernel is made to print. Empty where the console cannot be read.
     */
    List<String> freshConsole() {
        final List<String> now = link.console();
        if (now == null) {
            return List.of();
        }
        final String mark = "read-" + ++marks;
        ask("mark " + mark);
        final Deadline deadline = new Deadline(link, patience);
        while (true) {
            final List<String> lines = link.console();
            final int size = lines == null ? 0 : lines.size();
            for (int i = size - 1; lines != null && i >= consoleRead; i--) {
                if (lines.get(i).endsWith(MARK + mark)) {
                    final List<String> fresh = lines.subList(consoleRead, i);
                    consoleRead = i + 1;
                    return fresh;
                }
            }
            if (deadline.isOver()) {
                throw new AgentException("The kernel does not print what is written to /dev/kmsg, so that what it"
                        + " says of itself cannot be seen.");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
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
