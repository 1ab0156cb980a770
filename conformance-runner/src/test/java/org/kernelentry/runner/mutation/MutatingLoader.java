package org.kernelentry.runner.mutation;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes that a mutant is made of, one of them mutated.
 *
 * <p>These are the mutated package, every package that uses it, directly or through others, and the runner, which keeps
 * what it has made of them. Everything else, resources and the reading of the spec included, comes from the parent: it
 * cannot know the mistake, and is as warm as the mutants before have made it.
 */
final class MutatingLoader extends ClassLoader {
    private static final PackageUsers PACKAGES = PackageUsers.fromClassPath();
    private static final String RUNNER = "org.kernelentry.runner.";
    private static final List<String> SHARED = List.of(RUNNER + "mutation.", RUNNER + "spec.");

    static {
        registerAsParallelCapable();
    }

    private final @Nullable Mutation mutation;
    private final Set<String> fresh;

    /** Null loads everything as it is: the baseline the mutants are compared with. */
    MutatingLoader(final @Nullable Mutation mutation) {
        super(MutatingLoader.class.getClassLoader());
        this.mutation = mutation;
        this.fresh = mutation == null ? Set.of() : PACKAGES.withUsers(packageOf(mutation.type()));
    }

    @Override
    protected Class<?> loadClass(final String name, final boolean resolve) throws ClassNotFoundException {
        if (!isFresh(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            final Class<?> known = findLoadedClass(name);
            return known != null ? known : findClass(name);
        }
    }

    private boolean isFresh(final String name) {
        return fresh.contains(packageOf(name))
                || name.startsWith(RUNNER) && SHARED.stream().noneMatch(name::startsWith);
    }

    private static String packageOf(final String className) {
        return className.substring(0, Math.max(className.lastIndexOf('.'), 0));
    }

    @Override
    protected Class<?> findClass(final String name) throws ClassNotFoundException {
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            if (mutation != null && name.equals(mutation.type())) {
                bytes = Mutator.apply(mutation, bytes);
            }
            return defineClass(name, bytes, 0, bytes.length);
        } catch (final IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
