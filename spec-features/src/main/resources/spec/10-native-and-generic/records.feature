Feature: What trace events and audit records take from the registers

  Both are written by code that all ports share, from what the port keeps of a call. They agree where the ports keep the same.

  @TRC @TRC-03
  Rule: The number in sys_exit is read at the exit: -1 behind a sigreturn on x86 and arm64, its own on arm

    Scenario Outline: A sigreturn leaves as call -1
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
        }
        B: break
        getpgid 4242
        """
      And the trace events "raw_syscalls" are on
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           |
        | CONT              | signal SIGTRAP |
        | set pc B.next     |                |
        | CONT with SIGUSR1 | exited 0       |
      Then these trace events are recorded:
        | sys_enter: NR nr.rt_sigaction (*) |
        | sys_exit: NR nr.rt_sigaction = 0  |
        | sys_enter: NR nr.rt_sigreturn (*) |
        | sys_exit: NR -1 = *               |
        | sys_enter: NR nr.getpgid (*)      |
        | sys_exit: NR nr.getpgid = -3      |
        | sys_enter: NR nr.exit_group (*)   |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
        | a64  |
        | a32  |

    @native
    Scenario Outline: On arm it keeps its number
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
        }
        B: break
        getpgid 4242
        """
      And the trace events "raw_syscalls" are on
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           |
        | CONT              | signal SIGTRAP |
        | set pc B.next     |                |
        | CONT with SIGUSR1 | exited 0       |
      Then these trace events are recorded:
        | sys_enter: NR nr.rt_sigaction (*)  |
        | sys_exit: NR nr.rt_sigaction = 0   |
        | sys_enter: NR nr.rt_sigreturn (*)  |
        | sys_exit: NR nr.rt_sigreturn = *   |
        | sys_enter: NR nr.getpgid (*)       |
        | sys_exit: NR nr.getpgid = -3       |
        | sys_enter: NR nr.exit_group (*)    |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @TRC @TRC-08
  Rule: The arguments in sys_enter are those that a filter would see; on arm argument 0 is the one before the tracer wrote it

    Not on a32: there the register is not the argument any more, and a tracer writes orig_r0 (PTR-35).

    Scenario Outline: The event shows what the tracer wrote
      Given a guest program on <mode>:
        """
        B: break
        getpgid 4242 0 0 0 0 0
        """
      And the trace events "raw_syscalls" are on
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | SYSCALL       | entry getpgid  |
        | set arg0 4243 |                |
        | CONT          | exited 0       |
      Then these trace events are recorded:
        | sys_enter: NR nr.getpgid (1093, 0, 0, 0, 0, 0) |
        | sys_exit: NR nr.getpgid = -3                   |
        | sys_enter: NR nr.exit_group (*)                |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

    @native
    Scenario Outline: On arm64, where argument 0 is in the result register, it does so since 7.3
      Given a guest program on <mode>:
        """
        B: break
        getpgid 4242 0 0 0 0 0
        """
      And a kernel of version 7.3
      And the trace events "raw_syscalls" are on
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | SYSCALL       | entry getpgid  |
        | set arg0 4243 |                |
        | CONT          | exited 0       |
      Then these trace events are recorded:
        | sys_enter: NR nr.getpgid (1093, 0, 0, 0, 0, 0) |
        | sys_exit: NR nr.getpgid = -3                   |
        | sys_enter: NR nr.exit_group (*)                |
      And nothing else happens

      Examples:
        | mode |
        | a64  |

    @native
    Scenario Outline: On arm it shows what the program passed
      Given a guest program on <mode>:
        """
        B: break
        getpgid 4242 0 0 0 0 0
        """
      And the trace events "raw_syscalls" are on
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | SYSCALL       | entry getpgid  |
        | set arg0 4243 |                |
        | CONT          | exited 0       |
      Then these trace events are recorded:
        | sys_enter: NR nr.getpgid (1092, 0, 0, 0, 0, 0) |
        | sys_exit: NR nr.getpgid = -3                   |
        | sys_enter: NR nr.exit_group (*)                |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @ARM @ARM-34
  Rule: On arm the audit record has the argument 0 that the tracer wrote, though filter and trace event have the one before

    @native
    Scenario Outline: The record shows the argument that the body gets
      Given a guest program on <mode>:
        """
        B: break
        getpgid 4242 0 0 0 0 0
        """
      And system call audit is on
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | SYSCALL       | entry getpgid  |
        | set arg0 4243 |                |
        | CONT          | exited 0       |
      Then these audit records are written:
        | arch=AUDIT_ARCH syscall=nr.getpgid success=no exit=-3 a0=1093 a1=0 a2=0 a3=0 |
        | arch=AUDIT_ARCH syscall=nr.exit_group *                                      |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |
