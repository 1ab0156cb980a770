package org.kernelentry.perf.gate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One benchmark with its parameters: {@code SyscallRoundTripBenchmark.getppid:guest=x64-generic}.
 *
 * @param benchmark class and method
 * @param parameters by name, in the order given
 */
record Item(String benchmark, Map<String, String> parameters) {
    /** What is compared where nothing is named: the round trip, one guest of each architecture and both flavours. */
    static final List<String> DEFAULTS = List.of(
            "SyscallRoundTripBenchmark.getppid:guest=x64-generic",
            "SyscallRoundTripBenchmark.getppid:guest=a64-generic",
            "SyscallRoundTripBenchmark.getppid:guest=a64-native",
            "SyscallRoundTripBenchmark.getppid:guest=arm-native");

    /**
     * Reads an item.
     *
     * @throws GateException if it is none
     */
    static Item parse(final String text) {
        if (!text.matches("[\\w.]+\\.\\w+(:[\\w-]+=[^,=]+(,[\\w-]+=[^,=]+)*)?")) {
            throw new GateException("\"" + text
                    + "\" names no benchmark; write one as Class.method:parameter=value, as " + DEFAULTS.get(0) + ".");
        }
        final Map<String, String> parameters = new LinkedHashMap<>();
        final int colon = text.indexOf(':');
        if (colon >= 0) {
            for (final String each : text.substring(colon + 1).split(",", -1)) {
                final int equals = each.indexOf('=');
                parameters.put(each.substring(0, equals), each.substring(equals + 1));
            }
        }
        return new Item(colon < 0 ? text : text.substring(0, colon), parameters);
    }

    /** As JMH's command line has it. */
    List<String> arguments() {
        final List<String> arguments = new ArrayList<>();
        arguments.add("\\." + benchmark.replace(".", "\\.") + "$");
        parameters.forEach((name, value) -> {
            arguments.add("-p");
            arguments.add(name + "=" + value);
        });
        return arguments;
    }

    /** For a table. */
    String label() {
        return benchmark.replace("Benchmark.", ".")
                + (parameters.isEmpty() ? "" : " " + String.join(" ", parameters.values()));
    }
}
