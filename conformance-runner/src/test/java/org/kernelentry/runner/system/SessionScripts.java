package org.kernelentry.runner.system;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.kernelentry.kernel.Kernel;
import org.kernelentry.kernel.KernelConfig;
import org.kernelentry.kernel.KernelConfig.Flavour;
import org.kernelentry.kernel.task.Mm;
import org.kernelentry.machine.memory.PagedSpace;
import org.kernelentry.notation.GuestProgram;
import org.kernelentry.notation.GuestTarget;
import org.kernelentry.notation.Notation;
import org.kernelentry.runner.spec.Architecture;

/** Makes the input of {@code ptrace-recorder.c}: guest programs as machine code and random sessions with them, the same from the same seed. */
final class SessionScripts {
    private static final int TRACESYSGOOD = 1;
    private static final int TRACEFORK = 1 << 1;
    private static final int TRACECLONE = 1 << 3;
    private static final int TRACEEXIT = 1 << 6;
    private static final int EXITKILL = 1 << 20;

    private static final Map<String, String> PROGRAMS = new LinkedHashMap<>();

    static {
        PROGRAMS.put("pauses", """
                break
                handle SIGUSR1 restart {
                  nop
                }
                handle SIGUSR2 {
                  nop
                }
                forever {
                  pause
                  geteuid
                }
                """);
        PROGRAMS.put("restarts", """
                break
                handle SIGUSR1 restart {
                  note "a"
                }
                handle SIGUSR2 mask SIGUSR1 {
                  note "b"
                  raise SIGUSR1
                  geteuid
                }
                word SET
                forever {
                  r = nanosleep 600s 0
                  note r
                  r = futex &SET 0 0 0
                  note r
                  rt_sigsuspend &SET 8
                  wait4 -1 0 0 0
                }
                """);
        PROGRAMS.put("faults", """
                break
                handle SIGUSR1 nodefer {
                  geteuid
                  undef
                }
                handle SIGILL restart {
                  note "ill"
                  exit_group 3
                }
                handle SIGTRAP {
                  note "trap"
                }
                handle SIGSEGV once {
                  note "segv"
                  nop
                }
                handle SIGUSR2 {
                  break
                  nop
                }
                word SET
                forever {
                  poll 0 0 -1
                  gettid
                  syscall 999
                  rt_sigsuspend &SET 8
                }
                """);
        PROGRAMS.put("threads and children", """
                break
                handle SIGUSR1 restart {
                  note "a"
                }
                handle SIGUSR2 {
                  geteuid
                }
                thread {
                  forever {
                    pause
                    geteuid
                  }
                }
                fork {
                  forever {
                    pause
                    gettid
                  }
                }
                wait4 -1 0 0 0
                forever {
                  pause
                  geteuid
                }
                """);
    }

    private final Random random;
    private final PrintStream out;

    private SessionScripts(final long seed, final PrintStream out) {
        this.random = new Random(seed);
        this.out = out;
    }

    /** {@code main(seed, sessions per program)}. */
    public static void main(final String[] args) {
        final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        final SessionScripts scripts = new SessionScripts(Long.parseLong(args[0]), out);
        PROGRAMS.forEach((name, text) -> {
            out.println("program " + name);
            assemble(text, out);
            final int tasks = name.contains("threads") ? 3 : 1;
            for (int i = 1; i <= Integer.parseInt(args[1]); i++) {
                scripts.session(i, tasks);
            }
        });
    }

    private static void assemble(final String text, final PrintStream out) {
        try (Kernel k = new Kernel(KernelConfig.of(Flavour.GENERIC), Systems.port(Architecture.X86))) {
            final Mm mm = new Mm(PagedSpace.create(k.arch.taskSize("x64")), k.arch.taskSize("x64"));
            final GuestProgram program = Notation.assemble(
                    text, new GuestTarget("x64", k.arch.abi("x64"), origin -> k.arch.assembler("x64", origin, mm)));
            out.println("code " + HexFormat.of().formatHex(program.code()));
            out.println("data " + HexFormat.of().formatHex(program.data()));
        }
    }

    private long pick(final long... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String pick(final String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private void session(final int number, final int tasks) {
        final long follow = tasks > 1 ? TRACEFORK | TRACECLONE : 0;
        final long options = follow | pick(TRACESYSGOOD, TRACESYSGOOD, TRACESYSGOOD | TRACEEXIT, 0, EXITKILL);
        out.println("session " + number + " options " + options);
        for (long i = pick(0, 1, 2, 3); i > 0; i--) {
            out.println("0 cont 0");
            for (int task = 0; task < tasks; task++) {
                out.println(task + " wait");
            }
        }
        for (int i = 6 + random.nextInt(14); i > 0; i--) {
            final int task = random.nextInt(tasks);
            action(task);
            for (int other = 0; other < tasks; other++) {
                if (other == task || random.nextInt(4) != 0) {
                    out.println(other + " wait");
                }
            }
            for (final String look : new String[] {"siginfo", "message", "regs"}) {
                if (random.nextBoolean()) {
                    out.println(task + " " + look);
                }
            }
        }
    }

    private void action(final int task) {
        final int dice = random.nextInt(200);
        if (dice < 90) {
            out.println(task + " " + pick("cont", "cont", "syscall", "syscall", "step", "sysemu", "sysemu-step") + " "
                    + pick(0, 0, 0, 0, 0, 10, 12, 18, 19));
        } else if (dice < 100) {
            out.println(task + " interrupt");
        } else if (dice < 108) {
            out.println(task + " listen");
        } else if (dice < 148) {
            out.println(task + " " + pick("kill", "tkill") + " " + pick(10, 12, 18, 19, 17, 10, 12, 18, 19, 28));
        } else if (dice < 154) {
            out.println(task + " detach " + pick(0, 0, 10, 18, 19));
        } else if (dice < 160) {
            out.println(task + " " + pick("seize 1", "attach", "setoptions 1", "setoptions 524288"));
        } else if (dice < 170) {
            out.println(task + " setsigmask " + pick(0, 1 << 9, 1 << 11, 1 << 9 | 1 << 11, 1 << 17, 1 << 19));
        } else if (dice < 176) {
            out.println(task + " getsigmask");
        } else if (dice < 186) {
            out.println(task + " set-rax " + pick(-512, -513, -514, -516, 5));
        } else if (dice < 190) {
            out.println(task + " set-orig_rax " + pick(-1, 107, 34));
        } else if (dice < 192) {
            out.println(task + " " + pick("kill 9", "kill 15", "tkill 9"));
        }
    }
}
