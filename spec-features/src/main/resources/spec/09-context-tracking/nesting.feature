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
        | ia32 |
        | a32  |
        | thumb|

  @CTX @CTX-03
  Rule: Leaving idle or user mode with an interrupt nesting other than 0 is warned about once and repaired

    Only the nesting is repaired. Whether RCU watches is the lowest bit of a count of transitions, so one too few or too many turns it round
    for good: from then on RCU watches the CPU in idle and in user mode, and not in the kernel. RCU_EQS_DEBUG warns at the next transition.

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
        | ct_kernel_enter_state: RCU is not watching                   |
        | ct_kernel_enter: interrupt nesting is 1 on the way from IDLE |
        | ct_kernel_exit_state: RCU is watching                        |
      And these imbalances are found:
        | ct_irq_enter in <frame> is not undone when the frame ends |
        | after <frame> the interrupt nesting is 1, was 0           |
        | after <frame> the RCU watching is true, was false         |
        | after <call> the RCU watching is true, was false          |
        | <outer>                                                   |
      And context tracking is at rest: process nesting 1, interrupt nesting base
      And nothing else happens

      Examples:
        | mode | frame                | call                | outer                                                  |
        | x64  | asm_common_interrupt | entry_SYSCALL_64    |                                                        |
        | ia32 | asm_common_interrupt | asm_int80_emulation |                                                        |
        | a64  | el1_irq              | el0_svc             | after el0t_64_sync the RCU watching is true, was false |
        | a32  | el1_irq              | el0_svc_compat      | after el0t_32_sync the RCU watching is true, was false |

    @reference
    Scenario Outline: An NMI of idle without its ct_nmi_exit is reported when idle ends
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      And entry code that forgets ct_nmi_exit once
      And an NMI arrives after the first "ct_idle_enter"
      When it runs to its end
      Then the kernel warns:
        | ct_kernel_enter_state: RCU is not watching                   |
        | ct_kernel_enter: interrupt nesting is 1 on the way from IDLE |
        | ct_kernel_exit_state: RCU is watching                        |
      And these imbalances are found:
        | ct_nmi_enter in <frame> is not undone when the frame ends |
        | after <frame> the interrupt nesting is 1, was 0           |
        | after <frame> the RCU watching is true, was false         |
        | after <call> the RCU watching is true, was false          |
        | <outer>                                                   |
      And nothing else happens

      Examples:
        | mode | frame       | call                | outer                                                  |
        | x64  | asm_exc_nmi | entry_SYSCALL_64    |                                                        |
        | ia32 | asm_exc_nmi | asm_int80_emulation |                                                        |
        | a64  | el1_pnmi    | el0_svc             | after el0t_64_sync the RCU watching is true, was false |
        | a32  | el1_pnmi    | el0_svc_compat      | after el0t_32_sync the RCU watching is true, was false |

      @generic
      Examples:
        | mode  | frame                     | call                       | outer |
        | arm   | __fiq_svc (generic entry) | vector_swi (generic entry) |       |
        | thumb | __fiq_svc (generic entry) | vector_swi (generic entry) |       |

      @native
      Examples:
        | mode  | frame     | call       | outer |
        | arm   | __fiq_svc | vector_swi |       |
        | thumb | __fiq_svc | vector_swi |       |

  @CTX @CTX-02
  Rule: Entering idle or user mode with an interrupt nesting other than the non-idle constant is warned about once and repaired

    @reference
    Scenario Outline: An NMI without its ct_nmi_exit is reported on the way to user mode
      Given a guest program on <mode>:
        """
        getppid
        getppid
        """
      And entry code that forgets ct_nmi_exit once
      And an NMI arrives after the first "<place>"
      When it runs to its end
      Then the kernel warns:
        | ct_kernel_exit: interrupt nesting is base+2 on the way to USER |
      And these imbalances are found:
        | ct_nmi_enter in <frame> is not undone when the frame ends |
        | after <frame> the interrupt nesting is base+2, was base   |
      And context tracking is at rest: process nesting 1, interrupt nesting base
      And nothing else happens

      Examples:
        | mode | place                | frame       |
        | x64  | enter_from_user_mode | asm_exc_nmi |
        | ia32 | enter_from_user_mode | asm_exc_nmi |
        | a64  | enter_from_user_mode | el1_pnmi    |
        | a32  | enter_from_user_mode | el1_pnmi    |

      @generic
      Examples:
        | mode | place                | frame                     |
        | arm  | enter_from_user_mode | __fiq_svc (generic entry) |
        | thumb | enter_from_user_mode | __fiq_svc (generic entry) |

      @native
      Examples:
        | mode | place                         | frame     |
        | arm  | decode the system call number | __fiq_svc |
        | thumb | decode the system call number | __fiq_svc |

    @reference
    Scenario Outline: An NMI whose ct_nmi_enter is missing leaves the nesting below the constant
      Given a guest program on <mode>:
        """
        getppid
        """
      And entry code that forgets ct_nmi_enter once
      And an NMI arrives after the first "<place>"
      When it runs to its end
      Then the kernel warns:
        | ct_kernel_exit: interrupt nesting is base-2 on the way to USER |
      And these imbalances are found:
        | ct_nmi_exit in <frame> closes nothing: ct_nmi_enter was not run in this frame |
        | after <frame> the interrupt nesting is base-2, was base                       |
      And context tracking is at rest: process nesting 1, interrupt nesting base
      And nothing else happens

      Examples:
        | mode | place                | frame       |
        | x64  | enter_from_user_mode | asm_exc_nmi |
        | a64  | enter_from_user_mode | el1_pnmi    |

      @generic
      Examples:
        | mode | place                | frame                     |
        | arm  | enter_from_user_mode | __fiq_svc (generic entry) |

      @native
      Examples:
        | mode | place                         | frame     |
        | arm  | decode the system call number | __fiq_svc |

    @reference
    Scenario Outline: If the call goes on to sleep it is reported on the way to idle
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      And entry code that forgets ct_nmi_exit once
      And an NMI arrives after the first "<place>"
      When it runs to its end
      Then the kernel warns:
        | ct_kernel_exit: interrupt nesting is base+2 on the way to IDLE |
      And these imbalances are found:
        | ct_nmi_enter in <frame> is not undone when the frame ends |
        | after <frame> the interrupt nesting is base+2, was base   |
      And context tracking is at rest: process nesting 1, interrupt nesting base
      And nothing else happens

      Examples:
        | mode | place                | frame       |
        | x64  | enter_from_user_mode | asm_exc_nmi |
        | ia32 | enter_from_user_mode | asm_exc_nmi |
        | a64  | enter_from_user_mode | el1_pnmi    |

      @generic
      Examples:
        | mode | place                | frame                     |
        | arm  | enter_from_user_mode | __fiq_svc (generic entry) |
        | thumb | enter_from_user_mode | __fiq_svc (generic entry) |

      @native
      Examples:
        | mode | place                         | frame     |
        | arm  | decode the system call number | __fiq_svc |
        | thumb | decode the system call number | __fiq_svc |

  @CTX @CTX-04 @reference
  Rule: The warning comes at the first idle or user transition after an imbalance, not where it was made

    Scenario Outline: An interrupt of a running call on arm forgets ct_irq_exit
      Given a guest program on <mode>:
        """
        getppid
        """
      And entry code that forgets ct_irq_exit once
      And an interrupt arrives after the first "invoke_syscall"
      When it runs to its end
      Then the kernel warns:
        | ct_kernel_exit: interrupt nesting is base+2 on the way to USER |
      And these imbalances are found:
        | ct_irq_enter in __irq_svc is not undone when the frame ends |
        | after __irq_svc the interrupt nesting is base+2, was base   |
      And context tracking is at rest: process nesting 1, interrupt nesting base
      And nothing else happens

      @native
      Examples:
        | mode  |
        | arm   |
        | thumb |

    Scenario Outline: It forgets ct_irq_enter
      Given a guest program on <mode>:
        """
        getppid
        """
      And entry code that forgets ct_irq_enter once
      And an interrupt arrives after the first "invoke_syscall"
      When it runs to its end
      Then the kernel warns:
        | ct_kernel_exit: interrupt nesting is base-2 on the way to USER |
      And these imbalances are found:
        | ct_irq_exit in __irq_svc closes nothing: ct_irq_enter was not run in this frame |
        | after __irq_svc the interrupt nesting is base-2, was base                       |
      And nothing else happens

      @native
      Examples:
        | mode |
        | arm  |

    Scenario Outline: An interrupt of a call that goes on to sleep: the warning names idle, and the timer that ends it is innocent
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      And entry code that forgets ct_irq_exit once
      And an interrupt arrives after the first "invoke_syscall"
      When it runs to its end
      Then the kernel warns:
        | ct_kernel_exit: interrupt nesting is base+2 on the way to IDLE |
      And these imbalances are found:
        | ct_irq_enter in __irq_svc is not undone when the frame ends |
        | after __irq_svc the interrupt nesting is base+2, was base   |
      And nothing else happens

      @native
      Examples:
        | mode |
        | arm  |

    Scenario Outline: An imbalance of idle on one of two CPUs is reported there
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        nanosleep 1ms 0
        """
      And 2 CPUs
      And entry code that forgets ct_irq_exit once
      When it runs to its end
      Then the kernel warns:
        | ct_kernel_enter_state: RCU is not watching                   |
        | ct_kernel_enter: interrupt nesting is 1 on the way from IDLE |
        | ct_kernel_exit_state: RCU is watching                        |
      And these imbalances are found:
        | ct_irq_enter in <frame> is not undone when the frame ends |
        | after <frame> the interrupt nesting is 1, was 0           |
        | after <frame> the RCU watching is true, was false         |
        | after <call> the RCU watching is true, was false          |
        | <outer>                                                   |
      And nothing else happens

      Examples:
        | mode | frame                | call                | outer                                                  |
        | x64  | asm_common_interrupt | entry_SYSCALL_64    |                                                        |
        | ia32 | asm_common_interrupt | asm_int80_emulation |                                                        |
        | a64  | el1_irq              | el0_svc             | after el0t_64_sync the RCU watching is true, was false |
        | a32  | el1_irq              | el0_svc_compat      | after el0t_32_sync the RCU watching is true, was false |

      @generic
      Examples:
        | mode | frame                     | call                       | outer |
        | arm  | __irq_svc (generic entry) | vector_swi (generic entry) |       |

      @native
      Examples:
        | mode | frame     | call       | outer |
        | arm  | __irq_svc | vector_swi |       |

  @CTX @CTX-06 @reference
  Rule: Where RCU watches, an interrupt that context tracking is told of moves the nesting to two above the constant and back

    Scenario Outline: The idle task before it enters idle for RCU
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      And the trace events "rcu:rcu_watching" are on
      And an interrupt arrives after the first "do_idle"
      When it runs to its end
      Then these trace events are recorded:
        | rcu:rcu_watching: End 1 0               |
        | rcu:rcu_watching: Start 0 1             |
        | idle: rcu:rcu_watching: End 1 0         |
        | idle: rcu:rcu_watching: Startirq 0 1    |
        | idle: rcu:rcu_watching: Endirq 1 0      |
        | idle: rcu:rcu_watching: Start 0 1       |
        | idle: rcu:rcu_watching: ++= base base+2 |
        | idle: rcu:rcu_watching: --= base+2 base |
        | rcu:rcu_watching: End 1 0               |
        | rcu:rcu_watching: Start 0 1             |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
        | a64  |
        | a32  |
        | arm  |

    Scenario Outline: Generic entry does not tell context tracking of an interrupt of a running call
      Given a guest program on <mode>:
        """
        getppid
        """
      And the trace events "rcu:rcu_watching" are on
      And an interrupt arrives after the first "<place>"
      When it runs to its end
      Then these trace events are recorded:
        | rcu:rcu_watching: End 1 0   |
        | rcu:rcu_watching: Start 0 1 |
        | rcu:rcu_watching: End 1 0   |
        | rcu:rcu_watching: Start 0 1 |
      And these steps run this often:
        | step              | times |
        | interrupt handler | 1     |
      And nothing else happens

      Examples:
        | mode | place                        |
        | x64  | syscall_enter_from_user_mode |
        | a64  | invoke_syscall               |

      @generic
      Examples:
        | mode | place          |
        | arm  | invoke_syscall |

    @native
    Scenario Outline: Arm always tells it
      Given a guest program on <mode>:
        """
        getppid
        """
      And the trace events "rcu:rcu_watching" are on
      And an interrupt arrives after the first "invoke_syscall"
      When it runs to its end
      Then these trace events are recorded:
        | rcu:rcu_watching: End 1 0         |
        | rcu:rcu_watching: Start 0 1       |
        | rcu:rcu_watching: ++= base base+2 |
        | rcu:rcu_watching: --= base+2 base |
        | rcu:rcu_watching: End 1 0         |
        | rcu:rcu_watching: Start 0 1       |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @CTX @CTX-11
  Rule: Leaving an NMI with a nesting of 0 or less and entering one with a nesting below 0 are warned about

    @reference
    Scenario Outline: An NMI of idle without its ct_nmi_enter warns when it leaves and again when the timer enters
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      And entry code that forgets ct_nmi_enter once
      And an NMI arrives after the first "ct_idle_enter"
      When it runs to its end
      Then the kernel warns:
        | ct_nmi_exit: interrupt nesting is 0                           |
        | ct_nmi_exit rcu_is_watching_curr_cpu: RCU is not watching     |
        | ct_nmi_enter: interrupt nesting is -2                         |
        | ct_kernel_enter_state: RCU is not watching                    |
        | ct_kernel_enter: interrupt nesting is -3 on the way from IDLE |
        | ct_kernel_exit_state: RCU is watching                         |
      And these imbalances are found:
        | ct_nmi_exit in <nmi> closes nothing: ct_nmi_enter was not run in this frame |
        | after <nmi> the interrupt nesting is -2, was 0                              |
        | after <irq> the interrupt nesting is -3, was -2                             |
        | after <irq> the RCU watching is true, was false                             |
        | after <call> the RCU watching is true, was false                            |
        | <outer>                                                                     |
      And context tracking is at rest: process nesting 1, interrupt nesting base
      And nothing else happens

      Examples:
        | mode | nmi         | irq                  | call                | outer                                                  |
        | x64  | asm_exc_nmi | asm_common_interrupt | entry_SYSCALL_64    |                                                        |
        | ia32 | asm_exc_nmi | asm_common_interrupt | asm_int80_emulation |                                                        |
        | a64  | el1_pnmi    | el1_irq              | el0_svc             | after el0t_64_sync the RCU watching is true, was false |
        | a32  | el1_pnmi    | el1_irq              | el0_svc_compat      | after el0t_32_sync the RCU watching is true, was false |

      @generic
      Examples:
        | mode  | nmi                       | irq                       | call                       | outer |
        | arm   | __fiq_svc (generic entry) | __irq_svc (generic entry) | vector_swi (generic entry) |       |
        | thumb | __fiq_svc (generic entry) | __irq_svc (generic entry) | vector_swi (generic entry) |       |

      @native
      Examples:
        | mode  | nmi       | irq       | call       | outer |
        | arm   | __fiq_svc | __irq_svc | vector_swi |       |
        | thumb | __fiq_svc | __irq_svc | vector_swi |       |

  @CTX @CTX-12 @reference
  Rule: Arm enables interrupts on system call entry before it ends the user context; generic entry does it after, in the other order

    @native
    Scenario Outline: An interrupt in that window finds a CPU that RCU believes to be in user mode
      Given a guest program on <mode>:
        """
        getppid
        """
      And the trace events "rcu:rcu_watching" are on
      And an interrupt arrives after the first "<place>"
      When it runs to its end
      Then these trace events are recorded:
        | rcu:rcu_watching: End 1 0   |
        | rcu:rcu_watching: <enter>   |
        | rcu:rcu_watching: <exit>    |
        | rcu:rcu_watching: Start 0 1 |
        | rcu:rcu_watching: End 1 0   |
        | rcu:rcu_watching: Start 0 1 |
      And nothing else happens

      Examples:
        | mode  | place              | enter        | exit       |
        | arm   | alignment_trap     | Startirq 0 1 | Endirq 1 0 |
        | arm   | enable_irq_notrace | Startirq 0 1 | Endirq 1 0 |
        | thumb | alignment_trap     | Startirq 0 1 | Endirq 1 0 |

    @native
    Scenario Outline: Tracing is told "on", interrupts go on, and the user context ends
      Given a guest program on <mode>:
        """
        getppid
        """
      When it runs to its end
      Then inside "vector_swi" these steps run:
        | step                          |
        | save r0 to pc, cpsr, orig_r0  |
        | alignment_trap                |
        | trace_hardirqs_on             |
        | lockdep_hardirqs_on_prepare   |
        | lockdep_hardirqs_on           |
        | enable_irq_notrace            |
        | lockdep_hardirqs_off          |
        | trace_hardirqs_off            |
        | local_irq_disable             |
        | user_exit_irqoff              |
        | trace_hardirqs_on             |
        | lockdep_hardirqs_on_prepare   |
        | lockdep_hardirqs_on           |
        | local_irq_enable              |
        | decode the system call number |
        | uaccess_disable               |
        | local_restart                 |
        | invoke_syscall                |
        | ret_fast_syscall              |
        | store r0                      |
        | disable_irq_notrace           |
        | no_work_pending               |
        | trace_hardirqs_on             |
        | lockdep_hardirqs_on_prepare   |
        | lockdep_hardirqs_on           |
        | user_enter_irqoff             |
        | write TPIDRURO                |
        | clrex                         |
        | restore r0 to pc, cpsr        |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

    @generic
    Scenario Outline: Generic entry ends the user context with interrupts still off
      Given a guest program on <mode>:
        """
        getppid
        """
      When it runs to its end
      Then inside "syscall_enter_from_user_mode" these steps run:
        | step                        |
        | enter_from_user_mode        |
        | add_random_kstack_offset    |
        | trace_hardirqs_on           |
        | lockdep_hardirqs_on_prepare |
        | lockdep_hardirqs_on         |
        | local_irq_enable            |
      And inside "enter_from_user_mode" these steps run:
        | step                      |
        | arch_enter_from_user_mode |
        | lockdep_hardirqs_off      |
        | user_exit_irqoff          |
        | trace_hardirqs_off        |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @CTX @CTX-05 @reference
  Rule: From idle the first interrupt level counts one and starts RCU, each further level counts two, and exits mirror it

    Scenario Outline: An interrupt inside the soft interrupt of an idle CPU's timer
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      And pending soft interrupt work that is itself interrupted
      And the trace events "rcu:rcu_watching" are on
      When it runs to its end
      Then these trace events are recorded:
        | rcu:rcu_watching: End 1 0            |
        | rcu:rcu_watching: Start 0 1          |
        | idle: rcu:rcu_watching: End 1 0      |
        | idle: rcu:rcu_watching: Startirq 0 1 |
        | idle: rcu:rcu_watching: ++= 1 3      |
        | idle: rcu:rcu_watching: --= 3 1      |
        | idle: rcu:rcu_watching: Endirq 1 0   |
        | idle: rcu:rcu_watching: Start 0 1    |
        | rcu:rcu_watching: End 1 0            |
        | rcu:rcu_watching: Start 0 1          |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |
