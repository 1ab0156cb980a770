Feature: When a frame has been built, and when it cannot be

  Only a frame that is complete changes the mask and uses up a one-shot handler's turn. A frame that cannot be written is the program's own
  fault, and it hears of it by SIGSEGV.

  @FRM @FRM-20
  Rule: In a handler its mask and, unless SA_NODEFER, its own signal are blocked; SA_RESETHAND gives the default action back

    Scenario Outline: Installed <how>, the handler runs with mask <inside> and the program goes on with its own
      Given a guest program on <mode>:
        """
        buffer NOW 8
        handle SIGQUIT mask SIGHUP <flags> {
          rt_sigprocmask SIG_BLOCK 0 &NOW 8
          i = byte NOW
          note "inside" i context.mask
        }
        block SIGILL
        raise SIGQUIT
        rt_sigprocmask SIG_BLOCK 0 &NOW 8
        o = byte NOW
        note "outside" o
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | inside i=<inside>     |
        | inside context.mask=8 |
        | outside o=8           |
      And nothing else happens

      Examples:
        | mode  | how                | flags   | inside |
        | x64   | with its mask only |         | 13     |
        | ia32  | with its mask only |         | 13     |
        | a64   | with its mask only |         | 13     |
        | a32   | with its mask only |         | 13     |
        | arm   | with its mask only |         | 13     |
        | thumb | with its mask only |         | 13     |
        | x64   | with SA_NODEFER    | nodefer | 9      |
        | ia32  | with SA_NODEFER    | nodefer | 9      |
        | a64   | with SA_NODEFER    | nodefer | 9      |
        | a32   | with SA_NODEFER    | nodefer | 9      |
        | arm   | with SA_NODEFER    | nodefer | 9      |
        | thumb | with SA_NODEFER    | nodefer | 9      |

    Scenario Outline: A one-shot handler finds the default action already back, and the second signal kills
      Given a guest program on <mode>:
        """
        word OLD 77 0 0 0 0 0
        handle SIGQUIT once {
          rt_sigaction SIGQUIT 0 &OLD 8
          a = byte OLD
          note "once" a
        }
        raise SIGQUIT
        raise SIGQUIT
        note "not reached"
        """
      When it runs to its end
      Then it ends with "killed by SIGQUIT"
      And the guest notes:
        | once a=0 |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @FRM @FRM-21
  Rule: A frame that cannot be written forces SIGSEGV; when it was SIGSEGV's own, its handler is dropped and the task killed

    Scenario Outline: The SIGSEGV handler runs on its alternate stack and is told that the kernel sent it
      Given a guest program on <mode>:
        """
        buffer STACK 16384
        word SS &STACK 0 16384
        sigaltstack &SS 0
        handle SIGUSR1 {
          note "not reached"
        }
        handle SIGSEGV onstack {
          note "segv" info.code
          exit_group 7
        }
        B: break
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           | si_code   |
        | CONT              | signal SIGTRAP |           |
        | set sp 8          |                |           |
        | send SIGUSR1      |                |           |
        | CONT              | signal SIGUSR1 |           |
        | CONT with SIGUSR1 | signal SIGSEGV | SI_KERNEL |
        | CONT with SIGSEGV | exited 7       |           |
      Then the guest notes:
        | segv info.code=SI_KERNEL |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: A SIGSEGV handler without a usable stack is not tried again
      Given a guest program on <mode>:
        """
        handle SIGSEGV {
          note "not reached"
        }
        handle SIGUSR1 {
          note "not reached either"
        }
        B: break
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees              | si_code   |
        | CONT              | signal SIGTRAP    |           |
        | set sp 8          |                   |           |
        | send SIGUSR1      |                   |           |
        | CONT              | signal SIGUSR1    |           |
        | CONT with SIGUSR1 | signal SIGSEGV    | SI_KERNEL |
        | CONT with SIGSEGV | signal SIGSEGV    | SI_KERNEL |
        | CONT with SIGSEGV | killed by SIGSEGV |           |
      Then nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |
