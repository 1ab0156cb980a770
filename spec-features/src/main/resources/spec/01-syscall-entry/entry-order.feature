Feature: The order of entry work

  Before a system call's body runs, up to six parties may look at it. Their order decides who sees whose changes.

  @ENT @ENT-04
  Rule: Entry work runs in one order: user dispatch, the end of a granted time slice, ptrace, seccomp, tracepoint, audit

    Scenario Outline: The entry-stop comes before the seccomp event of the same call
      Given a guest program on <mode>:
        """
        filter F {
          getppid -> TRACE 5
          default -> ALLOW
        }
        install F
        B: break
        getppid
        """
      And the tracer has seized it with "TRACESYSGOOD TRACESECCOMP"
      When this happens:
        | do            | sees             | message |
        | CONT          | signal SIGTRAP   |         |
        | set pc B.next |                  |         |
        | SYSCALL       | entry getppid    | 1       |
        | SYSCALL       | event seccomp    | 5       |
        | SYSCALL       | exit getppid     | 2       |
        | SYSCALL       | entry exit_group | 1       |
        | SYSCALL       | exited 0         |         |
      Then nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    @reference @timeline
    Scenario Outline: With every work bit set the steps run in this order
      Given a guest program on <mode>:
        """
        filter F {
          default -> ALLOW
        }
        byte selector
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
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
        | CONT          | exited 0       |
      Then inside "syscall_trace_enter" of getppid these steps run:
        | step                        |
        | syscall_user_dispatch       |
        | ptrace_report_syscall_entry |
        | secure_computing            |
        | trace_sys_enter             |
        | audit_syscall_entry         |
      And the trace events and audit records are not asked about
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

    @reference
    Scenario Outline: A call under a time slice extension ends it after user dispatch and before the tracer is asked
      Given a guest program on <mode>:
        """
        buffer area 40
        filter F {
          default -> ALLOW
        }
        byte selector
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        install F
        rseq &area 40 0 0
        prctl PR_RSEQ_SLICE_EXTENSION PR_RSEQ_SLICE_EXTENSION_SET PR_RSEQ_SLICE_EXT_ENABLE 0 0
        B: break
        poke area+28 1
        nop
        nop
        nop
        nop
        nop
        nop
        getppid
        """
      And a kernel with "RSEQ_SLICE_EXTENSION=y"
      And a reschedule request arrives 6 instructions after run 7 of "exit_to_user_mode"
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | SYSCALL       | entry getppid  |
        | CONT          | exited 0       |
      Then inside "syscall_trace_enter" of getppid these steps run:
        | step                        |
        | syscall_user_dispatch       |
        | rseq_syscall_enter_work     |
        | __schedule                  |
        | ptrace_report_syscall_entry |
        | secure_computing            |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @ENT @ENT-05
  Rule: When user dispatch takes a call, nothing after it looks at the call on entry and its body does not run

    Scenario Outline: A dispatched write reaches neither tracer, nor filter, nor the terminal
      Given a guest program on <mode>:
        """
        filter F {
          write -> ERRNO 7
          default -> ALLOW
        }
        byte selector
        install F
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        B: break
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        W: r = write 1 "not written\n"
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                  | sees               | pc     | result   |
        | CONT                | signal SIGTRAP     |        |          |
        | SYSCALL             | signal SIGSYS      | W.next | nr.write |
        | SYSCALL with SIGSYS | entry rt_sigreturn |        |          |
        | CONT                | exited 0           |        |          |
      Then its output is ""
      And the guest notes:
        | r=nr.write |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

    @reference
    Scenario Outline: User dispatch is the only entry work that runs for a dispatched call
      Given a guest program on <mode>:
        """
        filter F {
          default -> ALLOW
        }
        byte selector
        install F
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        getppid
        """
      And the trace events "raw_syscalls" are on
      And system call audit is on
      When it runs to its end
      Then inside "syscall_trace_enter" of getppid these steps run:
        | step                  |
        | syscall_user_dispatch |
      And it ends with "exited 0"
      And the trace events and audit records are not asked about
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @ENT @ENT-06
  Rule: A call that user dispatch lets through gets all later entry work as if dispatch were off

    Scenario Outline: An allowed call is stopped for the tracer and judged by the filter
      Given a guest program on <mode>:
        """
        filter F {
          getppid -> ERRNO 7
          default -> ALLOW
        }
        byte selector
        install F
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        B: break
        r = getppid
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do      | sees           | result |
        | CONT    | signal SIGTRAP |        |
        | SYSCALL | entry getppid  |        |
        | SYSCALL | exit getppid   | -7     |
        | CONT    | exited 0       |        |
      Then the guest notes:
        | r=-7 |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @ENT @ENT-08
  Rule: SYSEMU in the word sampled at entry skips the body, even if the tracer has resumed with another request meanwhile

    Scenario Outline: A SYSEMU entry-stop resumed with <request> still skips the body
      Given a guest program on <mode>:
        """
        B: break
        write 1 "not written"
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | SYSEMU        | entry write    |
        | <request>     | <then>         |
        | CONT          | <last>         |
      Then its output is ""
      And nothing else happens

      Examples:
        | mode | request | then             | last     |
        | x64  | SYSCALL | exit write       | exited 0 |
        | ia32 | SYSCALL | exit write       | exited 0 |
        | a64  | SYSCALL | exit write       | exited 0 |
        | a32  | SYSCALL | exit write       | exited 0 |

      @generic
      Examples:
        | mode | request | then | last |
        | arm | SYSCALL | exit write | exited 0 |
        | thumb | SYSCALL | exit write | exited 0 |

  @SEC @SEC-22
  Rule: A filter judges the argument 0 that the tracer wrote in the entry-stop; on arm it still judges the one before

    Not on a32: there the register is not the argument any more, and a tracer writes orig_r0 (PTR-35).

    Scenario Outline: A call that the tracer made forbidden is refused
      Given a guest program on <mode>:
        """
        filter F {
          getpgid 7 -> ERRNO 2
          getpgid 0 -> ERRNO 1
          default -> ALLOW
        }
        install F
        B: break
        r = getpgid -1
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | result |
        | CONT          | signal SIGTRAP |        |
        | set pc B.next |                |        |
        | SYSCALL       | entry getpgid  |        |
        | set arg0 0    |                |        |
        | SYSCALL       | exit getpgid   | -EPERM |
        | CONT          | exited 0       |        |
      Then the guest notes:
        | r=-EPERM |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

    @native
    Scenario Outline: On arm64, where argument 0 is in the result register, it is refused since 7.3
      Given a guest program on <mode>:
        """
        filter F {
          getpgid 7 -> ERRNO 2
          getpgid 0 -> ERRNO 1
          default -> ALLOW
        }
        install F
        B: break
        r = getpgid -1
        note r
        """
      And a kernel of version 7.3
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | result |
        | CONT          | signal SIGTRAP |        |
        | set pc B.next |                |        |
        | SYSCALL       | entry getpgid  |        |
        | set arg0 0    |                |        |
        | SYSCALL       | exit getpgid   | -EPERM |
        | CONT          | exited 0       |        |
      Then the guest notes:
        | r=-EPERM |
      And nothing else happens

      Examples:
        | mode |
        | a64  |

    @native
    Scenario Outline: On arm it gets past the filter
      Given a guest program on <mode>:
        """
        filter F {
          getpgid 7 -> ERRNO 2
          getpgid 0 -> ERRNO 1
          default -> ALLOW
        }
        install F
        B: break
        r = getpgid -1
        if r >= 1 {
          note "got past"
        }
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | SYSCALL       | entry getpgid  |
        | set arg0 0    |                |
        | SYSCALL       | exit getpgid   |
        | CONT          | exited 0       |
      Then the guest notes:
        | got past |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |
