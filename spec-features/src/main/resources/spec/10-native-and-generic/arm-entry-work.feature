Feature: Entry work where a fatal signal comes in between

  The ports agree on the order of entry work, but not on what still runs of it once the task is to die, nor on when each bit is looked at.

  @ENT @ENT-43
  Rule: On arm the work bits are looked at one by one when their turn comes: ptrace, seccomp, the number, tracepoint, audit

    @reference @native
    Scenario Outline: With all work they run in this order
      Given a guest program on <mode>:
        """
        filter F {
          default -> ALLOW
        }
        install F
        B: break
        getppid
        """
      And the trace events "raw_syscalls" are on
      And system call audit is on
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | SYSCALL       | entry getppid  |
        | SYSCALL       | exit getppid   |
        | CONT          | exited 0       |
      Then inside "syscall_trace_enter" number 3 these steps run:
        | step                        |
        | ptrace_report_syscall_entry |
        | secure_computing            |
        | trace_sys_enter             |
        | audit_syscall_entry         |
      And the trace events and audit records are not asked about
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @native
    Scenario Outline: The number that the tracer left is filtered, and read again for the trace event
      Given a guest program on <mode>:
        """
        filter F {
          getpid -> ERRNO 7
          default -> ALLOW
        }
        install F
        B: break
        r = getppid
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                   | sees           | result |
        | CONT                 | signal SIGTRAP |        |
        | set pc B.next        |                |        |
        | SYSCALL              | entry getppid  |        |
        | set number nr.getpid |                |        |
        | SYSCALL              | exit getpid    | -7     |
        | CONT                 | exited 0       |        |
      Then the guest notes:
        | r=-7 |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @ENT @ENT-44
  Rule: On arm a fatal signal in the entry-stop makes the number -1, and seccomp, tracepoint and audit still run before the skip

    @native
    Scenario Outline: The trace event shows the number -1
      Given a guest program on <mode>:
        """
        B: break
        getpgid 4242
        """
      And the tracer has seized it with "TRACESYSGOOD"
      And the trace events "raw_syscalls" are on
      When this happens:
        | do            | sees              |
        | CONT          | signal SIGTRAP    |
        | set pc B.next |                   |
        | SYSCALL       | entry getpgid     |
        | kill SIGKILL  | killed by SIGKILL |
      Then these trace events are recorded:
        | sys_enter: NR -1 (1092, 0, 0, 0, 0, 0) |
        | sys_exit: NR -1 = 4242                 |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @reference @native
    Scenario Outline: All three run
      Given a guest program on <mode>:
        """
        filter F {
          default -> ALLOW
        }
        install F
        B: break
        getppid
        """
      And the trace events "raw_syscalls" are on
      And system call audit is on
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees              |
        | CONT          | signal SIGTRAP    |
        | set pc B.next |                   |
        | SYSCALL       | entry getppid     |
        | kill SIGKILL  | killed by SIGKILL |
      Then these steps run in this order:
        | ptrace_report_syscall_entry |
        | secure_computing            |
        | trace_sys_enter (-1)        |
        | audit_syscall_entry (-1)    |
        | syscall_trace_exit          |
      And the trace events and audit records are not asked about
      And nothing else happens

      Examples:
        | mode |
        | arm  |

  @ENT @ENT-45
  Rule: On arm64 a fatal signal in the entry-stop skips at once; up to 6.1 the number became -1 and the rest of the entry work saw it

    @native
    Scenario Outline: From 7.3 on only the exit is traced, with the number forgotten
      Given a guest program on <mode>:
        """
        B: break
        getpgid 4242
        """
      And a kernel of version 7.3
      And the tracer has seized it with "TRACESYSGOOD"
      And the trace events "raw_syscalls" are on
      When this happens:
        | do            | sees              |
        | CONT          | signal SIGTRAP    |
        | set pc B.next |                   |
        | SYSCALL       | entry getpgid     |
        | kill SIGKILL  | killed by SIGKILL |
      Then these trace events are recorded:
        | sys_exit: NR -1 = 4242 |
      And nothing else happens

      Examples:
        | mode |
        | a64  |

    @native
    Scenario Outline: In 6.1 the trace event of the entry shows -1
      Given a guest program on <mode>:
        """
        B: break
        getpgid 4242
        """
      And a kernel of version 6.1
      And the tracer has seized it with "TRACESYSGOOD"
      And the trace events "raw_syscalls" are on
      When this happens:
        | do            | sees              |
        | CONT          | signal SIGTRAP    |
        | set pc B.next |                   |
        | SYSCALL       | entry getpgid     |
        | kill SIGKILL  | killed by SIGKILL |
      Then these trace events are recorded:
        | sys_enter: NR -1 (1092, 0, 0, 0, 0, 0) |
        | sys_exit: NR -1 = 4242                 |
      And nothing else happens

      Examples:
        | mode |
        | a64  |
