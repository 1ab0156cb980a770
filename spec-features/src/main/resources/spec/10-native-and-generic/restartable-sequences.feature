Feature: What restartable sequences get from generic entry

  Restartable sequences are part of the way out to user mode. Some of what they offer exists only where that way is the generic one.

  @RSQ @RSQ-19
  Rule: The time slice extension needs generic entry: arm64 and arm refuse its prctl

    524 is ENOTSUPP, an error that has no name in user space.

    @native
    Scenario Outline: In <version> the prctl gives <result>
      Given a guest program on <mode>:
        """
        r = prctl PR_RSEQ_SLICE_EXTENSION PR_RSEQ_SLICE_EXTENSION_GET 0 0 0
        note r
        """
      And a kernel of version <version>
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | r=<result> |
      And nothing else happens

      Examples:
        | mode  | version | result  |
        | a64   | 7.3     | -524    |
        | a32   | 7.3     | -524    |
        | arm   | 7.3     | -524    |
        | thumb | 7.3     | -524    |
        | a64   | 6.12    | -EINVAL |
        | a32   | 6.12    | -EINVAL |
        | arm   | 6.12    | -EINVAL |
        | thumb | 6.12    | -EINVAL |

    Scenario Outline: With it the prctl says that the extension has not been asked for
      Given a guest program on <mode>:
        """
        r = prctl PR_RSEQ_SLICE_EXTENSION PR_RSEQ_SLICE_EXTENSION_GET 0 0 0
        note r
        """
      And a kernel with "RSEQ_SLICE_EXTENSION=y"
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | r=0 |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

      @generic
      Examples:
        | mode  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |
