Feature: Work that appears while a call runs

  A tracer can ask for syscall-stops in an event stop in the middle of a body. Whether the exit of that very call is reported depends on when the
  port looks at the work bits.

  @ENT @ENT-33
  Rule: Exit work goes by the work bits at exit, so PTRACE_SYSCALL in an event stop yields an exit-stop without an entry-stop

    Scenario Outline: A fork reports its event, then its exit
      Given a guest program on <mode>:
        """
        B: break
        fork {
        }
        wait4 -1 0 0 0
        """
      And the tracer has seized it with "TRACESYSGOOD TRACEFORK"
      When this happens:
        | do            | sees            |
        | CONT          | signal SIGTRAP  |
        | set pc B.next |                 |
        | CONT          | event fork      |
        |               | child: stop     |
        | CONT          | child: exited 0 |
        | select main   |                 |
        | SYSCALL       | exit clone      |
        | CONT          | signal SIGCHLD  |
        | CONT          | exited 0        |
      Then nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
        | a64  |
        | a32  |

      @generic
      Examples:
        | mode  |
        | arm   |
        | thumb |

  @ENT @ENT-34
  Rule: On arm the exit of a call that began without work looks at no work bit, so the next stop is the entry of the next call

    @native
    Scenario Outline: A fork reports its event, and then the next call its entry
      Given a guest program on <mode>:
        """
        B: break
        fork {
        }
        getppid
        wait4 -1 0 0 0
        """
      And the tracer has seized it with "TRACESYSGOOD TRACEFORK"
      When this happens:
        | do            | sees            |
        | CONT          | signal SIGTRAP  |
        | set pc B.next |                 |
        | CONT          | event fork      |
        |               | child: stop     |
        | select main   |                 |
        | SYSCALL       | entry getppid   |
        | SYSCALL       | exit getppid    |
        | select child  |                 |
        | CONT          | child: exited 0 |
        | select main   |                 |
        | CONT          | signal SIGCHLD  |
        | CONT          | exited 0        |
      Then nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |
