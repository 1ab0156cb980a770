package org.kernelentry.perf.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The benchmarks of another commit, built from a work tree of its own, so that uncommitted changes neither disturb nor get lost. A jar that was
 * built before is used again.
 *
 * @param root of the project
 * @param offline whether Maven must not download
 */
record BaseBuild(Path root, boolean offline) {
    private static final long GIT_MINUTES = 2;
    private static final long BUILD_MINUTES = 15;
    private static final int SHOWN = 12;

    /** The commit's full name. */
    String commit(final String name) {
        if (name.isBlank()) {
            throw new GateException("no commit to compare with was named.");
        }
        final String found = git("rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}");
        if (!found.trim().matches("[0-9a-f]{40,64}")) {
            throw new GateException("\"" + name + "\" names no commit of " + root + ".");
        }
        return found.trim();
    }

    /** A word for people: the commit's short name and subject. */
    String describe(final String commit) {
        return git("log", "-1", "--format=%h %s", commit).trim();
    }

    /**
     * The jar of the benchmarks at a commit.
     *
     * @throws GateException if it cannot be built
     */
    Path jar(final String commit) {
        final Path kept = root.resolve("target/perf").resolve(commit);
        final Path jar = kept.resolve("perf.jar");
        if (Files.isRegularFile(jar)) {
            return jar;
        }
        final Path tree = root.resolve("target/perf/tree-" + commit);
        try {
            delete(tree);
            delete(kept);
            Files.createDirectories(kept);
            git("worktree", "prune");
            final String said = git("worktree", "add", "--detach", "--force", tree.toString(), commit);
            if (!Files.isDirectory(tree.resolve("perf"))) {
                throw new GateException(
                        "there are no benchmarks at " + describe(commit) + "; git said: " + Fork.lastLine(said));
            }
            try {
                build(tree, commit);
                copy(tree.resolve("perf/target/dev/lib"), kept.resolve("lib"));
                // Last: where it is, everything is.
                Files.copy(tree.resolve("perf/target/dev/perf.jar"), jar);
            } finally {
                git("worktree", "remove", "--force", tree.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jar;
    }

    private void build(final Path tree, final String commit) throws IOException {
        final List<String> command =
                new ArrayList<>(List.of(tree.resolve("mvnw").toString(), "-f", tree.toString()));
        if (offline) {
            command.add("-o");
        }
        command.addAll(List.of("-q", "-B", "-Dquickly", "-pl", "perf", "-am", "package"));
        final String output = Fork.output(command, BUILD_MINUTES);
        if (!Files.isRegularFile(tree.resolve("perf/target/dev/perf.jar"))) {
            throw new GateException(describe(commit) + " does not build:\n"
                    + String.join("\n", output.lines().limit(SHOWN).toList()));
        }
    }

    private String git(final String... arguments) {
        final List<String> command = new ArrayList<>(List.of("git", "-C", root.toString()));
        command.addAll(Arrays.asList(arguments));
        try {
            return Fork.output(command, GIT_MINUTES);
        } catch (IOException e) {
            throw new GateException("git cannot be run: " + e.getMessage() + ".");
        }
    }

    private static void copy(final Path from, final Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (final Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void delete(final Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (final Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
