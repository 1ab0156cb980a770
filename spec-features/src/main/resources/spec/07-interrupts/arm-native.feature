Feature: Interrupts of arm as it is today

  Before a conversion to generic entry, arm's assembly tells tracing and context tracking itself, and every interrupt goes through the old
  irq_enter and irq_exit, whatever it interrupted.

  @IRQ @IRQ-17 @reference @native
  Rule: On arm every interrupt moves context tracking: by two where RCU watches, by one where it does not

    Scenario Outline: An interrupt of a running call moves the nesting by two
      Given a guest program on <mode>:
        """
        getppid
        """
      And the trace events "rcu:rcu_watching" are on
      And an interrupt arrives after the first "invoke_syscall"
      When it runs to its end
      Then inside "generic_handle_arch_irq" these steps run:
        | step                     |
        | rcu_irq_enter_check_tick |
        | ct_irq_enter             |
        | lockdep_hardirq_enter    |
        | irq_enter_rcu            |
        | interrupt handler        |
        | irq_exit_rcu             |
        | ct_irq_exit              |
        | lockdep_hardirq_exit     |
      And these trace events are recorded:
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

    Scenario Outline: The timer that ends a sleep moves it by one, an interrupt of user mode by two
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      And an interrupt arrives after the first "exit_to_user_mode"
      And the trace events "rcu:rcu_watching" are on
      When it runs to its end
      Then these trace events are recorded:
        | rcu:rcu_watching: End 1 0            |
        | rcu:rcu_watching: Start 0 1          |
        | rcu:rcu_watching: ++= base base+2    |
        | rcu:rcu_watching: --= base+2 base    |
        | rcu:rcu_watching: End 1 0            |
        | rcu:rcu_watching: Start 0 1          |
        | idle: rcu:rcu_watching: End 1 0      |
        | idle: rcu:rcu_watching: Startirq 0 1 |
        | idle: rcu:rcu_watching: Endirq 1 0   |
        | idle: rcu:rcu_watching: Start 0 1    |
        | rcu:rcu_watching: End 1 0            |
        | rcu:rcu_watching: Start 0 1          |
      And nothing else happens

      Examples:
        | mode |
        | arm  |

  @IRQ @IRQ-18 @reference @native
  Rule: On arm the assembly tells tracing that interrupts are off, then ends the user context, both before the C handler

    Scenario Outline: An interrupt of user mode
      Given a guest program on <mode>:
        """
        nop 3
        """
      And an interrupt arrives after the first "exit_to_user_mode"
      When it runs to its end
      Then inside "__irq_usr" these steps run:
        | step                         |
        | save r0 to pc, cpsr, orig_r0 |
        | lockdep_hardirqs_off         |
        | trace_hardirqs_off           |
        | user_exit_irqoff             |
        | generic_handle_arch_irq      |
        | ret_to_user_from_irq         |
        | no_work_pending              |
        | trace_hardirqs_on            |
        | lockdep_hardirqs_on_prepare  |
        | lockdep_hardirqs_on          |
        | user_enter_irqoff            |
        | write TPIDRURO               |
        | clrex                        |
        | restore r0 to pc, cpsr       |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |

  @IRQ @IRQ-19 @reference @native
  Rule: On arm only the return from an interrupt of kernel mode preempts, never that from an abort or undefined instruction

    Scenario Outline: With PREEMPTION=<preemption> an interrupt of a running call preempts <times> time(s)
      Given a guest program on <mode>:
        """
        getppid
        """
      And a kernel with "PREEMPTION=<preemption>"
      And a reschedule request arrives after the first "invoke_syscall"
      When it runs to its end
      Then these steps run this often:
        | step                 | times   |
        | __irq_svc            | 1       |
        | preempt_schedule_irq | <times> |
      And nothing else happens

      Examples:
        | mode  | preemption | times |
        | arm   | y          | 1     |
        | thumb | y          | 1     |
        | arm   | n          | 0     |

    Scenario Outline: An interrupt taken while preemption is disabled does not preempt
      Given a guest program on <mode>:
        """
        getppid
        """
      And a reschedule request arrives after the first "finish_task_switch"
      When it runs to its end
      Then these steps run this often:
        | step                 | times |
        | __irq_svc            | 1     |
        | preempt_schedule_irq | 0     |
      And nothing else happens

      Examples:
        | mode |
        | arm  |

    Scenario Outline: Of kernel code, <exception> that asks to reschedule does not preempt
      Given a guest program on <mode>:
        """
        getppid
        """
      When kernel code with interrupts on takes <exception> that asks to reschedule
      And it runs to its end
      Then these steps run this often:
        | step                 | times |
        | <vector>             | 1     |
        | preempt_schedule_irq | 0     |
      And nothing else happens

      Examples:
        | mode | exception                | vector     |
        | arm  | an exception             | __dabt_svc |
        | arm  | an undefined instruction | __und_svc  |

  @IRQ @IRQ-20 @reference @native
  Rule: On arm the return from an exception of kernel mode tells that interrupts are on only if they were

    Scenario Outline: With interrupts on the return tells so
      Given a guest program on <mode>:
        """
        getppid
        """
      When kernel code with interrupts on takes an exception
      And it runs to its end
      Then inside "__dabt_svc" these steps run:
        | step                        |
        | svc_entry                   |
        | lockdep_hardirqs_off        |
        | trace_hardirqs_off          |
        | disable_irq_notrace         |
        | trace_hardirqs_on           |
        | lockdep_hardirqs_on_prepare |
        | lockdep_hardirqs_on         |
        | svc_exit                    |
      And nothing else happens

      Examples:
        | mode |
        | arm  |

    Scenario Outline: With interrupts off it tells that they are off
      Given a guest program on <mode>:
        """
        getppid
        """
      When kernel code with interrupts off takes an exception
      And it runs to its end
      Then inside "__dabt_svc" these steps run:
        | step                 |
        | svc_entry            |
        | lockdep_hardirqs_off |
        | trace_hardirqs_off   |
        | disable_irq_notrace  |
        | lockdep_hardirqs_off |
        | trace_hardirqs_off   |
        | svc_exit             |
      And nothing else happens

      Examples:
        | mode |
        | arm  |

    Scenario Outline: An interrupt is only taken where interrupts were on, so its return always tells so
      Given a guest program on <mode>:
        """
        getppid
        """
      And an interrupt arrives after the first "invoke_syscall"
      When it runs to its end
      Then inside "__irq_svc" these steps run:
        | step                        |
        | svc_entry                   |
        | lockdep_hardirqs_off        |
        | trace_hardirqs_off          |
        | generic_handle_arch_irq     |
        | trace_hardirqs_on           |
        | lockdep_hardirqs_on_prepare |
        | lockdep_hardirqs_on         |
        | svc_exit                    |
      And nothing else happens

      Examples:
        | mode  |
        | arm   |
        | thumb |
