Feature: PTRACE_SYSEMU

  A tracer that emulates another system wants every call reported once and never run.

  @EMU @EMU-01
  Rule: A call under PTRACE_SYSEMU gives an entry-stop and its body never runs

    Scenario Outline: Nothing is written, and neither filter nor trace event sees the call
      Given a guest program on <mode>:
        """
        filter F {
          write -> KILL_PROCESS
          default -> ALLOW
        }
        install F
        B: break
        write 1 "not written"
        """
      And the trace events "raw_syscalls" are on
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | message |
        | CONT          | signal SIGTRAP |         |
        | set pc B.next |                |         |
        | SYSEMU        | entry write    | 1       |
        | CONT          | exited 0       |         |
      Then its output is ""
      And these trace events are recorded:
        | sys_enter: NR nr.prctl (*)      |
        | sys_exit: NR nr.prctl = 0       |
        | sys_enter: NR nr.seccomp (*)    |
        | sys_exit: NR nr.seccomp = 0     |
        | sys_exit: NR nr.write = *       |
        | sys_enter: NR nr.exit_group (*) |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
        | a64  |
        | a32  |

  @EMU @EMU-02
  Rule: A SYSEMU stop resumed with SYSEMU has no exit-stop; the next stop is the next entry

    Scenario Outline: Two calls give two entry-stops
      Given a guest program on <mode>:
        """
        B: break
        getppid
        gettid
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | SYSEMU        | entry getppid  |
        | SYSEMU        | entry gettid   |
        | CONT          | exited 0       |
      Then nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
        | a64  |
        | a32  |

  @EMU @EMU-03
  Rule: A SYSEMU stop resumed with PTRACE_SYSCALL reports the exit-stop, with the body still skipped

    Scenario Outline: The exit-stop comes although nothing was written
      Given a guest program on <mode>:
        """
        B: break
        write 1 "not written"
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | message |
        | CONT          | signal SIGTRAP |         |
        | set pc B.next |                |         |
        | SYSEMU        | entry write    | 1       |
        | SYSCALL       | exit write     | 2       |
        | CONT          | exited 0       |         |
      Then its output is ""
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
        | a64  |
        | a32  |

  @EMU @EMU-04
  Rule: A SYSEMU stop resumed with PTRACE_CONT has no exit-stop, with the body still skipped

    Scenario Outline: The program goes on behind the call it never made
      Given a guest program on <mode>:
        """
        B: break
        write 1 "not written"
        write 1 "written"
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | SYSEMU        | entry write    |
        | CONT          | exited 0       |
      Then its output is "written"
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
        | a64  |
        | a32  |

  @EMU @EMU-05
  Rule: A PTRACE_SYSCALL entry-stop resumed with SYSEMU runs the body; emulation begins with the next call

    Scenario Outline: The first write runs, the second does not
      Given a guest program on <mode>:
        """
        B: break
        write 1 "first"
        write 1 "second"
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           |
        | CONT          | signal SIGTRAP |
        | set pc B.next |                |
        | SYSCALL       | entry write    |
        | SYSEMU        | entry write    |
        | CONT          | exited 0       |
      Then its output is "first"
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
        | a64  |
        | a32  |

  @EMU @EMU-06
  Rule: On x86 an emulated call returns -ENOSYS unless the tracer writes the result

    Scenario Outline: The program gets <noted>
      Given a guest program on <mode>:
        """
        B: break
        r = getppid
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                  | sees           | result  |
        | CONT                | signal SIGTRAP |         |
        | SYSEMU              | entry getppid  | -ENOSYS |
        | set result <result> |                |         |
        | CONT                | exited 0       |         |
      Then the guest notes:
        | r=<noted> |
      And nothing else happens

      Examples:
        | mode | result  | noted   |
        | x64  | -ENOSYS | -ENOSYS |
        | x64  | 777     | 777     |
        | ia32 | -ENOSYS | -ENOSYS |
        | ia32 | 777     | 777     |

  @EMU @EMU-07
  Rule: On arm64 an emulated call leaves its first argument in the return register unless the tracer writes it

    @native
    Scenario Outline: The program gets its own argument back
      Given a guest program on <mode>:
        """
        B: break
        r = getpgid 4242
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | result |
        | CONT          | signal SIGTRAP |        |
        | set pc B.next |                |        |
        | SYSEMU        | entry getpgid  | 4242   |
        | CONT          | exited 0       |        |
      Then the guest notes:
        | r=4242 |
      And nothing else happens

      Examples:
        | mode |
        | a64  |

  @EMU @EMU-08
  Rule: Under SYSEMU_SINGLESTEP on generic entry a call gives its entry-stop and no step trap; the next trap follows the next instruction

    Scenario Outline: The trap after an emulated call is behind the following instruction
      Given a guest program on <mode>:
        """
        B: break
        S: getppid
        T: nop
        U: nop
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           | pc     | si_code    |
        | CONT              | signal SIGTRAP |        |            |
        | SYSEMU            | entry getppid  | S.next |            |
        | SYSEMU_SINGLESTEP | signal SIGTRAP | U      | TRAP_TRACE |
        | CONT              | exited 0       |        |            |
      Then nothing else happens

      Examples:
        | mode |
        | x64  |

  @EMU @EMU-09
  Rule: On arm64 SYSEMU_SINGLESTEP reports a step at the emulated call's exit, then a hardware step, both at the same pc

    @native
    Scenario Outline: Two SIGTRAPs follow the entry-stop, the first without a trap code
      Given a guest program on <mode>:
        """
        B: break
        getppid
        T: nop
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           | si_code    |
        | CONT              | signal SIGTRAP |            |
        | set pc B.next     |                |            |
        | SYSEMU            | entry getppid  |            |
        | SYSEMU_SINGLESTEP | signal SIGTRAP | 0          |
        | SYSEMU_SINGLESTEP | signal SIGTRAP | TRAP_TRACE |
        | CONT              | exited 0       |            |
      Then nothing else happens

      Examples:
        | mode |
        | a64  |

  @EMU @EMU-10
  Rule: On arm SYSEMU and SYSEMU_SINGLESTEP fail with EIO

    @native
    Scenario Outline: The request fails and the task stays stopped
      Given a guest program on <mode>:
        """
        B: break
        write 1 "written"
        """
      And a kernel with "BINFMT_ELF_FDPIC=n"
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           |
        | CONT              | signal SIGTRAP |
        | set pc B.next     |                |
        | SYSEMU            | error EIO      |
        | SYSEMU_SINGLESTEP | error EIO      |
        | SYSCALL           | entry write    |
        | CONT              | exited 0       |
      Then its output is "written"
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @EMU @EMU-12
  Rule: SYSEMU does not report a call that user dispatch takes

    Scenario Outline: Only the SIGSYS of the dispatched call is seen
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        B: break
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        W: write 1 "not written"
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do               | sees           | pc     |
        | CONT             | signal SIGTRAP |        |
        | SYSEMU           | signal SIGSYS  | W.next |
        | CONT with SIGSYS | exited 0       |        |
      Then its output is ""
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
