Feature: Corners of single-stepping

  A step can meet a restart, the kernel's own entry, a handler, or a program that steps itself.

  @STP @STP-07
  Rule: On arm64 a stepped call that restarts without a handler is stepped once more: the svc runs before the next trap

    @native
    Scenario Outline: The rewound svc runs before the step that the suppressed signal left is reported
      Given a guest program on <mode>:
        """
        word TS 0 400000000
        handle SIGUSR1 {
          note "handled"
        }
        register x0 0
        register x1 0
        register x2 &TS
        register x3 0
        register x8 nr.ppoll
        B: break
        S: code 01 00 00 d4
        nop
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do           | sees           | pc     | result | si_code    |
        | CONT         | signal SIGTRAP |        |        |            |
        | set pc S     |                |        |        |            |
        | SINGLESTEP   |                |        |        |            |
        | until asleep |                |        |        |            |
        | send SIGUSR1 |                |        |        |            |
        |              | signal SIGTRAP | S      | 0      | 0          |
        | SINGLESTEP   | signal SIGUSR1 | S      |        |            |
        | SINGLESTEP   | signal SIGTRAP | S.next | 0      | 0          |
        | SINGLESTEP   | signal SIGTRAP | S.next | 0      | TRAP_TRACE |
        | CONT         | exited 0       |        |        |            |
      Then nothing else happens

      Examples:
        | mode |
        | a64  |

  @STP @STP-08 @reference
  Rule: On arm64 every entry from a stepped program switches the hardware step off, and the return switches it on again

    Scenario Outline: The call of a stepped program runs between the two switches
      Given a guest program on <mode>:
        """
        B: break
        S: getppid
        T: nop
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | pc     |
        | CONT          | signal SIGTRAP |        |
        | set pc B.next |                |        |
        | SINGLESTEP    | signal SIGTRAP | S      |
        | SINGLESTEP    | signal SIGTRAP | S.next |
        | CONT          | exited 0       |        |
      Then these steps run in this order:
        | el0_brk64        |
        | enable_step_tsk  |
        | disable_step_tsk |
        | el0_softstp      |
        | enable_step_tsk  |
        | disable_step_tsk |
        | el0_svc          |
      And these steps run this often:
        | step             | times |
        | enable_step_tsk  | 2     |
        | disable_step_tsk | 2     |
      And nothing else happens

      Examples:
        | mode |
        | a64  |

  @STP @STP-11
  Rule: On x86-64 a program that steps itself gets one SIGTRAP for a system call and the instruction behind it

    Scenario Outline: The trap of a call comes after the return, when one more instruction has run
      Given a guest program on <mode>:
        """
        handle SIGTRAP {
          note "trap" context.pc info.code
        }
        code 9c 48 81 0c 24 00 01 00 00 9d
        code b8 6e 00 00 00
        S: code 0f 05
        T: code 90 90
        code 9c 48 81 24 24 ff fe ff ff 9d
        note "end"
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | trap context.pc=S         |
        | trap info.code=TRAP_TRACE |
        | trap context.pc=T+1       |
        | trap info.code=TRAP_TRACE |
        | trap context.pc=T+2       |
        | trap info.code=TRAP_TRACE |
        | trap context.pc=T+3       |
        | trap info.code=TRAP_TRACE |
        | trap context.pc=T+11      |
        | trap info.code=TRAP_TRACE |
        | trap context.pc=T+12      |
        | trap info.code=TRAP_TRACE |
        | end                       |
      And nothing else happens

      Examples:
        | mode |
        | x64  |

  @STP @STP-14
  Rule: On arm a handler's frame is set up as not stepped: a tracer gets no stop at the handler's entry

    Scenario Outline: The first stop after the delivered signal is the handler's sigreturn
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                   | sees               |
        | CONT                 | signal SIGTRAP     |
        | set pc B.next        |                    |
        | send SIGUSR1         |                    |
        | CONT                 | signal SIGUSR1     |
        | SINGLESTEP           | error EIO          |
        | SYSCALL with SIGUSR1 | entry rt_sigreturn |
        | CONT                 | exited 0           |
      Then the guest notes:
        | handled |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @STP @STP-18
  Rule: On x86-64 the trap that a load of ss delays past a system call comes as a normal trap behind it

    Scenario Outline: A program that steps itself over a load of ss and <name> gets one trap for them
      Given a guest program on <mode>:
        """
        handle SIGTRAP {
          note "trap" context.pc info.code
        }
        code 8c d2
        code 9c 48 81 0c 24 00 01 00 00 9d
        code b8 <number> 00 00 00
        S: code 8e d2
        code <call>
        T: code 90
        code 9c 48 81 24 24 ff fe ff ff 9d
        note "end"
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | trap context.pc=S         |
        | trap info.code=TRAP_TRACE |
        | trap context.pc=T+1       |
        | trap info.code=TRAP_TRACE |
        | trap context.pc=T+2       |
        | trap info.code=TRAP_TRACE |
        | trap context.pc=T+10      |
        | trap info.code=TRAP_TRACE |
        | trap context.pc=T+11      |
        | trap info.code=TRAP_TRACE |
        | end                       |
      And nothing else happens

      Examples:
        | mode | name      | number | call  |
        | x64  | syscall   | 6e     | 0f 05 |
        | x64  | int $0x80 | 40     | cd 80 |
