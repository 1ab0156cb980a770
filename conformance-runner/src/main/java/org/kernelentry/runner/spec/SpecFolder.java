package org.kernelentry.runner.spec;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files of the spec: read once, from the jar or the build directory of spec-features, or from any directory of the
 * same layout. Names are relative to the folder, with slashes.
 */
public final class SpecFolder {
    private static final String ROOT = "spec";
    private static final String MARKER = ROOT + "/catalogue/index.yaml";
    private static final List<String> KINDS = List.of(".feature", ".adoc", ".yaml");

    private final String displayRoot;
    private final SortedMap<String, String> files;

    private SpecFolder(String displayRoot, SortedMap<String, String> files) {
        this.displayRoot = displayRoot;
        this.files = files;
    }

    /**
     * The spec that comes with the program.
     *
     * @throws SpecException if it is not on the class path or cannot be read
     */
    public static SpecFolder classPath() {
        URL marker = SpecFolder.class.getClassLoader().getResource(MARKER);
        if (marker == null) {
            throw new SpecException("The spec is not on the class path: there is no " + MARKER + ".");
        }
        return at(marker);
    }

    /** The spec whose index of the catalogue is there, in a jar or in a directory. */
    static SpecFolder at(URL marker) {
        try {
            return marker.getProtocol().equals("jar")
                    ? readJar(marker)
                    : read(ROOT, Path.of(marker.toURI()).resolve("../..").normalize());
        } catch (IOException | URISyntaxException e) {
            throw new SpecException("The spec at " + marker + " cannot be read: " + e.getMessage() + ".");
        }
    }

    /**
     * A spec of one's own.
     *
     * @throws SpecException if it is no directory or cannot be read
     */
    public static SpecFolder directory(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new SpecException("There is no directory " + directory + " to read the spec from.");
        }
        try {
            return read(directory.toString(), directory);
        } catch (IOException e) {
            throw new SpecException("The spec in " + directory + " cannot be read: " + e.getMessage() + ".");
        }
    }

    private static SpecFolder readJar(URL marker) throws IOException, URISyntaxException {
        String entry = marker.getPath();
        Path jar = Path.of(new URI(entry.substring(0, entry.indexOf("!/"))));
        try (FileSystem inside = FileSystems.newFileSystem(jar)) {
            return read(ROOT, inside.getPath("/" + ROOT));
        }
    }

    private static SpecFolder read(String displayRoot, Path root) throws IOException {
        SortedMap<String, String> files = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path file : (Iterable<Path>) tree.filter(Files::isRegularFile)::iterator) {
                String name = root.relativize(file).toString().replace('\\', '/');
                if (KINDS.stream().anyMatch(name::endsWith)) {
                    files.put(name, text(displayRoot + "/" + name, file));
                }
            }
        }
        return new SpecFolder(displayRoot, files);
    }

    private static String text(String display, Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (MalformedInputException e) {
            throw new SpecException(SourceLocation.ofFile(display), "the file is not UTF-8 text.", e);
        }
    }

    /** The names of all files that end so, sorted. */
    public List<String> names(String suffix) {
        return files.keySet().stream().filter(name -> name.endsWith(suffix)).toList();
    }

    /** Whether there is such a file. */
    public boolean contains(String name) {
        return files.containsKey(name);
    }

    /**
     * The text of a file.
     *
     * @throws SpecException if there is no such file
     */
    public String read(String name) {
        String text = files.get(name);
        if (text == null) {
            throw new SpecException(SourceLocation.ofFile(display(name)), "the file is missing.");
        }
        return text;
    }

    /** A file as people name it. */
    public String display(String name) {
        return displayRoot + "/" + name;
    }
}
