Feature: Nesting of kernel contexts

  Two counters say how deep a CPU is in the kernel. They are forced to known values at every idle and user transition, so a mistake shows up
  there and not where it was made.

  @CTX @CTX-01 @reference
  Rule: At rest in the kernel the process nesting is 1 and the interrupt nesting is the non-idle constant

    Scenario Outline: A fresh CPU has both at rest
      Given a guest program on <mode>:
        """
        getppid
        """
      When it runs to its end
      Then context tracking is at rest: process nesting 1, interrupt nesting base
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | a64  |
        | arm  |

  @CTX @CTX-03
  Rule: Leaving idle or user mode with an interrupt nesting other than 0 is warned about once and repaired

    @reference
    Scenario Outline: A ct_irq_exit forgotten in idle is reported when idle ends
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        getppid
        """
      And entry code that forgets ct_irq_exit once
      When it runs to its end
      Then the kernel warns:
        | ct_kernel_enter: interrupt nesting is 1 on the way from IDLE |
      And these imbalances are found:
        | ct_irq_enter in <frame> is not undone when the frame ends |
        | after <frame> the interrupt nesting is 1, was 0           |
        | after <frame> the RCU watching is true, was false         |
      And context tracking is at rest: process nesting 1, interrupt nesting base
      And nothing else happens

      Examples:
        | mode | frame                |
        | x64  | asm_common_interrupt |
        | a64  | el1_irq              |
