Feature: The exit-to-user loop

  Work that waits for the return to user mode is done in passes, until a last look at the flags with interrupts off finds nothing left.

  @EXL @EXL-01 @reference
  Rule: The flags are read behind the wakeups that RCU had put off; without a loop bit set the loop is skipped

    Scenario Outline: A plain call returns without a pass
      Given a guest program on <mode>:
        """
        getppid
        """
      When it runs to its end
      Then these steps run this often:
        | step                   | times |
        | exit_to_user_mode_loop | 0     |
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

    Scenario Outline: What RCU put off is flushed before the loop, not in it
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
        }
        p = getpid
        kill p SIGUSR1
        """
      And a kernel with "NO_HZ_FULL=y"
      When it runs to its end
      Then inside "exit_to_user_mode_prepare" of kill these steps run:
        | step                           |
        | rcu_nocb_flush_deferred_wakeup |
        | exit_to_user_mode_loop         |
        | arch_exit_to_user_mode_prepare |
        | exit_to_user_mode_validate     |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |

      @generic
      Examples:
        | mode |
        | a64  |
        | arm  |

  @EXL @EXL-04 @reference
  Rule: Interrupts are on while a pass works and off when the flags are looked at again

    Scenario Outline: A pass begins by enabling interrupts and ends by disabling them
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        raise SIGUSR1
        """
      When it runs to its end
      Then inside "exit_to_user_mode_loop" these steps run:
        | step                        |
        | trace_hardirqs_on           |
        | lockdep_hardirqs_on_prepare |
        | lockdep_hardirqs_on         |
        | local_irq_enable            |
        | arch_do_signal_or_restart   |
        | arch_exit_to_user_mode_work |
        | lockdep_hardirqs_off        |
        | trace_hardirqs_off          |
        | local_irq_disable           |
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
        | mode |
        | arm  |
        | thumb |

  @EXL @EXL-05
  Rule: The loop ends only when no loop bit is set: every pending signal has its frame before user code runs

    @timeline
    Scenario Outline: Two signals unblocked by one call are both handled before the next instruction
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "first"
        }
        handle SIGUSR2 {
          note "second"
        }
        block SIGUSR1 SIGUSR2
        raise SIGUSR1
        raise SIGUSR2
        unblock SIGUSR1 SIGUSR2
        note "after"
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | second |
        | first  |
        | after  |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @EXL @EXL-06
  Rule: One frame is built per pass, so the signal chosen last runs first

    Scenario Outline: Three signals run in the reverse order of their choice
      Given a guest program on <mode>:
        """
        handle SIGHUP {
          note "1"
        }
        handle SIGUSR1 {
          note "10"
        }
        handle SIGTERM {
          note "15"
        }
        block SIGHUP SIGUSR1 SIGTERM
        raise SIGTERM
        raise SIGHUP
        raise SIGUSR1
        unblock SIGHUP SIGUSR1 SIGTERM
        """
      When it runs to its end
      Then it ends with "exited 0"
      And the guest notes:
        | 15 |
        | 10 |
        | 1  |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @EXL @EXL-25 @reference
  Rule: The last steps are: tracer told interrupts go on, lockdep prepared, context tracking to user, arch work, lockdep on

    Scenario Outline: A plain call ends in this order
      Given a guest program on <mode>:
        """
        getppid
        """
      When it runs to its end
      Then inside "exit_to_user_mode" number 2 these steps run:
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

    Scenario Outline: Interrupts go off before the loop is looked at
      Given a guest program on <mode>:
        """
        getppid
        """
      When it runs to its end
      Then inside "syscall_exit_to_user_mode" of getppid these steps run:
        | step                      |
        | lockdep_hardirqs_off      |
        | trace_hardirqs_off        |
        | local_irq_disable         |
        | exit_to_user_mode_prepare |
        | exit_to_user_mode         |
      And nothing else happens

      Examples:
        | mode |
        | x64  |
        | ia32 |
