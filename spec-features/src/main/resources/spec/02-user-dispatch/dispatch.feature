Feature: Dispatching system calls to the program itself

  Syscall user dispatch lets a program take back its own system calls: a call from outside an exempt range, made while a selector byte says
  BLOCK, is rolled back and reported to the program by SIGSYS instead of being run.

  @SUD @SUD-11
  Rule: The selector byte decides: ALLOW runs the call, BLOCK dispatches it

    Scenario Outline: A call under BLOCK becomes a SIGSYS, one under ALLOW runs
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
          note "dispatched"
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        a = getpid
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        b = gettid
        note "allowed again"
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | dispatched    |
        | allowed again |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @SUD @SUD-15
  Rule: A dispatched call is rolled back and described in the siginfo of SIGSYS

    Scenario Outline: The handler is told which call was taken, of which ABI, and where
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
          code = info.code
          errno = info.errno
          call = info.syscall
          arch = info.arch
          addr = info.addr
          result = context.result
          note code errno call arch addr result
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        TAKEN: getppid
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | code=SYS_USER_DISPATCH |
        | errno=0                |
        | call=nr.getppid        |
        | arch=AUDIT_ARCH        |
        | addr=TAKEN.next        |
        | result=nr.getppid      |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @SUD @SUD-24
  Rule: A tracer sees neither entry-stop nor exit-stop of a dispatched call, only the signal

    Scenario Outline: PTRACE_SYSCALL over a dispatched call shows the signal-delivery-stop alone
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        break
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        TAKEN: getppid
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                  | sees               | si_code           | pc         | result      |
        | CONT                | signal SIGTRAP     |                   |            |             |
        | SYSCALL             | signal SIGSYS      | SYS_USER_DISPATCH | TAKEN.next | nr.getppid  |
        | SYSCALL with SIGSYS | entry rt_sigreturn |                   |            |             |
        | SYSCALL             | exit -1            |                   | TAKEN.next | nr.getppid  |
        | SYSCALL             | entry exit_group   |                   |            |             |
        | SYSCALL             | exited 0           |                   |            |             |
      Then nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
