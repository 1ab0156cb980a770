package org.kernelentry.perf.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A folder without subfolders that is gone when it is closed, and also when this program is interrupted: what runs in it is ended first then. */
final class ScratchFolder implements AutoCloseable {
    private final Path path;
    private final Thread whenInterrupted = new Thread(this::abandon, "removes the scratch folder");

    ScratchFolder(final String prefix) throws IOException {
        final String name = prefix + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());
        path = Path.of(System.getProperty("java.io.tmpdir"), name);
        // In this order: once the folder is there, there is somebody to remove it.
        Runtime.getRuntime().addShutdownHook(whenInterrupted);
        Files.createDirectory(path);
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        if (!isShuttingDown()) {
            delete();
        }
    }

    /** The hook has begun then, and deletes. */
    private boolean isShuttingDown() {
        try {
            return !Runtime.getRuntime().removeShutdownHook(whenInterrupted);
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private void abandon() {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        try {
            delete();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whoever still writes here meanwhile finds no folder in the end. */
    private void delete() throws IOException {
        while (Files.exists(path)) {
            try (Stream<Path> files = Files.list(path)) {
                for (final Path file : files.toList()) {
                    Files.deleteIfExists(file);
                }
                Files.delete(path);
            } catch (DirectoryNotEmptyException | NoSuchFileException e) {
                // Written to, or gone, since it was listed: look again.
            }
        }
    }
}
