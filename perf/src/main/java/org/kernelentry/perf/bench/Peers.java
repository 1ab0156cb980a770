package org.kernelentry.perf.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.arch.Port;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.notation.GuestProgram;
import org.kernelentry.notation.GuestTarget;
import org.kernelentry.notation.Notation;

/** The system call round trip of the reference beside other systems, all in turn, so that a busy moment of the machine hits each of them. */
final class Peers {
    private static final long WARM_UP = 3_000_000_000L;

    private final PrintWriter out;
    private final int rounds;
    /** The guests of the reference, each in a JVM of its own that stays, so that it is compiled once. */
    private final Map<String, SliceProcess> running = new LinkedHashMap<>();

    Peers(final PrintWriter out, final int rounds) {
        this.out = out;
        this.rounds = rounds;
    }

    /** Measures and prints. */
    void run() throws IOException {
        final List<String> missing = new ArrayList<>();
        final List<Peer> peers = Peer.available(missing);
        try (ScratchFolder folder = new ScratchFolder("kernel-entry-peers")) {
            measure(peers, missing, folder.path());
        } finally {
            running.values().forEach(SliceProcess::close);
        }
    }

    private void measure(final List<Peer> peers, final List<String> missing, final Path folder) throws IOException {
        final Map<Peer, double[]> theirs = new LinkedHashMap<>();
        peers.forEach(peer -> theirs.put(peer, new double[rounds]));
        final Map<String, double[]> ours = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (final String mode : List.of("x64", "a64", "arm")) {
                times(ours, mode)[round] = ours(mode);
                for (final Peer peer : peers) {
                    final double[] times = theirs.get(peer);
                    if (peer.mode().equals(mode) && times != null) {
                        try {
                            times[round] = peer.run(program(peer, folder));
                        } catch (BenchException e) {
                            missing.add(e.getMessage());
                            theirs.remove(peer);
                        }
                    }
                }
            }
            out.printf("round %d of %d%n", round + 1, rounds);
            out.flush();
        }
        out.printf("%nns per getppid; medians of %d rounds in turn%n%n", rounds);
        out.printf("%-28s%6s%10s%10s%16s%n", "system", "mode", "its own", "ours", "ours is");
        theirs.forEach((peer, values) -> {
            final double[] ratios = new double[rounds];
            for (int i = 0; i < rounds; i++) {
                ratios[i] = values[i] / times(ours, peer.mode())[i];
            }
            final double ratio = median(ratios);
            out.printf(
                    Locale.ROOT,
                    "%-28s%6s%10.1f%10.1f%15s%n",
                    peer.name(),
                    peer.mode(),
                    median(values),
                    median(times(ours, peer.mode())),
                    ratio >= 1
                            ? String.format(Locale.ROOT, "%.1fx faster", ratio)
                            : String.format(Locale.ROOT, "%.1fx slower", 1 / ratio));
        });
        missing.forEach(each -> out.println("not measured: " + each));
        out.flush();
    }

    private double[] times(final Map<String, double[]> each, final String mode) {
        return each.computeIfAbsent(mode, m -> new double[rounds]);
    }

    private double ours(final String mode) throws IOException {
        SliceProcess run = running.get(mode);
        if (run == null) {
            run = TimedRoundTrip.start(mode.equals("x64") ? "x64-generic" : mode + "-native", WARM_UP);
            running.put(mode, run);
        }
        return Double.parseDouble(run.slice());
    }

    static Path program(final Peer peer, final Path folder) throws IOException {
        final Path file = folder.resolve(peer.mode() + "-" + peer.calls());
        if (!Files.exists(file)) {
            Files.write(file, ElfImage.of(assemble(peer.source(), peer.mode())));
            if (!file.toFile().setExecutable(true)) {
                throw new BenchException("a program in " + folder + " cannot be made executable.");
            }
        }
        return file;
    }

    private static GuestProgram assemble(final String source, final String mode) {
        final Port port = ServiceLoader.load(Port.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.modes().contains(mode))
                .findFirst()
                .orElseThrow();
        try (Kernel kernel = new Kernel(KernelConfig.of(Flavour.GENERIC), port)) {
            final long top = kernel.arch.taskSize(mode);
            final Mm mm = new Mm(PagedSpace.create(top), top);
            return Notation.assemble(
                    source,
                    new GuestTarget(mode, kernel.arch.abi(mode), origin -> kernel.arch.assembler(mode, origin, mm)));
        }
    }

    private static double median(final double[] values) {
        final double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
