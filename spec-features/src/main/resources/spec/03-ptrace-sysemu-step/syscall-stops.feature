Feature: Syscall-stops

  A tracer that resumes with PTRACE_SYSCALL is shown every call twice: before the body may run and after the result is in place.

  @PTR @PTR-01
  Rule: A syscall-stop is a SIGTRAP stop, with bit 0x80 only if the tracer asked for it by TRACESYSGOOD

    Scenario Outline: With <options> the stop is <first>
      Given a guest program on <mode>:
        """
        B: break
        getppid
        """
      And the tracer has seized it with "<options>"
      When this happens:
        | do            | sees           | si_code |
        | CONT          | signal SIGTRAP |         |
        | set pc B.next |                |         |
        | SYSCALL       | <first>        | <code>  |
        | SYSCALL       | <second>       | <code>  |
        | CONT          | exited 0       |         |
      Then nothing else happens

      Examples:
        | mode  | options      | first                      | second                    | code         |
        | x64   | TRACESYSGOOD | entry getppid              | exit getppid              | SIGTRAP\|0x80 |
        | ia32  | TRACESYSGOOD | entry getppid              | exit getppid              | SIGTRAP\|0x80 |
        | a64   | TRACESYSGOOD | entry getppid              | exit getppid              | SIGTRAP\|0x80 |
        | a32   | TRACESYSGOOD | entry getppid              | exit getppid              | SIGTRAP\|0x80 |
        | arm   | TRACESYSGOOD | entry getppid              | exit getppid              | SIGTRAP\|0x80 |
        | thumb | TRACESYSGOOD | entry getppid              | exit getppid              | SIGTRAP\|0x80 |
        | x64   |              | entry getppid without 0x80 | exit getppid without 0x80 | SIGTRAP      |
        | ia32  |              | entry getppid without 0x80 | exit getppid without 0x80 | SIGTRAP      |
        | a64   |              | entry getppid without 0x80 | exit getppid without 0x80 | SIGTRAP      |
        | a32   |              | entry getppid without 0x80 | exit getppid without 0x80 | SIGTRAP      |
        | arm   |              | entry getppid without 0x80 | exit getppid without 0x80 | SIGTRAP      |
        | thumb |              | entry getppid without 0x80 | exit getppid without 0x80 | SIGTRAP      |

    Scenario Outline: TRACESYSGOOD set in one syscall-stop holds from the next one on
      Given a guest program on <mode>:
        """
        B: break
        getppid
        """
      And the tracer has seized it with ""
      When this happens:
        | do                      | sees                       |
        | CONT                    | signal SIGTRAP             |
        | set pc B.next           |                            |
        | SYSCALL                 | entry getppid without 0x80 |
        | SETOPTIONS TRACESYSGOOD | ok                         |
        | SYSCALL                 | exit getppid               |
        | CONT                    | exited 0                   |
      Then nothing else happens

      Examples:
        | mode |
        | x64  |
        | a64  |
        | arm  |

  @PTR @PTR-02
  Rule: The event message in a syscall-stop is 1 on entry and 2 on exit

    Scenario Outline: Two calls alternate between message 1 and message 2
      Given a guest program on <mode>:
        """
        B: break
        getppid
        gettid
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | message |
        | CONT          | signal SIGTRAP |         |
        | set pc B.next |                |         |
        | SYSCALL       | entry getppid  | 1       |
        | SYSCALL       | exit getppid   | 2       |
        | SYSCALL       | entry gettid   | 1       |
        | SYSCALL       | exit gettid    | 2       |
        | CONT          | exited 0       |         |
      Then nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @PTR @PTR-06
  Rule: An entry-stop needs PTRACE_SYSCALL as the resume before the call; an exit-stop needs tracing on when exit work looks

    Scenario Outline: Calls made under PTRACE_CONT are not shown
      Given a guest program on <mode>:
        """
        B: break
        getppid
        C: break
        gettid
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | CONT          | signal SIGTRAP |
        | set pc C.next |                |
        | SYSCALL       | entry gettid   |
        | SYSCALL       | exit gettid    |
        | CONT          | exited 0       |
      Then nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: Tracing switched on in the middle of a call shows its exit-stop alone
      Given a guest program on <mode>:
        """
        filter F {
          getppid -> TRACE 5
          default -> ALLOW
        }
        install F
        B: break
        getppid
        gettid
        """
      And the tracer has seized it with "TRACESYSGOOD TRACESECCOMP"
      When this happens:
        | do            | sees           | message |
        | CONT          | signal SIGTRAP |         |
        | set pc B.next |                |         |
        | CONT          | event seccomp  | 5       |
        | SYSCALL       | exit getppid   | 2       |
        | SYSCALL       | entry gettid   | 1       |
        | CONT          | exited 0       |         |
      Then nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @PTR @PTR-07
  Rule: PTRACE_CONT from an entry-stop drops the matching exit-stop; PTRACE_SYSCALL yields it

    Scenario Outline: The next stop after CONT is not the exit of that call
      Given a guest program on <mode>:
        """
        B: break
        r = getppid
        C: break
        gettid
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | SYSCALL       | entry getppid  |
        | CONT          | signal SIGTRAP |
        | set pc C.next |                |
        | SYSCALL       | entry gettid   |
        | SYSCALL       | exit gettid    |
        | CONT          | exited 0       |
      Then nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |
