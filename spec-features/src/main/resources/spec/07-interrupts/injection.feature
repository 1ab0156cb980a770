Feature: Events at every step

  Whatever the path, an interrupt, an NMI or a reschedule request may come after any of its steps. None may change what the program and its
  observers see, and each must leave every nesting counter as it was.

  @CTX @CTX-07 @reference @slow
  Rule: For every enter there is exactly one exit, wherever on the path the interrupt came

    Scenario Outline: A task that changes the CPU between enter and exit leaves one too high and the other too low
      Given a guest program on <mode>:
        """
        getppid
        """
      And 2 CPUs
      And exit work that goes to CPU 1 between ct_irq_enter and ct_irq_exit
      And the trace events "rcu:rcu_watching" are on
      When it runs to its end
      Then these trace events are recorded:
        | [000] rcu:rcu_watching: ++= base base+2      |
        | [001] idle: rcu:rcu_watching: End 1 0        |
        | [001] idle: rcu:rcu_watching: Startirq 0 1   |
        | [001] idle: rcu:rcu_watching: Endirq 1 0     |
        | [001] idle: rcu:rcu_watching: Start 0 1      |
        | [001] rcu:rcu_watching: --= base base-2      |
        | [001] rcu:rcu_watching: End 1 0              |
        | [001] rcu:rcu_watching: Start 0 1            |
        | [001] rcu:rcu_watching: End 1 0              |
        | [001] rcu:rcu_watching: Start 0 1            |
        | [000] idle: rcu:rcu_watching: End 1 0        |
        | [000] idle: rcu:rcu_watching: Startirq 0 1   |
        | [000] idle: rcu:rcu_watching: Endirq 1 0     |
        | [000] idle: rcu:rcu_watching: Start 0 1      |
      And the kernel warns:
        | ct_kernel_exit: interrupt nesting is base-2 on the way to USER |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: <event> after any step of a call with a signal changes nothing
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        raise SIGUSR1
        r = getppid
        note "end"
        """
      When <event> is injected after every step of this:
        | do   | sees     |
        | wait | exited 0 |
      Then nothing else happens

      Examples:
        | mode  | event                |
        | x64   | an interrupt         |
        | x64   | an NMI               |
        | x64   | a reschedule request |
        | ia32  | an interrupt         |
        | ia32  | an NMI               |
        | ia32  | a reschedule request |
        | a64   | an interrupt         |
        | a64   | an NMI               |
        | a64   | a reschedule request |
        | a32   | an interrupt         |
        | a32   | an NMI               |
        | a32   | a reschedule request |
        | arm   | an interrupt         |
        | arm   | an NMI               |
        | arm   | a reschedule request |
        | thumb | an interrupt         |
        | thumb | an NMI               |
        | thumb | a reschedule request |

    Scenario Outline: <event> after any step of a traced call changes nothing
      Given a guest program on <mode>:
        """
        r = getppid
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When <event> is injected after every step of this:
        | do      | sees             |
        | SYSCALL | entry getppid    |
        | SYSCALL | exit getppid     |
        | SYSCALL | entry exit_group |
        | SYSCALL | exited 0         |
      Then nothing else happens

      Examples:
        | mode | event                |
        | x64  | an interrupt         |
        | x64  | an NMI               |
        | x64  | a reschedule request |
        | a64  | an interrupt         |
        | a64  | an NMI               |
        | a64  | a reschedule request |
        | arm  | an interrupt         |
        | arm  | an NMI               |
        | arm  | a reschedule request |

    Scenario Outline: <event> after any step of a sleep and its restart changes nothing
      Given a guest program on <mode>:
        """
        r = nanosleep 5ms 0
        note r
        """
      When <event> is injected after every step of this:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | kill SIGCONT | continued          |
        | wait         | exited 0           |
      Then nothing else happens

      Examples:
        | mode | event                |
        | x64  | an interrupt         |
        | x64  | an NMI               |
        | x64  | a reschedule request |
        | a64  | an interrupt         |
        | a64  | an NMI               |
        | a64  | a reschedule request |
        | arm  | an interrupt         |
        | arm  | an NMI               |
        | arm  | a reschedule request |

    Scenario Outline: <event> after any step of a dispatched call changes nothing
      Given a guest program on <mode>:
        """
        byte selector
        handle SIGSYS {
          poke selector SYSCALL_DISPATCH_FILTER_ALLOW
          note "dispatched"
        }
        prctl PR_SET_SYSCALL_USER_DISPATCH PR_SYS_DISPATCH_ON 0 0 &selector
        poke selector SYSCALL_DISPATCH_FILTER_BLOCK
        getppid
        """
      When <event> is injected after every step of this:
        | do   | sees     |
        | wait | exited 0 |
      Then nothing else happens

      Examples:
        | mode | event                |
        | x64  | an interrupt         |
        | x64  | an NMI               |
        | x64  | a reschedule request |
        | ia32 | an interrupt         |
        | ia32 | an NMI               |
        | ia32 | a reschedule request |

    Scenario Outline: <event> after any step of emulated calls changes nothing
      Given a guest program on <mode>:
        """
        getppid
        r = getpid
        note "end"
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When <event> is injected after every step of this:
        | do     | sees          |
        | SYSEMU | entry getppid |
        | SYSEMU | entry getpid  |
        | CONT   | exited 0      |
      Then nothing else happens

      Examples:
        | mode | event                |
        | x64  | an interrupt         |
        | x64  | an NMI               |
        | x64  | a reschedule request |
        | ia32 | an interrupt         |
        | ia32 | an NMI               |
        | ia32 | a reschedule request |
        | a64  | an interrupt         |
        | a64  | an NMI               |
        | a64  | a reschedule request |

    Scenario Outline: <event> after any step of single steps over a call changes nothing
      Given a guest program on <mode>:
        """
        nop
        getppid
        nop
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When <event> is injected after every step of this:
        | do         | sees           |
        | SINGLESTEP | signal SIGTRAP |
        | SINGLESTEP | signal SIGTRAP |
        | SINGLESTEP | signal SIGTRAP |
        | CONT       | exited 0       |
      Then nothing else happens

      Examples:
        | mode | event                |
        | x64  | an interrupt         |
        | x64  | an NMI               |
        | x64  | a reschedule request |
        | a64  | an interrupt         |
        | a64  | an NMI               |
        | a64  | a reschedule request |

    Scenario Outline: <event> after any step of stepping emulated calls changes nothing
      Given a guest program on <mode>:
        """
        nop
        getppid
        nop
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When <event> is injected after every step of this:
        | do                | sees           |
        | SYSEMU_SINGLESTEP | signal SIGTRAP |
        | SYSEMU_SINGLESTEP | signal SIGTRAP |
        | CONT              | exited 0       |
      Then nothing else happens

      Examples:
        | mode | event                |
        | x64  | an interrupt         |
        | x64  | an NMI               |
        | x64  | a reschedule request |

    Scenario Outline: <event> after any step of a filtered call changes nothing
      Given a guest program on <mode>:
        """
        filter F {
          getppid -> TRACE 5
          getpid -> ERRNO 7
          default -> ALLOW
        }
        install F
        r = getpid
        note r
        getppid
        """
      And the tracer has seized it with "TRACESECCOMP"
      When <event> is injected after every step of this:
        | do   | sees          |
        | CONT | event seccomp |
        | CONT | exited 0      |
      Then nothing else happens

      Examples:
        | mode | event                |
        | x64  | an interrupt         |
        | x64  | an NMI               |
        | x64  | a reschedule request |
        | a64  | an interrupt         |
        | a64  | an NMI               |
        | a64  | a reschedule request |
        | arm  | an interrupt         |
        | arm  | an NMI               |
        | arm  | a reschedule request |

    Scenario Outline: <event> after any step of a fork, a wait and two exits changes nothing
      Given a guest program on <mode>:
        """
        c = fork {
          getppid
        }
        wait4 c 0 0 0
        note "end"
        """
      When <event> is injected after every step of this:
        | do   | sees     |
        | wait | exited 0 |
      Then nothing else happens

      Examples:
        | mode | event                |
        | x64  | an interrupt         |
        | x64  | an NMI               |
        | x64  | a reschedule request |
        | a64  | an interrupt         |
        | a64  | an NMI               |
        | a64  | a reschedule request |
        | arm  | an interrupt         |
        | arm  | an NMI               |
        | arm  | a reschedule request |
