package org.kernelentry.runner.mutation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;
import org.objectweb.asm.tree.ClassNode;

/** Which of the project's packages use which, read from the class files: what need not be loaded again for a mutant. */
final class PackageUsers {
    private static final String ROOT = "org/kernelentry/";

    /** For each package, those whose classes name one of its classes. */
    private final Map<String, Set<String>> users = new HashMap<>();

    private PackageUsers() {}

    /** The packages below {@code org.kernelentry} on the class path. */
    static PackageUsers fromClassPath() {
        final PackageUsers all = new PackageUsers();
        try {
            for (final URL url :
                    Collections.list(PackageUsers.class.getClassLoader().getResources(ROOT))) {
                all.addRoot(url.toURI());
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        return all;
    }

    /** A package and everything that uses it, directly or through others. */
    Set<String> withUsers(final String name) {
        final Set<String> found = new TreeSet<>(Set.of(name));
        final Deque<String> open = new ArrayDeque<>(found);
        while (!open.isEmpty()) {
            for (final String user : users.getOrDefault(open.pop(), Set.of())) {
                if (found.add(user)) {
                    open.push(user);
                }
            }
        }
        return found;
    }

    private void addRoot(final URI root) throws IOException {
        if (root.getScheme().equals("jar")) {
            try (FileSystem jar = FileSystems.newFileSystem(root, Map.of())) {
                addTree(jar.getPath("/" + ROOT));
            }
        } else {
            addTree(Path.of(root));
        }
    }

    private void addTree(final Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (final Path file :
                    (Iterable<Path>) files.filter(f -> f.toString().endsWith(".class"))::iterator) {
                addClass(new ClassReader(Files.readAllBytes(file)));
            }
        }
    }

    private void addClass(final ClassReader reader) {
        final String user = packageOf(reader.getClassName());
        final Remapper names = new Remapper(Opcodes.ASM9) {
            @Override
            public String map(final String internalName) {
                if (internalName.startsWith(ROOT)) {
                    users.computeIfAbsent(packageOf(internalName), p -> new HashSet<>())
                            .add(user);
                }
                return internalName;
            }
        };
        reader.accept(
                // A visitor that wants no methods is shown none, and most uses are in their bodies.
                new ClassRemapper(new ClassNode(), names), ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    }

    private static String packageOf(final String internalName) {
        return internalName.substring(0, internalName.lastIndexOf('/')).replace('/', '.');
    }
}
