Feature: Single-stepping over system calls

  A debugger that steps expects one stop per instruction, also where the instruction is a system call. What it gets differs between the
  ports, and none of it may be lost or doubled unnoticed.

  @STP @STP-01 @reference
  Rule: On generic entry stepping sets the exit-trap work bit, and any other resume clears it

    Scenario Outline: Exit work runs for the stepped call alone
      Given a guest program on <mode>:
        """
        B: break
        getppid
        gettid
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do         | sees           |
        | CONT       | signal SIGTRAP |
        | SINGLESTEP | signal SIGTRAP |
        | SINGLESTEP | signal SIGTRAP |
        | CONT       | exited 0       |
      Then "syscall_exit_work" does not run in gettid
      And inside "syscall_exit_work" of getppid these steps run:
        | step                       | because           |
        | ptrace_report_syscall_exit | SYSCALL_EXIT_TRAP |
      And nothing else happens

      Examples:
        | mode |
        | x64  |

    Scenario Outline: Stepping out of an entry-stop sets the bit for the exit of that call
      Given a guest program on <mode>:
        """
        B: break
        getppid
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do         | sees           |
        | CONT       | signal SIGTRAP |
        | SYSCALL    | entry getppid  |
        | SINGLESTEP | signal SIGTRAP |
        | CONT       | exited 0       |
      Then inside "syscall_exit_work" of getppid these steps run:
        | step                       | because           |
        | ptrace_report_syscall_exit | SYSCALL_EXIT_TRAP |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @STP @STP-02
  Rule: On x86 stepping a system call gives one SIGTRAP behind it, with code TRAP_BRKPT, its address, and the number in the orig register

    Scenario Outline: One stop, described as a breakpoint behind the call
      Given a guest program on <mode>:
        """
        B: break
        S: getppid
        T: nop
        U: nop
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do         | sees           | pc     | si_code    | si_addr | orig       |
        | CONT       | signal SIGTRAP |        |            |         |            |
        | SINGLESTEP | signal SIGTRAP | S      | TRAP_TRACE | S       | -1         |
        | SINGLESTEP | signal SIGTRAP | S.next | TRAP_BRKPT | S.next  | nr.getppid |
        | SINGLESTEP | signal SIGTRAP | U      | TRAP_TRACE | U       | -1         |
        | CONT       | exited 0       |        |            |         |            |
      Then nothing else happens

      Examples:
        | mode |
        | x64  |

  @STP @STP-03
  Rule: On x86 stepping any other instruction gives code TRAP_TRACE

    Scenario Outline: Every nop is one stop
      Given a guest program on <mode>:
        """
        B: break
        S: nop
        T: nop
        U: nop
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do         | sees           | pc | si_code    |
        | CONT       | signal SIGTRAP |        |            |
        | SINGLESTEP | signal SIGTRAP | T  | TRAP_TRACE |
        | SINGLESTEP | signal SIGTRAP | U  | TRAP_TRACE |
        | CONT       | exited 0       |        |            |
      Then nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @STP @STP-04
  Rule: Given stepping and call tracing are both on at exit, only the step report is made

    Not on arm, thumb: ARM has no single-stepping, and PTRACE_SINGLESTEP fails with EIO (STP-09).

    Scenario Outline: Stepping out of an entry-stop shows no exit-stop
      Given a guest program on <mode>:
        """
        B: break
        S: getppid
        T: nop
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | pc     | si_code | message |
        | CONT          | signal SIGTRAP |        |         |         |
        | set pc B.next |                |        |         |         |
        | SYSCALL       | entry getppid  | S.next |         | 1       |
        | SINGLESTEP    | signal SIGTRAP | S.next | <code>  | 0       |
        | CONT          | exited 0       |        |         |         |
      Then nothing else happens

      Examples:
        | mode | code       |
        | x64  | TRAP_BRKPT |
        | ia32 | TRAP_BRKPT |
        | a64  | SI_USER    |
        | a32  | SI_USER    |

  @STP @STP-05
  Rule: On arm64 stepping a system call gives two SIGTRAPs at the same pc: a report with code 0, then TRAP_TRACE with nothing executed between

    @native
    Scenario Outline: The second stop stands where the first one did
      Given a guest program on <mode>:
        """
        B: break
        S: getppid
        T: nop
        U: nop
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | pc     | si_code    | si_pid |
        | CONT          | signal SIGTRAP |        |            |        |
        | set pc B.next |                |        |            |        |
        | SINGLESTEP    | signal SIGTRAP | S      | TRAP_TRACE |        |
        | SINGLESTEP    | signal SIGTRAP | S.next | 0          | 0      |
        | SINGLESTEP    | signal SIGTRAP | S.next | TRAP_TRACE |        |
        | SINGLESTEP    | signal SIGTRAP | U      | TRAP_TRACE |        |
        | CONT          | exited 0       |        |            |        |
      Then nothing else happens

      Examples:
        | mode |
        | a64  |

  @STP @STP-06 @reference
  Rule: On arm64 the step report at exit is decided by the stepping flag as it is at exit

    @native
    Scenario Outline: A call entered untraced is reported when stepping is on at its exit
      Given a guest program on <mode>:
        """
        B: break
        S: getppid
        T: nop
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | pc     | si_code |
        | CONT          | signal SIGTRAP |        |         |
        | set pc B.next |                |        |         |
        | SYSCALL       | entry getppid  | S.next |         |
        | SINGLESTEP    | signal SIGTRAP | S.next | 0       |
        | CONT          | exited 0       |        |         |
      Then nothing else happens

      Examples:
        | mode |
        | a64  |

  @STP @STP-09
  Rule: On arm there is no PTRACE_SINGLESTEP: it fails with EIO, and call tracing has been cleared already

    @native
    Scenario Outline: After the failed request an exit-stop no longer comes
      Given a guest program on <mode>:
        """
        B: break
        getppid
        gettid
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | SYSCALL       | entry getppid  |
        | SINGLESTEP    | error EIO      |
        | CONT          | exited 0       |
      Then nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @STP @STP-12
  Rule: On x86 stepping into a handler stops at its first instruction before any of it has run

    Scenario Outline: The stop after the signal is inside the handler
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw {
          H: nop
          exit_group 7
        }
        B: break
        nop
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                      | sees           | pc     | si_code    |
        | CONT                    | signal SIGTRAP |        |            |
        | send SIGUSR1            |                |        |            |
        | CONT                    | signal SIGUSR1 |        |            |
        | SINGLESTEP with SIGUSR1 | signal SIGTRAP | H      | SIGTRAP    |
        | SINGLESTEP              | signal SIGTRAP | H.next | TRAP_TRACE |
        | CONT                    | exited 7       |        |            |
      Then nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @STP @STP-13
  Rule: On arm64 stepping into a handler stops at its first instruction as well

    @native
    Scenario Outline: The stop after the signal is inside the handler
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw {
          H: nop
          exit_group 7
        }
        B: break
        nop
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                      | sees           | pc     | si_code    |
        | CONT                    | signal SIGTRAP |        |            |
        | set pc B.next           |                |        |            |
        | send SIGUSR1            |                |        |            |
        | CONT                    | signal SIGUSR1 |        |            |
        | SINGLESTEP with SIGUSR1 | signal SIGTRAP | H      | SIGTRAP    |
        | SINGLESTEP              | signal SIGTRAP | H.next | TRAP_TRACE |
        | CONT                    | exited 7       |        |            |
      Then nothing else happens

      Examples:
        | mode |
        | a64  |
        | a32  |

  @STP @STP-17
  Rule: A child made while its parent is stepped starts with stepping off

    Not on arm, thumb: ARM has no single-stepping, and PTRACE_SINGLESTEP fails with EIO (STP-09).

    Scenario Outline: The child runs to its end without a stop
      Given a guest program on <mode>:
        """
        B: break
        C: fork {
          note "child"
        }
        wait4 -1 0 0 0
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | SYSCALL       | entry clone    |
        | SINGLESTEP    | signal SIGTRAP |
        | CONT          | signal SIGCHLD |
        | CONT          | exited 0       |
      Then the guest notes:
        | child |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
        | a64  |
        | a32  |

  @STP @STP-21
  Rule: An entry-stop resumed with PTRACE_SINGLESTEP runs the body, shows no exit-stop, and reports a step right behind the call

    Scenario Outline: The write happens and the next stop is a step
      Given a guest program on <mode>:
        """
        B: break
        W: write 1 "written"
        nop
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | pc     |
        | CONT          | signal SIGTRAP |        |
        | set pc B.next |                |        |
        | SYSCALL       | entry write    | W.next |
        | SINGLESTEP    | signal SIGTRAP | W.next |
        | CONT          | exited 0       |        |
      Then its output is "written"
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | a64  |
