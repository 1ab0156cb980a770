Feature: What a tracer sees of a restart

  The ports differ in when they decide. On x86 the tracer chooses first and the kernel then looks at the result register; arm64 and arm have
  rewound the program already when the tracer is shown the signal.

  @RST @RST-10
  Rule: On x86 the decision comes after the tracer's: the stop shows the pc behind the call and the raw code

    Scenario Outline: At the signal-delivery-stop nothing has been rewound
      Given a guest program on <mode>:
        """
        handle SIGUSR1 restart {
          note "handled"
        }
        B: break
        L: r = nanosleep 2s 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do           | sees            | pc     | result                 |
        | CONT         | signal SIGTRAP  |        |                        |
        | SYSCALL      | entry nanosleep |        |                        |
        | SYSCALL      |                 |        |                        |
        | until asleep |                 |        |                        |
        | send SIGUSR1 |                 |        |                        |
        |              | exit nanosleep  | L.next | -ERESTART_RESTARTBLOCK |
        | CONT         | signal SIGUSR1  | L.next | -ERESTART_RESTARTBLOCK |
        | CONT         | exited 0        |        |                        |
      Then the guest notes:
        | r=0 |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

    Scenario Outline: Another signal put in the place of the first brings its own handler's rules
      Given a guest program on <mode>:
        """
        handle SIGUSR1 restart {
          note "first"
        }
        handle SIGUSR2 {
          note "second"
        }
        fork {
          nanosleep 90000s 0
        }
        B: break
        r = wait4 -1 0 0 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           |
        | CONT              | signal SIGTRAP |
        | CONT              |                |
        | until asleep      |                |
        | send SIGUSR1      |                |
        |                   | signal SIGUSR1 |
        | CONT with SIGUSR2 | exited 0       |
      Then the guest notes:
        | second   |
        | r=-EINTR |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @RST @RST-11
  Rule: On arm64 and arm the program is rewound before the tracer is asked: the stop shows the call's own pc and argument 0

    @native
    Scenario Outline: At the signal-delivery-stop the call has not happened yet
      Given a guest program on <mode>:
        """
        handle SIGUSR1 restart {
          note "handled"
        }
        word W
        B: break
        L: r = futex &W FUTEX_WAIT 0 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees              | pc     | result       |
        | CONT          | signal SIGTRAP    |        |              |
        | set pc B.next |                   |        |              |
        | SYSCALL       | entry futex       |        |              |
        | SYSCALL       |                   |        |              |
        | until asleep  |                   |        |              |
        | send SIGUSR1  |                   |        |              |
        |               | exit futex        | L.next | -ERESTARTSYS |
        | CONT          | signal SIGUSR1    | L      | W            |
        | kill SIGKILL  | killed by SIGKILL |        |              |
      Then nothing else happens

      Examples:
        | mode  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @RST @RST-42
  Rule: Under PTRACE_SYSCALL an unhandled restart shows entry, exit with the raw code, the signal, and a fresh entry

    Scenario Outline: The restarted sleep is entered again as restart_syscall
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: r = nanosleep 2s 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees                  | result                 |
        | CONT          | signal SIGTRAP        |                        |
        | set pc B.next |                       |                        |
        | SYSCALL       | entry nanosleep       |                        |
        | SYSCALL       |                       |                        |
        | until asleep  |                       |                        |
        | send SIGUSR1  |                       |                        |
        |               | exit nanosleep        | -ERESTART_RESTARTBLOCK |
        | SYSCALL       | signal SIGUSR1        |                        |
        | SYSCALL       | entry restart_syscall |                        |
        | SYSCALL       | exit restart_syscall  | 0                      |
        | CONT          | exited 0              |                        |
      Then the guest notes:
        | r=0 |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @RST @RST-43
  Rule: A tracer that writes the return register in the exit-stop takes a restart away, or makes one

    Scenario Outline: A restart code overwritten with a value is not restarted
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        r = nanosleep 20s 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do             | sees            |
        | CONT           | signal SIGTRAP  |
        | set pc B.next  |                 |
        | SYSCALL        | entry nanosleep |
        | SYSCALL        |                 |
        | until asleep   |                 |
        | send SIGUSR1   |                 |
        |                | exit nanosleep  |
        | set result 777 |                 |
        | CONT           | signal SIGUSR1  |
        | CONT           | exited 0        |
      Then the guest notes:
        | r=777 |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: A restart code written while a signal is pending restarts a finished call
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        r = getpgid 0
        note "end"
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                         | sees           |
        | CONT                       | signal SIGTRAP |
        | set pc B.next              |                |
        | SYSCALL                    | entry getpgid  |
        | send SIGUSR1               |                |
        | SYSCALL                    | exit getpgid   |
        | set result -ERESTARTNOINTR |                |
        | SYSCALL                    | signal SIGUSR1 |
        | SYSCALL                    | entry getpgid  |
        | SYSCALL                    | exit getpgid   |
        | CONT                       | exited 0       |
      Then the guest notes:
        | end |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @RST @RST-44
  Rule: On arm64 a tracer that writes -1 as the number in the exit-stop takes the restart away: it is a call no more

    Scenario Outline: The restart code reaches the program raw
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: r = getpgid 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                         | sees           | pc     | result          |
        | CONT                       | signal SIGTRAP |        |                 |
        | set pc B.next              |                |        |                 |
        | SYSCALL                    | entry getpgid  | L.next |                 |
        | send SIGUSR1               |                |        |                 |
        | SYSCALL                    | exit getpgid   | L.next |                 |
        | set result -ERESTARTNOINTR |                |        |                 |
        | set number -1              |                |        |                 |
        | SYSCALL                    | signal SIGUSR1 | L.next | -ERESTARTNOINTR |
        | CONT                       | exited 0       |        |                 |
      Then the guest notes:
        | r=-ERESTARTNOINTR |
      And nothing else happens

      Examples:
        | mode |
        | a64  |

  @RST @RST-45
  Rule: On x86 a negative orig register takes the restart away, and one with a number makes any return a call's

    Scenario Outline: With the orig register at -1 the restart code reaches the program raw
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: r = getpgid 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                         | sees           | pc     | result          |
        | CONT                       | signal SIGTRAP |        |                 |
        | set pc B.next              |                |        |                 |
        | SYSCALL                    | entry getpgid  | L.next |                 |
        | send SIGUSR1               |                |        |                 |
        | SYSCALL                    | exit getpgid   | L.next |                 |
        | set result -ERESTARTNOINTR |                |        |                 |
        | set orig -1                |                |        |                 |
        | SYSCALL                    | signal SIGUSR1 | L.next | -ERESTARTNOINTR |
        | CONT                       | exited 0       |        |                 |
      Then the guest notes:
        | r=-ERESTARTNOINTR |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

    Scenario Outline: A number in the orig register and a restart code make a call of what was none
      Given a guest program on <mode>:
        """
        L: r = getppid
        B: break
        note "end"
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                         | sees           | pc     | orig       |
        | CONT                       | signal SIGTRAP |        | -1         |
        | set pc L.next              |                |        |            |
        | set orig nr.getppid        |                |        |            |
        | set result -ERESTARTNOINTR |                |        |            |
        | SYSCALL                    | entry getppid  | L.next | nr.getppid |
        | SYSCALL                    | exit getppid   | L.next | nr.getppid |
        | CONT                       | signal SIGTRAP |        | -1         |
        | CONT                       | exited 0       |        |            |
      Then the guest notes:
        | end |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
