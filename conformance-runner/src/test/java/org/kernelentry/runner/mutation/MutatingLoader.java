package org.kernelentry.runner.mutation;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Loads the project's own classes afresh, one of them mutated; everything else, resources included, comes from the parent. */
final class MutatingLoader extends ClassLoader {
    static {
        registerAsParallelCapable();
    }

    private final @Nullable Mutation mutation;

    /** Null loads everything as it is: the baseline the mutants are compared with. */
    MutatingLoader(final @Nullable Mutation mutation) {
        super(MutatingLoader.class.getClassLoader());
        this.mutation = mutation;
    }

    @Override
    protected Class<?> loadClass(final String name, final boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith("org.kernelentry.") || name.startsWith("org.kernelentry.runner.mutation.")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            final Class<?> known = findLoadedClass(name);
            return known != null ? known : findClass(name);
        }
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
