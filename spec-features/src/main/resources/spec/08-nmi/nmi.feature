Feature: Non-maskable interrupts

  An NMI may hit between any two instructions of the kernel, also inside another entry. Its entry and exit are a mirror image, and it never does
  the work that waits for user mode.

  @NMI @NMI-01 @reference
  Rule: NMI entry counts first, then tells lockdep and context tracking, and traces last

    Scenario Outline: The steps of NMI entry come in this order
      Given a guest program on <mode>:
        """
        getppid
        """
      And an NMI arrives after the first "<place>"
      When it runs to its end
      Then inside "irqentry_nmi_enter" these steps run:
        | step                  |
        | __nmi_enter           |
        | lockdep_hardirqs_off  |
        | lockdep_hardirq_enter |
        | ct_nmi_enter          |
        | trace_hardirqs_off    |
        | ftrace_nmi_enter      |
      And nothing else happens

      Examples:
        | mode | place                |
        | x64  | enter_from_user_mode |
        | ia32 | enter_from_user_mode |
        | a64  | enter_from_user_mode |
        | a32  | enter_from_user_mode |

      @generic
      Examples:
        | mode | place                |
        | arm  | enter_from_user_mode |
        | thumb | enter_from_user_mode |

  @NMI @NMI-02 @reference
  Rule: NMI exit is the mirror of its entry; interrupts are told to be on only if lockdep had them on

    Scenario Outline: With interrupts off nothing is told to be on
      Given a guest program on <mode>:
        """
        getppid
        """
      And an NMI arrives after the first "enter_from_user_mode"
      When it runs to its end
      Then inside "irqentry_nmi_exit" these steps run:
        | step                 |
        | ftrace_nmi_exit      |
        | ct_nmi_exit          |
        | lockdep_hardirq_exit |
        | __nmi_exit           |
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

    Scenario Outline: With interrupts on tracing and lockdep are told so again
      Given a guest program on <mode>:
        """
        getppid
        """
      And an NMI arrives after run <run> of "<place>"
      When it runs to its end
      Then inside "irqentry_nmi_exit" these steps run:
        | step                        |
        | ftrace_nmi_exit             |
        | trace_hardirqs_on           |
        | lockdep_hardirqs_on_prepare |
        | ct_nmi_exit                 |
        | lockdep_hardirq_exit        |
        | lockdep_hardirqs_on         |
        | __nmi_exit                  |
      And nothing else happens

      Examples:
        | mode | place                        | run |
        | x64  | syscall_enter_from_user_mode | 1   |
        | ia32 | local_irq_enable             | 2   |

      @generic
      Examples:
        | mode  | place                        | run |
        | arm   | syscall_enter_from_user_mode | 1   |
        | thumb | syscall_enter_from_user_mode | 1   |

  @NMI @NMI-03 @reference
  Rule: The NMI count is up before context tracking is entered and until after it is left

    Scenario Outline: Counting brackets everything else
      Given a guest program on <mode>:
        """
        getppid
        """
      And an NMI arrives after the first "<place>"
      When it runs to its end
      Then these steps run in this order:
        | __nmi_enter  |
        | ct_nmi_enter |
        | ct_nmi_exit  |
        | __nmi_exit   |
      And nothing else happens

      Examples:
        | mode | place                |
        | x64  | enter_from_user_mode |
        | ia32 | enter_from_user_mode |
        | a64  | enter_from_user_mode |
        | a32  | enter_from_user_mode |

      @generic
      Examples:
        | mode  | place                |
        | arm   | enter_from_user_mode |
        | thumb | enter_from_user_mode |

      @native
      Examples:
        | mode  | place          |
        | arm   | invoke_syscall |
        | thumb | invoke_syscall |

  @NMI @NMI-04 @reference
  Rule: An NMI neither preempts nor runs the exit-to-user loop; pending work waits for the next normal exit

    Scenario Outline: An NMI inside an entry runs neither preemption nor the loop
      Given a guest program on <mode>:
        """
        getppid
        """
      And an NMI arrives after the first "enter_from_user_mode"
      When it runs to its end
      Then these steps run this often:
        | step                   | times |
        | irqentry_nmi_exit      | 1     |
        | preempt_schedule_irq   | 0     |
        | exit_to_user_mode_loop | 0     |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
        | a64  |

    Scenario Outline: An NMI of user mode returns without the work and the preparation of other exits
      Given a guest program on <mode>:
        """
        nop 3
        """
      And an NMI of user mode arrives after the first "exit_to_user_mode"
      When it runs to its end
      Then these steps run this often:
        | step                      | times |
        | irqentry_nmi_enter        | 1     |
        | irqentry_nmi_exit         | 1     |
        | exit_to_user_mode_loop    | 0     |
        | exit_to_user_mode_prepare | 1     |
        | exit_to_user_mode         | 1     |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

    Scenario Outline: An NMI that finds a signal pending leaves it to the exit of the system call it hit
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        raise SIGUSR1
        """
      And an NMI arrives after run 4 of "local_irq_disable"
      When it runs to its end
      Then these steps run in this order:
        | irqentry_nmi_enter        |
        | irqentry_nmi_exit         |
        | exit_to_user_mode_loop    |
        | arch_do_signal_or_restart |
      And inside "irqentry_nmi_exit" these steps run:
        | step                 |
        | ftrace_nmi_exit      |
        | ct_nmi_exit          |
        | lockdep_hardirq_exit |
        | __nmi_exit           |
      And these steps run this often:
        | step                   | times |
        | irqentry_nmi_exit      | 1     |
        | exit_to_user_mode_loop | 1     |
        | preempt_schedule_irq   | 0     |
      And the guest notes:
        | handled |
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

  @NMI @NMI-05 @reference
  Rule: An NMI moves the interrupt nesting by two, or by one where RCU did not watch, and back

    Scenario Outline: Inside an entry it moves by two
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      And the trace events "rcu:rcu_watching" are on
      And an NMI arrives after the first "enter_from_user_mode"
      When it runs to its end
      Then these trace events are recorded:
        | rcu:rcu_watching: End 1 0            |
        | rcu:rcu_watching: Start 0 1          |
        | rcu:rcu_watching: ++= base base+2    |
        | rcu:rcu_watching: --= base+2 base    |
        | idle: rcu:rcu_watching: End 1 0      |
        | idle: rcu:rcu_watching: Startirq 0 1 |
        | idle: rcu:rcu_watching: Endirq 1 0   |
        | idle: rcu:rcu_watching: Start 0 1    |
        | rcu:rcu_watching: End 1 0            |
        | rcu:rcu_watching: Start 0 1          |
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

    Scenario Outline: In idle it moves by one
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      And the trace events "rcu:rcu_watching" are on
      And an NMI arrives after the first "ct_idle_enter"
      When it runs to its end
      Then these trace events are recorded:
        | rcu:rcu_watching: End 1 0            |
        | rcu:rcu_watching: Start 0 1          |
        | idle: rcu:rcu_watching: End 1 0      |
        | idle: rcu:rcu_watching: Startirq 0 1 |
        | idle: rcu:rcu_watching: Endirq 1 0   |
        | idle: rcu:rcu_watching: Startirq 0 1 |
        | idle: rcu:rcu_watching: Endirq 1 0   |
        | idle: rcu:rcu_watching: Start 0 1    |
        | rcu:rcu_watching: End 1 0            |
        | rcu:rcu_watching: Start 0 1          |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
        | a64  |
        | a32  |
        | arm  |
        | thumb |

  @NMI @NMI-10 @reference
  Rule: The pseudo-NMI of arm64 counts as an NMI only where it hit kernel code that had interrupts masked

    Scenario Outline: It hits the kernel with interrupts masked
      Given a guest program on <mode>:
        """
        getppid
        """
      And an NMI arrives after the first "enter_from_user_mode"
      When it runs to its end
      Then these steps run this often:
        | step               | times |
        | el1_pnmi           | 1     |
        | irqentry_nmi_enter | 1     |
        | irqentry_nmi_exit  | 1     |
        | el1_irq            | 0     |
      And nothing else happens

      Examples:
        | mode |
        | a64  |
        | a32  |

    Scenario Outline: It hits the kernel with interrupts on, after <place>
      Given a guest program on <mode>:
        """
        getppid
        """
      And an NMI arrives after the first "<place>"
      When it runs to its end
      Then these steps run this often:
        | step               | times     |
        | el1_irq            | 1         |
        | irqentry_enter     | <entries> |
        | irq_enter_rcu      | 1         |
        | el1_pnmi           | 0         |
        | irqentry_nmi_enter | 0         |
      And nothing else happens

      Examples:
        | mode | place          | entries |
        | a64  | invoke_syscall | 1       |
        | a32  | invoke_syscall | 1       |

    Scenario Outline: It hits user mode
      Given a guest program on <mode>:
        """
        getppid
        """
      And an NMI of user mode arrives after the first "exit_to_user_mode"
      When it runs to its end
      Then these steps run this often:
        | step               | times |
        | el0_interrupt      | 1     |
        | irq_enter_rcu      | 1     |
        | irqentry_nmi_enter | 0     |
      And nothing else happens

      Examples:
        | mode |
        | a64  |
        | a32  |

  @NMI @NMI-12 @reference @native
  Rule: The FIQ of arm only enters and leaves the NMI; its assembly tells nobody, and a FIQ of user mode looks at no pending work

    Scenario Outline: A FIQ of the kernel, interrupts off or on
      Given a guest program on <mode>:
        """
        getppid
        """
      And an NMI arrives after the first "<place>"
      When it runs to its end
      Then inside "__fiq_svc" these steps run:
        | step              |
        | svc_entry         |
        | handle_fiq_as_nmi |
        | svc_exit          |
      And inside "handle_fiq_as_nmi" these steps run:
        | step                  |
        | __nmi_enter           |
        | lockdep_hardirq_enter |
        | ct_nmi_enter          |
        | ftrace_nmi_enter      |
        | ftrace_nmi_exit       |
        | ct_nmi_exit           |
        | lockdep_hardirq_exit  |
        | __nmi_exit            |
      And nothing else happens

      Examples:
        | mode  | place               |
        | arm   | invoke_syscall      |
        | arm   | disable_irq_notrace |
        | thumb | invoke_syscall      |

    Scenario Outline: A FIQ of user mode saves, handles and restores
      Given a guest program on <mode>:
        """
        getppid
        """
      And an NMI of user mode arrives after the first "exit_to_user_mode"
      When it runs to its end
      Then inside "__fiq_usr" these steps run:
        | step                         |
        | save r0 to pc, cpsr, orig_r0 |
        | handle_fiq_as_nmi            |
        | write TPIDRURO               |
        | clrex                        |
        | restore r0 to pc, cpsr       |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |
