Feature: Interrupts of user mode

  An interrupt of user mode establishes kernel state, runs its handler and leaves by the same loop and the same last steps as a system call.

  @IRQ @IRQ-01 @reference
  Rule: Entry from user mode tells lockdep, then context tracking, then the tracer that interrupts are off

    Scenario Outline: The state updates of an interrupt from user mode come in this order
      Given a guest program on <mode>:
        """
        nop 3
        """
      And an interrupt arrives after the first "exit_to_user_mode"
      When it runs to its end
      Then inside "enter_from_user_mode" these steps run:
        | step                      |
        | arch_enter_from_user_mode |
        | lockdep_hardirqs_off      |
        | user_exit_irqoff          |
        | trace_hardirqs_off        |
      And these steps run in this order:
        | exit_to_user_mode    |
        | enter_from_user_mode |
        | interrupt handler    |
        | exit_to_user_mode    |
        | enter_from_user_mode |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
        | a64  |
        | a32  |

      @generic
      Examples:
        | mode  |
        | arm   |
        | thumb |

  @IRQ @IRQ-02 @reference
  Rule: Entry from user mode warns when context tracking does not say user

    Scenario Outline: A forgotten user_enter is reported at the next entry
      Given a guest program on <mode>:
        """
        nop
        """
      And entry code that forgets user_enter_irqoff once
      When it runs to its end
      Then the kernel warns:
        | enter_from_user_mode: context is KERNEL, not USER |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | a64  |
        | a32  |
        | ia32 |

      @generic
      Examples:
        | mode  |
        | arm   |
        | thumb |

  @IRQ @IRQ-12 @reference
  Rule: Exit to user mode after an interrupt runs the loop, prepares, validates, and makes the same final transition as a system call

    Scenario Outline: A reschedule request is served on the way back to user mode
      Given a guest program on <mode>:
        """
        nop 3
        """
      And a reschedule request arrives after the first "exit_to_user_mode"
      When it runs to its end
      Then inside "exit_to_user_mode_prepare" number 2 these steps run:
        | step                           | because          |
        | exit_to_user_mode_loop         | TIF_NEED_RESCHED |
        | arch_exit_to_user_mode_prepare |                  |
        | exit_to_user_mode_validate     |                  |
      And inside "exit_to_user_mode" number 2 these steps run:
        | step                        |
        | trace_hardirqs_on           |
        | lockdep_hardirqs_on_prepare |
        | user_enter_irqoff           |
        | arch_exit_to_user_mode      |
        | lockdep_hardirqs_on         |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
        | a64  |
        | a32  |

      @generic
      Examples:
        | mode |
        | arm  |
        | thumb |

  @IRQ @IRQ-13 @reference
  Rule: The exit takes the user or the kernel path by the saved registers, not by what the entry returned

    Not on a64, a32: interrupts of user mode have a vector and an exit of their own there, so this one sees those of the kernel only.

    Scenario Outline: One interrupt of user mode and one of the idle task leave by different paths
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      And an interrupt arrives after the first "exit_to_user_mode"
      When it runs to its end
      Then these steps run in this order:
        | irqentry_enter    |
        | irqentry_exit     |
        | exit_to_user_mode |
        | do_idle           |
        | irqentry_enter    |
        | ct_irq_enter      |
        | irqentry_exit     |
        | ct_irq_exit       |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

      @generic
      Examples:
        | mode  |
        | arm   |
        | thumb |
