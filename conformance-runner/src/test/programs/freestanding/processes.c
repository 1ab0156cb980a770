/* Processes by clone() and wait4() alone: memory that is copied, pipes, children that end in every way, grandchildren, SIGCHLD. */
#include "system.h"

static volatile u32 shared = 1;
static volatile int reaped, childs;
static u32 memory[8192];
static const set none;

static void on_child(int signal, struct info *info, void *context)
{
    (void)context;
    childs += signal == SIGCHLD && info->code >= 1 && info->code <= 3;
}

static void on_usr1(int signal)
{
    exit_now(signal + 30);
}

/* How the one child there is ended, as wait4() says. */
static void ended(const char *name, long child)
{
    int status = 0;
    long pid;
    do
        pid = wait_for(child, &status, 0);
    while (pid == -EINTR);
    print_hex(name, (u64)(pid == child) << 32 | (unsigned)status);
    reaped++;
}

static void copies(void)
{
    int there[2], back[2], status;
    u32 word, sum = 0;
    syscall3(NR_PIPE2, (long)there, 0, 0);
    syscall3(NR_PIPE2, (long)back, 0, 0);
    long child = fork();
    if (child == 0) {
        syscall3(NR_CLOSE, there[1], 0, 0);
        syscall3(NR_CLOSE, back[0], 0, 0);
        shared = 77;
        for (int i = 0; i < 8192; i++)
            memory[i] += 3;
        while (syscall3(NR_READ, there[0], (long)&word, sizeof word) == sizeof word) {
            word = word * shared + memory[word & 8191];
            syscall3(NR_WRITE, back[1], (long)&word, sizeof word);
        }
        exit_now(5);
    }
    syscall3(NR_CLOSE, there[0], 0, 0);
    syscall3(NR_CLOSE, back[1], 0, 0);
    for (u32 i = 0; i < 100; i++) {
        word = i * 1117;
        syscall3(NR_WRITE, there[1], (long)&word, sizeof word);
        /* What the parent writes from here on the child does not see, nor the other way. */
        memory[i * 1117 & 8191] = 0;
        if (syscall3(NR_READ, back[0], (long)&word, sizeof word) != sizeof word)
            print("?\n");
        sum = sum * 31 + word;
    }
    print_hex("not yet", (u64)wait_for(child, &status, 1 /* WNOHANG */));
    syscall3(NR_CLOSE, there[1], 0, 0);
    print_hex("answers", sum);
    print_hex("end", (u64)syscall3(NR_READ, back[0], (long)&word, sizeof word));
    syscall3(NR_CLOSE, back[0], 0, 0);
    ended("copied", child);
    print_hex("shared", shared);
}

/* A tree: each process is the sum of its children and its own. */
static int tree(int levels, int own)
{
    int sum = own;
    if (levels == 0)
        return own;
    for (int i = 0; i < 2; i++) {
        int status;
        long child = fork();
        if (child == 0)
            exit_now(tree(levels - 1, 2 * own + i));
        while (wait_for(child, &status, 0) == -EINTR)
            ;
        sum += status >> 8 & 255;
    }
    return sum & 255;
}

int main(int argc, char **argv)
{
    long child, parent = syscall3(NR_GETPID, 0, 0, 0);

    (void)argc;
    (void)argv;
    for (u32 i = 0; i < 8192; i++)
        memory[i] = next_random();
    print_hex("no child", (u64)-wait_for(-1, 0, 0));
    copies();
    handle(SIGCHLD, on_child, SA_SIGINFO | SA_RESTART, none);

    child = fork();
    if (child == 0)
        exit_now(syscall3(NR_GETPPID, 0, 0, 0) == parent && syscall3(NR_GETPID, 0, 0, 0) != parent ? 41 : 1);
    ended("exited", child);

    child = fork();
    if (child == 0) {
        send(SIGKILL);
        exit_now(1);
    }
    ended("killed", child);

    child = fork();
    if (child == 0) {
        __asm__ volatile(UNDEFINED);
        exit_now(1);
    }
    ended("undefined", child);

    child = fork();
    if (child == 0) {
        *(volatile int *)16 = 1;
        exit_now(1);
    }
    ended("no page", child);

    /* Blocked in the parent, so blocked in the child, where it waits until there is a handler. */
    set old = mask_signals(SIG_BLOCK, set_of(SIGUSR1));
    child = fork();
    if (child == 0) {
        handle(SIGUSR1, on_usr1, 0, none);
        for (;;)
            syscall3(NR_RT_SIGSUSPEND, (long)&none, sizeof none, 0);
    }
    syscall3(NR_KILL, child, SIGUSR1, 0);
    mask_signals(SIG_SETMASK, old);
    ended("handled", child);
    print_hex("gone", (u64)-syscall3(NR_KILL, child, 0, 0));

    print_hex("signalled", childs == reaped - 1);
    print_hex("tree", (u64)tree(3, 1));
    print_hex("no more", (u64)-wait_for(-1, 0, 0));
    return 9;
}
