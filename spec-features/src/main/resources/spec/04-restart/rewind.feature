Feature: How a call is made again

  To make a call again the kernel moves the program back onto the system call instruction and puts back the register that the result has
  overwritten. The ports differ in where the number then comes from, and in what of it the program can see.

  @RST @RST-04
  Rule: ERESTARTNOINTR: the call runs again in every case, with a handler or without, SA_RESTART or not

    Scenario Outline: The call runs again after a handler <installed>
      Given a guest program on <mode>:
        """
        handle SIGUSR1 <flags> {
          note "handled"
        }
        p = getpgid 0
        B: break
        r = getpgid 0
        if r == p {
          note "again"
        }
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                         | sees           |
        | CONT                       | signal SIGTRAP |
        | set pc B.next              |                |
        | SYSCALL                    | entry getpgid  |
        | send SIGUSR1               |                |
        | SYSCALL                    | exit getpgid   |
        | set result -ERESTARTNOINTR |                |
        | CONT                       | signal SIGUSR1 |
        | CONT with SIGUSR1          | exited 0       |
      Then the guest notes:
        | handled |
        | again   |
      And nothing else happens

      Examples:
        | mode  | flags   | installed          |
        | x64   |         | without SA_RESTART |
        | ia32  |         | without SA_RESTART |
        | a64   |         | without SA_RESTART |
        | a32   |         | without SA_RESTART |
        | arm   |         | without SA_RESTART |
        | thumb |         | without SA_RESTART |
        | x64   | restart | with SA_RESTART    |
        | ia32  | restart | with SA_RESTART    |
        | a64   | restart | with SA_RESTART    |
        | a32   | restart | with SA_RESTART    |
        | arm   | restart | with SA_RESTART    |
        | thumb | restart | with SA_RESTART    |

    Scenario Outline: The call runs again when no handler does
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        p = getpgid 0
        B: break
        r = getpgid 0
        if r == p {
          note "again"
        }
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                         | sees           |
        | CONT                       | signal SIGTRAP |
        | set pc B.next              |                |
        | SYSCALL                    | entry getpgid  |
        | send SIGUSR1               |                |
        | SYSCALL                    | exit getpgid   |
        | set result -ERESTARTNOINTR |                |
        | CONT                       | signal SIGUSR1 |
        | CONT                       | exited 0       |
      Then the guest notes:
        | again |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @RST @RST-12
  Rule: On arm64 and arm a tracer that moves the pc in the signal-delivery-stop takes the EINTR away

    Scenario Outline: The handler's frame carries the tracer's pc and the call's argument 0
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled" context.pc context.result
        }
        word W
        B: break
        futex &W FUTEX_WAIT 0 0
        note "not reached"
        M: nop
        note "moved"
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           |
        | CONT              | signal SIGTRAP |
        | set pc B.next     |                |
        | CONT              |                |
        | until asleep      |                |
        | send SIGUSR1      |                |
        |                   | signal SIGUSR1 |
        | set pc M          |                |
        | CONT with SIGUSR1 | exited 0       |
      Then the guest notes:
        | handled context.pc=M     |
        | handled context.result=W |
        | moved                    |
      And nothing else happens

      Examples:
        | mode  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: Without the move the frame carries EINTR and the pc behind the call
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled" context.pc context.result
        }
        word W
        B: break
        L: futex &W FUTEX_WAIT 0 0
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           | pc |
        | CONT              | signal SIGTRAP |    |
        | set pc B.next     |                |    |
        | CONT              |                |    |
        | until asleep      |                |    |
        | send SIGUSR1      |                |    |
        |                   | signal SIGUSR1 | L  |
        | CONT with SIGUSR1 | exited 0       |    |
      Then the guest notes:
        | handled context.pc=L.next     |
        | handled context.result=-EINTR |
      And nothing else happens

      Examples:
        | mode  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @RST @RST-13
  Rule: On x86 the pc goes back two bytes and the result register takes the number from the orig register

    Scenario Outline: A handler finds the program on its <entry> instruction with the number loaded
      Given a guest program on <mode>:
        """
        word W
        handle SIGUSR1 restart {
          note "handled" context.pc context.nr
          poke W 1
        }
        L: r = via <entry> futex &W FUTEX_WAIT 0 0
        note r
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | handled context.pc=L        |
        | handled context.nr=nr.futex |
        | r=-EAGAIN                   |
      And nothing else happens

      Examples:
        | mode | entry    |
        | x64  | syscall  |
        | ia32 | sysenter |
        | ia32 | int80    |

    Scenario Outline: A number that the tracer changed in the entry-stop is what runs again
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: r = getpgid 0
        t = gettid
        if r == t {
          note "ran gettid"
        }
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                         | sees           | pc     | orig      |
        | CONT                       | signal SIGTRAP |        |           |
        | SYSCALL                    | entry getpgid  | L.next |           |
        | set orig nr.gettid         |                |        |           |
        | send SIGUSR1               |                |        |           |
        | SYSCALL                    | exit gettid    |        |           |
        | set result -ERESTARTNOINTR |                |        |           |
        | SYSCALL                    | signal SIGUSR1 | L.next | nr.gettid |
        | SYSCALL                    | entry gettid   | L.next | nr.gettid |
        | SYSCALL                    | exit gettid    |        |           |
        | CONT                       | exited 0       |        |           |
      Then the guest notes:
        | ran gettid |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @RST @RST-14
  Rule: On arm64 the pc goes back over the svc and x0 gets argument 0 back, while the number's register is left alone

    Scenario Outline: A handler finds the program on its svc with argument and number in place
      Given a guest program on <mode>:
        """
        word W
        handle SIGUSR1 restart {
          note "handled" context.pc context.result context.nr
          poke W 1
        }
        L: r = futex &W FUTEX_WAIT 0 0
        note r
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | handled context.pc=L        |
        | handled context.result=W    |
        | handled context.nr=nr.futex |
        | r=-EAGAIN                   |
      And nothing else happens

      Examples:
        | mode |
        | a64  |
        | a32  |

    Scenario Outline: In Thumb code of a 32-bit program the pc goes back two bytes
      Given a guest program on <mode>:
        """
        word W
        handle SIGUSR1 restart {
          note "handled" context.pc context.result
          poke W 1
        }
        register r0 &W
        register r1 0
        register r2 0
        register r3 0
        register r7 nr.futex
        code 01 c0 8f e2 1c ff 2f e1
        code c0 46
        T: code 00 df
        code 78 47 c0 46
        r = register r0
        note r
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | handled context.pc=T     |
        | handled context.result=W |
        | r=-EAGAIN                |
      And nothing else happens

      Examples:
        | mode |
        | a32  |

    Scenario Outline: A number that the tracer changed is lost, and the program's own register decides
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        p = getpgid 0
        B: break
        L: r = getpgid 0
        if r == p {
          note "ran getpgid"
        }
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                         | sees           | pc     | number     |
        | CONT                       | signal SIGTRAP |        |            |
        | set pc B.next              |                |        |            |
        | SYSCALL                    | entry getpgid  | L.next |            |
        | set number nr.gettid       |                |        |            |
        | send SIGUSR1               |                |        |            |
        | SYSCALL                    | exit gettid    |        |            |
        | set result -ERESTARTNOINTR |                |        |            |
        | SYSCALL                    | signal SIGUSR1 | L      |            |
        | SYSCALL                    | entry getpgid  | L.next | nr.getpgid |
        | CONT                       | exited 0       |        |            |
      Then the guest notes:
        | ran getpgid |
      And nothing else happens

      Examples:
        | mode |
        | a64  |
        | a32  |

  @RST @RST-15
  Rule: On arm with a handler the pc goes back over the svc, r0 gets argument 0 back, and the call's number is read afresh

    Scenario Outline: A handler finds the program on its svc with argument 0 in r0
      Given a guest program on <mode>:
        """
        word W
        handle SIGUSR1 restart {
          note "handled" context.pc context.result
          poke W 1
        }
        L: r = futex &W FUTEX_WAIT 0 0
        note r
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | handled context.pc=L     |
        | handled context.result=W |
        | r=-EAGAIN                |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |
        | oabi  |

    Scenario Outline: With r7 changed meanwhile the instruction makes another call in EABI code, the same in OABI code
      Given a guest program on <mode>:
        """
        word W
        handle SIGUSR1 restart {
          poke W 1
        }
        t = gettid
        B: break
        r = futex &W FUTEX_WAIT 0 0
        if r == t {
          note "ran gettid"
        }
        if r == -EAGAIN {
          note "ran futex"
        }
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           |
        | CONT              | signal SIGTRAP |
        | set pc B.next     |                |
        | CONT              |                |
        | until asleep      |                |
        | send SIGUSR1      |                |
        |                   | signal SIGUSR1 |
        | set r7 nr.gettid  |                |
        | CONT with SIGUSR1 | exited 0       |
      Then the guest notes:
        | ran <call> |
      And nothing else happens

      Examples:
        | mode  | call   |
        | arm   | gettid |
        | thumb | gettid |
        | oabi  | futex  |
