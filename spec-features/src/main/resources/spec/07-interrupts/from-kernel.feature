Feature: Interrupts of kernel mode

  An interrupt of the kernel must leave everything as it found it. Only the idle task, where RCU does not watch, needs more on entry; only a
  context with interrupts on may be preempted on exit.

  @IRQ @IRQ-03 @reference
  Rule: An interrupt of the idle task always enters context tracking

    Scenario Outline: The timer that ends a sleep makes RCU watch first
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      When it runs to its end
      Then inside "irqentry_enter" these steps run:
        | step                 |
        | lockdep_hardirqs_off |
        | ct_irq_enter         |
        | trace_hardirqs_off   |
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

    Scenario Outline: It does so where RCU still watches, too
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      And an interrupt arrives after the first "do_idle"
      When it runs to its end
      Then inside "irqentry_enter" number 2 these steps run:
        | step                     |
        | lockdep_hardirqs_off     |
        | rcu_irq_enter_check_tick |
        | ct_irq_enter             |
        | trace_hardirqs_off       |
      And inside "irqentry_exit" number 2 these steps run:
        | step                        |
        | trace_hardirqs_on           |
        | lockdep_hardirqs_on_prepare |
        | ct_irq_exit                 |
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
        | mode  |
        | arm   |
        | thumb |

  @IRQ @IRQ-04 @reference
  Rule: An interrupt of any other kernel context only has RCU check its tick; no counter moves

    Scenario Outline: Kernel code with interrupts on takes an exception
      Given a guest program on <mode>:
        """
        getppid
        """
      When kernel code with interrupts on takes an exception
      And it runs to its end
      Then inside "irqentry_enter" these steps run:
        | step                     |
        | lockdep_hardirqs_off     |
        | rcu_irq_enter_check_tick |
        | trace_hardirqs_off       |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | a64  |
        | a32  |
        | ia32 |

      @generic
      Examples:
        | mode |
        | arm  |
        | thumb |

    Scenario Outline: An interrupt of a running call does the same, and the nesting does not move
      Given a guest program on <mode>:
        """
        getppid
        """
      And the trace events "rcu:rcu_watching" are on
      And an interrupt arrives after the first "<place>"
      When it runs to its end
      Then inside "irqentry_enter" number <entry> these steps run:
        | step                     |
        | lockdep_hardirqs_off     |
        | rcu_irq_enter_check_tick |
        | trace_hardirqs_off       |
      And these trace events are recorded:
        | rcu:rcu_watching: End 1 0   |
        | rcu:rcu_watching: Start 0 1 |
        | rcu:rcu_watching: End 1 0   |
        | rcu:rcu_watching: Start 0 1 |
      And nothing else happens

      Examples:
        | mode | place                        | entry |
        | x64  | syscall_enter_from_user_mode | 1     |
        | a64  | invoke_syscall               | 1     |
        | a32  | invoke_syscall               | 1     |

      @generic
      Examples:
        | mode  | place          | entry |
        | arm   | invoke_syscall | 1     |
        | thumb | invoke_syscall | 1     |

  @IRQ @IRQ-05 @reference
  Rule: With TINY_RCU the idle task is no special case

    Scenario Outline: The timer that ends a sleep counts nothing
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      And a kernel with "TINY_RCU=y PREEMPTION=n"
      And the trace events "rcu:rcu_watching" are on
      When it runs to its end
      Then inside "irqentry_enter" these steps run:
        | step                     |
        | lockdep_hardirqs_off     |
        | rcu_irq_enter_check_tick |
        | trace_hardirqs_off       |
      And inside "irqentry_exit" these steps run:
        | step                        |
        | trace_hardirqs_on           |
        | lockdep_hardirqs_on_prepare |
        | lockdep_hardirqs_on         |
      And no trace events are recorded
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

      @generic
      Examples:
        | mode |
        | a64  |
        | a32  |
        | arm  |
        | thumb |

  @IRQ @IRQ-06 @reference
  Rule: Exit to a context that had interrupts on preempts if allowed, then tells that interrupts are on

    Scenario Outline: Nothing to preempt for: only tracing and lockdep
      Given a guest program on <mode>:
        """
        getppid
        """
      When kernel code with interrupts on takes an exception
      And it runs to its end
      Then inside "irqentry_exit" these steps run:
        | step                        |
        | trace_hardirqs_on           |
        | lockdep_hardirqs_on_prepare |
        | lockdep_hardirqs_on         |
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

    @timeline
    Scenario Outline: A reschedule request in the middle of a call preempts on exit
      Given a guest program on <mode>:
        """
        getppid
        """
      And a reschedule request arrives after the first "<place>"
      When it runs to its end
      Then these steps run in this order:
        | interrupt handler           |
        | irqentry_exit               |
        | preempt_schedule_irq        |
        | trace_hardirqs_on           |
        | lockdep_hardirqs_on_prepare |
        | lockdep_hardirqs_on         |
        | exit_to_user_mode           |
      And nothing else happens

      Examples:
        | mode | place                        |
        | x64  | syscall_enter_from_user_mode |
        | a64  | invoke_syscall               |
        | a32  | invoke_syscall               |

      @generic
      Examples:
        | mode  | place                        |
        | arm   | syscall_enter_from_user_mode |
        | thumb | syscall_enter_from_user_mode |

  @IRQ @IRQ-07 @reference
  Rule: Exit with exit_rcu set never preempts and leaves context tracking between lockdep's two calls

    Scenario Outline: The timer of a sleep leaves the idle task in this order
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      When it runs to its end
      Then inside "irqentry_exit" these steps run:
        | step                        |
        | trace_hardirqs_on           |
        | lockdep_hardirqs_on_prepare |
        | ct_irq_exit                 |
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

  @IRQ @IRQ-08 @reference
  Rule: Exit to a context that had interrupts off neither preempts nor tells that interrupts are on

    Scenario Outline: An exception of kernel code with interrupts off ends without a step
      Given a guest program on <mode>:
        """
        getppid
        """
      When kernel code with interrupts off takes an exception
      And it runs to its end
      Then inside "irqentry_exit" these steps run:
        | step |
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

    Scenario Outline: An exception of an idle CPU with interrupts off ends what it began for RCU, and nothing more
      Given a guest program on <mode>:
        """
        getppid
        """
      When an idle CPU with interrupts off takes an exception
      And it runs to its end
      Then inside "irqentry_enter" these steps run:
        | step                 |
        | lockdep_hardirqs_off |
        | ct_irq_enter         |
        | trace_hardirqs_off   |
      And inside "irqentry_exit" these steps run:
        | step        |
        | ct_irq_exit |
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

  @IRQ @IRQ-09 @reference
  Rule: Preemption on exit needs a preemptible kernel, a preemption count of 0 and a request to reschedule

    Scenario Outline: With PREEMPTION=<preemption> preempt_schedule_irq runs <times> time(s)
      Given a guest program on <mode>:
        """
        getppid
        """
      And a kernel with "PREEMPTION=<preemption>"
      And a reschedule request arrives after run <run> of "<place>"
      When it runs to its end
      Then these steps run this often:
        | step                 | times   |
        | preempt_schedule_irq | <times> |
      And nothing else happens

      Examples:
        | mode  | preemption | times | place                        | run |
        | x64   | y          | 1     | syscall_enter_from_user_mode | 1   |
        | x64   | n          | 0     | syscall_enter_from_user_mode | 1   |
        | ia32  | y          | 1     | local_irq_enable             | 2   |
        | ia32  | n          | 0     | local_irq_enable             | 2   |
        | a64   | y          | 1     | invoke_syscall               | 1   |
        | a64   | n          | 0     | invoke_syscall               | 1   |
        | a32   | y          | 1     | invoke_syscall               | 1   |
        | a32   | n          | 0     | invoke_syscall               | 1   |

      @generic
      Examples:
        | mode  | preemption | times | place                        | run |
        | arm   | y          | 1     | syscall_enter_from_user_mode | 1   |
        | arm   | n          | 0     | syscall_enter_from_user_mode | 1   |
        | thumb | y          | 1     | syscall_enter_from_user_mode | 1   |
        | thumb | n          | 0     | syscall_enter_from_user_mode | 1   |

    Scenario Outline: Booted with preempt=<booted>, preempt_schedule_irq runs <times> time(s)
      Given a guest program on <mode>:
        """
        getppid
        """
      And a kernel with "PREEMPTION=y preempt=<booted>"
      And a reschedule request arrives after the first "<place>"
      When it runs to its end
      Then these steps run this often:
        | step                 | times   |
        | interrupt handler    | 1       |
        | preempt_schedule_irq | <times> |
      And nothing else happens

      Examples:
        | mode | booted    | times | place                        |
        | x64  | none      | 0     | syscall_enter_from_user_mode |
        | x64  | voluntary | 0     | syscall_enter_from_user_mode |
        | x64  | full      | 1     | syscall_enter_from_user_mode |
        | x64  | lazy      | 1     | syscall_enter_from_user_mode |
        | a64  | none      | 0     | invoke_syscall               |
        | a64  | full      | 1     | invoke_syscall               |

    Scenario Outline: An interrupt that asks for nothing does not preempt
      Given a guest program on <mode>:
        """
        getppid
        """
      And an interrupt arrives after the first "<place>"
      When it runs to its end
      Then these steps run this often:
        | step                 | times |
        | interrupt handler    | 1     |
        | preempt_schedule_irq | 0     |
      And nothing else happens

      Examples:
        | mode | place                        |
        | x64  | syscall_enter_from_user_mode |
        | a64  | invoke_syscall               |
        | a32  | invoke_syscall               |

      @generic
      Examples:
        | mode  | place          |
        | arm   | invoke_syscall |
        | thumb | invoke_syscall |

    Scenario Outline: An interrupt taken while preemption is disabled does not preempt
      Given a guest program on <mode>:
        """
        getppid
        """
      And a reschedule request arrives after the first "finish_task_switch"
      When it runs to its end
      Then these steps run this often:
        | step                 | times |
        | irqentry_exit        | 1     |
        | preempt_schedule_irq | 0     |
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

  @IRQ @IRQ-14 @reference
  Rule: An interrupt nested in soft interrupt work of an idle CPU moves the nesting by one and then by two, and both levels leave context tracking

    Scenario Outline: The nesting goes up and down in mirror image
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      And pending soft interrupt work that is itself interrupted
      And the trace events "rcu:rcu_watching" are on
      When it runs to its end
      Then these steps run in this order:
        | do_idle      |
        | ct_irq_enter |
        | __do_softirq |
        | ct_irq_enter |
        | ct_irq_exit  |
        | ct_irq_exit  |
      And these trace events are recorded:
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
        | mode |
        | x64  |
        | a64  |
        | a32  |
        | ia32 |

      @generic
      Examples:
        | mode |
        | arm  |
        | thumb |

  @IRQ @IRQ-16 @reference
  Rule: A handler proper runs between irq_enter_rcu and irq_exit_rcu, which do not touch context tracking

    Scenario Outline: The handler of the timer is wrapped once
      Given a guest program on <mode>:
        """
        nanosleep 1ms 0
        """
      When it runs to its end
      Then these steps run in this order:
        | irqentry_enter        |
        | lockdep_hardirq_enter |
        | irq_enter_rcu         |
        | interrupt handler     |
        | lockdep_hardirq_exit  |
        | irq_exit_rcu          |
        | irqentry_exit         |
      And these steps run this often:
        | step         | times |
        | ct_irq_enter | 1     |
        | ct_irq_exit  | 1     |
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
