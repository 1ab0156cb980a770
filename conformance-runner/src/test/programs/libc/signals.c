/* Signals: handlers, an alternate stack, recovery from SIGSEGV, masks, an alarm. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t count, on_stack, alarmed;
static sigjmp_buf recover;
static char stack[65536];

static void on_usr1(int sig, siginfo_t *info, void *context)
{
    char here;
    (void)context;
    count += sig == SIGUSR1 && info->si_pid == getpid();
    on_stack = &here >= stack && &here < stack + sizeof stack;
}

static void on_segv(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    (void)context;
    siglongjmp(recover, info->si_addr == (void *)16 ? 1 : 2);
}

static void on_alarm(int sig)
{
    (void)sig;
    alarmed = 1;
}

int main(void)
{
    struct sigaction action;
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigset_t set, old;

    sigaltstack(&alternate, NULL);
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_usr1;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    printf("%d handled, on the alternate stack: %d\n", (int)count, (int)on_stack);

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    raise(SIGUSR1);
    printf("blocked: %d\n", (int)count);
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("unblocked: %d\n", (int)count);

    action.sa_sigaction = on_segv;
    sigaction(SIGSEGV, &action, NULL);
    for (int i = 0; i < 3; i++) {
        int how = sigsetjmp(recover, 1);
        if (how == 0)
            *(volatile int *)16 = i;
        printf("recovered %d\n", how);
    }

    signal(SIGALRM, on_alarm);
    alarm(1);
    while (!alarmed)
        pause();
    puts("alarm");
    fflush(stdout);
    signal(SIGABRT, SIG_DFL);
    abort();
}
