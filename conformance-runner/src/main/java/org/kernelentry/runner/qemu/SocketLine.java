package org.kernelentry.runner.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The runner's end of a line into a guest: a socket that QEMU connects to. When this end is closed, however this process ends, the agent
 * reads the end of its input and the guest powers off.
 *
 * <p>Not the streams of {@link java.nio.channels.Channels}: in Java 17 theirs lock each other out, so that a reader that waits keeps the
 * writer from sending what it waits for.
 */
final class SocketLine implements AutoCloseable {
    private final ServerSocketChannel server;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable SocketChannel channel;

    SocketLine(final Path path) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path), 1);
    }

    /** Waits for QEMU to connect, which is the first thing it does; {@link #close} ends the wait. */
    private SocketChannel connected() throws IOException {
        lock.lock();
        try {
            if (channel == null) {
                channel = server.accept();
            }
            return channel;
        } finally {
            lock.unlock();
        }
    }

    /** What the agent sends. */
    InputStream in() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                final byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(final byte[] bytes, final int offset, final int length) throws IOException {
                Objects.checkFromIndexSize(offset, length, bytes.length);
                return length == 0 ? 0 : connected().read(ByteBuffer.wrap(bytes, offset, length));
            }
        };
    }

    /** To the agent. */
    OutputStream out() {
        return new OutputStream() {
            @Override
            public void write(final int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(final byte[] bytes, final int offset, final int length) throws IOException {
                final ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
                while (buffer.hasRemaining()) {
                    connected().write(buffer);
                }
            }
        };
    }

    @Override
    public void close() {
        try {
            server.close();
            final SocketChannel open = channel;
            if (open != null) {
                open.close();
            }
        } catch (final IOException e) {
            // It is closed, which was all that was wanted.
        }
    }
}
