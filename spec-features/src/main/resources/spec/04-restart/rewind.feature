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

  @RST @RST-18
  Rule: On arm64 restart_syscall is written to the program's number register and stays there after the call

    Scenario Outline: The program finds another number in the register than it put there
      Given a guest program on <mode>:
        """
        nanosleep 5ms 0
        n = register <register>
        note n
        """
      When this happens:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | kill SIGCONT | continued          |
        | wait         | exited 0           |
      Then the guest notes:
        | n=<number> |
      And nothing else happens

      Examples:
        | mode | register | number |
        | a64  | x8       | 128    |
        | a32  | r7       | 0      |

    Scenario Outline: Without a restart the register keeps the program's number
      Given a guest program on <mode>:
        """
        r = nanosleep 5ms 0
        n = register <register>
        note r n
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | wait         | exited 0 |
      Then the guest notes:
        | r=0            |
        | n=nr.nanosleep |
      And nothing else happens

      Examples:
        | mode | register |
        | a64  | x8       |
        | a32  | r7       |

    Scenario Outline: A tracer sees the number in the entry-stop of the restarted call
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: nanosleep 5ms 0
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees                  | pc     | <register>   |
        | CONT          | signal SIGTRAP        |        |              |
        | set pc B.next |                       |        |              |
        | CONT          |                       |        |              |
        | until asleep  |                       |        |              |
        | send SIGUSR1  |                       |        |              |
        |               | signal SIGUSR1        | L      | nr.nanosleep |
        | SYSCALL       | entry restart_syscall | L.next | <number>     |
        | SYSCALL       | exit restart_syscall  | L.next | <number>     |
        | CONT          | exited 0              |        |              |
      Then nothing else happens

      Examples:
        | mode | register | number |
        | a64  | x8       | 128    |
        | a32  | r7       | 0      |

  @RST @RST-19
  Rule: On x86 restart_syscall's number is that of the ABI through which the interrupted call was made

    Scenario Outline: A restarted sleep is entered with number <number>
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: r = via <entry> nanosleep 5ms 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do           | sees                  | pc     | orig         |
        | CONT         | signal SIGTRAP        |        |              |
        | CONT         |                       |        |              |
        | until asleep |                       |        |              |
        | send SIGUSR1 |                       |        |              |
        |              | signal SIGUSR1        | L.next | nr.nanosleep |
        | SYSCALL      | entry restart_syscall | L.next | <number>     |
        | SYSCALL      | exit restart_syscall  | L.next | <number>     |
        | CONT         | exited 0              |        |              |
      Then the guest notes:
        | r=0 |
      And nothing else happens

      Examples:
        | mode | entry    | number |
        | x64  | syscall  | 219    |
        | ia32 | sysenter | 0      |
        | ia32 | int80    | 0      |

    Scenario Outline: A sleep that a 64-bit program began through the 32-bit ABI goes on through it
      Given a guest program on <mode>:
        """
        word TS 0x004c4b4000000000
        r = via int80 syscall 162 &TS 0
        note r
        """
      When this happens:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | kill SIGCONT | continued          |
        | wait         | exited 0           |
      Then the guest notes:
        | r=0 |
      And nothing else happens

      Examples:
        | mode |
        | x64  |

    @reference
    Scenario Outline: A number with the x32 bit keeps it where the kernel knows x32
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        L: syscall 0x40000023 0 0
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                                | sees             | orig       |
        | CONT                              | signal SIGTRAP   |            |
        | SYSCALL                           | entry 1073741859 | 0x40000023 |
        | send SIGUSR1                      |                  |            |
        | SYSCALL                           | exit 1073741859  |            |
        | set result -ERESTART_RESTARTBLOCK |                  |            |
        | SYSCALL                           | signal SIGUSR1   | 0x40000023 |
        | SYSCALL                           | entry 1073742043 | 0x400000db |
        | CONT                              | exited 0         |            |
      Then nothing else happens

      Examples:
        | mode |
        | x64  |

  @RST @RST-21
  Rule: Sigreturn disarms the restart block: what the handler interrupted cannot be continued behind it

    Scenario Outline: In the handler restart_syscall still finishes the sleep, behind it no more
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          i = restart_syscall
          note "inside" i
        }
        r = nanosleep 5ms 0
        o = restart_syscall
        note "outside" r o
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | inside i=0       |
        | outside r=-EINTR |
        | outside o=-EINTR |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: The block of a call interrupted in the handler does not outlive it either
      Given a guest program on <mode>:
        """
        handle SIGUSR2 {
          note "inner"
        }
        handle SIGUSR1 {
          i = nanosleep 5ms 0
          note "outer" i
        }
        r = nanosleep 5ms 0
        o = restart_syscall
        note r o
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | sleep 1ms    |          |
        | send SIGUSR2 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | inner          |
        | outer i=-EINTR |
        | r=-EINTR       |
        | o=-EINTR       |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @RST @RST-22
  Rule: Sigreturn is never restarted, even if the result register it restores holds a restart code

    Scenario Outline: A signal that waits behind sigreturn does not rewind the restored program
      Given a guest program on <mode>:
        """
        handle SIGUSR2 restart {
          note "second" context.pc
        }
        handle SIGUSR1 mask SIGUSR2 {
          note "first" context.result
          raise SIGUSR2
        }
        B: break
        r = register <register>
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                      | sees           | pc     | result       | orig   |
        | CONT                    | signal SIGTRAP |        |              |        |
        | set pc B.next           |                |        |              |        |
        | set result -ERESTARTSYS |                |        |              |        |
        | send SIGUSR1            |                |        |              |        |
        | CONT                    | signal SIGUSR1 | B.next | -ERESTARTSYS |        |
        | CONT with SIGUSR1       | signal SIGUSR2 | B.next | -ERESTARTSYS | <orig> |
        | CONT with SIGUSR2       | exited 0       |        |              |        |
      Then the guest notes:
        | first context.result=-ERESTARTSYS |
        | second context.pc=B.next          |
        | r=-ERESTARTSYS                    |
      And nothing else happens

      Examples:
        | mode  | register | orig |
        | x64   | rax      | -1   |
        | ia32  | eax      | -1   |
        | a64   | x0       | -    |
        | a32   | r0       | -    |
        | arm   | r0       | -    |
        | thumb | r0       | -    |

  @RST @RST-23
  Rule: One call has one restart decision: a second signal in the same exit does not rewind again

    Scenario Outline: Two handlers that both restart move the program back once
      Given a guest program on <mode>:
        """
        word W
        handle SIGUSR1 restart {
          note "first" context.pc
          poke W 1
        }
        handle SIGUSR2 restart {
          note "second"
        }
        L: r = futex &W FUTEX_WAIT 0 0
        note r
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | send SIGUSR2 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | second             |
        | first context.pc=L |
        | r=-EAGAIN          |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: On arm64 and arm a restart code that the tracer writes at the second signal is no restart code any more
      Given a guest program on <mode>:
        """
        word W
        H: nop
        handle SIGUSR1 restart {
          note "first" context.pc
          poke W 1
        }
        handle SIGUSR2 restart {
          note "second" context.result
        }
        B: break
        L: r = futex &W FUTEX_WAIT 0 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                      | sees           | pc | result  |
        | CONT                    | signal SIGTRAP |    |         |
        | set pc B.next           |                |    |         |
        | CONT                    |                |    |         |
        | until asleep            |                |    |         |
        | send SIGUSR1            |                |    |         |
        | send SIGUSR2            |                |    |         |
        |                         | signal SIGUSR1 | L  | W       |
        | CONT with SIGUSR1       | signal SIGUSR2 |    | SIGUSR1 |
        | set result -ERESTARTSYS |                |    |         |
        | CONT with SIGUSR2       | exited 0       |    |         |
      Then the guest notes:
        | second context.result=-ERESTARTSYS |
        | first context.pc=L                 |
        | r=-EAGAIN                          |
      And nothing else happens

      Examples:
        | mode  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: On arm64 the number is forgotten before the tracer is asked
      Given a guest program on <mode>:
        """
        word W
        handle SIGUSR1 restart {
          note "first"
          poke W 1
        }
        handle SIGUSR2 restart {
          note "second"
        }
        B: break
        L: r = futex &W FUTEX_WAIT 0 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           | pc     | number   |
        | CONT              | signal SIGTRAP |        |          |
        | set pc B.next     |                |        |          |
        | SYSCALL           | entry futex    | L.next | nr.futex |
        | SYSCALL           |                |        |          |
        | until asleep      |                |        |          |
        | send SIGUSR1      |                |        |          |
        | send SIGUSR2      |                |        |          |
        |                   | exit futex     | L.next | nr.futex |
        | CONT              | signal SIGUSR1 | L      | -1       |
        | CONT with SIGUSR1 | signal SIGUSR2 |        | -1       |
        | CONT with SIGUSR2 | exited 0       |        |          |
      Then the guest notes:
        | second    |
        | first     |
        | r=-EAGAIN |
      And nothing else happens

      Examples:
        | mode |
        | a64  |
        | a32  |

    @generic @reference
    Scenario Outline: A converted arm forgets the number with the first decision
      Given a guest program on <mode>:
        """
        word W
        handle SIGUSR1 restart {
          note "first"
          poke W 1
        }
        handle SIGUSR2 restart {
          note "second"
        }
        B: break
        L: r = futex &W FUTEX_WAIT 0 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           | pc | number   |
        | CONT              | signal SIGTRAP |    |          |
        | set pc B.next     |                |    |          |
        | CONT              |                |    |          |
        | until asleep      |                |    |          |
        | send SIGUSR1      |                |    |          |
        | send SIGUSR2      |                |    |          |
        |                   | signal SIGUSR1 | L  | nr.futex |
        | CONT with SIGUSR1 | signal SIGUSR2 |    | -1       |
        | CONT with SIGUSR2 | exited 0       |    |          |
      Then the guest notes:
        | second    |
        | first     |
        | r=-EAGAIN |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @RST @RST-24
  Rule: Of two signals that wait together the one chosen first decides the restart, and the other's handler runs first

    Scenario Outline: <first> first and <second> second give <noted>
      Given a guest program on <mode>:
        """
        word W
        handle SIGUSR1 <flags1> {
          note "first"
          poke W 1
        }
        handle SIGUSR2 <flags2> {
          note "second"
        }
        r = futex &W FUTEX_WAIT 0 0
        note r
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR2 |          |
        | send SIGUSR1 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | second    |
        | first     |
        | r=<noted> |
      And nothing else happens

      Examples:
        | mode  | flags1  | flags2  | first         | second        | noted   |
        | x64   | restart |         | SA_RESTART    | no SA_RESTART | -EAGAIN |
        | ia32  | restart |         | SA_RESTART    | no SA_RESTART | -EAGAIN |
        | a64   | restart |         | SA_RESTART    | no SA_RESTART | -EAGAIN |
        | a32   | restart |         | SA_RESTART    | no SA_RESTART | -EAGAIN |
        | arm   | restart |         | SA_RESTART    | no SA_RESTART | -EAGAIN |
        | thumb | restart |         | SA_RESTART    | no SA_RESTART | -EAGAIN |
        | x64   |         | restart | no SA_RESTART | SA_RESTART    | -EINTR  |
        | ia32  |         | restart | no SA_RESTART | SA_RESTART    | -EINTR  |
        | a64   |         | restart | no SA_RESTART | SA_RESTART    | -EINTR  |
        | a32   |         | restart | no SA_RESTART | SA_RESTART    | -EINTR  |
        | arm   |         | restart | no SA_RESTART | SA_RESTART    | -EINTR  |
        | thumb |         | restart | no SA_RESTART | SA_RESTART    | -EINTR  |

  @RST @RST-25
  Rule: On arm a number between the table and the private calls is no system call, so nothing restarts it

    @native
    Scenario Outline: A restart code that the tracer writes for such a number reaches the program raw
      Given a guest program on <mode>:
        """
        handle SIGUSR1 restart {
          note "handled" context.pc
        }
        B: break
        L: r = syscall 4096 0
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                      | sees           | pc     | result       |
        | CONT                    | signal SIGTRAP |        |              |
        | set pc B.next           |                |        |              |
        | SYSCALL                 | entry 4096     |        |              |
        | send SIGUSR1            |                |        |              |
        | SYSCALL                 | exit 4096      |        | -ENOSYS      |
        | set result -ERESTARTSYS |                |        |              |
        | SYSCALL                 | signal SIGUSR1 | L.next | -ERESTARTSYS |
        | CONT with SIGUSR1       | exited 0       |        |              |
      Then the guest notes:
        | handled context.pc=L.next |
        | r=-ERESTARTSYS            |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @RST @RST-37
  Rule: A fatal signal while a restart is pending ends the task in the signal loop; nothing is restarted

    Scenario Outline: The call that a fatal signal interrupted is not entered again
      Given a guest program on <mode>:
        """
        B: break
        L: nanosleep 5ms 0
        note "not reached"
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                   | sees              | pc     | result                 |
        | CONT                 | signal SIGTRAP    |        |                        |
        | set pc B.next        |                   |        |                        |
        | SYSCALL              | entry nanosleep   |        |                        |
        | SYSCALL              |                   |        |                        |
        | until asleep         |                   |        |                        |
        | send SIGTERM         |                   |        |                        |
        |                      | exit nanosleep    | L.next | -ERESTART_RESTARTBLOCK |
        | SYSCALL              | signal SIGTERM    |        |                        |
        | SYSCALL with SIGTERM | killed by SIGTERM |        |                        |
      Then nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: SIGKILL ends a stopped program that would have gone on sleeping
      Given a guest program on <mode>:
        """
        nanosleep 5ms 0
        note "not reached"
        """
      When this happens:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | kill SIGKILL | killed by SIGKILL  |
      Then nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |
