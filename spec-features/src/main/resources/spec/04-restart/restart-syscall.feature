Feature: The call restart_syscall

  A call that cannot simply begin again leaves a restart block behind and is continued by restart_syscall. Its number has to get into a
  register, and the block must not outlive the handler it was not meant for.

  @RST @RST-18
  Rule: On arm64 restart_syscall is written to the program's number register and stays there after the call

    Scenario Outline: The program finds another number in the register than it put there
      Given a guest program on <mode>:
        """
        nanosleep 2s 0
        n = register <register>
        note n
        """
      When this happens:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | kill SIGCONT | continued          |
        | wait         | exited 0           |
      Then the guest notes:
        | n=<number> |
      And nothing else happens

      Examples:
        | mode | register | number |
        | a64  | x8       | 128    |
        | a32  | r7       | 0      |

    Scenario Outline: Without a restart the register keeps the program's number
      Given a guest program on <mode>:
        """
        r = nanosleep 2s 0
        n = register <register>
        note r n
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | wait         | exited 0 |
      Then the guest notes:
        | r=0            |
        | n=nr.nanosleep |
      And nothing else happens

      Examples:
        | mode | register |
        | a64  | x8       |
        | a32  | r7       |

    Scenario Outline: A tracer sees the number in the entry-stop of the restarted call
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: nanosleep 2s 0
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees                  | pc     | <register>   |
        | CONT          | signal SIGTRAP        |        |              |
        | set pc B.next |                       |        |              |
        | CONT          |                       |        |              |
        | until asleep  |                       |        |              |
        | send SIGUSR1  |                       |        |              |
        |               | signal SIGUSR1        | L      | nr.nanosleep |
        | SYSCALL       | entry restart_syscall | L.next | <number>     |
        | SYSCALL       | exit restart_syscall  | L.next | <number>     |
        | CONT          | exited 0              |        |              |
      Then nothing else happens

      Examples:
        | mode | register | number |
        | a64  | x8       | 128    |
        | a32  | r7       | 0      |

  @RST @RST-19
  Rule: On x86 restart_syscall's number is that of the ABI through which the interrupted call was made

    Scenario Outline: A restarted sleep is entered with number <number>
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: r = via <entry> nanosleep 2s 0
        note r
        """
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
      And nothing else happens

      Examples:
        | mode | entry    | number |
        | x64  | syscall  | 219    |
        | ia32 | sysenter | 0      |
        | ia32 | int80    | 0      |

    Scenario Outline: A sleep that a 64-bit program began through the 32-bit ABI goes on through it
      Given a guest program on <mode>:
        """
        word TS 0x17d7840000000000
        r = via int80 syscall 162 &TS 0
        note r
        """
      When this happens:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | kill SIGCONT | continued          |
        | wait         | exited 0           |
      Then the guest notes:
        | r=0 |
      And nothing else happens

      Examples:
        | mode |
        | x64  |

    @reference
    Scenario Outline: A number with the x32 bit keeps it where the kernel knows x32
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: syscall 0x40000023 0 0
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                                | sees             | orig       |
        | CONT                              | signal SIGTRAP   |            |
        | SYSCALL                           | entry 1073741859 | 0x40000023 |
        | send SIGUSR1                      |                  |            |
        | SYSCALL                           | exit 1073741859  |            |
        | set result -ERESTART_RESTARTBLOCK |                  |            |
        | SYSCALL                           | signal SIGUSR1   | 0x40000023 |
        | SYSCALL                           | entry 1073742043 | 0x400000db |
        | CONT                              | exited 0         |            |
      Then nothing else happens

      Examples:
        | mode |
        | x64  |

  @RST @RST-21
  Rule: Sigreturn disarms the restart block: what the handler interrupted cannot be continued behind it

    Scenario Outline: In the handler restart_syscall still finishes the sleep, behind it no more
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          i = restart_syscall
          note "inside" i
        }
        r = nanosleep 2s 0
        o = restart_syscall
        note "outside" r o
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | inside i=0       |
        | outside r=-EINTR |
        | outside o=-EINTR |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: The block of a call interrupted in the handler does not outlive it either
      Given a guest program on <mode>:
        """
        handle SIGUSR2 {
          note "inner"
        }
        handle SIGUSR1 {
          i = nanosleep 20s 0
          note "outer" i
        }
        r = nanosleep 20s 0
        o = restart_syscall
        note r o
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | until asleep |          |
        | send SIGUSR2 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | inner          |
        | outer i=-EINTR |
        | r=-EINTR       |
        | o=-EINTR       |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |
