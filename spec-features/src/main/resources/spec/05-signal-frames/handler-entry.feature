Feature: What a handler starts with

  The first instruction of a handler finds its arguments, its stack and its way back where the ABI says. The handlers here consist of a
  breakpoint, so that a tracer can look before any of their code has run. The modelled arm64 CPU has no BTI, MTE or SME, so what the kernel
  does to BTYPE, TCO, SM and ZA has nothing to act on.

  @FRM @FRM-01
  Rule: An x86-64 frame lies below the red zone, aligned as after a call; rdi, rsi and rdx carry the arguments and rax is 0

    Scenario Outline: With the stack pointer at <sp> the frame is aligned and the 128 bytes from <zone> are not touched
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw {
          H: break
        }
        B: break
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees              | pc  | rdi     | rsi     | rdx   | rax | sp+8 mod 16 | [<zone>] | [rsp]    | [rdx+160] | [rsi]   |
        | CONT              | signal SIGTRAP    |     |         |         |       |     |             |          |          |           |         |
        | set sp <sp>       |                   |     |         |         |       |     |             |          |          |           |         |
        | set result 777    |                   |     |         |         |       |     |             |          |          |           |         |
        | poke <zone> 90    |                   |     |         |         |       |     |             |          |          |           |         |
        | send SIGUSR1      |                   |     |         |         |       |     |             |          |          |           |         |
        | CONT              | signal SIGUSR1    |     |         |         |       |     |             |          |          |           |         |
        | CONT with SIGUSR1 | signal SIGTRAP    | H+1 | SIGUSR1 | rdx+304 | rsp+8 | 0   | 0           | 90       | restorer | <sp>      | SIGUSR1 |
        | kill SIGKILL      | killed by SIGKILL |     |         |         |       |     |             |          |          |           |         |
      Then nothing else happens

      Examples:
        | mode | sp       | zone     |
        | x64  | 0x88fff8 | 0x88ff78 |
        | x64  | 0x88fff0 | 0x88ff70 |
        | x64  | 0x88ffe1 | 0x88ff61 |

  @FRM @FRM-03
  Rule: An ia32 handler finds its arguments in eax, edx and ecx and on the stack, and without a restorer returns through the vDSO

    Scenario Outline: With SA_SIGINFO the registers and the stack hold signal, siginfo and ucontext
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw <flags> {
          H: break
        }
        B: break
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees              | pc  | eax     | edx    | ecx     | [esp+4] | [esp+8] | [esp+12] | [edx]   | [<back>] | [esp+260] |
        | CONT              | signal SIGTRAP    |     |         |        |         |         |         |          |         |          |           |
        | send SIGUSR1      |                   |     |         |        |         |         |         |          |         |          |           |
        | CONT              | signal SIGUSR1    |     |         |        |         |         |         |          |         |          |           |
        | CONT with SIGUSR1 | signal SIGTRAP    | H+1 | SIGUSR1 | esp+16 | esp+144 | SIGUSR1 | edx     | ecx      | SIGUSR1 | <code>   | 0xadb8    |
        | kill SIGKILL      | killed by SIGKILL |     |         |        |         |         |         |          |         |          |           |
      Then nothing else happens

      Examples:
        | mode | flags      | back  | code     |
        | ia32 | norestorer | [esp] | 0xadb8   |
        | ia32 | restorer   | esp   | restorer |

    Scenario Outline: Without SA_SIGINFO edx and ecx are 0 and the stack holds the signal alone
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw plain <flags> {
          H: break
        }
        B: break
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees              | pc  | eax     | edx | ecx | [esp+4] | [<back>] | [esp+724] |
        | CONT              | signal SIGTRAP    |     |         |     |     |         |          |           |
        | set edx 77        |                   |     |         |     |     |         |          |           |
        | set ecx 78        |                   |     |         |     |     |         |          |           |
        | send SIGUSR1      |                   |     |         |     |     |         |          |           |
        | CONT              | signal SIGUSR1    |     |         |     |     |         |          |           |
        | CONT with SIGUSR1 | signal SIGTRAP    | H+1 | SIGUSR1 | 0   | 0   | SIGUSR1 | <code>   | 0x77b858  |
        | kill SIGKILL      | killed by SIGKILL |     |         |     |     |         |          |           |
      Then nothing else happens

      Examples:
        | mode | flags      | back  | code     |
        | ia32 | norestorer | [esp] | 0x77b858 |
        | ia32 | restorer   | esp   | restorer |

    Scenario Outline: The code in the frame is for debuggers alone: the handler returns without it
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw norestorer <kind> {
          H: break
          code c3
        }
        B: break
        note "returned"
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           | pc  |
        | CONT              | signal SIGTRAP |     |
        | send SIGUSR1      |                |     |
        | CONT              | signal SIGUSR1 |     |
        | CONT with SIGUSR1 | signal SIGTRAP | H+1 |
        | poke <stub> 0     |                |     |
        | CONT              | exited 0       |     |
      Then the guest notes:
        | returned |
      And nothing else happens

      Examples:
        | mode | kind  | stub    |
        | ia32 |       | esp+260 |
        | ia32 | plain | esp+724 |

  @FRM @FRM-10
  Rule: An arm64 handler starts with the signal in x0, siginfo and ucontext only with SA_SIGINFO, x30 its way back, x29 a frame record

    Scenario Outline: <what> the handler starts with these registers
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw <flags> {
          H: break
        }
        B: break
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees              | pc | x0      | x1   | x2   | [<back>] | [x29]  | [x29+8] | sp mod 16 | x29 mod 16 |
        | CONT              | signal SIGTRAP    |    |         |      |      |          |        |         |           |            |
        | set x1 0x1111     |                   |    |         |      |      |          |        |         |           |            |
        | set x2 0x2222     |                   |    |         |      |      |          |        |         |           |            |
        | set x29 0x3333    |                   |    |         |      |      |          |        |         |           |            |
        | set x30 0x4444    |                   |    |         |      |      |          |        |         |           |            |
        | send SIGUSR1      |                   |    |         |      |      |          |        |         |           |            |
        | CONT              | signal SIGUSR1    |    |         |      |      |          |        |         |           |            |
        | CONT with SIGUSR1 | signal SIGTRAP    | H  | SIGUSR1 | <x1> | <x2> | <code>   | 0x3333 | 0x4444  | 0         | 0          |
        | kill SIGKILL      | killed by SIGKILL |    |         |      |      |          |        |         |           |            |
      Then nothing else happens

      Examples:
        | mode | what                         | flags | x1     | x2     | back | code               |
        | a64  | With siginfo and no restorer |       | sp     | sp+128 | x30  | 0xd4000001d2801168 |
        | a64  | Without siginfo and restorer | plain | 0x1111 | 0x2222 | x30  | 0xd4000001d2801168 |

    Scenario Outline: With SA_RESTORER x30 is the restorer
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw restorer {
          H: break
        }
        B: break
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees              | pc | x30      |
        | CONT              | signal SIGTRAP    |    |          |
        | send SIGUSR1      |                   |    |          |
        | CONT              | signal SIGUSR1    |    |          |
        | CONT with SIGUSR1 | signal SIGTRAP    | H  | restorer |
        | kill SIGKILL      | killed by SIGKILL |    |          |
      Then nothing else happens

      Examples:
        | mode |
        | a64  |

    Scenario Outline: BTYPE is that of a call <until>
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw {
          <first>
          H: break
        }
        B: break
        """
      And a kernel with "ARM64_BTI=<bti>"
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees              | pc | pstate   |
        | CONT              | signal SIGTRAP    | B  |          |
        | set pstate 0      |                   |    |          |
        | send SIGUSR1      |                   |    |          |
        | CONT              | signal SIGUSR1    | B  | 0        |
        | CONT with SIGUSR1 | signal SIGTRAP    | H  | <pstate> |
        | kill SIGKILL      | killed by SIGKILL |    |          |
      Then nothing else happens

      Examples:
        | mode | until                                   | bti | first | pstate |
        | a64  | at the handler's first instruction      | y   |       | 0x800  |
        | a64  | and no longer at the second             | y   | nop   | 0      |
        | a64  | only where the CPU has such a thing     | n   |       | 0      |

    Scenario Outline: A tag check override is off in the handler and on again behind it
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw {
          nop
          H: break
        }
        B: break
        C: break
        """
      And a kernel with "ARM64_MTE=y"
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                   | sees              | pc | pstate    | [sp+576]  |
        | CONT                 | signal SIGTRAP    | B  |           |           |
        | set pstate 0x2000000 |                   |    |           |           |
        | set pc C             |                   |    |           |           |
        | CONT                 | signal SIGTRAP    | C  | 0x2000000 |           |
        | send SIGUSR1         |                   |    |           |           |
        | CONT                 | signal SIGUSR1    | C  |           |           |
        | CONT with SIGUSR1    | signal SIGTRAP    | H  | 0         | 0x2000000 |
        | set pc x30           |                   |    |           |           |
        | CONT                 | signal SIGTRAP    | C  | 0x2000000 |           |
        | kill SIGKILL         | killed by SIGKILL |    |           |           |
      Then nothing else happens

      Examples:
        | mode |
        | a64  |

    # smstart; mrs x1, svcr: bit 0 is PSTATE.SM, bit 1 PSTATE.ZA
    Scenario Outline: Streaming mode and ZA are off in the handler and on again behind it
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw {
          code 41 42 3b d5
          H: break
        }
        code 7f 47 03 d5
        code 41 42 3b d5
        B: break
        code 41 42 3b d5
        C: break
        """
      And a kernel with "ARM64_SME=y"
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees              | pc | x1 |
        | CONT              | signal SIGTRAP    | B  | 3  |
        | send SIGUSR1      |                   |    |    |
        | CONT              | signal SIGUSR1    | B  | 3  |
        | CONT with SIGUSR1 | signal SIGTRAP    | H  | 0  |
        | set pc x30        |                   |    |    |
        | CONT              | signal SIGTRAP    | B  | 3  |
        | set pc B.next     |                   |    |    |
        | CONT              | signal SIGTRAP    | C  | 3  |
        | kill SIGKILL      | killed by SIGKILL |    |    |
      Then nothing else happens

      Examples:
        | mode |
        | a64  |

  @FRM @FRM-13
  Rule: A compat handler returns to its restorer or the signal page; bit 0 of its address chooses Thumb; IT state and endianness are reset

    Scenario Outline: <what> starts with these registers
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw <flags> {
          H: <first>
        }
        B: break
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                  | sees              | pc | r0      | r1   | r2   | cpsr   | [<back>] |
        | CONT                | signal SIGTRAP    |    |         |      |      |        |          |
        | set r1 0x1111       |                   |    |         |      |      |        |          |
        | set r2 0x2222       |                   |    |         |      |      |        |          |
        | set cpsr 0xc0000e10 |                   |    |         |      |      |        |          |
        | send SIGUSR1        |                   |    |         |      |      |        |          |
        | CONT                | signal SIGUSR1    |    |         |      |      |        |          |
        | CONT with SIGUSR1   | signal SIGTRAP    | H  | SIGUSR1 | <r1> | <r2> | <cpsr> | <code>   |
        | kill SIGKILL        | killed by SIGKILL |    |         |      |      |        |          |
      Then nothing else happens

      Examples:
        | mode | what                           | flags       | first      | r1     | r2     | cpsr | back | code       |
        | a32  | An ARM handler with siginfo    |             | break      | sp     | sp+128 | 0x10 | lr   | 0xe3a070ad |
        | a32  | An ARM handler without siginfo | plain       | break      | 0x1111 | 0x2222 | 0x10 | lr   | 0xe3a07077 |
        | a32  | A Thumb handler with siginfo   | thumb       | code 01 de | sp     | sp+128 | 0x30 | lr-1 | 0xdfad27ad |
        | a32  | A plain Thumb handler          | thumb plain | code 01 de | 0x1111 | 0x2222 | 0x30 | lr-1 | 0xdf772777 |

    Scenario Outline: With SA_RESTORER lr is the restorer
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw restorer {
          H: break
        }
        B: break
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees              | pc | lr       |
        | CONT              | signal SIGTRAP    |    |          |
        | send SIGUSR1      |                   |    |          |
        | CONT              | signal SIGUSR1    |    |          |
        | CONT with SIGUSR1 | signal SIGTRAP    | H  | restorer |
        | kill SIGKILL      | killed by SIGKILL |    |          |
      Then nothing else happens

      Examples:
        | mode |
        | a32  |

  @FRM @FRM-15
  Rule: An arm handler has the signal in r0, r1 and r2 only with SA_SIGINFO, lr its way back, T from bit 0 of its address, no IT state

    Scenario Outline: <what> starts with these registers
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw <flags> {
          H: <first>
        }
        B: break
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees              | pc | r0      | r1   | r2   | cpsr   | [<back>] |
        | CONT              | signal SIGTRAP    |    |         |      |      |        |          |
        | set r1 0x1111     |                   |    |         |      |      |        |          |
        | set r2 0x2222     |                   |    |         |      |      |        |          |
        | set cpsr <psr>    |                   |    |         |      |      |        |          |
        | send SIGUSR1      |                   |    |         |      |      |        |          |
        | CONT              | signal SIGUSR1    |    |         |      |      |        |          |
        | CONT with SIGUSR1 | signal SIGTRAP    | H  | SIGUSR1 | <r1> | <r2> | <cpsr> | <code>   |
        | kill SIGKILL      | killed by SIGKILL |    |         |      |      |        |          |
      Then nothing else happens

      Examples:
        | mode  | what                                    | flags       | first      | psr        | r1     | r2     | cpsr | back | code       |
        | arm   | An ARM handler with siginfo             |             | break      | 0xc0000e10 | sp     | sp+128 | 0x10 | lr   | 0xe3a070ad |
        | arm   | An ARM handler without siginfo          | plain       | break      | 0xc0000e10 | 0x1111 | 0x2222 | 0x10 | lr   | 0xe3a07077 |
        | arm   | A Thumb handler of an ARM program       | thumb       | code 01 de | 0xc0000e10 | sp     | sp+128 | 0x30 | lr-1 | 0xdf0027ad |
        | arm   | A plain Thumb handler of an ARM program | thumb plain | code 01 de | 0xc0000e10 | 0x1111 | 0x2222 | 0x30 | lr-1 | 0xdf002777 |
        | thumb | A handler of a Thumb program            |             | break      | 0xc0000e30 | sp     | sp+128 | 0x30 | lr-1 | 0xdf0027ad |
        | thumb | A plain handler of a Thumb program      | plain       | break      | 0xc0000e30 | 0x1111 | 0x2222 | 0x30 | lr-1 | 0xdf002777 |

    Scenario Outline: With SA_RESTORER lr is the restorer
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw restorer {
          H: break
        }
        B: break
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees              | pc | lr   |
        | CONT              | signal SIGTRAP    |    |      |
        | send SIGUSR1      |                   |    |      |
        | CONT              | signal SIGUSR1    |    |      |
        | CONT with SIGUSR1 | signal SIGTRAP    | H  | <lr> |
        | kill SIGKILL      | killed by SIGKILL |    |      |
      Then nothing else happens

      Examples:
        | mode  | lr         |
        | arm   | restorer   |
        | thumb | restorer+1 |

    Scenario Outline: <what> of an FDPIC program is a descriptor that gives pc and r9
      Given a guest program on <mode>:
        """
        handle SIGUSR1 raw <flags> fdpic 0x5a5a {
          H: <first>
        }
        personality FDPIC_FUNCPTRS
        B: break
        """
      And a kernel with "BINFMT_ELF_FDPIC=y"
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees              | pc | r0      | r9     | cpsr   | [<back>] | [<next>]  |
        | CONT              | signal SIGTRAP    |    |         |        |        |          |            |
        | set r9 0x9999     |                   |    |         |        |        |          |            |
        | set cpsr <psr>    |                   |    |         |        |        |          |            |
        | send SIGUSR1      |                   |    |         |        |        |          |            |
        | CONT              | signal SIGUSR1    |    |         |        |        |          |            |
        | CONT with SIGUSR1 | signal SIGTRAP    | H  | SIGUSR1 | 0x5a5a | <cpsr> | <code>   | <third>    |
        | kill SIGKILL      | killed by SIGKILL |    |         |        |        |          |            |
      Then nothing else happens

      Examples:
        | mode  | what                                | flags                | first      | psr  | cpsr | back | code       | next | third      |
        | arm   | An ARM handler                      |                      | break      | 0x10 | 0x10 | lr   | 0xe3a070ad | lr+8 | 0xdf0027ad |
        | arm   | A Thumb handler                     | thumb                | code 01 de | 0x10 | 0x30 | lr-1 | 0xdf0027ad | lr+7 | 0xe8930208 |
        | arm   | An ARM handler with restorer        | restorer             | break      | 0x10 | 0x10 | lr   | 0xe59d3374 | lr+8 | 0xe12fff13 |
        | arm   | A plain ARM handler with restorer   | restorer plain       | break      | 0x10 | 0x10 | lr   | 0xe59d32f4 | lr+8 | 0xe12fff13 |
        | arm   | A Thumb handler with restorer       | restorer thumb       | code 01 de | 0x10 | 0x30 | lr-1 | 0xcb0c9bdd | lr+7 | 0x00000000 |
        | arm   | A plain Thumb handler with restorer | restorer thumb plain | code 01 de | 0x10 | 0x30 | lr-1 | 0xcb0c9bbd | lr+7 | 0xe59d3374 |
        | thumb | A handler of a Thumb program        |                      | break      | 0x30 | 0x30 | lr-1 | 0xdf0027ad | lr+7 | 0xe8930208 |

    Scenario Outline: An FDPIC handler comes back <way>
      Given a guest program on <mode>:
        """
        handle SIGUSR1 <flags> fdpic 0x5a5a {
          note "handled"
        }
        personality FDPIC_FUNCPTRS
        raise SIGUSR1
        note "back"
        """
      And a kernel with "BINFMT_ELF_FDPIC=y"
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | handled |
        | back    |
      And nothing else happens

      Examples:
        | mode  | way                                    | flags    |
        | arm   | through the signal page                |          |
        | arm   | through the descriptor of its restorer | restorer |
        | thumb | through the signal page                |          |
        | thumb | through the descriptor of its restorer | restorer |

    Scenario Outline: A descriptor that cannot be read kills the program
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        personality FDPIC_FUNCPTRS
        word action 0x1000 4 0 0 0
        rt_sigaction SIGUSR1 &action 0 8
        raise SIGUSR1
        note "not reached"
        """
      And a kernel with "BINFMT_ELF_FDPIC=y"
      When it runs to its end
      Then it ends with "killed by SIGSEGV"
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    Scenario Outline: A kernel without FDPIC takes the handler's address as it is, whatever the personality
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        old = personality FDPIC_FUNCPTRS
        new = personality 0xffffffff
        note old new
        raise SIGUSR1
        """
      And a kernel with "BINFMT_ELF_FDPIC=n"
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | old=8388608 |
        | new=524288  |
        | handled     |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |
