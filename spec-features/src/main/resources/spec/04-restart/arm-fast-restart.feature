Feature: Arm's restart inside the kernel

  Arm restarts a call without leaving the kernel: it jumps back to its own label with the number it still holds, and nothing the program can
  see has moved.

  @RST @RST-16
  Rule: Arm restarts without a handler inside the kernel, with the number it holds and r0 to r6 read anew; r7 and pc never move

    @native
    Scenario Outline: A number that the tracer changed in the entry-stop runs again, with r7 and pc as the program left them
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        t = gettid
        B: break
        L: r = getpgid 0
        n = register r7
        if r == t {
          note "ran gettid" n
        }
        """
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
        | SYSCALL                    | exit gettid    | L.next | nr.getpgid |
        | CONT                       | exited 0       |        |            |
      Then the guest notes:
        | ran gettid n=nr.getpgid |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @native
    Scenario Outline: Arguments that the tracer writes at the signal are those of the second run
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        word W
        B: break
        write -1 "first" 5
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                         | sees           | arg0 | arg2 |
        | CONT                       | signal SIGTRAP |      |      |
        | set pc B.next              |                |      |      |
        | SYSCALL                    | entry write    | -1   | 5    |
        | send SIGUSR1               |                |      |      |
        | SYSCALL                    | exit write     |      |      |
        | set result -ERESTARTNOINTR |                |      |      |
        | CONT                       | signal SIGUSR1 | -1   | 5    |
        | set arg0 1                 |                |      |      |
        | set arg2 3                 |                |      |      |
        | SYSCALL                    | entry write    | 1    | 3    |
        | CONT                       | exited 0       |      |      |
      Then its output is "fir"
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @native
    Scenario Outline: Call tracing switched on at the signal reports the second run's entry
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: r = ppoll 0 0 2s 0 8
        n = register r7
        note r n
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | pc     | r7       |
        | CONT          | signal SIGTRAP |        |          |
        | set pc B.next |                |        |          |
        | CONT          |                |        |          |
        | until asleep  |                |        |          |
        | send SIGUSR1  |                |        |          |
        |               | signal SIGUSR1 | L      | nr.ppoll |
        | SYSCALL       | entry ppoll    | L.next | nr.ppoll |
        | SYSCALL       | exit ppoll     | L.next | nr.ppoll |
        | CONT          | exited 0       |        |          |
      Then the guest notes:
        | r=0        |
        | n=nr.ppoll |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @native
    Scenario Outline: A tracer that moves the pc at the signal ends the restart
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        ppoll 0 0 20s 0 8
        note "not reached"
        M: nop
        note "moved"
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | CONT          |                |
        | until asleep  |                |
        | send SIGUSR1  |                |
        |               | signal SIGUSR1 |
        | set pc M      |                |
        | CONT          | exited 0       |
      Then the guest notes:
        | moved |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @native @reference @timeline
    Scenario Outline: Two calls of a program, one of them restarted, are two ways into the kernel and three runs
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
        | step          | times |
        | vector_swi    | 2     |
        | local_restart | 3     |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @RST @RST-17
  Rule: On arm ERESTART_RESTARTBLOCK makes the number restart_syscall for the kernel's own loop, while r7 keeps the program's

    @native
    Scenario Outline: The restarted sleep is entered as restart_syscall with the program's number in r7
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: r = nanosleep 2s 0
        n = register r7
        note r n
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees                  | pc     | r7           | number       |
        | CONT          | signal SIGTRAP        |        |              |              |
        | set pc B.next |                       |        |              |              |
        | SYSCALL       | entry nanosleep       | L.next | nr.nanosleep | nr.nanosleep |
        | SYSCALL       |                       |        |              |              |
        | until asleep  |                       |        |              |              |
        | send SIGUSR1  |                       |        |              |              |
        |               | exit nanosleep        | L.next | nr.nanosleep | nr.nanosleep |
        | SYSCALL       | signal SIGUSR1        | L      | nr.nanosleep | nr.nanosleep |
        | SYSCALL       | entry restart_syscall | L.next | nr.nanosleep | 0            |
        | SYSCALL       | exit restart_syscall  | L.next | nr.nanosleep | 0            |
        | CONT          | exited 0              |        |              |              |
      Then the guest notes:
        | r=0            |
        | n=nr.nanosleep |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @native
    Scenario Outline: A program that is stopped and continued finds its number in r7
      Given a guest program on <mode>:
        """
        r = nanosleep 2s 0
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
        | r=0            |
        | n=nr.nanosleep |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |
