Feature: What a skipped call leaves in the return register

  A call can be skipped by a tracer, by SYSEMU or by a fatal signal. Nobody then writes the return register, so its content at entry is what
  the program gets: that differs between the ports.

  @ENT @ENT-07
  Rule: A fatal signal that arrives in the entry-stop skips the body, and nothing after the stop looks at the call

    Scenario Outline: A task killed in its entry-stop never writes
      Given a guest program on <mode>:
        """
        B: break
        write 1 "not written"
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees              |
        | CONT          | signal SIGTRAP    |
        | set pc B.next |                   |
        | SYSCALL       | entry write       |
        | kill SIGKILL  | killed by SIGKILL |
      Then its output is ""
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    @reference @generic
    Scenario Outline: No later entry work runs for a call whose task was killed in the entry-stop
      Given a guest program on <mode>:
        """
        filter F {
          default -> ALLOW
        }
        install F
        B: break
        getppid
        """
      And the trace events "raw_syscalls" are on
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees              |
        | CONT          | signal SIGTRAP    |
        | set pc B.next |                   |
        | SYSCALL       | entry getppid     |
        | kill SIGKILL  | killed by SIGKILL |
      Then inside "syscall_trace_enter" of getppid these steps run:
        | step                        |
        | ptrace_report_syscall_entry |
      And the trace events and audit records are not asked about
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
        | a64  |
        | arm  |

  @ENT @ENT-18
  Rule: A skipped call leaves the return register to whoever wrote it last

    Scenario Outline: The tracer's value survives a skip by number -1
      Given a guest program on <mode>:
        """
        B: break
        r = getppid
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do             | sees           | result |
        | CONT           | signal SIGTRAP |        |
        | set pc B.next  |                |        |
        | SYSCALL        | entry getppid  |        |
        | set number -1  |                |        |
        | set result 777 |                |        |
        | SYSCALL        | exit -1        | 777    |
        | CONT           | exited 0       |        |
      Then the guest notes:
        | r=777 |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @ENT @ENT-19
  Rule: On x86 the return register is preset to -ENOSYS before any work, and the orig register keeps the number

    Scenario Outline: The entry-stop shows -ENOSYS as result and the number apart from it
      Given a guest program on <mode>:
        """
        B: break
        getppid
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do      | sees           | result  | number     | orig       |
        | CONT    | signal SIGTRAP |         |            |            |
        | SYSCALL | entry getppid  | -ENOSYS | nr.getppid | nr.getppid |
        | CONT    | exited 0       |         |            |            |
      Then nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

    Scenario Outline: So it is with a number that has the x32 bit, whether or not the kernel knows x32
      Given a guest program on <mode>:
        """
        B: break
        syscall 0x4000006e
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do      | sees             | result  | orig       |
        | CONT    | signal SIGTRAP   |         |            |
        | SYSCALL | entry 1073741934 | -ENOSYS | 0x4000006e |
        | CONT    | exited 0         |         |            |
      Then nothing else happens

      Examples:
        | mode |
        | x64  |

    Scenario Outline: A call skipped without a result gives -ENOSYS
      Given a guest program on <mode>:
        """
        B: break
        r = getppid
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | result  |
        | CONT          | signal SIGTRAP |         |
        | SYSCALL       | entry getppid  | -ENOSYS |
        | set number -1 |                |         |
        | SYSCALL       | exit -1        | -ENOSYS |
        | CONT          | exited 0       |         |
      Then the guest notes:
        | r=-ENOSYS |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

  @ENT @ENT-20
  Rule: On arm64 the return register keeps argument 0; only a user's own call -1 with work pending presets -ENOSYS

    @native
    Scenario Outline: The entry-stop still shows argument 0
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
        | SYSCALL       | entry getpgid  | 4242   |
        | set number -1 |                |        |
        | SYSCALL       | exit -1        | 4242   |
        | CONT          | exited 0       |        |
      Then the guest notes:
        | r=4242 |
      And nothing else happens

      Examples:
        | mode |
        | a64  |
        | a32  |

    @native
    Scenario Outline: The user's own call -1 shows -ENOSYS in the entry-stop
      Given a guest program on <mode>:
        """
        B: break
        r = syscall -1 4242
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | result  |
        | CONT          | signal SIGTRAP |         |
        | set pc B.next |                |         |
        | SYSCALL       | entry -1       | -ENOSYS |
        | SYSCALL       | exit -1        | -ENOSYS |
        | CONT          | exited 0       |         |
      Then the guest notes:
        | r=-ENOSYS |
      And nothing else happens

      Examples:
        | mode |
        | a64  |
        | a32  |

  @ENT @ENT-21
  Rule: On arm the return register keeps argument 0, at the entry-stop and after a skip

    @native
    Scenario Outline: A skipped call returns its own first argument
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
        | SYSCALL       | entry getpgid  | 4242   |
        | set number -1 |                |        |
        | SYSCALL       | exit -1        | 4242   |
        | CONT          | exited 0       |        |
      Then the guest notes:
        | r=4242 |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @ENT @ENT-23
  Rule: A tracer's number outside the table runs nothing on x86: from 7.3 on its result stays, up to 6.12 only with the number -1

    Scenario Outline: In <version> number <number> with result 77 gives <result>
      Given a guest program on <mode>:
        """
        B: break
        r = getppid
        note r
        """
      And a kernel of version <version>
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           | result   |
        | CONT              | signal SIGTRAP |          |
        | set pc B.next     |                |          |
        | SYSCALL           | entry getppid  |          |
        | set orig <number> |                |          |
        | set result 77     |                |          |
        | SYSCALL           | exit <number>  | <result> |
        | CONT              | exited 0       |          |
      Then the guest notes:
        | r=<result> |
      And nothing else happens

      Examples:
        | mode | version | number | result  |
        | x64  | 7.3     | 9999   | 77      |
        | x64  | 7.3     | -2     | 77      |
        | x64  | 7.3     | -1     | 77      |
        | x64  | 6.12    | 9999   | -ENOSYS |
        | x64  | 6.12    | -2     | -ENOSYS |
        | x64  | 6.12    | -1     | 77      |
        | x64  | 6.1     | 9999   | -ENOSYS |
        | x64  | 6.1     | -2     | -ENOSYS |
        | x64  | 6.1     | -1     | 77      |
        | ia32 | 7.3     | 9999   | 77      |
        | ia32 | 7.3     | -2     | 77      |
        | ia32 | 7.3     | -1     | 77      |
        | ia32 | 6.12    | 9999   | -ENOSYS |
        | ia32 | 6.12    | -2     | -ENOSYS |
        | ia32 | 6.12    | -1     | 77      |
        | ia32 | 6.1     | 9999   | -ENOSYS |
        | ia32 | 6.1     | -2     | -ENOSYS |
        | ia32 | 6.1     | -1     | 77      |

  @ENT @ENT-24
  Rule: On arm64 a tracer's number outside the table gives -ENOSYS, whatever result it wrote; -1, and generic entry, keep that result

    Scenario Outline: Number <number> with result 77 gives <result>
      Given a guest program on <mode>:
        """
        B: break
        r = getppid
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                  | sees           | result   |
        | CONT                | signal SIGTRAP |          |
        | set pc B.next       |                |          |
        | SYSCALL             | entry getppid  |          |
        | set number <number> |                |          |
        | set result 77       |                |          |
        | SYSCALL             | exit <number>  | <result> |
        | CONT                | exited 0       |          |
      Then the guest notes:
        | r=<result> |
      And nothing else happens

      Examples:
        | mode | number | result  |
        | a64  | -1     | 77      |

      @native
      Examples:
        | mode | number | result  |
        | a64  | 9999   | -ENOSYS |
        | a64  | -2     | -ENOSYS |

      @generic
      Examples:
        | mode | number | result  |
        | a64  | 9999   | 77      |
        | a64  | -2     | 77      |
