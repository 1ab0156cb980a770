Feature: One decision, and calls that get none

  A restart is decided once for a call. Sigreturn, numbers that are no call, and tasks about to die have none.

  @RST @RST-22
  Rule: Sigreturn is never restarted, even if the result register it restores holds a restart code

    Scenario Outline: A signal that waits behind sigreturn does not rewind the restored program
      Given a guest program on <mode>:
        """
        handle SIGUSR2 restart {
          note "second" context.pc
        }
        handle SIGUSR1 mask SIGUSR2 {
          note "first" context.result
          raise SIGUSR2
        }
        B: break
        r = register <register>
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                      | sees           | pc     | result       | orig   |
        | CONT                    | signal SIGTRAP |        |              |        |
        | set pc B.next           |                |        |              |        |
        | set result -ERESTARTSYS |                |        |              |        |
        | send SIGUSR1            |                |        |              |        |
        | CONT                    | signal SIGUSR1 | B.next | -ERESTARTSYS |        |
        | CONT with SIGUSR1       | signal SIGUSR2 | B.next | -ERESTARTSYS | <orig> |
        | CONT with SIGUSR2       | exited 0       |        |              |        |
      Then the guest notes:
        | first context.result=-ERESTARTSYS |
        | second context.pc=B.next          |
        | r=-ERESTARTSYS                    |
      And nothing else happens

      Examples:
        | mode  | register | orig |
        | x64   | rax      | -1   |
        | ia32  | eax      | -1   |
        | a64   | x0       | -    |
        | a32   | r0       | -    |
        | arm   | r0       | -    |
        | thumb | r0       | -    |

  @RST @RST-23
  Rule: One call has one restart decision: a second signal in the same exit does not rewind again

    Scenario Outline: Two handlers that both restart move the program back once
      Given a guest program on <mode>:
        """
        word W
        handle SIGUSR1 restart {
          note "first" context.pc
          poke W 1
        }
        handle SIGUSR2 restart {
          note "second"
        }
        L: r = futex &W FUTEX_WAIT 0 0
        note r
        """
      When this happens:
        | do                   | sees     |
        | until asleep         |          |
        | send SIGUSR1 SIGUSR2 |          |
        | wait                 | exited 0 |
      Then the guest notes:
        | second             |
        | first context.pc=L |
        | r=-EAGAIN          |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: On arm64 and arm a restart code that the tracer writes at the second signal is no restart code any more
      Given a guest program on <mode>:
        """
        word W
        H: nop
        handle SIGUSR1 restart {
          note "first" context.pc
          poke W 1
        }
        handle SIGUSR2 restart {
          note "second" context.result
        }
        B: break
        L: r = futex &W FUTEX_WAIT 0 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                      | sees           | pc | result  |
        | CONT                    | signal SIGTRAP |    |         |
        | set pc B.next           |                |    |         |
        | CONT                    |                |    |         |
        | until asleep            |                |    |         |
        | send SIGUSR1 SIGUSR2    |                |    |         |
        |                         | signal SIGUSR1 | L  | W       |
        | CONT with SIGUSR1       | signal SIGUSR2 |    | SIGUSR1 |
        | set result -ERESTARTSYS |                |    |         |
        | CONT with SIGUSR2       | exited 0       |    |         |
      Then the guest notes:
        | second context.result=-ERESTARTSYS |
        | first context.pc=L                 |
        | r=-EAGAIN                          |
      And nothing else happens

      Examples:
        | mode  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: On arm64 the number is forgotten before the tracer is asked
      Given a guest program on <mode>:
        """
        word W
        handle SIGUSR1 restart {
          note "first"
          poke W 1
        }
        handle SIGUSR2 restart {
          note "second"
        }
        B: break
        L: r = futex &W FUTEX_WAIT 0 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                   | sees           | pc     | number   |
        | CONT                 | signal SIGTRAP |        |          |
        | set pc B.next        |                |        |          |
        | SYSCALL              | entry futex    | L.next | nr.futex |
        | SYSCALL              |                |        |          |
        | until asleep         |                |        |          |
        | send SIGUSR1 SIGUSR2 |                |        |          |
        |                      | exit futex     | L.next | nr.futex |
        | CONT                 | signal SIGUSR1 | L      | -1       |
        | CONT with SIGUSR1    | signal SIGUSR2 |        | -1       |
        | CONT with SIGUSR2    | exited 0       |        |          |
      Then the guest notes:
        | second    |
        | first     |
        | r=-EAGAIN |
      And nothing else happens

      Examples:
        | mode |
        | a64  |
        | a32  |

    @generic @reference
    Scenario Outline: A converted arm forgets the number with the first decision
      Given a guest program on <mode>:
        """
        word W
        handle SIGUSR1 restart {
          note "first"
          poke W 1
        }
        handle SIGUSR2 restart {
          note "second"
        }
        B: break
        L: r = futex &W FUTEX_WAIT 0 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                   | sees           | pc | number   |
        | CONT                 | signal SIGTRAP |    |          |
        | set pc B.next        |                |    |          |
        | CONT                 |                |    |          |
        | until asleep         |                |    |          |
        | send SIGUSR1 SIGUSR2 |                |    |          |
        |                      | signal SIGUSR1 | L  | nr.futex |
        | CONT with SIGUSR1    | signal SIGUSR2 |    | -1       |
        | CONT with SIGUSR2    | exited 0       |    |          |
      Then the guest notes:
        | second    |
        | first     |
        | r=-EAGAIN |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @RST @RST-24
  Rule: Of two signals that wait together the one chosen first decides the restart, and the other's handler runs first

    Scenario Outline: <first> first and <second> second give <noted>
      Given a guest program on <mode>:
        """
        word W
        handle SIGUSR1 <flags1> {
          note "first"
          poke W 1
        }
        handle SIGUSR2 <flags2> {
          note "second"
        }
        r = futex &W FUTEX_WAIT 0 0
        note r
        """
      When this happens:
        | do                   | sees     |
        | until asleep         |          |
        | send SIGUSR2 SIGUSR1 |          |
        | wait                 | exited 0 |
      Then the guest notes:
        | second    |
        | first     |
        | r=<noted> |
      And nothing else happens

      Examples:
        | mode  | flags1  | flags2  | first         | second        | noted   |
        | x64   | restart |         | SA_RESTART    | no SA_RESTART | -EAGAIN |
        | ia32  | restart |         | SA_RESTART    | no SA_RESTART | -EAGAIN |
        | a64   | restart |         | SA_RESTART    | no SA_RESTART | -EAGAIN |
        | a32   | restart |         | SA_RESTART    | no SA_RESTART | -EAGAIN |
        | arm   | restart |         | SA_RESTART    | no SA_RESTART | -EAGAIN |
        | thumb | restart |         | SA_RESTART    | no SA_RESTART | -EAGAIN |
        | x64   |         | restart | no SA_RESTART | SA_RESTART    | -EINTR  |
        | ia32  |         | restart | no SA_RESTART | SA_RESTART    | -EINTR  |
        | a64   |         | restart | no SA_RESTART | SA_RESTART    | -EINTR  |
        | a32   |         | restart | no SA_RESTART | SA_RESTART    | -EINTR  |
        | arm   |         | restart | no SA_RESTART | SA_RESTART    | -EINTR  |
        | thumb |         | restart | no SA_RESTART | SA_RESTART    | -EINTR  |

  @RST @RST-25
  Rule: On arm a number between the table and the private calls is no system call, so nothing restarts it

    @native
    Scenario Outline: A restart code that the tracer writes for such a number reaches the program raw
      Given a guest program on <mode>:
        """
        handle SIGUSR1 restart {
          note "handled" context.pc
        }
        B: break
        L: r = syscall 4096 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                      | sees           | pc     | result       |
        | CONT                    | signal SIGTRAP |        |              |
        | set pc B.next           |                |        |              |
        | SYSCALL                 | entry 4096     |        |              |
        | send SIGUSR1            |                |        |              |
        | SYSCALL                 | exit 4096      |        | -ENOSYS      |
        | set result -ERESTARTSYS |                |        |              |
        | SYSCALL                 | signal SIGUSR1 | L.next | -ERESTARTSYS |
        | CONT with SIGUSR1       | exited 0       |        |              |
      Then the guest notes:
        | handled context.pc=L.next |
        | r=-ERESTARTSYS            |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @RST @RST-37
  Rule: A fatal signal while a restart is pending ends the task in the signal loop; nothing is restarted

    Scenario Outline: The call that a fatal signal interrupted is not entered again
      Given a guest program on <mode>:
        """
        B: break
        L: nanosleep 20s 0
        note "not reached"
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                   | sees              | pc     | result                 |
        | CONT                 | signal SIGTRAP    |        |                        |
        | set pc B.next        |                   |        |                        |
        | SYSCALL              | entry nanosleep   |        |                        |
        | SYSCALL              |                   |        |                        |
        | until asleep         |                   |        |                        |
        | send SIGTERM         |                   |        |                        |
        |                      | exit nanosleep    | L.next | -ERESTART_RESTARTBLOCK |
        | SYSCALL              | signal SIGTERM    |        |                        |
        | SYSCALL with SIGTERM | killed by SIGTERM |        |                        |
      Then nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: SIGKILL ends a stopped program that would have gone on sleeping
      Given a guest program on <mode>:
        """
        nanosleep 20s 0
        note "not reached"
        """
      When this happens:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | kill SIGKILL | killed by SIGKILL  |
      Then nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |
