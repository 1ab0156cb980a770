Feature: Waiting with another mask

  Some calls wait with a signal mask of their own and set the program's aside. It has to come back whether or not a handler runs.

  @RST @RST-29
  Rule: The mask that a call has set aside goes into the handler's frame, or back in place when no handler runs

    Scenario Outline: A handler that interrupts <what> finds the program's own mask in its frame
      Given a guest program on <mode>:
        """
        buffer NONE 8
        buffer NOW 8
        buffer EVENT 16
        word PACK &NONE 8
        handle SIGQUIT {
          note "handled" context.mask
        }
        block SIGQUIT
        e = epoll_create1 0
        r = <call>
        rt_sigprocmask SIG_BLOCK 0 &NOW 8
        m = byte NOW
        note r m
        """
      When this happens:
        | do           | sees     |
        | until asleep |          |
        | send SIGQUIT |          |
        | wait         | exited 0 |
      Then the guest notes:
        | handled context.mask=4 |
        | r=-EINTR               |
        | m=4                    |
      And nothing else happens

      Examples:
        | mode  | what        | call                                 |
        | x64   | sigsuspend  | rt_sigsuspend &NONE 8                |
        | ia32  | sigsuspend  | rt_sigsuspend &NONE 8                |
        | a64   | sigsuspend  | rt_sigsuspend &NONE 8                |
        | a32   | sigsuspend  | rt_sigsuspend &NONE 8                |
        | arm   | sigsuspend  | rt_sigsuspend &NONE 8                |
        | thumb | sigsuspend  | rt_sigsuspend &NONE 8                |
        | x64   | ppoll       | ppoll 0 0 20s &NONE 8                |
        | ia32  | ppoll       | ppoll 0 0 20s &NONE 8                |
        | a64   | ppoll       | ppoll 0 0 20s &NONE 8                |
        | a32   | ppoll       | ppoll 0 0 20s &NONE 8                |
        | arm   | ppoll       | ppoll 0 0 20s &NONE 8                |
        | thumb | ppoll       | ppoll 0 0 20s &NONE 8                |
        | x64   | pselect     | pselect6 0 0 0 0 20s &PACK           |
        | ia32  | pselect     | pselect6 0 0 0 0 20s &PACK           |
        | a64   | pselect     | pselect6 0 0 0 0 20s &PACK           |
        | a32   | pselect     | pselect6 0 0 0 0 20s &PACK           |
        | arm   | pselect     | pselect6 0 0 0 0 20s &PACK           |
        | thumb | pselect     | pselect6 0 0 0 0 20s &PACK           |
        | x64   | epoll_pwait | epoll_pwait e &EVENT 1 20000 &NONE 8 |
        | ia32  | epoll_pwait | epoll_pwait e &EVENT 1 20000 &NONE 8 |
        | a64   | epoll_pwait | epoll_pwait e &EVENT 1 20000 &NONE 8 |
        | a32   | epoll_pwait | epoll_pwait e &EVENT 1 20000 &NONE 8 |
        | arm   | epoll_pwait | epoll_pwait e &EVENT 1 20000 &NONE 8 |
        | thumb | epoll_pwait | epoll_pwait e &EVENT 1 20000 &NONE 8 |

    Scenario Outline: With the signal suppressed and the restart taken away from <what>, its own mask is back at once
      Given a guest program on <mode>:
        """
        buffer NONE 8
        buffer NOW 8
        buffer EVENT 16
        word PACK &NONE 8
        handle SIGQUIT {
          note "handled"
        }
        block SIGQUIT
        e = epoll_create1 0
        B: break
        r = <call>
        rt_sigprocmask SIG_BLOCK 0 &NOW 8
        m = byte NOW
        note r m
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                | sees           | result |
        | CONT              | signal SIGTRAP |        |
        | set pc B.next     |                |        |
        | SYSCALL           | entry <name>   |        |
        | SYSCALL           |                |        |
        | until asleep      |                |        |
        | send SIGQUIT      |                |        |
        |                   | exit <name>    | <code> |
        | set result -EINTR |                |        |
        | CONT              | signal SIGQUIT |        |
        | CONT              | exited 0       |        |
      Then the guest notes:
        | r=-EINTR |
        | m=4      |
      And nothing else happens

      Examples:
        | mode  | what        | call                                 | name          | code            |
        | x64   | sigsuspend  | rt_sigsuspend &NONE 8                | rt_sigsuspend | -ERESTARTNOHAND |
        | ia32  | sigsuspend  | rt_sigsuspend &NONE 8                | rt_sigsuspend | -ERESTARTNOHAND |
        | a64   | sigsuspend  | rt_sigsuspend &NONE 8                | rt_sigsuspend | -ERESTARTNOHAND |
        | a32   | sigsuspend  | rt_sigsuspend &NONE 8                | rt_sigsuspend | -ERESTARTNOHAND |
        | arm   | sigsuspend  | rt_sigsuspend &NONE 8                | rt_sigsuspend | -ERESTARTNOHAND |
        | thumb | sigsuspend  | rt_sigsuspend &NONE 8                | rt_sigsuspend | -ERESTARTNOHAND |
        | x64   | ppoll       | ppoll 0 0 20s &NONE 8                | ppoll         | -ERESTARTNOHAND |
        | a64   | ppoll       | ppoll 0 0 20s &NONE 8                | ppoll         | -ERESTARTNOHAND |
        | arm   | ppoll       | ppoll 0 0 20s &NONE 8                | ppoll         | -ERESTARTNOHAND |
        | x64   | pselect     | pselect6 0 0 0 0 20s &PACK           | pselect6      | -ERESTARTNOHAND |
        | a64   | pselect     | pselect6 0 0 0 0 20s &PACK           | pselect6      | -ERESTARTNOHAND |
        | arm   | pselect     | pselect6 0 0 0 0 20s &PACK           | pselect6      | -ERESTARTNOHAND |
        | x64   | epoll_pwait | epoll_pwait e &EVENT 1 20000 &NONE 8 | epoll_pwait   | -EINTR          |
        | a64   | epoll_pwait | epoll_pwait e &EVENT 1 20000 &NONE 8 | epoll_pwait   | -EINTR          |
        | arm   | epoll_pwait | epoll_pwait e &EVENT 1 20000 &NONE 8 | epoll_pwait   | -EINTR          |

  @RST @RST-30
  Rule: A stop with continue or an ignored signal does not end pause and sigsuspend; any handler does, even with SA_RESTART

    Scenario Outline: <call> sleeps on after a stop and ends with EINTR after a handler
      Given a guest program on <mode>:
        """
        buffer NONE 8
        handle SIGUSR1 restart {
          note "handled"
        }
        r = <call>
        note r
        """
      When this happens:
        | do           | sees               |
        | until asleep |                    |
        | kill SIGSTOP | group-stop SIGSTOP |
        | kill SIGCONT | continued          |
        | until asleep |                    |
        | send SIGUSR1 |                    |
        | wait         | exited 0           |
      Then the guest notes:
        | handled  |
        | r=-EINTR |
      And nothing else happens

      Examples:
        | mode  | call                  |
        | x64   | pause                 |
        | ia32  | pause                 |
        | a32   | pause                 |
        | arm   | pause                 |
        | thumb | pause                 |
        | x64   | rt_sigsuspend &NONE 8 |
        | ia32  | rt_sigsuspend &NONE 8 |
        | a64   | rt_sigsuspend &NONE 8 |
        | a32   | rt_sigsuspend &NONE 8 |
        | arm   | rt_sigsuspend &NONE 8 |
        | thumb | rt_sigsuspend &NONE 8 |

    Scenario Outline: <name> woken by a signal that is ignored in the end is entered again
      Given a guest program on <mode>:
        """
        buffer NONE 8
        <disposition>
        B: break
        <call>
        """
      And the tracer has seized it with "TRACESYSGOOD"
      When this happens:
        | do                 | sees              | result          |
        | CONT               | signal SIGTRAP    |                 |
        | set pc B.next      |                   |                 |
        | SYSCALL            | entry <name>      |                 |
        | SYSCALL            |                   |                 |
        | until asleep       |                   |                 |
        | send <sig>         |                   |                 |
        |                    | exit <name>       | -ERESTARTNOHAND |
        | SYSCALL            | signal <sig>      |                 |
        | SYSCALL with <sig> | entry <name>      |                 |
        | kill SIGKILL       | killed by SIGKILL |                 |
      Then nothing else happens

      Examples:
        | mode  | call                  | name          | disposition      | sig      |
        | x64   | pause                 | pause         | ignore SIGUSR1   | SIGUSR1  |
        | ia32  | pause                 | pause         | ignore SIGUSR1   | SIGUSR1  |
        | a32   | pause                 | pause         | ignore SIGUSR1   | SIGUSR1  |
        | arm   | pause                 | pause         | ignore SIGUSR1   | SIGUSR1  |
        | thumb | pause                 | pause         | ignore SIGUSR1   | SIGUSR1  |
        | x64   | rt_sigsuspend &NONE 8 | rt_sigsuspend | ignore SIGUSR1   | SIGUSR1  |
        | ia32  | rt_sigsuspend &NONE 8 | rt_sigsuspend | ignore SIGUSR1   | SIGUSR1  |
        | a64   | rt_sigsuspend &NONE 8 | rt_sigsuspend | ignore SIGUSR1   | SIGUSR1  |
        | a32   | rt_sigsuspend &NONE 8 | rt_sigsuspend | ignore SIGUSR1   | SIGUSR1  |
        | arm   | rt_sigsuspend &NONE 8 | rt_sigsuspend | ignore SIGUSR1   | SIGUSR1  |
        | thumb | rt_sigsuspend &NONE 8 | rt_sigsuspend | ignore SIGUSR1   | SIGUSR1  |
        | x64   | rt_sigsuspend &NONE 8 | rt_sigsuspend | default SIGWINCH | SIGWINCH |
        | a64   | rt_sigsuspend &NONE 8 | rt_sigsuspend | default SIGWINCH | SIGWINCH |
        | arm   | rt_sigsuspend &NONE 8 | rt_sigsuspend | default SIGWINCH | SIGWINCH |
