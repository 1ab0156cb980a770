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
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Which of the project's classes must come from the loader of a mutant, read from the class files: what need not be loaded again for it.
 *
 * <p>Nests (a class and all classes inside it) go together. A nest that names a class of the mutant belongs to it, else it would see two classes of one
 * name. A nest of the mutant takes along those of its package whose non-public parts it uses: for the JVM, a package is a package of one loader.
 */
final class ClassUsers {
    private static final String ROOT = "org/kernelentry/";
    /** Not asked about: the whole runner is loaded for each mutant, and its tests run outside. */
    private static final String RUNNER = ROOT + "runner/";

    private final Map<String, ClassNode> classes = new HashMap<>();
    /** For each nest, the nests that must be where it is. */
    private final Map<String, Set<String>> together = new HashMap<>();

    private ClassUsers() {}

    /** The classes below {@code org.kernelentry} on the class path. */
    static ClassUsers fromClassPath() {
        final ClassUsers all = new ClassUsers();
        try {
            for (final URL url :
                    Collections.list(ClassUsers.class.getClassLoader().getResources(ROOT))) {
                all.addRoot(url.toURI());
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        all.classes.values().forEach(all::relate);
        all.classes.clear();
        return all;
    }

    /** The nests, named by their outermost class, that must be loaded together with that of class {@code name}. */
    Set<String> with(final String name) {
        final Set<String> found = new TreeSet<>(Set.of(nest(name)));
        final Deque<String> open = new ArrayDeque<>(found);
        while (!open.isEmpty()) {
            for (final String other : together.getOrDefault(open.pop(), Set.of())) {
                if (found.add(other)) {
                    open.push(other);
                }
            }
        }
        return found;
    }

    /** Outermost class of a class; both by their names in the language. */
    static String nest(final String name) {
        final int inner = name.indexOf('$');
        return inner < 0 ? name : name.substring(0, inner);
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
                final ClassReader reader = new ClassReader(Files.readAllBytes(file));
                if (!reader.getClassName().startsWith(RUNNER)) {
                    final ClassNode node = new ClassNode();
                    reader.accept(node, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
                    classes.put(node.name, node);
                }
            }
        }
    }

    private void relate(final ClassNode node) {
        // A visitor that wants no methods is shown none, and most uses are in their bodies.
        node.accept(new ClassRemapper(new ClassNode(), new Remapper(Opcodes.ASM9) {
            @Override
            public String map(final String used) {
                if (used.startsWith(ROOT)) {
                    bind(used, node.name);
                    final ClassNode type = classes.get(used);
                    if (type != null && (type.access & Opcodes.ACC_PUBLIC) == 0) {
                        bind(node.name, used);
                    }
                }
                return used;
            }
        }));
        inherits(node, node.superName);
        node.interfaces.forEach(above -> inherits(node, above));
        for (final MethodNode method : node.methods) {
            for (final AbstractInsnNode instruction : method.instructions) {
                if (instruction instanceof MethodInsnNode call) {
                    uses(node, call.owner, call.name, call.desc);
                } else if (instruction instanceof FieldInsnNode field) {
                    uses(node, field.owner, field.name, field.desc);
                } else if (instruction instanceof InvokeDynamicInsnNode dynamic) {
                    for (final Object argument : dynamic.bsmArgs) {
                        if (argument instanceof Handle handle) {
                            uses(node, handle.getOwner(), handle.getName(), handle.getDesc());
                        }
                    }
                }
            }
        }
    }

    /** Sealed types are of one loader's module, and methods of a package are overridden in that package only. */
    private void inherits(final ClassNode node, final String above) {
        final ClassNode type = classes.get(above);
        if (type != null
                && (type.permittedSubclasses != null
                        || type.methods.stream().anyMatch(m -> (m.access & Opcodes.ACC_PUBLIC) == 0))) {
            bind(node.name, above);
        }
    }

    private void uses(final ClassNode node, final String owner, final String name, final String descriptor) {
        final ClassNode type = classes.get(owner);
        if (type != null && !isPublic(type, name, descriptor)) {
            bind(node.name, owner);
        }
    }

    /** Whether the member is this class's own and public; an inherited one could be anything. */
    private static boolean isPublic(final ClassNode type, final String name, final String descriptor) {
        for (final MethodNode method : type.methods) {
            if (method.name.equals(name) && method.desc.equals(descriptor)) {
                return (method.access & Opcodes.ACC_PUBLIC) != 0;
            }
        }
        for (final FieldNode field : type.fields) {
            if (field.name.equals(name) && field.desc.equals(descriptor)) {
                return (field.access & Opcodes.ACC_PUBLIC) != 0;
            }
        }
        return false;
    }

    /** Where {@code nest} is, {@code other} must be. */
    private void bind(final String one, final String other) {
        final String from = nest(one.replace('/', '.'));
        final String to = nest(other.replace('/', '.'));
        if (!from.equals(to)) {
            together.computeIfAbsent(from, n -> new HashSet<>()).add(to);
        }
    }
}
