package org.kernelentry.runner.spec;

/**
 * A line of a file of the spec.
 *
 * @param file the file as people name it, such as {@code spec/04-restart/table.feature}
 * @param line the line, counted from 1; 0 stands for the file as a whole
 */
public record SourceLocation(String file, int line) implements Comparable<SourceLocation> {

    /** The file as a whole. */
    public static SourceLocation ofFile(String file) {
        return new SourceLocation(file, 0);
    }

    @Override
    public int compareTo(SourceLocation other) {
        int byFile = file.compareTo(other.file);
        return byFile != 0 ? byFile : Integer.compare(line, other.line);
    }

    /** {@code file:line}, or the file alone. */
    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line;
    }
}
