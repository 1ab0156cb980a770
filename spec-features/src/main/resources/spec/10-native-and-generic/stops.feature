Feature: What a tracer sees in a stop

  Debuggers read registers in stops, and the ports fill them differently: a register that says which syscall-stop it is, a pc that is already
  rewound, a restart that never shows an instruction.

  @PTR @PTR-28
  Rule: On arm64 x7 reads 0 in an entry-stop and 1 in an exit-stop; its own value comes back, and what a tracer writes to it is lost

    @native
    Scenario Outline: The tracer sees the hint, the program its own value
      Given a guest program on <mode>:
        """
        B: break
        register x7 77
        getppid
        x = register x7
        note x
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | x7 |
        | CONT          | signal SIGTRAP | -  |
        | set pc B.next |                |    |
        | SYSCALL       | entry getppid  | 0  |
        | set x7 55     |                |    |
        | SYSCALL       | exit getppid   | 1  |
        | set x7 66     |                |    |
        | CONT          | exited 0       |    |
      Then the guest notes:
        | x=77 |
      And nothing else happens

      Examples:
        | mode |
        | a64  |

  @PTR @PTR-30
  Rule: On arm ip reads 0 in an entry-stop and 1 in an exit-stop; its own value comes back, and what a tracer writes to it is lost

    @native
    Scenario Outline: The tracer sees the hint, the program its own value
      Given a guest program on <mode>:
        """
        B: break
        register ip 77
        getppid
        x = register ip
        note x
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | ip |
        | CONT          | signal SIGTRAP | -  |
        | set pc B.next |                |    |
        | SYSCALL       | entry getppid  | 0  |
        | set ip 55     |                |    |
        | SYSCALL       | exit getppid   | 1  |
        | set ip 66     |                |    |
        | CONT          | exited 0       |    |
      Then the guest notes:
        | x=77 |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @PTR @PTR-46
  Rule: In the signal-stop after an interrupted call arm and arm64 show the pc rewound and argument 0, x86 the raw error behind the call

    Scenario Outline: A signal interrupts ppoll
      Given a guest program on <mode>:
        """
        L: ppoll 4242 0 0 0 0
        """
      And the tracer has seized it with ""
      When this happens:
        | do                | sees              | pc   | result   |
        | CONT              |                   |      |          |
        | until asleep      |                   |      |          |
        | send SIGUSR1      | signal SIGUSR1    | <pc> | <result> |
        | CONT with SIGUSR1 | killed by SIGUSR1 |      |          |
      Then nothing else happens

      Examples:
        | mode  | pc     | result          |
        | x64   | L.next | -ERESTARTNOHAND |
        | a64   | L      | 4242            |
        | arm   | L      | 4242            |
        | thumb | L      | 4242            |

  @PTR @PTR-47
  Rule: The exit-stop of an interrupted call shows the kernel's own restart code as result

    Scenario Outline: <call> ends with <code>
      Given a guest program on <mode>:
        """
        B: break
        <call>
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees              | result |
        | CONT              | signal SIGTRAP    |        |
        | set pc B.next     |                   |        |
        | SYSCALL           | entry <name>      | -      |
        | SYSCALL           |                   |        |
        | until asleep      |                   |        |
        | send SIGUSR1      | exit <name>       | <code> |
        | CONT              | signal SIGUSR1    | -      |
        | CONT with SIGUSR1 | killed by SIGUSR1 |        |
      Then nothing else happens

      Examples:
        | mode  | name      | call            | code                   |
        | x64   | ppoll     | ppoll 0 0 0 0 0 | -ERESTARTNOHAND        |
        | ia32  | ppoll     | ppoll 0 0 0 0 0 | -ERESTARTNOHAND        |
        | a64   | ppoll     | ppoll 0 0 0 0 0 | -ERESTARTNOHAND        |
        | a32   | ppoll     | ppoll 0 0 0 0 0 | -ERESTARTNOHAND        |
        | arm   | ppoll     | ppoll 0 0 0 0 0 | -ERESTARTNOHAND        |
        | thumb | ppoll     | ppoll 0 0 0 0 0 | -ERESTARTNOHAND        |
        | x64   | nanosleep | nanosleep 5s 0  | -ERESTART_RESTARTBLOCK |
        | ia32  | nanosleep | nanosleep 5s 0  | -ERESTART_RESTARTBLOCK |
        | a64   | nanosleep | nanosleep 5s 0  | -ERESTART_RESTARTBLOCK |
        | a32   | nanosleep | nanosleep 5s 0  | -ERESTART_RESTARTBLOCK |
        | arm   | nanosleep | nanosleep 5s 0  | -ERESTART_RESTARTBLOCK |
        | thumb | nanosleep | nanosleep 5s 0  | -ERESTART_RESTARTBLOCK |

  @PTR @PTR-48
  Rule: A restarted call makes a fresh entry-stop; on arm it comes without a user instruction in between

    Scenario Outline: The same call enters again
      Given a guest program on <mode>:
        """
        B: break
        L: ppoll 0 0 0 0 0
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees              | pc     |
        | CONT          | signal SIGTRAP    |        |
        | set pc B.next |                   |        |
        | SYSCALL       | entry ppoll       | L.next |
        | SYSCALL       |                   |        |
        | until asleep  |                   |        |
        | send SIGUSR1  | exit ppoll        | L.next |
        | SYSCALL       | signal SIGUSR1    | -      |
        | SYSCALL       | entry ppoll       | L.next |
        | kill SIGKILL  | killed by SIGKILL |        |
      Then nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    @reference @native
    Scenario Outline: On arm the kernel is entered once for two entries of a call
      Given a guest program on <mode>:
        """
        nanosleep 400ms 0
        """
      When this happens:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | kill SIGCONT | continued          |
        | wait         | exited 0           |
      Then these steps run this often:
        | step          | times |
        | vector_swi    | 2     |
        | local_restart | 3     |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |
