Feature: What generic entry does instead of arm's fast restart

  The generic loop has no label to jump back to. What a move to it changes for programs and tracers stands here beside what a fast restart
  inside the generic loop would keep. That restart (PROPOSED_GENERIC_FAST_RESTART) is a proposal; no kernel has it.

  @RST @RST-39
  Rule: Generic entry has no restart inside the kernel: a converted arm rewinds, goes out to user mode, and shows r7 as 0 after a sleep

    @generic
    Scenario Outline: A program that is stopped and continued in its sleep finds 0 in r7
      Given a guest program on <mode>:
        """
        r = nanosleep 400ms 0
        n = register r7
        note r n
        """
      When this happens:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | kill SIGCONT | continued          |
        | wait         | exited 0           |
      Then the guest notes:
        | r=0 |
        | n=0 |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @generic
    Scenario Outline: The tracer sees 0 in r7 from the restarted entry on
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: nanosleep 400ms 0
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees                  | pc     | r7           |
        | CONT          | signal SIGTRAP        |        |              |
        | set pc B.next |                       |        |              |
        | SYSCALL       | entry nanosleep       | L.next | nr.nanosleep |
        | SYSCALL       |                       |        |              |
        | until asleep  |                       |        |              |
        | send SIGUSR1  |                       |        |              |
        |               | exit nanosleep        | L.next | nr.nanosleep |
        | SYSCALL       | signal SIGUSR1        | L      | nr.nanosleep |
        | SYSCALL       | entry restart_syscall | L.next | 0            |
        | SYSCALL       | exit restart_syscall  | L.next | 0            |
        | CONT          | exited 0              |        |              |
      Then nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @generic
    Scenario Outline: A number that the tracer changed in the entry-stop is lost, and r7 decides
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        p = getpgid 0
        B: break
        L: r = getpgid 0
        if r == p {
          note "ran getpgid"
        }
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                         | sees           | pc     |
        | CONT                       | signal SIGTRAP |        |
        | set pc B.next              |                |        |
        | SYSCALL                    | entry getpgid  | L.next |
        | set number nr.gettid       |                |        |
        | send SIGUSR1               |                |        |
        | SYSCALL                    | exit gettid    | L.next |
        | set result -ERESTARTNOINTR |                |        |
        | SYSCALL                    | signal SIGUSR1 | L      |
        | SYSCALL                    | entry getpgid  | L.next |
        | CONT                       | exited 0       |        |
      Then the guest notes:
        | ran getpgid |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @generic @reference
    Scenario Outline: Two calls of a program, one of them restarted, are three ways into the kernel
      Given a guest program on <mode>:
        """
        ppoll 0 0 400ms 0 8
        """
      When this happens:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | kill SIGCONT | continued          |
        | wait         | exited 0           |
      Then these steps run this often:
        | step                       | times |
        | vector_swi (generic entry) | 3     |
        | restart inside the kernel  | 0     |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @generic @reference @proposal
    Scenario Outline: With the proposal a sleep that was stopped leaves r7 to the program and enters the kernel once
      Given a guest program on <mode>:
        """
        r = nanosleep 400ms 0
        n = register r7
        note r n
        """
      And a kernel with "PROPOSED_GENERIC_FAST_RESTART=y"
      When this happens:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | kill SIGCONT | continued          |
        | wait         | exited 0           |
      Then the guest notes:
        | r=0            |
        | n=nr.nanosleep |
      And these steps run this often:
        | step                       | times |
        | vector_swi (generic entry) | 2     |
        | restart inside the kernel  | 1     |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @generic @reference @proposal
    Scenario Outline: With the proposal a tracer sees the fresh entry-stop with pc and r7 where they were
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: nanosleep 400ms 0
        """
      And a kernel with "PROPOSED_GENERIC_FAST_RESTART=y"
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees                  | pc     | r7           |
        | CONT          | signal SIGTRAP        |        |              |
        | set pc B.next |                       |        |              |
        | SYSCALL       | entry nanosleep       | L.next | nr.nanosleep |
        | SYSCALL       |                       |        |              |
        | until asleep  |                       |        |              |
        | send SIGUSR1  |                       |        |              |
        |               | exit nanosleep        | L.next | nr.nanosleep |
        | SYSCALL       | signal SIGUSR1        | L      | nr.nanosleep |
        | SYSCALL       | entry restart_syscall | L.next | nr.nanosleep |
        | SYSCALL       | exit restart_syscall  | L.next | nr.nanosleep |
        | CONT          | exited 0              |        |              |
      Then nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @generic @reference @proposal
    Scenario Outline: With the proposal a number that the tracer changed survives the restart, as on today's arm
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        t = gettid
        B: break
        L: r = getpgid 0
        if r == t {
          note "ran gettid"
        }
        """
      And a kernel with "PROPOSED_GENERIC_FAST_RESTART=y"
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                         | sees           | pc     | r7         |
        | CONT                       | signal SIGTRAP |        |            |
        | set pc B.next              |                |        |            |
        | SYSCALL                    | entry getpgid  | L.next | nr.getpgid |
        | set number nr.gettid       |                |        |            |
        | send SIGUSR1               |                |        |            |
        | SYSCALL                    | exit gettid    | L.next | nr.getpgid |
        | set result -ERESTARTNOINTR |                |        |            |
        | SYSCALL                    | signal SIGUSR1 | L      | nr.getpgid |
        | SYSCALL                    | entry gettid   | L.next | nr.getpgid |
        | CONT                       | exited 0       |        |            |
      Then the guest notes:
        | ran gettid |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @reference @proposal
    Scenario Outline: On x86 too the proposal makes the call again without leaving the kernel
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: r = via <entry> nanosleep 400ms 0
        note r
        """
      And a kernel with "PROPOSED_GENERIC_FAST_RESTART=y"
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do           | sees                  | pc     | orig         |
        | CONT         | signal SIGTRAP        |        |              |
        | CONT         |                       |        |              |
        | until asleep |                       |        |              |
        | send SIGUSR1 |                       |        |              |
        |              | signal SIGUSR1        | L.next | nr.nanosleep |
        | SYSCALL      | entry restart_syscall | L.next | <number>     |
        | SYSCALL      | exit restart_syscall  | L.next | <number>     |
        | CONT         | exited 0              |        |              |
      Then the guest notes:
        | r=0 |
      And these steps run this often:
        | step              | times |
        | restart in kernel | 1     |
        | restart: ip -= 2  | 0     |
      And nothing else happens

      Examples:
        | mode | entry    | number |
        | x64  | syscall  | 219    |
        | ia32 | sysenter | 0      |
        | ia32 | int80    | 0      |

    @generic @reference @proposal
    Scenario Outline: On arm64 too the proposal makes the call again without leaving the kernel, with <register> and pc untouched
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: r = nanosleep 400ms 0
        n = register <register>
        note r n
        """
      And a kernel with "PROPOSED_GENERIC_FAST_RESTART=y"
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees                  | pc     | <register>   |
        | CONT          | signal SIGTRAP        |        |              |
        | set pc B.next |                       |        |              |
        | CONT          |                       |        |              |
        | until asleep  |                       |        |              |
        | send SIGUSR1  |                       |        |              |
        |               | signal SIGUSR1        | L      | nr.nanosleep |
        | SYSCALL       | entry restart_syscall | L.next | nr.nanosleep |
        | SYSCALL       | exit restart_syscall  | L.next | nr.nanosleep |
        | CONT          | exited 0              |        |              |
      Then the guest notes:
        | r=0            |
        | n=nr.nanosleep |
      And these steps run this often:
        | step              | times |
        | restart in kernel | 1     |
      And nothing else happens

      Examples:
        | mode | register |
        | a64  | x8       |
        | a32  | r7       |

    @generic @reference @proposal
    Scenario Outline: On arm64 a number that the tracer changed survives the restart with the proposal
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        t = gettid
        B: break
        L: r = getpgid 0
        if r == t {
          note "ran gettid"
        }
        """
      And a kernel with "PROPOSED_GENERIC_FAST_RESTART=y"
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                         | sees           | pc     |
        | CONT                       | signal SIGTRAP |        |
        | set pc B.next              |                |        |
        | SYSCALL                    | entry getpgid  | L.next |
        | set number nr.gettid       |                |        |
        | send SIGUSR1               |                |        |
        | SYSCALL                    | exit gettid    | L.next |
        | set result -ERESTARTNOINTR |                |        |
        | SYSCALL                    | signal SIGUSR1 | L      |
        | SYSCALL                    | entry gettid   | L.next |
        | CONT                       | exited 0       |        |
      Then the guest notes:
        | ran gettid |
      And nothing else happens

      Examples:
        | mode |
        | a64  |
        | a32  |

    @reference @proposal
    Scenario Outline: A restart for a handler stays a rewind with the proposal
      Given a guest program on <mode>:
        """
        word W
        handle SIGUSR1 restart {
          note "handled" context.pc
          poke W 1
        }
        L: r = futex &W FUTEX_WAIT 0 0
        note r
        """
      And a kernel with "PROPOSED_GENERIC_FAST_RESTART=y"
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | handled context.pc=L |
        | r=-EAGAIN            |
      And these steps run this often:
        | step                      | times |
        | restart in kernel         | 0     |
        | restart inside the kernel | 0     |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

      @generic
      Examples:
        | mode  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |
