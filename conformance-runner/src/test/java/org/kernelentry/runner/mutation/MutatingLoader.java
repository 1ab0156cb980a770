package org.kernelentry.runner.mutation;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes that a mutant is made of, one of them mutated.
 *
 * <p>These are the mutated class, every class that uses it, directly or through others, what these share a package's
 * secrets with, and the runner, which keeps what it has made of them. Everything else, resources and the reading of the spec included, comes from the parent: it
 * cannot know the mistake, and is as warm as the mutants before have made it.
 */
final class MutatingLoader extends ClassLoader {
    private static final ClassUsers CLASSES = ClassUsers.fromClassPath();
    private static final String RUNNER = "org.kernelentry.runner.";
    private static final List<String> SHARED = List.of(RUNNER + "mutation.", RUNNER + "spec.");

    /** Class files, read once for all mutants. */
    private static final Map<String, byte[]> FILES = new ConcurrentHashMap<>();
    /** Classes that Cucumber asks for after every scenario and that are not on the class path. */
    private static final Set<String> MISSING = ConcurrentHashMap.newKeySet();

    static {
        registerAsParallelCapable();
    }

    private final @Nullable Mutation mutation;
    private final Set<String> fresh;

    /** Null loads everything as it is: the baseline the mutants are compared with. */
    MutatingLoader(final @Nullable Mutation mutation) {
        super(MutatingLoader.class.getClassLoader());
        this.mutation = mutation;
        this.fresh = mutation == null ? Set.of() : CLASSES.with(mutation.type());
    }

    @Override
    protected Class<?> loadClass(final String name, final boolean resolve) throws ClassNotFoundException {
        if (!isFresh(name)) {
            return fromParent(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            final Class<?> known = findLoadedClass(name);
            return known != null ? known : findClass(name);
        }
    }

    private Class<?> fromParent(final String name, final boolean resolve) throws ClassNotFoundException {
        if (MISSING.contains(name)) {
            throw new ClassNotFoundException(name);
        }
        try {
            return super.loadClass(name, resolve);
        } catch (final ClassNotFoundException e) {
            MISSING.add(name);
            throw e;
        }
    }

    private boolean isFresh(final String name) {
        return fresh.contains(ClassUsers.nest(name))
                || name.startsWith(RUNNER) && SHARED.stream().noneMatch(name::startsWith);
    }

    @Override
    protected Class<?> findClass(final String name) throws ClassNotFoundException {
        byte[] bytes = FILES.get(name);
        if (bytes == null) {
            bytes = read(name);
            FILES.put(name, bytes);
        }
        if (mutation != null && name.equals(mutation.type())) {
            bytes = Mutator.apply(mutation, bytes);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] read(final String name) throws ClassNotFoundException {
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (final IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
