Feature: Numbers that have no body

  What becomes of a number that is in no table differs between the ports, and on arm today also between a call that is looked at and one that
  is not.

  @ENT @ENT-26
  Rule: The call -1 that nobody looks at returns -ENOSYS on x86 and arm64 and is killed by SIGILL on arm

    Scenario Outline: It returns -ENOSYS
      Given a guest program on <mode>:
        """
        r = syscall -1 4242
        note r
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | r=-ENOSYS |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
        | a64  |
        | a32  |

    @native
    Scenario Outline: On arm it lies above the private calls, unsigned as the comparison is
      Given a guest program on <mode>:
        """
        handle SIGILL {
          x = info.code
          note x
          x = info.addr
          note x
          exit_group 3
        }
        S: syscall -1 4242
        note "not reached"
        """
      When it runs to its end
      Then it ends with "exited 3"
      And the guest notes:
        | x=ILL_ILLTRP |
        | x=S          |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @native
    Scenario Outline: Without a handler it kills
      Given a guest program on <mode>:
        """
        syscall -1
        """
      When it runs to its end
      Then it ends with "killed by SIGILL"
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @ENT @ENT-27
  Rule: The call -1 with any work bit set returns -ENOSYS on x86 and arm64; on arm it returns the caller's r0 and raises nothing

    Scenario Outline: A tracer watches and does nothing, and the result is <result>
      Given a guest program on <mode>:
        """
        B: break
        r = syscall -1 4242
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees           | result   |
        | CONT          | signal SIGTRAP |          |
        | set pc B.next |                |          |
        | SYSCALL       | entry -1       | -        |
        | SYSCALL       | exit -1        | <result> |
        | CONT          | exited 0       |          |
      Then the guest notes:
        | r=<result> |
      And nothing else happens

      Examples:
        | mode | result  |
        | x64  | -ENOSYS |
        | ia32 | -ENOSYS |
        | a64  | -ENOSYS |
        | a32  | -ENOSYS |

      @native
      Examples:
        | mode  | result |
        | arm   | 4242   |
        | thumb | 4242   |

    Scenario Outline: A filter that allows everything is enough work for a result of <result>
      Given a guest program on <mode>:
        """
        filter F {
          default -> ALLOW
        }
        install F
        r = syscall -1 4242
        note r
        """
      When it runs to its end
      Then the guest notes:
        | r=<result> |
      And nothing else happens

      Examples:
        | mode | result  |
        | x64  | -ENOSYS |
        | ia32 | -ENOSYS |
        | a64  | -ENOSYS |
        | a32  | -ENOSYS |

      @native
      Examples:
        | mode  | result |
        | arm   | 4242   |
        | thumb | 4242   |

  @ENT @ENT-46
  Rule: On arm only a call with work compares its number with -1, and then goes to the exit trace with r0 untouched

    @native
    Scenario Outline: A tracer's number <number> ends with the result <result>
      Given a guest program on <mode>:
        """
        B: break
        r = getpgid 4242
        note r
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                  | sees           | result   |
        | CONT                | signal SIGTRAP |          |
        | set pc B.next       |                |          |
        | SYSCALL             | entry getpgid  | 4242     |
        | set number <number> |                |          |
        | SYSCALL             | exit <number>  | <result> |
        | CONT                | exited 0       |          |
      Then the guest notes:
        | r=<result> |
      And nothing else happens

      Examples:
        | mode  | number | result  |
        | arm   | -1     | 4242    |
        | arm   | 9999   | -ENOSYS |
        | thumb | -1     | 4242    |
        | thumb | 9999   | -ENOSYS |
