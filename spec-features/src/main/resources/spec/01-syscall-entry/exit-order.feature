Feature: The order of exit work

  What was looked at on entry is looked at again on exit, once, with the result in place: first the rolled-back mark, then audit, the trace
  event, and the tracer last.

  @ENT @ENT-30
  Rule: Exit work runs in one order: rolled-back mark, audit, tracepoint, then the exit-stop or step report

    Scenario Outline: Audit and the trace event come before the exit-stop and do not see the tracer's change
      Given a guest program on <mode>:
        """
        B: break
        r = getpgid 4242 0 0 0 0 0
        note r
        exit_group 0 0 0 0 0 0
        """
      And the trace events "raw_syscalls" are on
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do             | sees           | result |
        | CONT           | signal SIGTRAP |        |
        | set pc B.next  |                |        |
        | SYSCALL        | entry getpgid  |        |
        | SYSCALL        | exit getpgid   | -ESRCH |
        | set result 777 |                |        |
        | CONT           | exited 0       |        |
      Then the guest notes:
        | r=777 |
      And these trace events are recorded:
        | sys_enter: NR nr.getpgid (1092, 0, 0, 0, 0, 0) |
        | sys_exit: NR nr.getpgid = -3                   |
        | sys_enter: NR nr.exit_group (0, 0, 0, 0, 0, 0) |
      And nothing else happens

      Examples:
        | mode |
        | x64  |

    Scenario Outline: The audit record has the call's own result, not the tracer's
      Given a guest program on <mode>:
        """
        B: break
        r = getpgid 4242 0 0 0 0 0
        note r
        exit_group 0 0 0 0 0 0
        """
      And system call audit is on
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do             | sees           | result |
        | CONT           | signal SIGTRAP |        |
        | set pc B.next  |                |        |
        | SYSCALL        | entry getpgid  |        |
        | SYSCALL        | exit getpgid   | -ESRCH |
        | set result 777 |                |        |
        | CONT           | exited 0       |        |
      Then the guest notes:
        | r=777 |
      And these audit records are written:
        | arch=AUDIT_ARCH syscall=nr.getpgid success=no exit=-3 a0=1092 a1=0 a2=0 a3=0 |
        | arch=AUDIT_ARCH syscall=nr.exit_group a0=0 a1=0 a2=0 a3=0                    |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

      @generic
      Examples:
        | mode |
        | a64 |

    @reference
    Scenario Outline: With every exit bit set the steps run in this order
      Given a guest program on <mode>:
        """
        byte selector
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
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
      Then inside "syscall_exit_work" of getppid these steps run:
        | step                       |
        | audit_syscall_exit         |
        | trace_sys_exit             |
        | ptrace_report_syscall_exit |
      And the trace events and audit records are not asked about
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

      @generic
      Examples:
        | mode |
        | a64 |
        | a32 |
        | arm |
        | thumb |

  @ENT @ENT-31
  Rule: Exit work for a rolled-back call only clears the mark

    @reference
    Scenario Outline: No audit, event, exit-stop or step report for a dispatched call
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        B: break
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        getppid
        gettid
        """
      And the trace events "raw_syscalls" are on
      And system call audit is on
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                  | sees               |
        | CONT                | signal SIGTRAP     |
        | SYSCALL             | signal SIGSYS      |
        | SYSCALL with SIGSYS | entry rt_sigreturn |
        | SYSCALL             | exit -1            |
        | SYSCALL             | entry gettid       |
        | CONT                | exited 0           |
      Then inside "syscall_exit_work" of getppid these steps run:
        | step                               |
        | syscall user dispatch: rolled back |
      And the trace events and audit records are not asked about
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @ENT @ENT-32 @reference
  Rule: The rolled-back mark is looked at only while user dispatch is still on at exit

    Scenario Outline: With user dispatch off a mark that was left over hides nothing
      Given a guest program on <mode>:
        """
        B: break
        getppid
        """
      And a rolled-back mark left over from user dispatch
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do      | sees           |
        | CONT    | signal SIGTRAP |
        | SYSCALL | entry getppid  |
        | SYSCALL | exit getppid   |
        | CONT    | exited 0       |
      Then inside "syscall_exit_work" of getppid these steps run:
        | step                       |
        | ptrace_report_syscall_exit |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
