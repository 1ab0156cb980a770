Feature: Which call returns which restart code

  A call chooses its code by what a second run would do: begin again, go on to the old deadline, or give up the moment a handler has run. The
  raw code can be read in the exit-stop.

  @RST @RST-31
  Rule: Relative sleeps use ERESTART_RESTARTBLOCK and write the remaining time; absolute ones use ERESTARTNOHAND and write none

    Scenario Outline: <kind> returns <code> and is entered again as <again>
      Given a guest program on <mode>:
        """
        buffer REM 16
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        <call>
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees              | result |
        | CONT          | signal SIGTRAP    |        |
        | set pc B.next |                   |        |
        | SYSCALL       | entry <name>      |        |
        | SYSCALL       |                   |        |
        | until asleep  |                   |        |
        | send SIGUSR1  |                   |        |
        |               | exit <name>       | <code> |
        | SYSCALL       | signal SIGUSR1    |        |
        | SYSCALL       | entry <again>     |        |
        | kill SIGKILL  | killed by SIGKILL |        |
      Then nothing else happens

      Examples:
        | mode  | kind                   | call                                                      | name            | code                   | again           |
        | x64   | nanosleep              | nanosleep 20s &REM                                        | nanosleep       | -ERESTART_RESTARTBLOCK | restart_syscall |
        | ia32  | nanosleep              | nanosleep 20s &REM                                        | nanosleep       | -ERESTART_RESTARTBLOCK | restart_syscall |
        | a64   | nanosleep              | nanosleep 20s &REM                                        | nanosleep       | -ERESTART_RESTARTBLOCK | restart_syscall |
        | a32   | nanosleep              | nanosleep 20s &REM                                        | nanosleep       | -ERESTART_RESTARTBLOCK | restart_syscall |
        | arm   | nanosleep              | nanosleep 20s &REM                                        | nanosleep       | -ERESTART_RESTARTBLOCK | restart_syscall |
        | thumb | nanosleep              | nanosleep 20s &REM                                        | nanosleep       | -ERESTART_RESTARTBLOCK | restart_syscall |
        | x64   | a relative clock sleep | clock_nanosleep CLOCK_MONOTONIC 0 20s &REM                | clock_nanosleep | -ERESTART_RESTARTBLOCK | restart_syscall |
        | ia32  | a relative clock sleep | clock_nanosleep CLOCK_MONOTONIC 0 20s &REM                | clock_nanosleep | -ERESTART_RESTARTBLOCK | restart_syscall |
        | a64   | a relative clock sleep | clock_nanosleep CLOCK_MONOTONIC 0 20s &REM                | clock_nanosleep | -ERESTART_RESTARTBLOCK | restart_syscall |
        | a32   | a relative clock sleep | clock_nanosleep CLOCK_MONOTONIC 0 20s &REM                | clock_nanosleep | -ERESTART_RESTARTBLOCK | restart_syscall |
        | arm   | a relative clock sleep | clock_nanosleep CLOCK_MONOTONIC 0 20s &REM                | clock_nanosleep | -ERESTART_RESTARTBLOCK | restart_syscall |
        | thumb | a relative clock sleep | clock_nanosleep CLOCK_MONOTONIC 0 20s &REM                | clock_nanosleep | -ERESTART_RESTARTBLOCK | restart_syscall |
        | x64   | an absolute sleep      | clock_nanosleep CLOCK_MONOTONIC TIMER_ABSTIME 90000s &REM | clock_nanosleep | -ERESTARTNOHAND        | clock_nanosleep |
        | ia32  | an absolute sleep      | clock_nanosleep CLOCK_MONOTONIC TIMER_ABSTIME 90000s &REM | clock_nanosleep | -ERESTARTNOHAND        | clock_nanosleep |
        | a64   | an absolute sleep      | clock_nanosleep CLOCK_MONOTONIC TIMER_ABSTIME 90000s &REM | clock_nanosleep | -ERESTARTNOHAND        | clock_nanosleep |
        | a32   | an absolute sleep      | clock_nanosleep CLOCK_MONOTONIC TIMER_ABSTIME 90000s &REM | clock_nanosleep | -ERESTARTNOHAND        | clock_nanosleep |
        | arm   | an absolute sleep      | clock_nanosleep CLOCK_MONOTONIC TIMER_ABSTIME 90000s &REM | clock_nanosleep | -ERESTARTNOHAND        | clock_nanosleep |
        | thumb | an absolute sleep      | clock_nanosleep CLOCK_MONOTONIC TIMER_ABSTIME 90000s &REM | clock_nanosleep | -ERESTARTNOHAND        | clock_nanosleep |

    Scenario Outline: After a handler the remaining time of <kind> is <written>
      Given a guest program on <mode>:
        """
        buffer REM 16
        poke REM+2 77
        handle SIGUSR1 {
          note "handled"
        }
        r = <call>
        s = byte REM+2
        note r s
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | handled  |
        | r=-EINTR |
        | s=<rest> |
      And nothing else happens

      Examples:
        | mode  | kind              | written   | call                                                      | rest |
        | x64   | nanosleep         | written   | nanosleep 90000s &REM                                     | 1    |
        | ia32  | nanosleep         | written   | nanosleep 90000s &REM                                     | 1    |
        | a64   | nanosleep         | written   | nanosleep 90000s &REM                                     | 1    |
        | a32   | nanosleep         | written   | nanosleep 90000s &REM                                     | 1    |
        | arm   | nanosleep         | written   | nanosleep 90000s &REM                                     | 1    |
        | thumb | nanosleep         | written   | nanosleep 90000s &REM                                     | 1    |
        | x64   | a relative sleep  | written   | clock_nanosleep CLOCK_MONOTONIC 0 90000s &REM             | 1    |
        | a64   | a relative sleep  | written   | clock_nanosleep CLOCK_MONOTONIC 0 90000s &REM             | 1    |
        | arm   | a relative sleep  | written   | clock_nanosleep CLOCK_MONOTONIC 0 90000s &REM             | 1    |
        | x64   | an absolute sleep | untouched | clock_nanosleep CLOCK_MONOTONIC TIMER_ABSTIME 90000s &REM | 77   |
        | ia32  | an absolute sleep | untouched | clock_nanosleep CLOCK_MONOTONIC TIMER_ABSTIME 90000s &REM | 77   |
        | a64   | an absolute sleep | untouched | clock_nanosleep CLOCK_MONOTONIC TIMER_ABSTIME 90000s &REM | 77   |
        | a32   | an absolute sleep | untouched | clock_nanosleep CLOCK_MONOTONIC TIMER_ABSTIME 90000s &REM | 77   |
        | arm   | an absolute sleep | untouched | clock_nanosleep CLOCK_MONOTONIC TIMER_ABSTIME 90000s &REM | 77   |
        | thumb | an absolute sleep | untouched | clock_nanosleep CLOCK_MONOTONIC TIMER_ABSTIME 90000s &REM | 77   |

  @RST @RST-32
  Rule: Poll uses ERESTART_RESTARTBLOCK; ppoll, select and pselect use ERESTARTNOHAND

    Scenario Outline: <call> returns <code> and is entered again as <again>
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        <call>
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees              | result |
        | CONT          | signal SIGTRAP    |        |
        | set pc B.next |                   |        |
        | SYSCALL       | entry <name>      |        |
        | SYSCALL       |                   |        |
        | until asleep  |                   |        |
        | send SIGUSR1  |                   |        |
        |               | exit <name>       | <code> |
        | SYSCALL       | signal SIGUSR1    |        |
        | SYSCALL       | entry <again>     |        |
        | kill SIGKILL  | killed by SIGKILL |        |
      Then nothing else happens

      Examples:
        | mode  | call                   | name       | code                   | again           |
        | x64   | poll 0 0 20000         | poll       | -ERESTART_RESTARTBLOCK | restart_syscall |
        | ia32  | poll 0 0 20000         | poll       | -ERESTART_RESTARTBLOCK | restart_syscall |
        | a32   | poll 0 0 20000         | poll       | -ERESTART_RESTARTBLOCK | restart_syscall |
        | arm   | poll 0 0 20000         | poll       | -ERESTART_RESTARTBLOCK | restart_syscall |
        | thumb | poll 0 0 20000         | poll       | -ERESTART_RESTARTBLOCK | restart_syscall |
        | x64   | poll 0 0 -1            | poll       | -ERESTART_RESTARTBLOCK | restart_syscall |
        | ia32  | poll 0 0 -1            | poll       | -ERESTART_RESTARTBLOCK | restart_syscall |
        | arm   | poll 0 0 -1            | poll       | -ERESTART_RESTARTBLOCK | restart_syscall |
        | x64   | ppoll 0 0 20s 0 8      | ppoll      | -ERESTARTNOHAND        | ppoll           |
        | ia32  | ppoll 0 0 20s 0 8      | ppoll      | -ERESTARTNOHAND        | ppoll           |
        | a64   | ppoll 0 0 20s 0 8      | ppoll      | -ERESTARTNOHAND        | ppoll           |
        | a32   | ppoll 0 0 20s 0 8      | ppoll      | -ERESTARTNOHAND        | ppoll           |
        | arm   | ppoll 0 0 20s 0 8      | ppoll      | -ERESTARTNOHAND        | ppoll           |
        | thumb | ppoll 0 0 20s 0 8      | ppoll      | -ERESTARTNOHAND        | ppoll           |
        | x64   | select 0 0 0 0 20s     | select     | -ERESTARTNOHAND        | select          |
        | ia32  | _newselect 0 0 0 0 20s | _newselect | -ERESTARTNOHAND        | _newselect      |
        | a32   | _newselect 0 0 0 0 20s | _newselect | -ERESTARTNOHAND        | _newselect      |
        | arm   | _newselect 0 0 0 0 20s | _newselect | -ERESTARTNOHAND        | _newselect      |
        | thumb | _newselect 0 0 0 0 20s | _newselect | -ERESTARTNOHAND        | _newselect      |
        | x64   | pselect6 0 0 0 0 20s 0 | pselect6   | -ERESTARTNOHAND        | pselect6        |
        | ia32  | pselect6 0 0 0 0 20s 0 | pselect6   | -ERESTARTNOHAND        | pselect6        |
        | a64   | pselect6 0 0 0 0 20s 0 | pselect6   | -ERESTARTNOHAND        | pselect6        |
        | a32   | pselect6 0 0 0 0 20s 0 | pselect6   | -ERESTARTNOHAND        | pselect6        |
        | arm   | pselect6 0 0 0 0 20s 0 | pselect6   | -ERESTARTNOHAND        | pselect6        |
        | thumb | pselect6 0 0 0 0 20s 0 | pselect6   | -ERESTARTNOHAND        | pselect6        |

  @RST @RST-33
  Rule: A futex wait uses ERESTART_RESTARTBLOCK with a time-out and ERESTARTSYS without one

    Scenario Outline: <call> returns <code> and is entered again as <again>
      Given a guest program on <mode>:
        """
        word W
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        <call>
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees              | result |
        | CONT          | signal SIGTRAP    |        |
        | set pc B.next |                   |        |
        | SYSCALL       | entry futex       |        |
        | SYSCALL       |                   |        |
        | until asleep  |                   |        |
        | send SIGUSR1  |                   |        |
        |               | exit futex        | <code> |
        | SYSCALL       | signal SIGUSR1    |        |
        | SYSCALL       | entry <again>     |        |
        | kill SIGKILL  | killed by SIGKILL |        |
      Then nothing else happens

      Examples:
        | mode  | call                      | code                   | again           |
        | x64   | futex &W FUTEX_WAIT 0 20s | -ERESTART_RESTARTBLOCK | restart_syscall |
        | ia32  | futex &W FUTEX_WAIT 0 20s | -ERESTART_RESTARTBLOCK | restart_syscall |
        | a64   | futex &W FUTEX_WAIT 0 20s | -ERESTART_RESTARTBLOCK | restart_syscall |
        | a32   | futex &W FUTEX_WAIT 0 20s | -ERESTART_RESTARTBLOCK | restart_syscall |
        | arm   | futex &W FUTEX_WAIT 0 20s | -ERESTART_RESTARTBLOCK | restart_syscall |
        | thumb | futex &W FUTEX_WAIT 0 20s | -ERESTART_RESTARTBLOCK | restart_syscall |
        | x64   | futex &W FUTEX_WAIT 0 0   | -ERESTARTSYS           | futex           |
        | ia32  | futex &W FUTEX_WAIT 0 0   | -ERESTARTSYS           | futex           |
        | a64   | futex &W FUTEX_WAIT 0 0   | -ERESTARTSYS           | futex           |
        | a32   | futex &W FUTEX_WAIT 0 0   | -ERESTARTSYS           | futex           |
        | arm   | futex &W FUTEX_WAIT 0 0   | -ERESTARTSYS           | futex           |
        | thumb | futex &W FUTEX_WAIT 0 0   | -ERESTARTSYS           | futex           |

    Scenario Outline: A futex wait that was stopped past its time-out reports the time-out
      Given a guest program on <mode>:
        """
        word W
        r = futex &W FUTEX_WAIT 0 400ms
        note r
        nanosleep 90000s 0
        """
      When this happens:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | sleep 900ms  |                    |
        | kill SIGCONT | continued          |
        | until asleep |                    |
        | kill SIGKILL | killed by SIGKILL  |
      Then the guest notes:
        | r=-ETIMEDOUT |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @RST @RST-34
  Rule: Waiting for a child uses ERESTARTSYS; a fork that finds a signal pending uses ERESTARTNOINTR

    Scenario Outline: <name> returns ERESTARTSYS
      Given a guest program on <mode>:
        """
        buffer INFO 128
        handle SIGUSR1 {
          note "handled"
        }
        fork {
          nanosleep 90000s 0
        }
        B: break
        <call>
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do            | sees              | result       |
        | CONT          | signal SIGTRAP    |              |
        | set pc B.next |                   |              |
        | SYSCALL       | entry <name>      |              |
        | SYSCALL       |                   |              |
        | until asleep  |                   |              |
        | send SIGUSR1  |                   |              |
        |               | exit <name>       | -ERESTARTSYS |
        | SYSCALL       | signal SIGUSR1    |              |
        | SYSCALL       | entry <name>      |              |
        | kill SIGKILL  | killed by SIGKILL |              |
      Then nothing else happens

      Examples:
        | mode  | name   | call                 |
        | x64   | wait4  | wait4 -1 0 0 0       |
        | ia32  | wait4  | wait4 -1 0 0 0       |
        | a64   | wait4  | wait4 -1 0 0 0       |
        | a32   | wait4  | wait4 -1 0 0 0       |
        | arm   | wait4  | wait4 -1 0 0 0       |
        | thumb | wait4  | wait4 -1 0 0 0       |
        | x64   | waitid | waitid 0 0 &INFO 4 0 |
        | ia32  | waitid | waitid 0 0 &INFO 4 0 |
        | a64   | waitid | waitid 0 0 &INFO 4 0 |
        | a32   | waitid | waitid 0 0 &INFO 4 0 |
        | arm   | waitid | waitid 0 0 &INFO 4 0 |
        | thumb | waitid | waitid 0 0 &INFO 4 0 |

    Scenario Outline: A fork into which a signal comes is made again after the handler
      Given a guest program on <mode>:
        """
        handle SIGUSR1 {
          note "handled"
        }
        B: break
        fork {
          note "child"
        }
        wait4 -1 0 0 0
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           | result          |
        | CONT              | signal SIGTRAP |                 |
        | set pc B.next     |                |                 |
        | SYSCALL           | entry clone    |                 |
        | send SIGUSR1      |                |                 |
        | SYSCALL           | exit clone     | -ERESTARTNOINTR |
        | CONT              | signal SIGUSR1 |                 |
        | CONT with SIGUSR1 | signal SIGCHLD |                 |
        | CONT              | exited 0       |                 |
      Then the guest notes:
        | handled |
        | child   |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

  @RST @RST-35
  Rule: An epoll wait fails with plain EINTR: any handler ends it, even with SA_RESTART, and so do a stop and continue without one

    Scenario Outline: A handler with SA_RESTART ends it
      Given a guest program on <mode>:
        """
        buffer EVENT 16
        handle SIGUSR1 restart {
          note "handled"
        }
        e = epoll_create1 0
        r = epoll_pwait e &EVENT 1 20000 0 8
        note r
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGUSR1 |          |
        | wait         | exited 0 |
      Then the guest notes:
        | handled  |
        | r=-EINTR |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |

    Scenario Outline: A stop and continue end it though nothing was handled
      Given a guest program on <mode>:
        """
        buffer EVENT 16
        e = epoll_create1 0
        r = epoll_pwait e &EVENT 1 20000 0 8
        note r
        nanosleep 90000s 0
        """
      When this happens:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | kill SIGCONT | continued          |
        | until asleep |                    |
        | kill SIGKILL | killed by SIGKILL  |
      Then the guest notes:
        | r=-EINTR |
      And nothing else happens

      Examples:
        | mode  |
        | x64   |
        | ia32  |
        | a64   |
        | a32   |
        | arm   |
        | thumb |
