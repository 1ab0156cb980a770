package org.kernelentry.runner.report;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.kernelentry.runner.spec.SpecException;

/** Files of a report. */
public final class Reports {
    private Reports() {}

    /**
     * Writes a text, making the folders above it.
     *
     * @throws SpecException if that is not possible: a folder that may not be written, a full disk
     */
    public static void write(Path file, String text) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                Files.writeString(file, text); // a terminal, a pipe
            } else {
                replace(file, text);
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** What was there before is kept until all of the new text is on the disk. */
    private static void replace(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(fresh, text);
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /**
     * Makes sure that a file can be written, before anything long is done whose result belongs in it.
     *
     * @throws SpecException if it cannot
     */
    public static void probe(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            if (Files.exists(file)) {
                if (Files.isDirectory(file) || !Files.isWritable(file)) {
                    throw new AccessDeniedException(file.toString());
                }
            } else {
                Files.createFile(file);
                Files.delete(file);
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /**
     * The content of a file that the user named.
     *
     * @throws SpecException if it cannot be read
     */
    public static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new SpecException("Cannot read " + file + ": " + reason(e) + ".", e);
        }
    }

    /** A file as people name it: from where they are if it is below. */
    public static Path shown(Path file) {
        Path here = Path.of("").toAbsolutePath();
        Path there = file.toAbsolutePath().normalize();
        return there.startsWith(here) ? here.relativize(there) : there;
    }

    static SpecException unwritable(Path file, IOException cause) {
        return new SpecException("Cannot write " + file + ": " + reason(cause) + ".");
    }

    /** What went wrong, in words; the file system's own messages are often but a file name. */
    public static String reason(IOException cause) {
        String file = fileOf(cause);
        if (!file.isEmpty() && Files.isDirectory(Path.of(file))) {
            return "it is a directory, or one that may not be written";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof NoSuchFileException || cause instanceof NotDirectoryException) {
            return "there is no such folder";
        }
        if (cause instanceof FileAlreadyExistsException) {
            return file + " is no directory";
        }
        if (cause instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        return String.valueOf(cause.getMessage());
    }

    private static String fileOf(IOException cause) {
        String file = cause instanceof FileSystemException system ? system.getFile() : null;
        return file == null ? "" : file;
    }
}
