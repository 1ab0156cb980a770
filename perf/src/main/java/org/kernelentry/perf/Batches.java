package org.kernelentry.perf;

import java.lang.reflect.Field;

/** Runs batches of one benchmark and nothing else, for whoever counts instructions from outside. */
public final class Batches {
    private Batches() {}

    /**
     * Runs them.
     *
     * @param args class of this package and its method, the number of batches, and {@code parameter=value} for each parameter
     * @throws ReflectiveOperationException if there is no such benchmark
     */
    public static void main(final String... args) throws ReflectiveOperationException {
        final int dot = args[0].lastIndexOf('.');
        final Class<?> type = Class.forName("org.kernelentry.perf." + args[0].substring(0, dot));
        final Object benchmark = type.getConstructor().newInstance();
        for (int i = 2; i < args.length; i++) {
            final int equals = args[i].indexOf('=');
            final Field field = type.getField(args[i].substring(0, equals));
            final String value = args[i].substring(equals + 1);
            field.set(benchmark, field.getType() == boolean.class ? (Object) Boolean.valueOf(value) : value);
        }
        type.getMethod("boot").invoke(benchmark);
        final int batches = Integer.parseInt(args[1]);
        for (int i = 0; i < batches; i++) {
            type.getMethod(args[0].substring(dot + 1)).invoke(benchmark);
        }
        type.getMethod("end").invoke(benchmark);
    }
}
