Feature: Dispatch and everyone else

  A dispatched call is nobody's business but the program's. A call killed by a bad selector is not rolled back, and that shows.

  @SUD @SUD-25
  Rule: A bad selector under PTRACE_SYSCALL shows no entry-stop but an exit-stop with -ENOSYS, then the death without a signal stop

    Scenario Outline: An unmatched exit-stop comes before the death
      Given a guest program on <mode>:
        """
        byte selector
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        B: break
        poke selector 2
        getppid
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do      | sees             | result  | message |
        | CONT    | signal SIGTRAP   |         |         |
        | SYSCALL | exit getppid     | -ENOSYS | 2       |
        | SYSCALL | killed by SIGSYS |         |         |
      Then nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @SUD @SUD-26
  Rule: A dispatched call leaves no trace event and no audit record

    Scenario Outline: The trace shows the calls around it only; the sigreturn's event carries the number as restored result
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        getppid
        exit_group 0 0 0 0 0 0
        """
      And the trace events "raw_syscalls" are on
      When it runs to its end
      Then it ends with "exited 0"
      And these trace events are recorded:
        | sys_enter: NR nr.rt_sigaction (*)              |
        | sys_exit: NR nr.rt_sigaction = 0               |
        | sys_enter: NR nr.prctl (*)                     |
        | sys_exit: NR nr.prctl = 0                      |
        | sys_enter: NR nr.rt_sigreturn (*)              |
        | sys_exit: NR -1 = nr.getppid                   |
        | sys_enter: NR nr.exit_group (0, 0, 0, 0, 0, 0) |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

    Scenario Outline: The audit log shows the calls around it only
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        getppid
        exit_group 0 0 0 0 0 0
        """
      And system call audit is on
      When it runs to its end
      Then it ends with "exited 0"
      And these audit records are written:
        | arch=AUDIT_ARCH syscall=nr.rt_sigaction success=yes exit=0 * |
        | arch=AUDIT_ARCH syscall=nr.prctl success=yes exit=0 *        |
        | arch=AUDIT_ARCH syscall=nr.rt_sigreturn *                    |
        | arch=AUDIT_ARCH syscall=nr.exit_group *                      |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @SUD @SUD-27
  Rule: Seccomp is not asked about a dispatched call; it is asked about a let-through one

    Scenario Outline: A filter that kills is not consulted for a dispatched call
      Given a guest program on <mode>:
        """
        filter F {
          getppid -> KILL_PROCESS
          default -> ALLOW
        }
        byte selector
        install F
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
          note "dispatched"
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        getppid
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | dispatched |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

    Scenario Outline: The same filter kills at a let-through call
      Given a guest program on <mode>:
        """
        filter F {
          getppid -> KILL_PROCESS
          default -> ALLOW
        }
        byte selector
        install F
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        getppid
        note "survived"
        """
      When it runs to its end
      Then it ends with "killed by SIGSYS"
      And these audit records are written:
        | seccomp sig=31 arch=AUDIT_ARCH syscall=nr.getppid code=0x80000000 |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @SUD @SUD-28
  Rule: A dispatched number that equals a restart code is restarted after a handler with SA_RESTART

    Scenario Outline: The call -512 is dispatched twice
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS restart {
          n += 1
          if n == 2 {
            poke selector SYSCALL_DISPATCH_FILTER_ALLOW
          }
          note "dispatched"
        }
        n = 0
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON &OUT 0x2000 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        L: syscall -512
        poke selector SYSCALL_DISPATCH_FILTER_ALLOW
        mark OUT
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | dispatched |
        | dispatched |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
