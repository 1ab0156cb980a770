Feature: Switching user dispatch on and off

  The prctl is per thread and checks its arguments strictly, so that later meanings can be given to what is refused today.

  @SUD @SUD-01
  Rule: Where user dispatch is not supported the prctl fails with EINVAL for any mode, OFF included

    @native
    Scenario Outline: Neither switching on nor switching off is understood
      Given a guest program on <mode>:
        """
        on = prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 0
        off = prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_OFF 0 0 0
        note on off
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | on=-EINVAL  |
        | off=-EINVAL |
      And nothing else happens

      Examples:
        | mode  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: A thread's calls run while another thread of the process is armed and blocked
      Given a guest program on <mode>:
        """
        byte selector
        word W
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
          note "dispatched"
        }
        thread {
          nanosleep 100ms 0
          getppid
          note "the thread's call ran"
          poke W 1
          futex &W FUTEX_WAKE 1
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON &S.next 1 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        S: futex &W FUTEX_WAIT 0 0
        getppid
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | the thread's call ran |
        | dispatched            |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @SUD @SUD-02
  Rule: OFF wants offset, length and selector all zero; a refused call changes nothing

    Scenario Outline: OFF with <offset> <length> <selector> is refused, and calls are dispatched as before
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
          note "dispatched"
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        r = prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_OFF <offset> <length> <selector>
        note r
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        getppid
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | r=-EINVAL  |
        | dispatched |
      And nothing else happens

      Examples:
        | mode | offset | length | selector |
        | x64  | 1      | 0      | 0        |
        | x64  | 0      | 1      | 0        |
        | x64  | 0      | 0      | DATA     |
        | ia32 | 1      | 0      | 0        |
        | ia32 | 0      | 1      | 0        |
        | ia32 | 0      | 0      | DATA     |

    Scenario Outline: OFF with all three zero lets every call run, whatever the selector says
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
          note "dispatched"
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        r = prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_OFF 0 0 0
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        q = getpgid 4242
        note r q
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | r=0      |
        | q=-ESRCH |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @SUD @SUD-03
  Rule: EXCLUSIVE mode accepts offset 0 with any length, and refuses another offset with length 0 or with wrap-around

    Scenario Outline: Offset <offset> with length <length> gives <result>
      Given a guest program on <mode>:
        """
        byte selector
        r = prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON <offset> <length> &selector
        note r
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | r=<result> |
      And nothing else happens

      Examples:
        | mode | offset | length | result  |
        | x64  | 0      | 0      | 0       |
        | x64  | 0      | -1     | 0       |
        | x64  | CODE   | 1      | 0       |
        | x64  | CODE   | 0      | -EINVAL |
        | x64  | -1     | 1      | -EINVAL |
        | x64  | CODE   | -1     | -EINVAL |
        | ia32 | 0      | 0      | 0       |
        | ia32 | CODE   | 0      | -EINVAL |

  @SUD @SUD-04
  Rule: INCLUSIVE mode dispatches calls from inside the range and lets those from outside run

    Scenario Outline: Length <length> from <offset> gives <result>
      Given a guest program on <mode>:
        """
        byte selector
        r = prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_INCLUSIVE_ON <offset> <length> &selector
        note r
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | r=<result> |
      And nothing else happens

      Examples:
        | mode | offset | length  | result  |
        | x64  | CODE   | 0x10000 | 0       |
        | x64  | CODE   | 0       | -EINVAL |
        | x64  | 0      | 0       | -EINVAL |
        | x64  | CODE   | -1      | -EINVAL |

    Scenario Outline: Only the call inside the range is dispatched
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
          call = info.syscall
          note call
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_INCLUSIVE_ON &START 0x40 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        r = getpid
        mark START
        gettid
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | call=nr.gettid |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

    Scenario Outline: A 6.12 kernel does not know the mode
      Given a guest program on <mode>:
        """
        byte selector
        r = prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_INCLUSIVE_ON CODE 0x10000 &selector
        note r
        """
      And a kernel of version 6.12
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | r=-EINVAL |
      And nothing else happens

      Examples:
        | mode |
        | x64  |

  @SUD @SUD-05
  Rule: Any other mode is refused with EINVAL

    Scenario Outline: Mode <number> is refused
      Given a guest program on <mode>:
        """
        byte selector
        r = prctl PR_SET_SYSCALL_USER_DISPATCH <number> 0 0 &selector
        note r
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | r=-EINVAL |
      And nothing else happens

      Examples:
        | mode | number |
        | x64  | 3      |
        | x64  | -1     |
        | ia32 | 3      |

  @SUD @SUD-06
  Rule: Without a selector every candidate call is dispatched

    Scenario Outline: The first call after the switch raises SIGSYS
      Given a guest program on <mode>:
        """
        handle SIGSYS {
          note "dispatched"
          break
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 0
        getppid
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do               | sees              |
        | CONT             | signal SIGSYS     |
        | CONT with SIGSYS | signal SIGTRAP    |
        | kill SIGKILL     | killed by SIGKILL |
      Then the guest notes:
        | dispatched |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @SUD @SUD-20
  Rule: A fork child starts with dispatch off

    Scenario Outline: The child's calls run while the parent's are dispatched
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
          note "dispatched"
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        fork {
          poke selector SYSCALL_DISPATCH_FILTER_BLOCK
          getppid
          note "child ran its call"
        }
        wait4 -1 0 0 0
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        getppid
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | child ran its call |
        | dispatched         |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @SUD @SUD-21
  Rule: A new program starts with dispatch off

    Scenario Outline: The next program's calls run although only its execve was exempt before
      Given a guest program on <mode>:
        """
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON &E.next 1 0
        E: execve "/next\0" 0 0
        """
      And it may execute "/next":
        """
        r = getpgid 4242
        note "next" r
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | next r=-ESRCH |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
