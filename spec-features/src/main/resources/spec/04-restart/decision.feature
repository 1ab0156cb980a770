Feature: Which interrupted calls are restarted

  A sleeping call that a signal interrupts returns one of four internal codes. The code, the kind of signal and SA_RESTART decide whether the
  program sees an error or never learns of it.

  @RST @RST-01
  Rule: ERESTARTSYS with a handler and SA_RESTART: the call runs again after the handler and shows no error

    Scenario Outline: A wait for a child goes on after the handler
      Given a guest program on <mode>:
        """
        handle SIGUSR1 restart {
          note "handled"
        }
        c = fork {
          nanosleep 2s 0
        }
        r = wait4 -1 0 0 0
        if r == c {
          note "child"
        }
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | handled |
        | child   |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @RST @RST-02
  Rule: ERESTARTSYS with a handler but no SA_RESTART: the call returns EINTR after the handler

    Scenario Outline: A wait for a child ends with EINTR
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        fork {
          nanosleep 90000s 0
        }
        r = wait4 -1 0 0 0
        note r
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | handled  |
        | r=-EINTR |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @RST @RST-03
  Rule: ERESTARTSYS without a handler: the call runs again and the program never learns of it

    Scenario Outline: Stop and continue do not end a wait for a child
      Given a guest program on <mode>:
        """
        c = fork {
          nanosleep 2s 0
        }
        r = wait4 -1 0 0 0
        if r == c {
          note "child"
        }
        """
      When this happens:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | kill SIGCONT | continued          |
        | wait         | exited 0           |
      Then the guest notes:
        | child |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: A signal that the tracer suppresses does not end a wait for a child
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        c = fork {
          nanosleep 2s 0
        }
        r = wait4 -1 0 0 0
        if r == c {
          note "child"
        }
        default SIGCHLD
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do           | sees           |
        | CONT         |                |
        | until asleep |                |
        | send SIGUSR1 |                |
        |              | signal SIGUSR1 |
        | CONT         | signal SIGCHLD |
        | CONT         | exited 0       |
      Then the guest notes:
        | child |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: A signal that is ignored in the end (<disposition>) does not end a wait for a child
      Given a guest program on <mode>:
        """
        <disposition>
        fork {
          nanosleep 90000s 0
        }
        B: break
        wait4 -1 0 0 0
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                 | sees              | result       |
        | CONT               | signal SIGTRAP    |              |
        | set pc B.next      |                   |              |
        | SYSCALL            | entry wait4       |              |
        | SYSCALL            |                   |              |
        | until asleep       |                   |              |
        | send <sig>         |                   |              |
        |                    | exit wait4        | -ERESTARTSYS |
        | SYSCALL            | signal <sig>      |              |
        | SYSCALL with <sig> | entry wait4       |              |
        | kill SIGKILL       | killed by SIGKILL |              |
      Then nothing else happens

      Examples:
        | mode  | disposition      | sig      |
        | x64   | ignore SIGUSR1   | SIGUSR1  |
        | ia32  | ignore SIGUSR1   | SIGUSR1  |
        | a64   | ignore SIGUSR1   | SIGUSR1  |
        | a32   | ignore SIGUSR1   | SIGUSR1  |
        | arm   | ignore SIGUSR1   | SIGUSR1  |
        | thumb | ignore SIGUSR1   | SIGUSR1  |
        | x64   | default SIGWINCH | SIGWINCH |
        | a64   | default SIGWINCH | SIGWINCH |
        | arm   | default SIGWINCH | SIGWINCH |

  @RST @RST-05
  Rule: ERESTARTNOHAND: any handler gives EINTR, SA_RESTART or not; without a handler the call runs again

    Scenario Outline: A ppoll ends with EINTR although the handler has SA_RESTART
      Given a guest program on <mode>:
        """
        handle SIGUSR1 restart {
          note "handled"
        }
        r = ppoll 0 0 20s 0 8
        note r
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | handled  |
        | r=-EINTR |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: A ppoll that was stopped and continued runs to its time-out
      Given a guest program on <mode>:
        """
        r = ppoll 0 0 2s 0 8
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
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @RST @RST-06
  Rule: ERESTART_RESTARTBLOCK: any handler gives EINTR; without a handler restart_syscall goes on to the original deadline

    Scenario Outline: A nanosleep ends with EINTR although the handler has SA_RESTART
      Given a guest program on <mode>:
        """
        handle SIGUSR1 restart {
          note "handled"
        }
        r = nanosleep 20s 0
        note r
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | handled  |
        | r=-EINTR |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: A nanosleep that was stopped for longer than it was to sleep ends at once after the continue
      Given a guest program on <mode>:
        """
        r = nanosleep 400ms 0
        note r
        nanosleep 90000s 0
        """
      When this happens:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | sleep 900ms  |                    |
        | kill SIGCONT | continued          |
        | until asleep |                    |
        | kill SIGKILL | killed by SIGKILL  |
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

  @RST @RST-07
  Rule: Any other error or value is never restarted

    Scenario Outline: A call that fails with EFAULT while a signal is pending is not repeated
      Given a guest program on <mode>:
        """
        handle SIGUSR1 restart {
          note "handled"
        }
        B: break
        r = nanosleep 1 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees            | result  |
        | CONT              | signal SIGTRAP  |         |
        | set pc B.next     |                 |         |
        | SYSCALL           | entry nanosleep |         |
        | send SIGUSR1      |                 |         |
        | SYSCALL           | exit nanosleep  | -EFAULT |
        | CONT              | signal SIGUSR1  |         |
        | CONT with SIGUSR1 | exited 0        |         |
      Then the guest notes:
        | handled   |
        | r=-EFAULT |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @RST @RST-08
  Rule: A restart code returned with no signal pending reaches the program raw

    Scenario Outline: A tracer's restart code is what the program gets
      Given a guest program on <mode>:
        """
        B: break
        r = getppid
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                      | sees           |
        | CONT                    | signal SIGTRAP |
        | set pc B.next           |                |
        | SYSCALL                 | entry getppid  |
        | SYSCALL                 | exit getppid   |
        | set result -ERESTARTSYS |                |
        | CONT                    | exited 0       |
      Then the guest notes:
        | r=-ERESTARTSYS |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @RST @RST-20
  Rule: The call restart_syscall with nothing armed returns EINTR

    Scenario Outline: A program that calls it by itself gets EINTR
      Given a guest program on <mode>:
        """
        r = restart_syscall
        note r
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | r=-EINTR |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |
