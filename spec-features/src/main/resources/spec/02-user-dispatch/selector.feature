Feature: Range and selector

  Two questions decide a call: does it come from the exempt range, and what does the selector byte say now.

  @SUD @SUD-09
  Rule: The range is compared with the address behind the call instruction

    Scenario Outline: A call that ends exactly at the start of the range is inside
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          note "dispatched"
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON &L.next 0x100 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        L: getppid
        poke selector SYSCALL_DISPATCH_FILTER_ALLOW
        note "end"
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | end |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

    Scenario Outline: A call whose last byte is the last byte of the range is outside
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
          note "dispatched"
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON &L 2 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        L: getppid
        note "end"
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | dispatched |
        | end        |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @SUD @SUD-10
  Rule: The range is one unsigned comparison, so offset 0 with length 0 exempts nothing

    Scenario Outline: With an empty range every blocked call is dispatched
      Given a guest program on <mode>:
        """
        byte selector
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

  @SUD @SUD-12
  Rule: A selector byte other than ALLOW and BLOCK kills with a SIGSYS that nobody can catch

    Scenario Outline: Byte 2 kills although SIGSYS has a handler
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          note "caught"
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        poke selector 2
        write 1 "not written"
        """
      When it runs to its end
      Then it ends with "killed by SIGSYS"
      And its output is ""
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

    Scenario Outline: Byte 255 kills although SIGSYS has a handler
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          note "caught"
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        poke selector 255
        write 1 "not written"
        """
      When it runs to its end
      Then it ends with "killed by SIGSYS"
      And its output is ""
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @SUD @SUD-13
  Rule: A selector that cannot be read kills with a SIGSEGV that nobody can catch

    Scenario Outline: An unmapped selector kills although SIGSEGV has a handler
      Given a guest program on <mode>:
        """
        handle SIGSEGV {
          note "caught"
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 0x10000
        write 1 "not written"
        """
      When it runs to its end
      Then it ends with "killed by SIGSEGV"
      And its output is ""
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @SUD @SUD-14
  Rule: The selector is read again for every candidate call; changing the byte takes effect at the next one

    Scenario Outline: The tracer changes the byte while the program is stopped
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
          note "dispatched"
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        getppid
        B: break
        gettid
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do               | sees           |
        | CONT             | signal SIGTRAP |
        | poke selector 1  |                |
        | CONT             | signal SIGSYS  |
        | CONT with SIGSYS | exited 0       |
      Then the guest notes:
        | dispatched |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @SUD @SUD-16
  Rule: A handler that just returns makes the call return its own number

    Scenario Outline: The result of a dispatched call is its number
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        r = getppid
        note r
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | r=nr.getppid |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @SUD @SUD-17
  Rule: The SIGSYS of a dispatch is catchable; blocked or ignored it takes its default action

    Scenario Outline: The program dies of a dispatch while SIGSYS is blocked
      Given a guest program on <mode>:
        """
        byte selector
        block SIGSYS
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        getppid
        note "survived"
        """
      When it runs to its end
      Then it ends with "killed by SIGSYS"
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

    Scenario Outline: The program dies of a dispatch while SIGSYS is ignored
      Given a guest program on <mode>:
        """
        byte selector
        ignore SIGSYS
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        getppid
        note "survived"
        """
      When it runs to its end
      Then it ends with "killed by SIGSYS"
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @SUD @SUD-18
  Rule: The handler's own sigreturn is a candidate too, unless range, selector or the 32-bit vDSO landing pad exempts it

    Scenario Outline: A 64-bit handler that returns under BLOCK is dispatched again, and dies because SIGSYS is blocked
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          note "dispatched"
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        getppid
        note "survived"
        """
      When it runs to its end
      Then it ends with "killed by SIGSYS"
      And the guest notes:
        | dispatched |
      And nothing else happens

      Examples:
        | mode |
        | x64  |

    Scenario Outline: A 32-bit handler that returns through the vDSO goes on under BLOCK
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          note "dispatched"
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        getppid
        poke selector SYSCALL_DISPATCH_FILTER_ALLOW
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | dispatched |
      And nothing else happens

      Examples:
        | mode |
        | ia32 |
