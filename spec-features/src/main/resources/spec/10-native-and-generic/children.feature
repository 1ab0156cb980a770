Feature: The first return of a child

  The child of a fork leaves the kernel for the first time without having entered it. Whether it passes through the exit of a system call is a
  choice of the port that trace events show.

  @ENT @ENT-49
  Rule: With generic entry the child of a fork passes through the exit of the call: its trace event shows the result 0

    @reference
    Scenario Outline: A clone is entered once and left twice
      Given a guest program on <mode>:
        """
        fork {
          getppid
        }
        wait4 -1 0 0 0
        """
      And the trace events "raw_syscalls" are on
      When it runs to its end
      Then these steps run this often:
        | step            | times |
        | trace_sys_enter | 5     |
        | trace_sys_exit  | 4     |
      And the trace events and audit records are not asked about
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

      @generic
      Examples:
        | mode |
        | a64  |
        | arm  |

    Scenario Outline: The child's first event is the exit of a call that its parent entered
      Given a guest program on <mode>:
        """
        B: break
        fork {
        }
        wait4 -1 0 0 0
        """
      And the trace events "raw_syscalls" are on
      And the tracer has seized it with "TRACEFORK"
      When this happens:
        | do            | sees            |
        | CONT          | signal SIGTRAP  |
        | set pc B.next |                 |
        | CONT          | event fork      |
        |               | child: stop     |
        | CONT          | child: exited 0 |
        | select main   |                 |
        | CONT          | signal SIGCHLD  |
        | CONT          | exited 0        |
      Then these trace events are recorded:
        | sys_enter: NR nr.clone (*)             |
        | child: sys_exit: NR nr.clone = 0       |
        | child: sys_enter: NR nr.exit_group (*) |
        | sys_exit: NR nr.clone = *              |
        | sys_enter: NR nr.wait4 (*)             |
        | sys_exit: NR nr.wait4 = *              |
        | sys_enter: NR nr.exit_group (*)        |
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

  @ENT @ENT-50
  Rule: On arm64 and arm the child of a fork leaves by the plain exit loop: no trace event of an exit

    @reference @native
    Scenario Outline: A clone is entered once and left once
      Given a guest program on <mode>:
        """
        fork {
          getppid
        }
        wait4 -1 0 0 0
        """
      And the trace events "raw_syscalls" are on
      When it runs to its end
      Then these steps run this often:
        | step            | times |
        | trace_sys_enter | 5     |
        | trace_sys_exit  | 3     |
      And the trace events and audit records are not asked about
      And nothing else happens

      Examples:
        | mode  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    @native
    Scenario Outline: The child's first event is the entry of its own first call
      Given a guest program on <mode>:
        """
        B: break
        fork {
        }
        wait4 -1 0 0 0
        """
      And the trace events "raw_syscalls" are on
      And the tracer has seized it with "TRACEFORK"
      When this happens:
        | do            | sees            |
        | CONT          | signal SIGTRAP  |
        | set pc B.next |                 |
        | CONT          | event fork      |
        |               | child: stop     |
        | CONT          | child: exited 0 |
        | select main   |                 |
        | CONT          | signal SIGCHLD  |
        | CONT          | exited 0        |
      Then these trace events are recorded:
        | sys_enter: NR nr.clone (*)             |
        | child: sys_enter: NR nr.exit_group (*) |
        | sys_exit: NR nr.clone = *              |
        | sys_enter: NR nr.wait4 (*)             |
        | sys_exit: NR nr.wait4 = *              |
        | sys_enter: NR nr.exit_group (*)        |
      And nothing else happens

      Examples:
        | mode  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |
